#include "command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

#include "document.hpp"
#include "train/base/process.hpp"
#include "train/base/text.hpp"

namespace train::rehearsal {
namespace {

using Problem = std::optional<std::string>;
using orders::Argument;

const orders::Command* row_of(const std::vector<std::string>& words) {
  for (const std::size_t length : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < length) continue;
    const std::string verb = length == 2 ? words[0] + " " + words[1] : words[0];
    if (const auto* row = orders::find_command(verb)) return row;
  }
  return nullptr;
}

std::string unknown_verb(const std::vector<std::string>& words) {
  std::vector<std::string_view> known;
  std::vector<std::string> listed;
  for (const auto& row : orders::commands()) {
    known.push_back(row.words);
    listed.emplace_back(row.words);
  }
  const std::string verb = words.empty() ? std::string() : words.front();
  return fmt::format("{} is none of: {}{}", in_quotes(verb), join(listed, ", "), suggestion(verb, known));
}

// "build add APP BUILD", "hold [APP] --why TEXT".
std::string usage_of(const orders::Command& row) {
  std::string out(row.words);
  for (const auto& argument : row.arguments) {
    if (argument.is_option() && !argument.required) continue;
    out += argument.required ? fmt::format(" {}", argument.name) : fmt::format(" [{}]", argument.name);
    if (argument.is_option()) out += " TEXT";
  }
  return out;
}

Problem check_word(const Argument& argument, const std::string& word, const AppRoster& roster) {
  if (argument.name == "APP") {
    std::vector<std::string_view> names;
    for (const auto& member : roster) names.push_back(member.name);
    if (std::find(names.begin(), names.end(), word) == names.end())
      return fmt::format("there is no app {}{}", in_quotes(word), suggestion(word, names));
  }
  if (argument.name == "BUILD" && !BuildNumber::parse(word))
    return fmt::format("{} is no build number; a rehearsal has no files to add", in_quotes(word));
  if (argument.name == "VERSION" && !VersionName::parse(word))
    return fmt::format("{} is no version such as 3.4.0", in_quotes(word));
  return std::nullopt;
}

// Fills in the arguments word by word, as the table says what each is.
class CommandReader {
 public:
  CommandReader(const orders::Command& row, const AppRoster& roster, orders::Arguments& to)
      : row_(row), roster_(roster), to_(to) {}

  Problem take(const std::string& word) {
    if (starts_with(word, "--")) return take_option(word);
    if (open_ != nullptr) {
      value_ += (value_.empty() ? "" : " ") + word;
      return std::nullopt;
    }
    for (std::size_t i = placed_; i < row_.arguments.size(); ++i) {
      const Argument& argument = row_.arguments[i];
      if (argument.is_option()) continue;
      placed_ = i + 1;
      if (auto problem = check_word(argument, word, roster_)) return problem;
      return put(argument, word);
    }
    return "wanted: " + usage_of(row_);
  }

  Problem end() {
    if (auto problem = close()) return problem;
    for (const auto& argument : row_.arguments) {
      if (!argument.required || is_given(argument)) continue;
      return argument.is_option() ? fmt::format("{} TEXT is needed", argument.name) : "wanted: " + usage_of(row_);
    }
    return std::nullopt;
  }

 private:
  Problem take_option(const std::string& name) {
    if (auto problem = close()) return problem;
    if (name == "--yes") return std::nullopt;  // nobody is asked here
    const auto found = std::find_if(row_.arguments.begin(), row_.arguments.end(),
                                    [&](const Argument& argument) { return argument.name == name; });
    if (found == row_.arguments.end()) return fmt::format("{} is no option of this command", in_quotes(name));
    if (std::holds_alternative<bool orders::Arguments::*>(found->holds)) return put(*found, name);
    open_ = &*found;
    return std::nullopt;
  }

  // The option before this one has all of its words now.
  Problem close() {
    const Argument* argument = std::exchange(open_, nullptr);
    const std::string value = std::exchange(value_, {});
    if (argument == nullptr) return std::nullopt;
    if (value.empty()) return fmt::format("{} needs a value", argument->name);
    return put(*argument, value);
  }

  Problem put(const Argument& argument, const std::string& word) {
    given_.push_back(argument.name);
    if (const auto* text = std::get_if<std::string orders::Arguments::*>(&argument.holds)) to_.*(*text) = word;
    if (const auto* list = std::get_if<std::vector<std::string> orders::Arguments::*>(&argument.holds))
      (to_.*(*list)).push_back(word);
    if (const auto* flag = std::get_if<bool orders::Arguments::*>(&argument.holds)) to_.*(*flag) = true;
    return std::nullopt;
  }

  bool is_given(const Argument& argument) const {
    return std::find(given_.begin(), given_.end(), argument.name) != given_.end();
  }

  const orders::Command& row_;
  const AppRoster& roster_;
  orders::Arguments& to_;
  std::size_t placed_ = 0;          // arguments before this one are taken
  const Argument* open_ = nullptr;  // the option whose value is being read: up to the next option, unquoted
  std::string value_;
  std::vector<std::string_view> given_;
};

}  // namespace

tl::expected<Command, std::string> read_command(std::string_view text, const AppRoster& roster) {
  const auto said = split_command(text);
  if (!said) return tl::unexpected(said.error().message);
  const auto wrong = [&](const std::string& what) {
    return tl::unexpected(fmt::format("{}: {}", in_quotes(text), what));
  };
  Command command;
  command.order = row_of(*said);
  command.text = printable(text, 200);
  if (command.order == nullptr) return wrong(unknown_verb(*said));
  CommandReader reader(*command.order, roster, command.arguments);
  const auto verb = static_cast<std::ptrdiff_t>(words_of(command.order->words).size());
  for (auto word = said->begin() + verb; word != said->end(); ++word) {
    if (const auto problem = reader.take(*word)) return wrong(*problem);
  }
  if (const auto problem = reader.end()) return wrong(*problem);
  return command;
}

}  // namespace train::rehearsal
