#include <nlohmann/json.hpp>
#include <optional>

#include "train/by_hand/carry_out.hpp"
#include "train/domain/words.hpp"
#include "train/runner/by_hand.hpp"
#include "train/runner/runner.hpp"

namespace train::by_hand {
namespace {

std::string policy_text(const orders::UpdatePolicy& policy, Instant now) {
  return nlohmann::ordered_json{{"minimum", policy.minimum.text()},
                                {"degree", to_string(policy.degree)},
                                {"from", format_rfc3339(now)},
                                {"grace_s", policy.grace.count()},
                                {"exempt", policy.exempt}}
      .dump();
}

// A parameter that the apps read, as a flag of the minimum's provider.
Flag parameter_flag(const Definition& definition, const std::string& parameter) {
  Flag flag = *definition.force_update.minimum_version;
  flag.parameter = parameter;
  flag.name = "force_update." + parameter;
  return flag;
}

// Absent is not unreadable.
Result<std::optional<std::string>> parameter_value(FlagProvider& provider, const Flag& flag) {
  auto value = provider.get(flag);
  if (value) return std::optional<std::string>(std::move(*value));
  if (value.error().kind == ErrorKind::not_found) return std::optional<std::string>();
  return tl::unexpected(value.error());
}

// It is the provider's answer, and the train has lost no race.
Result<Done> providers_answer(Result<Done> answer) {
  if (!answer && answer.error().kind == ErrorKind::conflict) answer.error().kind = ErrorKind::refused;
  return answer;
}

Result<Done> write_parameter(const Definition& definition, const Hand& hand, const Step& step, const std::string& why) {
  const Flag flag = parameter_flag(definition, step.subject);
  const auto provider = hand.provider(flag);
  if (!provider) return tl::unexpected(provider.error());
  runner::HandOrder call;
  call.by = hand.by;
  call.why = why;
  call.decide = [&](const engine::State&) { return Result<Step>(step); };
  call.shows = [&](const Step& earlier) {
    return parameter_value(**provider, flag).map([&](const std::optional<std::string>& value) {
      return value == earlier.value;
    });
  };
  call.call = [&](const Step& now) { return providers_answer((*provider)->set(flag, now.value)); };
  return runner::do_by_hand(hand.log, hand.clock, call).map([](const engine::State&) { return Done{}; });
}

Result<Done> minimum_may_be_set(const Definition& definition, const Hand& hand, const orders::UpdatePolicy& policy) {
  const Flag& flag = *definition.force_update.minimum_version;
  const auto provider = hand.provider(flag);
  if (!provider) return tl::unexpected(provider.error());
  const auto now = parameter_value(**provider, flag);
  if (!now) return tl::unexpected(now.error());
  return orders::minimum_rises(flag.parameter, *now ? VersionName::parse(**now) : std::nullopt, policy.minimum);
}

// Google Play asks people itself, where the build is known and the degree is hard.
Result<Done> recover(const Definition& definition, const Hand& hand, const engine::State& state,
                     const orders::AssessedApp& one, const std::string& why) {
  const auto app = orders::app_with_recoveries(definition, one.app);
  if (!app || one.decision.degree != Degree::hard) return Done{};
  const auto* release = state.find(one.facts.bad);
  const auto* progress = release == nullptr ? nullptr : release->find(one.app);
  if (progress == nullptr || !progress->candidate) return Done{};
  orders::RecoveryOrder order{Action::prepare_recovery, one.app,       {}, {progress->candidate->build},
                              {true, {}, {}},           one.facts.bad, why};
  const auto draft = order_recovery(definition, hand, order);
  if (!draft) return tl::unexpected(draft.error());
  order.action = Action::deploy_recovery;
  order.id = draft->id;
  return order_recovery(definition, hand, order).map([](const Recovery&) { return Done{}; });
}

Result<Done> write_parameters(const Definition& definition, const Hand& hand, const orders::UpdatePolicy& policy,
                              const std::string& why) {
  const auto steps = orders::update_steps(definition, policy, policy_text(policy, hand.clock.now()));
  if (!steps) return tl::unexpected(steps.error());
  if (auto rises = minimum_may_be_set(definition, hand, policy); !rises) return rises;
  for (const auto& step : *steps) {
    if (auto written = write_parameter(definition, hand, step, why); !written) return written;
  }
  return Done{};
}

}  // namespace

Result<std::vector<Error>> force_update(const Definition& definition, const Hand& hand,
                                        const orders::ForceUpdateOrder& order) {
  const auto state = runner::load_state(hand.log);
  if (!state) return tl::unexpected(state.error());
  const auto allowed = orders::force_update(definition, *state, hand.by, order, hand.clock.now());
  if (!allowed) return tl::unexpected(allowed.error());
  const auto all = orders::assess_force_update(definition, *state, order);
  if (!all) return tl::unexpected(all.error());
  const auto policy = orders::policy_of(*all);
  if (!policy) return std::vector<Error>{};
  if (auto written = write_parameters(definition, hand, *policy, order.why); !written)
    return tl::unexpected(written.error());
  const auto recorded = runner::record(hand.log, hand.clock, hand.by, [&](const engine::State& newest) {
    return orders::force_update(definition, newest, hand.by, order, hand.clock.now());
  });
  if (!recorded) return tl::unexpected(recorded.error());
  std::vector<Error> unasked;
  for (const auto& one : *all) {
    if (auto asked = recover(definition, hand, *state, one, order.why); !asked) unasked.push_back(asked.error());
  }
  return unasked;
}

}  // namespace train::by_hand
