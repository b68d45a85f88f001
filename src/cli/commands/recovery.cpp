// recovery: the store's half of a forced update, by hand.
#include "commands/recovery.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "commands/give_order.hpp"
#include "compose/wiring.hpp"
#include "train/base/check.hpp"
#include "train/base/text.hpp"
#include "train/runner/by_hand.hpp"
#include "views/recovery_view.hpp"

namespace train::cli {
namespace {

Result<orders::RecoveryOrder> recovery_order_of(const RecoveryOptions& options, Action action) {
  auto builds = builds_of(options);
  if (!builds) return tl::unexpected(builds.error());
  const auto version = VersionName::parse(options.version);
  if (!options.version.empty() && !version) {
    return fail(ErrorKind::usage, "`" + printable(options.version, 60) + "` is not a version like 3.4.0.");
  }
  return orders::RecoveryOrder{action,        options.app, options.id, std::move(*builds),
                               options.reach, version,     options.why};
}

Result<Recovery> ask_store(Recoveries& recoveries, const Step& step) {
  if (step.action == Action::prepare_recovery) return recoveries.prepare(orders::wish_of(step));
  if (step.action == Action::deploy_recovery) return recoveries.deploy(orders::key_of(step));
  if (step.action == Action::widen_recovery) return recoveries.widen(orders::key_of(step), orders::reach_of(step));
  TRAIN_CHECK(step.action == Action::cancel_recovery, "the other orders on recoveries are above");
  return recoveries.cancel(orders::key_of(step));
}

Result<Recovery> find_recovery(Recoveries& recoveries, const Step& step) {
  const auto all = recoveries.list(step.build.value_or(BuildNumber()));
  if (!all) return tl::unexpected(all.error());
  const auto found = std::find_if(all->begin(), all->end(),
                                  [&](const Recovery& each) { return orders::shows_recovery({each}, step); });
  if (found != all->end()) return *found;
  return fail(ErrorKind::not_found, "What was asked for is no longer in the store's list.",
              "`train recovery list` shows what is.");
}

}  // namespace

Result<std::vector<BuildNumber>> builds_of(const RecoveryOptions& options) {
  std::vector<BuildNumber> builds;
  for (const auto& written : options.builds) {
    const auto build = BuildNumber::parse(written);
    if (!build || !build->number())
      return fail(ErrorKind::usage, fmt::format("\"{}\" is no version code.", printable(written, 60)));
    builds.push_back(*build);
  }
  return builds;
}

Result<OpenRecoveries> open_recoveries(const Context& context, const Session& session, const App& app) {
  Reporter reporter;
  reporter.told = [&context](const AppName& name, const std::string& sentence) {
    context.err() << "train: " << name << ": " << printable(sentence) << "\n";
  };
  auto store = wire_store(session.definition, app, *session.clock, std::move(reporter));
  if (!store) return tl::unexpected(store.error());
  auto* calls = store->ports.stores.at(app.name)->offers().recoveries;
  if (calls == nullptr) return fail(ErrorKind::internal, app.name + " is in a store without recoveries.");
  return OpenRecoveries{std::move(*store), calls};
}

Result<Recovery> order_recovery(const Session& session, Recoveries& recoveries, const orders::RecoveryOrder& order) {
  std::optional<Recovery> made;
  Step ordered;
  runner::HandOrder hand;
  hand.by = session.by;
  hand.why = order.why;
  hand.decide = [&](const engine::State& state) {
    auto step = orders::recovery(session.definition, state, session.by, order);
    if (step) ordered = *step;
    return step;
  };
  hand.shows = [&](const Step& step) {
    return recoveries.list(step.build.value_or(BuildNumber())).map([&](const std::vector<Recovery>& all) {
      return orders::shows_recovery(all, step);
    });
  };
  hand.call = [&](const Step& step) {
    return ask_store(recoveries, step).map([&](const Recovery& recovery) {
      made = recovery;
      return Done{};
    });
  };
  const auto state = runner::do_by_hand(*session.ports().log, *session.clock, hand);
  if (!state) return tl::unexpected(state.error());
  if (made) return std::move(*made);
  return find_recovery(recoveries, ordered);
}

Exit run_recovery(const Context& context, const RecoveryOptions& options, Action action, const std::string& question) {
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  const auto order = recovery_order_of(options, action);
  if (!order) return context.fail(order.error());
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  if (auto step = orders::recovery(session->definition, *state, session->by, *order); !step)
    return context.fail(step.error());
  if (!question.empty() && !confirmed(context, options.yes, question + " Go on?")) {
    return context.fail({ErrorKind::usage, question + " It was not confirmed; nothing was done.",
                         "Where there is no terminal, pass --yes."});
  }
  auto recoveries = open_recoveries(context, *session, *session->definition.find_app(order->app));
  if (!recoveries) return context.fail(recoveries.error());
  const auto recovery = order_recovery(*session, *recoveries->calls, *order);
  if (!recovery) return context.fail(recovery.error());
  show_recoveries(context, order->app, {*recovery});
  return Exit::done;
}

CLI::App* add_one(CLI::App& group, const RecoveryAsked& options, const std::string& name, const std::string& what,
                  const std::string& example) {
  auto* command = add_command(group, name, what, example);
  command->add_option("APP", options->app, "The app, as the definition names it")->required();
  return command;
}

void add_builds(CLI::App& command, const RecoveryAsked& options, const char* what) {
  command.add_option("--build", options->builds, what)->required()->allow_extra_args(false);
}

void add_reach(CLI::App& command, const RecoveryAsked& options) {
  command.add_flag("--everybody", options->reach.everybody, "Everybody who runs the builds");
  command.add_option("--region", options->reach.regions, "People of this country, such as DE; repeatable")
      ->allow_extra_args(false);
  command.add_option("--android", options->reach.api_levels, "Devices of this Android API level; repeatable")
      ->allow_extra_args(false);
}

void add_recovery_why(CLI::App& command, const RecoveryAsked& options) {
  command.add_option("--why", options->why, "The reason, for the log")->required();
}

void add_recovery_order(CLI::App& command, const RecoveryAsked& options) {
  command.add_option("ID", options->id, "As `train recovery list` shows it")->required();
  add_builds(command, options, "A build it is about: the store lists by build");
  command.add_option("--version", options->version, "The version of that build, where the log does not know it");
  add_recovery_why(command, options);
  command.add_flag("--yes", options->yes, "The confirmation, where there is no terminal");
}

void add_recovering(CLI::App& root, Context& context, Chosen& chosen) {
  auto* group = add_command(root, "recovery", "Google Play: ask users of a build to update, by hand",
                            "train recovery list android --build 340");
  group->require_subcommand(1);
  add_recovery_list(*group, context, chosen);
  add_recovery_prepare(*group, context, chosen);
  add_recovery_widen(*group, context, chosen);
  add_recovery_deploy(*group, context, chosen);
  add_recovery_cancel(*group, context, chosen);
}

}  // namespace train::cli
