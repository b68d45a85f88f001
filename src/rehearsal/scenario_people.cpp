// What people of a scenario order: as the command does it, or refused as the command refuses it.
#include <fmt/format.h>

#include "simulation.hpp"
#include "train/base/text.hpp"

namespace train::rehearsal {
namespace {

// The definition's first member who may, so that a scenario that names nobody fits any definition.
std::string somebody_who_may(const Definition& definition, const engine::State& state, const Command& command,
                             Instant now) {
  for (const auto& member : definition.members) {
    if (command.give(definition, state, member.name, now)) return member.name;
  }
  return definition.members.empty() ? "ana" : definition.members.front().name;
}

}  // namespace

Result<bool> Simulation::give_order(const OrderedBy& ordered) {
  const Instant now = environment_.sandbox().now();
  const Definition& definition = environment_.definition();
  const auto& command = ordered.command;
  const auto person = ordered.person ? *ordered.person : somebody_who_may(definition, record_.state, command, now);
  std::optional<Error> refused;
  const auto make = [&](const engine::State& state) -> orders::Events {
    refused.reset();
    const auto known = orders::known_person(definition, person);
    auto events = known ? command.give(definition, state, person, now) : tl::unexpected(known.error());
    if (!events) refused = events.error();
    return events;
  };
  if (command.reaches_outside()) {
    // What the rules refuse calls nobody; what a store or a provider refuses, the command could not do either.
    if (make(record_.state)) {
      if (const auto done = runners_.carry_out(person, command); !done) refused = done.error();
    }
  } else if (const auto recorded = runners_.record(person, make); !recorded && !refused) {
    return tl::unexpected(recorded.error());
  }
  GivenCommand given{person, command.text, std::nullopt, ordered.refused};
  if (refused) {
    given.refused = refused->message + (refused->hint.empty() ? "" : " " + refused->hint);
    recorder_.note(now, {}, fmt::format("{}: `{}` is refused: {}", person, command.text, *given.refused));
  }
  record_.commands.push_back(std::move(given));
  return !refused;
}

}  // namespace train::rehearsal
