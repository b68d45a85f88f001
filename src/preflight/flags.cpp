#include "train/preflight/flags.hpp"

#include "train/domain/launch_risk.hpp"

namespace train::preflight {
namespace {

std::string shown(const std::string& value) { return value.empty() ? "empty" : value; }

std::string value_text(const Flag& flag, const std::string& value) {
  if (!flag.value_off) return "is " + shown(value);
  if (value == *flag.value_off) return "is " + shown(value) + ": off already";
  return "is " + shown(value) + ", off is " + shown(*flag.value_off);
}

Line flag_line(const Flag& flag, const Asked<std::string>& answer) {
  const auto subject = "flag " + flag.name;
  if (answer) return {"Way back", subject, Level::ok, value_text(flag, *answer), ""};
  auto line = unanswered_line("Way back", subject, answer.error());
  line.waiver_item = text_of(risk::flag(flag.name));
  // What no playbook switches may wait; a kill switch may not.
  const bool switched = flag.risky || flag.value_off;
  if (!switched && line.level == Level::failure) line.level = Level::warning;
  return line;
}

// A risky feature that nothing switches off.
Line without_off_value(const Flag& flag) {
  Line line{"Way back", "flag " + flag.name, Level::failure, "is risky, but has no value that switches it off",
            "Give it `value_off`."};
  line.waiver_item = text_of(risk::flag(flag.name));
  return line;
}

}  // namespace

Lines flag_lines(const Definition& definition, const FlagAnswers& answers) {
  Lines lines;
  for (const auto& flag : definition.flags) {
    if (flag.risky && !flag.value_off) lines.push_back(without_off_value(flag));
  }
  for (const auto& flag : definition.flags) lines.push_back(flag_line(flag, answers.at(flag.name)));
  return lines;
}

}  // namespace train::preflight
