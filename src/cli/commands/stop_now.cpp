#include "stop_now.hpp"

#include <CLI/CLI.hpp>

namespace train::cli {

Exit stop_now(const Context& context, const StopOptions& options, std::string_view words, std::string_view asked) {
  const auto& said = options.arguments;
  const std::string word(asked);
  if (said.why.empty()) return context.fail({ErrorKind::usage, "--why TEXT is needed: it goes into the log.", ""});
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, said.app); !known) return context.fail(known.error());
  if (!confirmed(context, options.yes,
                 word + (said.app.empty() ? " every app that is exposed?" : " " + said.app + "?"))) {
    return context.fail(
        {ErrorKind::usage, word + " was not confirmed; nothing was done.", "Pass --yes where there is no terminal."});
  }
  return carry_out(context, *session, order_of(*session, words, said));
}

CLI::App* add_stop(CLI::App& root, std::string_view words, StopOptions& options) {
  auto* command = add_order(root, words, options.arguments);
  command->get_option("--why")->required(false);
  command->add_flag("--yes", options.yes, "Do not ask");
  return command;
}

}  // namespace train::cli
