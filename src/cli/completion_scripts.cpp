// The three shells' scripts. Each finds the command that the words so far name, and offers what that command takes.
#include <fmt/core.h>
#include <algorithm>
#include <set>

#include "completion.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

using Commands = std::vector<CommandWords>;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// In single quotes: nothing in it is expanded.
std::string quoted(const std::string& text) { return "'" + replaced(text, "'", "'\\''") + "'"; }
std::string fish_quoted(const std::string& text) {
  return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

// `train`'s own flags may stand behind every command.
std::vector<OptionWords> options_of(const Commands& commands, const CommandWords& command) {
  auto out = command.options;
  if (command.path.empty()) return out;
  for (const auto& global : commands.front().options) {
    const bool own = std::any_of(out.begin(), out.end(),
                                 [&](const OptionWords& each) { return each.names.back() == global.names.back(); });
    if (!own) out.push_back(global);
  }
  return out;
}

std::vector<std::string> plain_words(const CommandWords& command) {
  auto out = command.subcommands;
  for (const auto& argument : command.arguments) out.insert(out.end(), argument.values.begin(), argument.values.end());
  return out;
}

// Names of every option that takes a value: what follows one is no command.
std::string valued_names(const Commands& commands) {
  std::set<std::string> names;
  for (const auto& command : commands) {
    for (const auto& option : command.options) {
      if (option.takes_value) names.insert(option.names.begin(), option.names.end());
    }
  }
  return join(std::vector<std::string>(names.begin(), names.end()), "|");
}

std::string known_paths(const Commands& commands) {
  std::vector<std::string> paths;
  for (const auto& command : commands) {
    if (!command.path.empty()) paths.push_back("\" " + command.path_text() + "\"");
  }
  return join(paths, " | ");
}

// `case` arms for options with known values.
std::string value_arms(const Commands& commands, std::string_view line) {
  std::set<std::string> arms;
  for (const auto& command : commands) {
    for (const auto& option : command.options) {
      if (!option.values.empty())
        arms.insert(fmt::format("    {}) {} ;;\n", join(option.names, " | "),
                                replaced(std::string(line), "VALUES", join(option.values, " "))));
    }
  }
  return join(std::vector<std::string>(arms.begin(), arms.end()), "");
}

std::string bash_arms(const Commands& commands) {
  std::string out;
  for (const auto& command : commands) {
    std::vector<std::string> options;
    for (const auto& option : options_of(commands, command))
      options.insert(options.end(), option.names.begin(), option.names.end());
    out += fmt::format("    \"{}\") words={}; options={} ;;\n", command.path.empty() ? "" : " " + command.path_text(),
                       quoted(join(plain_words(command), " ")), quoted(join(options, " ")));
  }
  return out;
}

constexpr std::string_view k_bash = R"(# bash completion for train. Try it: source <(train completion bash)
# Keep it: train completion bash > ~/.local/share/bash-completion/completions/train
_train() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" at="" words="" options="" i=1
  COMPREPLY=()
  while [ "$i" -lt "$COMP_CWORD" ]; do
    case "${COMP_WORDS[i]}" in
      @VALUED@) i=$((i + 1)) ;;
      -*) ;;
      *) case "$at ${COMP_WORDS[i]}" in
           @PATHS@) at="$at ${COMP_WORDS[i]}" ;;
         esac ;;
    esac
    i=$((i + 1))
  done
  case "$previous" in
@VALUES@    @VALUED@) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  case "$at" in
@ARMS@  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
  esac
}
complete -o default -F _train train
)";

std::string bash_script(const Commands& commands) {
  auto script = replaced(std::string(k_bash), "@VALUED@", valued_names(commands));
  script = replaced(script, "@PATHS@", known_paths(commands));
  script =
      replaced(script, "@VALUES@", value_arms(commands, "COMPREPLY=($(compgen -W 'VALUES' -- \"$current\")); return"));
  return replaced(script, "@ARMS@", bash_arms(commands));
}

