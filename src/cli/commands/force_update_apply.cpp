#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands/force_update.hpp"
#include "commands/give_order.hpp"
#include "commands/recovery.hpp"
#include "compose/clocks.hpp"
#include "compose/flag_wiring.hpp"
#include "train/runner/by_hand.hpp"

namespace train::cli {
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

Result<Done> write_parameter(const Session& session, const Step& step, const std::string& why) {
  const Flag flag = parameter_flag(session.definition, step.subject);
  const auto provider = wire_flag(flag, session.definition.directory, *session.clock, sleep_on(*session.clock));
  if (!provider) return tl::unexpected(provider.error());
  runner::HandOrder hand;
  hand.by = session.by;
  hand.why = why;
  hand.decide = [&](const engine::State&) { return Result<Step>(step); };
  hand.shows = [&](const Step& earlier) {
    return parameter_value(**provider, flag).map([&](const std::optional<std::string>& value) {
      return value == earlier.value;
    });
  };
  hand.call = [&](const Step& now) { return providers_answer((*provider)->set(flag, now.value)); };
  return runner::do_by_hand(*session.ports().log, *session.clock, hand).map([](const engine::State&) {
    return Done{};
  });
}

Result<Done> minimum_may_be_set(const Session& session, const orders::UpdatePolicy& policy) {
  const Flag& flag = *session.definition.force_update.minimum_version;
  const auto provider = wire_flag(flag, session.definition.directory, *session.clock, sleep_on(*session.clock));
  if (!provider) return tl::unexpected(provider.error());
  const auto now = parameter_value(**provider, flag);
  if (!now) return tl::unexpected(now.error());
  return orders::minimum_rises(flag.parameter, *now ? VersionName::parse(**now) : std::nullopt, policy.minimum);
}

// Google Play asks people itself, where the build is known and the degree is hard.
Result<Done> recover(const Context& context, const Assessment& assessed, const orders::AssessedApp& one) {
  const auto app = orders::app_with_recoveries(assessed.session.definition, one.app);
  if (!app || one.decision.degree != Degree::hard) return Done{};
  const auto* release = assessed.state.find(one.facts.bad);
  const auto* progress = release == nullptr ? nullptr : release->find(one.app);
  if (progress == nullptr || !progress->candidate) return Done{};
  auto recoveries = open_recoveries(context, assessed.session, **app);
  if (!recoveries) return tl::unexpected(recoveries.error());
  orders::RecoveryOrder order{
      Action::prepare_recovery, one.app, {}, {progress->candidate->build}, {true, {}, {}}, one.facts.bad,
      assessed.order.why};
  const auto draft = order_recovery(assessed.session, *recoveries->calls, order);
  if (!draft) return tl::unexpected(draft.error());
  order.action = Action::deploy_recovery;
  order.id = draft->id;
  return order_recovery(assessed.session, *recoveries->calls, order).map([](const Recovery&) { return Done{}; });
}

Exit carry_out_update(const Context& context, const Assessment& assessed, const orders::UpdatePolicy& policy,
                      const std::vector<Step>& steps) {
  const auto& session = assessed.session;
  if (auto rises = minimum_may_be_set(session, policy); !rises) return context.fail(rises.error());
  for (const auto& step : steps) {
    if (auto written = write_parameter(session, step, assessed.order.why); !written)
      return context.fail(written.error());
  }
  const auto recorded =
      runner::record(*session.ports().log, *session.clock, session.by, [&](const engine::State& state) {
        return orders::force_update(session.definition, state, session.by, assessed.order, session.clock->now());
      });
  if (!recorded) return context.fail(recorded.error());
  Exit exit = Exit::done;
  for (const auto& one : assessed.all) {
    if (auto asked = recover(context, assessed, one); !asked) exit = worse(exit, context.fail(asked.error()));
  }
  if (exit == Exit::done) context.say("People are asked from now on, where their app reads it.");
  return exit;
}

Exit run_apply(const Context& context, const ForceOptions& options) {
  Exit exit = Exit::done;
  const auto assessed = assess_and_show(context, options, exit);
  if (!assessed) return exit;
  const auto& session = assessed->session;
  const auto now = session.clock->now();
  const auto policy = orders::policy_of(assessed->all);
  if (!policy) {
    context.say("Nobody is asked to update: there is nothing to apply.");
    return Exit::done;
  }
  if (auto may = orders::force_update(session.definition, assessed->state, session.by, assessed->order, now); !may)
    return context.fail(may.error());
  const auto steps = orders::update_steps(session.definition, *policy, policy_text(*policy, now));
  if (!steps) return context.fail(steps.error());
  if (!confirmed(context, options.yes, fmt::format("Ask people to update ({})?", to_string(policy->degree)))) {
    return context.fail(
        {ErrorKind::usage, "It was not confirmed; nothing was done.", "Pass --yes where there is no terminal."});
  }
  return carry_out_update(context, *assessed, *policy, *steps);
}

}  // namespace

void add_force_update_apply(CLI::App& group, Context& context, Chosen& chosen) {
  auto* apply = add_command(group, "apply", "The same decision, written where the apps and Google Play read it",
                            "train force-update apply --severity critical --why 'loses payments'");
  auto applying = add_facts(apply);
  apply->add_option("--why", applying->why, "The reason, for the log")->required();
  apply->add_flag("--yes", applying->yes, "Do not ask");
  apply->callback(
      [&chosen, &context, applying] { chosen = [&context, applying] { return run_apply(context, *applying); }; });
}

}  // namespace train::cli
