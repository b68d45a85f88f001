#include "command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "document.hpp"
#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/engine/decide.hpp"
#include "train/engine/phase.hpp"

namespace train::rehearsal {
namespace {

struct VerbRow {
  std::string_view word;
  Command::Verb verb;
  bool needs_why;
};
constexpr std::array<VerbRow, 9> k_verbs{{{"hold", Command::Verb::hold, true},
                                          {"resume", Command::Verb::resume, true},
                                          {"halt", Command::Verb::halt, true},
                                          {"rollback", Command::Verb::rollback, true},
                                          {"approve", Command::Verb::approve, false},
                                          {"waive", Command::Verb::waive, true},
                                          {"build", Command::Verb::build_add, false},
                                          {"abandon", Command::Verb::abandon, true},
                                          {"start", Command::Verb::start, false}}};

// Everything after an option up to the next one is its value.
struct Line {
  std::vector<std::string> words;
  std::vector<std::pair<std::string, std::string>> options;
};

Line take_apart(const std::vector<std::string>& said) {
  Line line;
  for (const auto& word : said) {
    if (starts_with(word, "--")) {
      line.options.emplace_back(word, std::string());
    } else if (line.options.empty()) {
      line.words.push_back(word);
    } else {
      auto& value = line.options.back().second;
      value += (value.empty() ? "" : " ") + word;
    }
  }
  return line;
}

using Problem = std::optional<std::string>;

Problem read_options(const Line& line, Command& command) {
  for (const auto& [name, value] : line.options) {
    if (name == "--hotfix" && command.verb == Command::Verb::start && value.empty()) {
      command.hotfix = true;
      continue;
    }
    if (value.empty()) return fmt::format("{} needs a value", name);
    if (name == "--why")
      command.why = value;
    else if (name == "--override" && command.verb == Command::Verb::resume)
      command.overrides.push_back(value);
    else
      return fmt::format("{} is no option of this command", in_quotes(name));
  }
  return std::nullopt;
}

Problem read_app(std::string_view word, const AppRoster& roster, Command& command) {
  std::vector<std::string_view> names;
  for (const auto& member : roster) names.push_back(member.name);
  command.app = word;
  if (std::find(names.begin(), names.end(), word) != names.end()) return std::nullopt;
  return fmt::format("there is no app {}{}", in_quotes(word), suggestion(word, names));
}

Problem read_build(const Line& line, const AppRoster& roster, Command& command) {
  if (line.words.size() != 4 || line.words[1] != "add") return std::string("wanted: build add APP NUMBER");
  const auto number = BuildNumber::parse(line.words[3]);
  if (!number) return fmt::format("{} is no build number; a rehearsal has no files to add", in_quotes(line.words[3]));
  command.build = *number;
  return read_app(line.words[2], roster, command);
}

Problem read_subject(const Line& line, const AppRoster& roster, Command& command) {
  const auto& words = line.words;
  switch (command.verb) {
    case Command::Verb::build_add:
      return read_build(line, roster, command);
    case Command::Verb::approve:
    case Command::Verb::waive:
      if (words.size() != 2) return fmt::format("wanted: {} ITEM", words[0]);
      command.item = words[1];
      return std::nullopt;
    case Command::Verb::start: {
      const auto version = words.size() == 2 ? VersionName::parse(words[1]) : std::nullopt;
      if (!version) return std::string("wanted: start VERSION [--hotfix]");
      command.version = *version;
      return std::nullopt;
    }
    case Command::Verb::abandon:
      return words.size() == 1 ? std::nullopt : Problem("wanted: abandon --why TEXT");
    case Command::Verb::hold:
    case Command::Verb::resume:
    case Command::Verb::halt:
    case Command::Verb::rollback:
      if (words.size() > 2) return fmt::format("wanted: {} [APP] --why TEXT", words[0]);
      return words.size() == 2 ? read_app(words[1], roster, command) : std::nullopt;
  }
  return std::nullopt;
}

std::string role_of(const Definition& definition, const std::string& item) {
  for (const auto& listed : definition.checklist) {
    if (listed.id == item) return listed.role;
  }
  const auto colon = item.find(':');
  const auto before = item.substr(0, colon);
  return before == "submission" || before == "rollout" ? item.substr(colon + 1) : std::string();
}

std::vector<EventBody> stop_orders(const Command& command, const engine::Release& release) {
  std::vector<EventBody> out;
  for (const auto& app : release.apps) {
    if (!command.app.empty() && app.app != command.app) continue;
    if (command.app.empty() && !engine::is_exposed(app)) continue;
    out.emplace_back(
        event::HaltOrdered{release.version, app.app, command.why, command.verb == Command::Verb::rollback});
  }
  return out;
}

EventBody sign_off(const Command& command, const Definition& definition, const engine::Release& release) {
  event::SignedOff out;
  out.version = release.version;
  out.item = command.item;
  out.how = command.verb == Command::Verb::waive ? event::SignedOff::How::waived : event::SignedOff::How::approved;
  out.role = role_of(definition, command.item);
  out.why = command.why;
  return out;
}

}  // namespace

tl::expected<Command, std::string> read_command(std::string_view text, const AppRoster& roster) {
  const auto said = split_command(text);
  if (!said) return tl::unexpected(said.error().message);
  const auto line = take_apart(*said);
  const auto wrong = [&](const std::string& what) {
    return tl::unexpected(fmt::format("{}: {}", in_quotes(text), what));
  };
  std::vector<std::string_view> verbs;
  for (const auto& row : k_verbs) verbs.push_back(row.word);
  const std::string verb = line.words.empty() ? std::string() : line.words.front();
  const auto* row = std::find_if(k_verbs.begin(), k_verbs.end(), [&](const auto& r) { return r.word == verb; });
  if (row == k_verbs.end()) {
    return wrong(fmt::format("{} is none of: hold, resume, halt, rollback, approve, waive, build add, abandon, start{}",
                             in_quotes(verb), suggestion(verb, verbs)));
  }
  Command command;
  command.verb = row->verb;
  command.text = printable(text, 200);
  if (const auto problem = read_subject(line, roster, command)) return wrong(*problem);
  if (const auto problem = read_options(line, command)) return wrong(*problem);
  if (row->needs_why && command.why.empty()) return wrong("--why TEXT is needed");
  return command;
}

Result<std::vector<EventBody>> events_of(const Command& command, const Definition& definition,
                                         const engine::State& state) {
  const auto* release = state.focus();
  if (release == nullptr) return fail(ErrorKind::refused, "There is no release to do this to.");
  std::vector<EventBody> out;
  switch (command.verb) {
    case Command::Verb::hold:
      out.emplace_back(event::Held{release->version, command.app, command.why});
      break;
    case Command::Verb::resume:
      out.emplace_back(event::Resumed{release->version, command.app, command.why, command.overrides});
      break;
    case Command::Verb::halt:
    case Command::Verb::rollback:
      out = stop_orders(command, *release);
      if (out.empty()) return fail(ErrorKind::refused, "No app is exposed: there is nothing to halt.");
      break;
    case Command::Verb::approve:
    case Command::Verb::waive:
      out.push_back(sign_off(command, definition, *release));
      break;
    case Command::Verb::build_add: {
      event::CandidateChosen chosen{release->version,           command.app, command.build, {}, {},
                                    CandidateOrigin::build_add, {}};
      chosen.voided = engine::voided_sign_offs(definition, *release, command.app);
      out.emplace_back(std::move(chosen));
      break;
    }
    case Command::Verb::abandon:
      out.emplace_back(event::Abandoned{release->version, command.why});
      break;
    case Command::Verb::start:
      out.emplace_back(event::Opened{command.version, command.hotfix, std::nullopt, release->version});
      break;
  }
  return out;
}

}  // namespace train::rehearsal