// "name:what it does", as _describe wants it.
std::string described(const std::string& name, const std::string& what) {
  return " " + quoted(replaced(name, ":", "\\:") + (what.empty() ? "" : ":" + replaced(what, ":", "\\:")));
}

std::string what_of(const Commands& commands, const CommandWords& parent, const std::string& subcommand) {
  auto path = parent.path;
  path.push_back(subcommand);
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const CommandWords& each) { return each.path == path; });
  return found == commands.end() ? "" : found->what;
}

std::string zsh_arms(const Commands& commands) {
  std::string out;
  for (const auto& command : commands) {
    out += fmt::format("    \"{}\")\n      words_here=(", command.path.empty() ? "" : " " + command.path_text());
    for (const auto& name : plain_words(command)) out += described(name, what_of(commands, command, name));
    out += " )\n      options_here=(";
    for (const auto& option : options_of(commands, command)) {
      for (const auto& name : option.names) out += described(name, option.what);
    }
    out += " ) ;;\n";
  }
  return out;
}

constexpr std::string_view k_zsh = R"(#compdef train
# zsh completion for train. Try it: source <(train completion zsh)
# Keep it: train completion zsh > a directory of your $fpath, as _train
_train() {
  local at="" i=2
  local -a words_here options_here
  while (( i < CURRENT )); do
    case "${words[i]}" in
      @VALUED@) (( i++ )) ;;
      -*) ;;
      *) case "$at ${words[i]}" in
           @PATHS@) at="$at ${words[i]}" ;;
         esac ;;
    esac
    (( i++ ))
  done
  case "${words[CURRENT-1]}" in
@VALUES@    @VALUED@) _files; return ;;
  esac
  case "$at" in
@ARMS@  esac
  if [[ "${words[CURRENT]}" == -* ]]; then
    _describe -o option options_here
  elif (( ${#words_here} )); then
    _describe command words_here
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _train ]]; then _train "$@"; else compdef _train train; fi
)";

std::string zsh_script(const Commands& commands) {
  auto script = replaced(std::string(k_zsh), "@VALUED@", valued_names(commands));
  script = replaced(script, "@PATHS@", known_paths(commands));
  script = replaced(script, "@VALUES@", value_arms(commands, "compadd VALUES; return"));
  return replaced(script, "@ARMS@", zsh_arms(commands));
}

std::string fish_option(const std::string& condition, const OptionWords& option) {
  std::string line = "complete -c train -n " + fish_quoted(condition);
  for (const auto& name : option.names)
    line += starts_with(name, "--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (option.takes_value) line += " -r";
  if (!option.values.empty()) line += " -f -a " + fish_quoted(join(option.values, " "));
  return line + " -d " + fish_quoted(option.what) + "\n";
}

constexpr std::string_view k_fish = R"(# fish completion for train. Try it: train completion fish | source
# Keep it: train completion fish > ~/.config/fish/completions/train.fish
function __train_at
    set -l at ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case @VALUED@
                set skip 1
            case '-*'
            case '*'
                switch "$at $word"
                    case @PATHS@
                        set at "$at $word"
                end
        end
    end
    test "$at" = "$argv[1]"
end
)";

std::string fish_script(const Commands& commands) {
  auto script = replaced(std::string(k_fish), "@VALUED@", replaced(valued_names(commands), "|", " "));
  script = replaced(script, "@PATHS@", replaced(known_paths(commands), " | ", " "));
  for (const auto& option : commands.front().options) script += fish_option("true", option);
  for (const auto& command : commands) {
    const auto condition = "__train_at \"" + (command.path.empty() ? "" : " " + command.path_text()) + "\"";
    for (const auto& name : plain_words(command)) {
      script += fmt::format("complete -c train -n {} -f -a {} -d {}\n", fish_quoted(condition), name,
                            fish_quoted(what_of(commands, command, name)));
    }
    if (command.path.empty()) continue;
    for (const auto& option : command.options) script += fish_option(condition, option);
  }
  return script;
}

}  // namespace

std::optional<std::string> completion_script(std::string_view shell, const Commands& commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  return std::nullopt;
}

}  // namespace train::cli
