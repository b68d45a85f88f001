// remove-from-sale: the last resort, behind two confirmations.
#include "train/orders/remove_from_sale.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "commands.hpp"
#include "stop_now.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

struct RemovalOptions {
  orders::Arguments arguments;
  std::string confirm;
  bool yes = false;
};

void say_what_it_breaks(const Context& context, const App& app) {
  context.err() << "Taking " << app.store_id << " off sale:\n"
                << "  - hides the whole app, every version of it, on every platform, in every storefront;\n"
                << "  - who has it keeps it, with the version they have: this is no rollback;\n"
                << "  - ends a phased release for good;\n"
                << "  - is about 175 calls, one for each storefront, and can take Apple hours to show;\n"
                << "  - is undone only by hand, in App Store Connect under Pricing and Availability, and that takes "
                   "hours too.\n"
                << "`train halt " << app.name << "` stops a rollout by one call, and is undone by one.\n";
}

std::string answer_to(const Context& context, const std::string& question) {
  context.err() << question << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) ? std::string(trim(answer)) : std::string();
}

// Two words, of different kinds, so that neither a habit nor a script copied from elsewhere does it.
Result<Done> confirmed_twice(const Context& context, const App& app, const RemovalOptions& options) {
  const bool asks = context.invocation.in_is_terminal;
  const auto missing = [&](std::string_view what) {
    return fail(ErrorKind::usage, fmt::format("Taking {} off sale was not confirmed; nothing was done.", app.store_id),
                fmt::format("{} Where there is no terminal, pass --yes and --confirm {}.", what, app.store_id));
  };
  const auto first = options.yes ? "y" : asks ? answer_to(context, "Go on? [y/N] ") : "";
  if (first != "y" && first != "yes") return missing("It asks twice.");
  const auto typed = !options.confirm.empty() ? options.confirm
                     : asks                   ? answer_to(context, "Type the bundle id of the app: ")
                                              : std::string();
  if (typed == app.store_id) return Done{};
  return missing(typed.empty() ? "The bundle id is missing." : "That is not the app's bundle id.");
}

Exit run_removal(const Context& context, const RemovalOptions& options) {
  Exit exit = Exit::done;
  const auto session = open_stop_session(context, exit);
  if (!session) return exit;
  const auto app = orders::removable_app(session->definition, options.arguments.app);
  if (!app) return context.fail(app.error());
  say_what_it_breaks(context, **app);
  if (auto confirmed = confirmed_twice(context, **app, options); !confirmed) return context.fail(confirmed.error());
  return take_off_sale(context, *session, options.arguments);
}

}  // namespace

void add_remove_from_sale(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RemovalOptions>();
  auto* command = add_order(root, "remove-from-sale", options->arguments);
  command->add_flag("--yes", options->yes, "The first confirmation, where there is no terminal");
  command->add_option("--confirm", options->confirm, "The second: the app's bundle id");
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_removal(context, *options); }; });
}

}  // namespace train::cli
