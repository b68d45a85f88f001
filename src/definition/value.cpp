#include "value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "train/base/text.hpp"

namespace train::definition {
namespace {

// "1", "0.5", "-2": digits, at most one point; nothing YAML 1.1 would read as octal, hexadecimal or sexagesimal.
std::optional<double> parse_decimal(std::string_view text) {
  if (text.empty() || text.size() > 24) return std::nullopt;
  const auto body = text.front() == '-' ? text.substr(1) : text;
  if (body.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  if (std::count(body.begin(), body.end(), '.') > 1 || body.empty() || body.front() == '.' || body.back() == '.') {
    return std::nullopt;
  }
  if (body.size() > 1 && body[0] == '0' && body[1] != '.') return std::nullopt;
  return std::strtod(std::string(text).c_str(), nullptr);
}

bool is_lower_or_underscore(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

std::string number_text(double number) { return fmt::format("{}", number); }

}  // namespace

std::string did_you_mean_hint(std::string_view word, std::span<const std::string_view> candidates) {
  // A hostile file may have thousands of names and thousands of words that are none of them.
  constexpr std::size_t most = 100;
  const auto near = did_you_mean(word, candidates.first(std::min(candidates.size(), most)));
  return near ? fmt::format("; did you mean \"{}\"?", *near) : std::string(".");
}

std::string listed(std::span<const std::string_view> words) {
  constexpr std::size_t most = 40;
  const auto shown = words.first(std::min(words.size(), most));
  return fmt::format("{}{}", fmt::join(shown, ", "), words.size() > most ? ", …" : "");
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.front() == '-' || text.front() == '.') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

void Value::problem(const std::string& text) const { report_->problem(*node_, where_ + ": " + text); }

void Value::inactive(std::string what) const { report_->inactive(*node_, where_, std::move(what)); }

std::string Value::shown() const {
  switch (node_->kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return in_quotes(node_->text);
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return {};
}

std::optional<std::string> Value::scalar(std::string_view wanted) const {
  if (node_->kind == Node::Kind::scalar) return node_->text;
  problem(fmt::format("{} stands here; {}", shown(), wanted));
  return std::nullopt;
}

std::optional<std::string> Value::plain(std::string_view wanted) const {
  auto text = scalar(wanted);
  if (text && node_->quoted) {
    problem(fmt::format("{} is quoted text; {}, without quotes", shown(), wanted));
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> Value::text() const {
  auto text = scalar("text is wanted");
  if (text && trim(*text).empty()) {
    problem("is empty; text is wanted");
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> Value::text_or_empty() const { return scalar("text is wanted"); }

std::optional<bool> Value::truth() const {
  const auto text = plain("write true or false");
  if (!text) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  problem(fmt::format("{} is not a truth value; write true or false", shown()));
  return std::nullopt;
}

std::optional<std::int64_t> Value::whole_number(std::int64_t least, std::int64_t most) const {
  const auto wanted = fmt::format("a whole number from {} to {} is wanted", least, most);
  const auto text = plain(wanted);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  const bool octal_look = text->size() > 1 && text->front() == '0';
  if (error != std::errc() || end != text->data() + text->size() || octal_look || number < least || number > most) {
    problem(fmt::format("{} is not allowed; {}", shown(), wanted));
    return std::nullopt;
  }
  return number;
}

std::optional<double> Value::number_above_zero(double most) const {
  const auto wanted = fmt::format("a number above 0 and at most {} is wanted", number_text(most));
  const auto text = plain(wanted);
  if (!text) return std::nullopt;
  const auto number = parse_decimal(*text);
  if (!number || !(*number > 0) || *number > most) {
    problem(fmt::format("{} is not allowed; {}", shown(), wanted));
    return std::nullopt;
  }
  return number;
}

std::optional<double> Value::share(double most) const {
  const auto wanted =
      fmt::format("a percentage such as 1% or 0.5, above 0 and at most {}, is wanted", number_text(most));
  const auto text = scalar(wanted);
  if (!text) return std::nullopt;
  std::string_view digits = trim(*text);
  if (!digits.empty() && digits.back() == '%') digits = trim(digits.substr(0, digits.size() - 1));
  const auto number = parse_decimal(digits);
  if (!number || !(*number > 0) || *number > most) {
    problem(fmt::format("{} is not allowed; {}", shown(), wanted));
    return std::nullopt;
  }
  return *number / 100.0;
}

std::optional<double> Value::points() const {
  constexpr std::string_view wanted = "percentage points such as 0.2pp, above 0 and at most 100, are wanted";
  constexpr std::string_view suffix = "pp";
  const auto text = scalar(wanted);
  if (!text) return std::nullopt;
  std::string_view digits = trim(*text);
  const bool named = digits.size() > suffix.size() && digits.substr(digits.size() - suffix.size()) == suffix;
  const auto number = named ? parse_decimal(trim(digits.substr(0, digits.size() - suffix.size()))) : std::nullopt;
  if (!number || !(*number > 0) || *number > 100) {
    problem(fmt::format("{} is not allowed; {}", shown(), wanted));
    return std::nullopt;
  }
  return *number / 100.0;
}

std::optional<Percent> Value::percent() const {
  constexpr std::string_view wanted = "a percentage such as 5% or 5, above 0 and at most 100, is wanted";
  const auto text = scalar(wanted);
  if (!text) return std::nullopt;
  const auto percent = Percent::parse(*text);
  if (!percent || percent->is_zero()) {
    problem(fmt::format("{} is not allowed; {}", shown(), wanted));
    return std::nullopt;
  }
  return percent;
}

std::optional<Duration> Value::duration() const {
  constexpr std::string_view wanted = "a duration such as 90s, 15m, 6h, 2d or 2w is wanted";
  const auto text = scalar(wanted);
  if (!text) return std::nullopt;
  const auto length = parse_duration(*text);
  if (!length) problem(fmt::format("{} is not a duration; {}", shown(), wanted));
  return length;
}

std::optional<Duration> Value::whole_days() const {
  const auto length = duration();
  if (!length) return std::nullopt;
  if (length->count() > 0 && length->count() % 86400 == 0) return length;
  problem(fmt::format("{} is not a number of whole days; such as 7d or 2w is wanted", shown()));
  return std::nullopt;
}

std::optional<LocalTime> Value::local_time() const {
  constexpr std::string_view wanted = "a local time such as 2026-11-30T17:00 is wanted";
  const auto text = scalar(wanted);
  if (!text) return std::nullopt;
  const auto time = parse_local_time(*text);
  if (!time) problem(fmt::format("{} is not a time; {}", shown(), wanted));
  return time;
}

std::optional<LocalTime> Value::date() const {
  constexpr std::string_view wanted = "a day such as 2026-12-18 is wanted";
  const auto text = scalar(wanted);
  if (!text) return std::nullopt;
  const auto time = text->size() == 10 ? parse_local_time(*text) : std::nullopt;
  if (!time) problem(fmt::format("{} is not a day; {}", shown(), wanted));
  return time;
}

std::optional<int> Value::minute_of_day() const {
  constexpr std::string_view wanted = "a time of day such as 09:00, at most 24:00, is wanted";
  const auto text = scalar(wanted);
  if (!text) return std::nullopt;
  const auto digit = [&](std::size_t i) { return (*text)[i] >= '0' && (*text)[i] <= '9' ? (*text)[i] - '0' : 1000; };
  if (text->size() == 5 && (*text)[2] == ':') {
    const int hour = digit(0) * 10 + digit(1);
    const int minute = digit(3) * 10 + digit(4);
    if (hour <= 24 && minute <= 59 && hour * 60 + minute <= 24 * 60) return hour * 60 + minute;
  }
  problem(fmt::format("{} is not a time of day; {}", shown(), wanted));
  return std::nullopt;
}

std::optional<std::string> Value::name() const {
  auto text = scalar(k_name_rule);
  if (!text || is_name(*text)) return text;
  problem(fmt::format("{} is not a name; {}", shown(), k_name_rule));
  return std::nullopt;
}

std::optional<std::string> Value::one_of(std::span<const std::string_view> words) const {
  auto text = scalar(fmt::format("one of {} is wanted", listed(words)));
  if (!text || std::find(words.begin(), words.end(), *text) != words.end()) return text;
  problem(fmt::format("{} is not known{} Allowed: {}", shown(), did_you_mean_hint(*text, words), listed(words)));
  return std::nullopt;
}

std::optional<std::string> Value::path_pattern(std::initializer_list<std::string_view> placeholders) const {
  const auto written = text();
  if (!written) return std::nullopt;
  const std::vector<std::string_view> known(placeholders);
  for (std::size_t at = written->find('{'); at != std::string::npos; at = written->find('{', at + 1)) {
    std::size_t end = at + 1;
    while (end < written->size() && is_lower_or_underscore((*written)[end])) ++end;
    const auto word = std::string_view(*written).substr(at + 1, end - at - 1);
    if (end < written->size() && (*written)[end] == '}' && std::find(known.begin(), known.end(), word) != known.end()) {
      continue;
    }
    const auto hint = did_you_mean_hint(word, known);
    problem(fmt::format("{} has a placeholder that is not known{} Allowed: {{{}}}", shown(), hint,
                        fmt::join(known, "}, {")));
    return std::nullopt;
  }
  return absolute_path(*written, directory()).string();
}

std::vector<Value> Value::items() const {
  std::vector<Value> values;
  if (!is_list()) {
    problem(fmt::format("{} stands here; a list such as [a, b] is wanted", shown()));
    return values;
  }
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    values.emplace_back(*report_, *node_->items[i], fmt::format("{}[{}]", where_, i));
  }
  return values;
}

std::vector<std::string> Value::texts() const {
  std::vector<std::string> words;
  for (const Value& item : items()) {
    if (auto word = item.text()) words.push_back(std::move(*word));
  }
  return words;
}

std::vector<std::string> Value::command() const {
  if (!is_list() || node_->items.empty()) {
    problem(fmt::format(
        "{} stands here; the command is wanted as a list of words, such as [\"./ci/build.sh\", \"{{version}}\"]",
        is_list() ? "an empty list" : shown()));
    return {};
  }
  std::vector<std::string> words;
  for (const Value& item : items()) {
    if (auto word = item.text_or_empty()) words.push_back(std::move(*word));
  }
  if (!words.empty() && trim(words.front()).empty()) problem("the command's first word is empty");
  return words;
}

std::vector<NamedValue> Value::entries() const {
  std::vector<NamedValue> values;
  if (!is_map()) {
    problem(fmt::format("{} stands here; a map of names to values is wanted", shown()));
    return values;
  }
  for (const Entry& entry : node_->entries) {
    values.push_back({entry.key, entry.key->text,
                      Value(*report_, *entry.value, fmt::format("{}.{}", where_, printable(entry.key->text, 64)))});
  }
  return values;
}

}  // namespace train::definition
