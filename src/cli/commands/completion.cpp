// completion: what a shell needs to complete commands and flags.
#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "completion.hpp"

namespace train::cli {
namespace {

Exit run_completion(const Context& context, const CLI::App& root, const std::string& shell) {
  const auto script = completion_script(shell, words_of(root));
  if (!script)
    return context.fail(
        {ErrorKind::usage, "There is no completion for `" + shell + "`.", "Known shells: bash, zsh, fish."});
  context.out() << *script;
  return Exit::done;
}

}  // namespace

void add_completion(CLI::App& root, Context& context, Chosen& chosen) {
  auto shell = std::make_shared<std::string>();
  auto* completion = add_command(root, "completion", "Shell completion", "source <(train completion bash)");
  completion->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  completion->callback(
      [&, shell] { chosen = [&root, &context, shell] { return run_completion(context, root, *shell); }; });
}

}  // namespace train::cli
