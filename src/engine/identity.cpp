#include "train/engine/identity.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::engine {
namespace {

std::string words_for(const event::KnownApp& app) {
  const auto kind = parse_store_kind(app.store);
  return fmt::format("{} ({} {})", app.name, kind ? facts_of(*kind).name : app.store, app.id);
}

bool has(const event::DefinitionKnown& own, const event::KnownApp& app) {
  return std::find(own.apps.begin(), own.apps.end(), app) != own.apps.end();
}

}  // namespace

event::DefinitionKnown identity_of(const Definition& definition) {
  event::DefinitionKnown out{definition.train, {}, {}};
  for (const auto& app : definition.apps) out.apps.push_back({app.name, std::string(app.facts().key), app.store_id});
  return out;
}

std::optional<std::string> estrangement(const Definition& definition, const State& state) {
  if (!state.definition) return std::nullopt;
  const auto own = identity_of(definition);
  const auto& known = *state.definition;
  std::vector<std::string> missing;
  for (const auto& app : known.apps) {
    if (!has(own, app)) missing.push_back(words_for(app));
  }
  if (own.train == known.train && missing.empty()) return std::nullopt;
  if (missing.empty()) {
    return fmt::format("this log is of the train {}, and this definition is of {}", printable(known.train, 100),
                       own.train);
  }
  return fmt::format("this log is of a definition with {}, which this one does not have", join(missing, ", "));
}

Result<Done> must_be_of(const Definition& definition, const State& state) {
  const auto why = estrangement(definition, state);
  if (!why) return Done{};
  return fail(ErrorKind::refused, "Refused: " + *why + ".",
              "Give each definition a log of its own (`state:`, or --state). If the definition was changed on purpose: "
              "`train accept-definition --why …`.");
}

}  // namespace train::engine
