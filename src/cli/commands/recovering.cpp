// recovery: the store's half of a forced update, by hand.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/session.hpp"
#include "compose/wiring.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

struct RecoveryOptions {
  std::string app;
  std::string id;
  std::vector<std::string> builds;
  RecoveryReach reach;
  bool yes = false;
};

std::string_view word_of(RecoveryStatus status) {
  switch (status) {
    case RecoveryStatus::draft:
      return "draft";
    case RecoveryStatus::preparing:
      return "preparing";
    case RecoveryStatus::active:
      return "active";
    case RecoveryStatus::failed:
      return "failed";
    case RecoveryStatus::cancelled:
      return "cancelled";
    case RecoveryStatus::unknown:
      break;
  }
  return "unknown";
}

// ---- what came out ------------------------------------------------------------------------------

nlohmann::ordered_json time_json(const std::optional<Instant>& at) {
  return at ? nlohmann::ordered_json(format_rfc3339(*at)) : nlohmann::ordered_json();
}

nlohmann::ordered_json recovery_json(const Recovery& recovery) {
  nlohmann::ordered_json out;
  out["id"] = recovery.id;
  out["state"] = word_of(recovery.status);
  out["store_state"] = recovery.raw;
  out["builds"] = nlohmann::ordered_json::array();
  for (const auto& build : recovery.builds) out["builds"].push_back(build.text());
  out["range"] = nullptr;
  if (recovery.range) out["range"] = {recovery.range->first.text(), recovery.range->second.text()};
  out["everybody"] = recovery.reach.everybody;
  out["regions"] = recovery.reach.regions;
  out["android"] = recovery.reach.api_levels;
  out["created"] = time_json(recovery.created);
  out["deployed"] = time_json(recovery.deployed);
  out["cancelled"] = time_json(recovery.cancelled);
  out["progress"] = nlohmann::ordered_json::array();
  for (const auto& row : recovery.progress)
    out["progress"].push_back({{"build", row.build.text()}, {"devices", row.devices}, {"recovered", row.recovered}});
  return out;
}

std::string builds_text(const Recovery& recovery) {
  if (recovery.range) return recovery.range->first.text() + " to " + recovery.range->second.text();
  std::vector<std::string> parts;
  for (const auto& build : recovery.builds) parts.push_back(build.text());
  return join(parts, ", ");
}

std::string reach_text(const RecoveryReach& reach) {
  if (reach.everybody) return "everybody";
  std::vector<std::string> parts = reach.regions;
  for (const auto level : reach.api_levels) parts.push_back(fmt::format("Android API {}", level));
  return join(parts, ", ");
}

void show_recovery(std::ostream& out, const Recovery& recovery) {
  out << fmt::format("{}  {}  build {}  {}\n", recovery.id, word_of(recovery.status), builds_text(recovery),
                     reach_text(recovery.reach));
  if (recovery.status == RecoveryStatus::unknown) out << "  the store says " << recovery.raw << "\n";
  for (const auto& row : recovery.progress)
    out << fmt::format("  build {}: {} of {} devices have left it\n", row.build.text(), row.recovered, row.devices);
}

void show_recoveries(const Context& context, const std::string& app, const std::vector<Recovery>& all) {
  if (context.format == Format::json) {
    nlohmann::ordered_json out;
    out["schema"] = "train.recovery/1";
    out["app"] = app;
    out["recoveries"] = nlohmann::ordered_json::array();
    for (const auto& recovery : all) out["recoveries"].push_back(recovery_json(recovery));
    context.out() << out.dump(2) + "\n";
    return;
  }
  for (const auto& recovery : all) show_recovery(context.out(), recovery);
  if (all.empty()) context.say("There is no app recovery of this build.");
}

// ---- what was asked -----------------------------------------------------------------------------

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

Result<const App*> app_to_recover(const Definition& definition, const RecoveryOptions& options) {
  const auto* app = definition.find_app(options.app);
  if (app == nullptr) {
    std::vector<std::string> names;
    for (const auto& each : definition.apps) names.push_back(each.name);
    return fail(ErrorKind::usage, "There is no app `" + printable(options.app, 200) + "`.",
                "The definition has: " + join(names, ", ") + ".");
  }
  if (app->facts().recoveries) return app;
  return fail(
      ErrorKind::usage,
      fmt::format("The API of {} has no call that asks users to update; nothing was done.", app->facts().in_sentence),
      "There a newer version, and a least version that the app itself asks for, are the way.");
}

Result<Done> recovery_confirmed(const Context& context, const RecoveryOptions& options, const std::string& what) {
  if (options.yes) return Done{};
  std::string answer;
  if (context.invocation.in_is_terminal) {
    context.err() << what << " Go on? [y/N] " << std::flush;
    if (std::getline(std::cin, answer) && (trim(answer) == "y" || trim(answer) == "yes")) return Done{};
  }
  return fail(ErrorKind::usage, what + " It was not confirmed; nothing was done.",
              "Where there is no terminal, pass --yes.");
}

