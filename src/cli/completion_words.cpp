#include <CLI/CLI.hpp>
#include <map>

#include "completion.hpp"
#include "train/base/text.hpp"
#include "train/rehearsal/rehearsal.hpp"

namespace train::cli {
namespace {

// What the parser keeps inside its validators, and what only another room knows.
std::vector<std::string> values_of(const std::string& name) {
  if (name == "--output") return {"text", "json"};
  if (name == "--color") return {"auto", "always", "never"};
  if (name == "SHELL") return {"bash", "zsh", "fish"};
  if (name == "SCENARIO") return rehearsal::built_in_scenarios();
  return {};
}

std::string one_line(const CLI::App& command) {
  const auto text = command.get_description();
  const auto at = text.rfind("\n\n");
  return at == std::string::npos ? text : text.substr(at + 2);
}

OptionWords words_of(const CLI::Option& option) {
  OptionWords words;
  for (const auto& name : option.get_snames()) words.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) words.names.push_back("--" + name);
  if (option.get_positional()) words.names.push_back(option.get_name(true));
  words.what = option.get_description();
  words.takes_value = option.get_expected_max() > 0 && option.get_type_size_max() > 0;
  words.values = values_of(words.names.back());
  return words;
}

void collect(const CLI::App& command, const std::vector<std::string>& path, std::vector<CommandWords>& out) {
  CommandWords words;
  words.path = path;
  words.what = one_line(command);
  for (const auto* option : command.get_options(nullptr)) {
    (option->get_positional() ? words.arguments : words.options).push_back(words_of(*option));
  }
  const auto subcommands = command.get_subcommands(nullptr);
  for (const auto* sub : subcommands) words.subcommands.push_back(sub->get_name());
  out.push_back(std::move(words));
  for (const auto* sub : subcommands) {
    auto below = path;
    below.push_back(sub->get_name());
    collect(*sub, below, out);
  }
}

}  // namespace

std::string CommandWords::path_text() const { return join(path, " "); }

std::vector<CommandWords> words_of(const CLI::App& root) {
  std::vector<CommandWords> out;
  collect(root, {}, out);
  return out;
}

}  // namespace train::cli
