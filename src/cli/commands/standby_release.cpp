// standby release: the standbys that are ready go out in place of the release.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "give_order.hpp"

namespace train::cli {
namespace {

struct StandbyReleaseOptions {
  orders::Arguments arguments;
  bool yes = false;
};

Exit run_standby_release(const Context& context, const StandbyReleaseOptions& options) {
  const auto& said = options.arguments;
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, said.app); !known) return context.fail(known.error());
  if (!confirmed(context, options.yes, "Release the standby of " + (said.app.empty() ? "every app" : said.app) + "?")) {
    return context.fail(
        {ErrorKind::usage, "It was not confirmed; nothing was done.", "Pass --yes where there is no terminal."});
  }
  return carry_out(context, *session, order_of(*session, "standby release", said));
}

}  // namespace

void add_standby_release(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StandbyReleaseOptions>();
  auto* command = add_order(group, "standby release", options->arguments);
  command->add_flag("--yes", options->yes, "Do not ask");
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] { return run_standby_release(context, *options); };
  });
}

}  // namespace train::cli