// Does one thing to the recoveries of an app and shows what they are then.
using Ask =
    std::function<Result<std::vector<Recovery>>(Recoveries& recoveries, const std::vector<BuildNumber>& builds)>;

Exit run_recovery(const Context& context, const RecoveryOptions& options, const std::string& question, const Ask& ask) {
  Exit exit = Exit::done;
  const auto definition = load_definition(context, exit);
  if (!definition) return exit;
  const auto app = app_to_recover(*definition, options);
  if (!app) return context.fail(app.error());
  const auto builds = builds_of(options);
  if (!builds) return context.fail(builds.error());
  if (!question.empty()) {
    if (auto yes = recovery_confirmed(context, options, question); !yes) return context.fail(yes.error());
  }
  auto clock = make_clock(*definition);
  if (!clock) return context.fail(clock.error());
  Reporter reporter;
  reporter.told = [&context](const AppName& name, const std::string& sentence) {
    context.err() << "train: " << name << ": " << printable(sentence) << "\n";
  };
  auto recoveries = wire_recoveries(*definition, **app, **clock, reporter);
  if (!recoveries) return context.fail(recoveries.error());
  const auto all = ask(**recoveries, *builds);
  if (!all) return context.fail(all.error());
  show_recoveries(context, (*app)->name, *all);
  return Exit::done;
}

Result<std::vector<Recovery>> only(Result<Recovery> recovery) {
  return recovery.map([](Recovery& one) { return std::vector<Recovery>{std::move(one)}; });
}

// ---- the five ways to ask -----------------------------------------------------------------------

using RecoveryAsked = std::shared_ptr<RecoveryOptions>;

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

CLI::App* add_one(CLI::App& group, const RecoveryAsked& options, const std::string& name, const std::string& what,
                  const std::string& example) {
  auto* command = add_command(group, name, what, example);
  command->add_option("APP", options->app, "The app, as the definition names it")->required();
  return command;
}

void add_key(CLI::App& command, const RecoveryAsked& options) {
  command.add_option("ID", options->id, "As `train recovery list` shows it")->required();
  add_builds(command, options, "A build it is about: the store lists by build");
}

void add_list(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command = add_one(group, options, "list", "The recoveries of a build, and how far they are",
                          "train recovery list android --build 340");
  add_builds(*command, options, "The version code");
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] {
      return run_recovery(context, *options, "", [](Recoveries& r, const auto& builds) { return r.list(builds[0]); });
    };
  });
}

void add_prepare(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command = add_one(group, options, "prepare", "Draft one; nobody is asked yet",
                          "train recovery prepare android --build 340 --region DE");
  add_builds(*command, options, "A version code that users shall leave; repeatable");
  add_reach(*command, options);
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] {
      return run_recovery(context, *options, "", [&](Recoveries& r, const auto& builds) {
        return only(r.prepare({builds, options->reach}));
      });
    };
  });
}

void add_widen(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command = add_one(group, options, "widen", "Reach more people of the same kind",
                          "train recovery widen android 4611 --build 340 --region FR --yes");
  add_key(*command, options);
  add_reach(*command, options);
  command->add_flag("--yes", options->yes, "The confirmation, where there is no terminal");
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] {
      return run_recovery(context, *options, "This asks more people to update; it cannot be narrowed again.",
                          [&](Recoveries& r, const auto& builds) {
                            return only(r.widen({options->id, builds[0]}, options->reach));
                          });
    };
  });
}

// deploy and cancel: an id, and a word from a person.
void add_order(CLI::App& group, Context& context, Chosen& chosen, const std::string& name, const std::string& what,
               const std::string& question, Result<Recovery> (Recoveries::*order)(const RecoveryKey&)) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command =
      add_one(group, options, name, what, fmt::format("train recovery {} android 4611 --build 340 --yes", name));
  add_key(*command, options);
  command->add_flag("--yes", options->yes, "The confirmation, where there is no terminal");
  command->callback([&chosen, &context, options, question, order] {
    chosen = [&context, options, question, order] {
      return run_recovery(context, *options, question, [&](Recoveries& r, const auto& builds) {
        return only((r.*order)({options->id, builds[0]}));
      });
    };
  });
}

}  // namespace

void add_recovering(CLI::App& root, Context& context, Chosen& chosen) {
  auto* group = add_command(root, "recovery", "Google Play: ask users of a build to update, by hand",
                            "train recovery list android --build 340");
  group->require_subcommand(1);
  add_list(*group, context, chosen);
  add_prepare(*group, context, chosen);
  add_widen(*group, context, chosen);
  add_order(*group, context, chosen, "deploy", "Ask them, from now on", "This asks everybody it reaches to update.",
            &Recoveries::deploy);
  add_order(*group, context, chosen, "cancel", "Ask nobody else, for good",
            "This ends the recovery; it cannot be taken up again.", &Recoveries::cancel);
}

}  // namespace train::cli
