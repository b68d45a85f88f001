// Shell completion, made from the parser itself: a command or flag that exists is offered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace train::cli {

struct OptionWords {
  std::vector<std::string> names;  // "-f", "--file"
  std::string what;
  bool takes_value = false;
  std::vector<std::string> values;  // known values; empty: files are offered
};

struct CommandWords {
  std::vector<std::string> path;  // {} for `train` itself, {"build", "add"}
  std::string what;               // one line
  std::vector<OptionWords> options;
  std::vector<OptionWords> arguments;  // by name, in order
  std::vector<std::string> subcommands;
  std::string path_text() const;  // "build add"
};

// `train` itself first, then every command, nested ones behind their parent.
std::vector<CommandWords> words_of(const CLI::App& root);

// The script for bash, zsh or fish; nullopt for another shell.
std::optional<std::string> completion_script(std::string_view shell, const std::vector<CommandWords>& commands);

}  // namespace train::cli
