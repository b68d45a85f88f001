// What a person does through train and not through the loop.
#include "train/base/digest.hpp"
#include "train/runner/runner.hpp"

namespace train::runner {
namespace {

constexpr Duration k_hand_life{900};  // for logs without locks: longer than the call may take

Step flag_step(const engine::State& state, const std::string& by, const Flag& flag, const std::string& value) {
  Step step;
  step.action = Action::set_flag;
  const auto* release = state.focus();
  if (release != nullptr && release->is_open()) step.version = release->version;
  step.subject = flag.name;
  step.value = value;
  step.because = {{"ordered", by, "by hand"}};
  return step;
}

event::Outcome outcome_of(const std::string& operation, const Result<Done>& result) {
  if (result) return {operation, event::Outcome::Result::done, {}};
  const bool lost = result.error().kind == ErrorKind::unknown_outcome;
  return {operation, lost ? event::Outcome::Result::unknown : event::Outcome::Result::failed, result.error().message};
}

}  // namespace

Result<engine::State> set_flag(const Ports& ports, const std::string& by, const Flag& flag, const std::string& value,
                               const SetFlag& set) {
  const auto provider = ports.flags.find(flag.name);
  if (provider == ports.flags.end())
    return fail(ErrorKind::internal, "The flag " + flag.name + " has no provider that could set it.");
  const auto run = ports.log->enter();
  if (!run) return tl::unexpected(run.error());
  const std::string operation = random_id();
  const auto intend = [&](const engine::State& state) -> Result<std::vector<EventBody>> {
    event::Intent intent{operation, *run, ports.clock->now() + k_hand_life, flag_step(state, by, flag, value)};
    return std::vector<EventBody>{std::move(intent)};
  };
  if (auto intended = record(*ports.log, *ports.clock, by, intend); !intended) return intended;
  const auto result = set(*provider->second, flag);
  const auto conclude = [&](const engine::State&) -> Result<std::vector<EventBody>> {
    return std::vector<EventBody>{outcome_of(operation, result)};
  };
  auto state = record(*ports.log, *ports.clock, by, conclude);
  if (!result) return tl::unexpected(result.error());
  return state;
}

}  // namespace train::runner
