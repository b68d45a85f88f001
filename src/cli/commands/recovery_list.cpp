#include <CLI/CLI.hpp>

#include "bounds.hpp"
#include "commands/recovery.hpp"
#include "train/base/text.hpp"
#include "train/orders/recovery.hpp"
#include "views/recovery_view.hpp"

namespace train::cli {
namespace {

struct ListedBuild {
  AppName app;
  std::string build;
};

Exit run_recovery_list(const Context& context, const ListedBuild& asked) {
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  const auto app = orders::app_with_recoveries(session->definition, asked.app);
  if (!app) return context.fail(app.error());
  const auto build = BuildNumber::parse(asked.build);
  if (!build || !build->number())
    return context.fail({ErrorKind::usage, "\"" + printable(asked.build, 60) + "\" is no version code.", {}});
  const WithPatience bound(patience_within(k_recovery_in_all));
  const auto hand = hand_of(context, *session);
  const auto recoveries = hand.recoveries(**app);
  if (!recoveries) return context.fail(recoveries.error());
  const auto all = (*recoveries)->list(*build);
  if (!all) return context.fail(all.error());
  show_recoveries(context, (*app)->name, *all);
  return Exit::done;
}

}  // namespace

void add_recovery_list(CLI::App& group, Context& context, Chosen& chosen) {
  auto asked = std::make_shared<ListedBuild>();
  auto* command = add_command(group, "list", "The recoveries of a build, and how far they are",
                              "train recovery list android --build 340");
  command->add_option("APP", asked->app, "The app, as the definition names it")->required();
  command->add_option("--build", asked->build, "The version code")->required();
  command->callback(
      [&chosen, &context, asked] { chosen = [&context, asked] { return run_recovery_list(context, *asked); }; });
}

}  // namespace train::cli
