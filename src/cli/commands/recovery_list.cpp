#include <CLI/CLI.hpp>

#include "commands/recovery.hpp"
#include "compose/wiring.hpp"
#include "views/recovery_view.hpp"

namespace train::cli {
namespace {

Exit run_recovery_list(const Context& context, const RecoveryOptions& options) {
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  const auto app = orders::app_with_recoveries(session->definition, options.app);
  if (!app) return context.fail(app.error());
  const auto builds = builds_of(options);
  if (!builds) return context.fail(builds.error());
  auto recoveries = open_recoveries(context, *session, **app);
  if (!recoveries) return context.fail(recoveries.error());
  const auto all = recoveries->calls->list(builds->front());
  if (!all) return context.fail(all.error());
  show_recoveries(context, (*app)->name, *all);
  return Exit::done;
}

}  // namespace

void add_recovery_list(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command = add_one(group, options, "list", "The recoveries of a build, and how far they are",
                          "train recovery list android --build 340");
  add_builds(*command, options, "The version code");
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_recovery_list(context, *options); }; });
}

}  // namespace train::cli
