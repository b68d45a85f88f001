#include "cloudwatch_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "json_answer.hpp"
#include "train/base/text.hpp"

namespace train::signals {

namespace {

using nlohmann::json;

bool is_statistic(std::string_view text) {
  constexpr std::string_view whole[] = {"Sum", "SampleCount", "Average", "Minimum", "Maximum", "IQM"};
  if (std::find(std::begin(whole), std::end(whole), text) != std::end(whole)) return true;
  for (const std::string_view kind : {"p", "tm", "wm", "tc", "ts"}) {
    if (starts_with(text, kind) && text.size() > kind.size() &&
        std::isdigit(static_cast<unsigned char>(text[kind.size()])) != 0) {
      return true;
    }
  }
  for (const std::string_view kind : {"PR(", "TM(", "WM(", "TC(", "TS("}) {
    if (starts_with(text, kind) && text.back() == ')') return true;
  }
  return false;
}

// Walks through a metric's text; every step says whether what it wanted stood there.
class MetricWords {
 public:
  explicit MetricWords(std::string_view text) : rest_(trim(text)) {}

  bool word(std::string& out) {
    rest_ = trim(rest_);
    if (!rest_.empty() && rest_.front() == '"') return quoted(out);
    std::size_t end = 0;
    while (end < rest_.size() && is_name_character(rest_[end])) ++end;
    out = std::string(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return end > 0;
  }
  bool sign(char wanted) {
    rest_ = trim(rest_);
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view rest() const { return trim(rest_); }

 private:
  static bool is_name_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("_.-/:#").find(c) != std::string::npos;
  }
  bool quoted(std::string& out) {
    out.clear();
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return !out.empty();
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      out += rest_[i];
    }
    return false;
  }

  std::string_view rest_;
};

std::string messages_in(const json& document) {
  const json& messages = part(document, "Messages");
  if (!messages.is_array() || messages.empty()) return {};
  const std::string code = words_of(part(messages[0], "Code"));
  return printable(code.empty() ? "a message" : code, 80) + ": " + printable(words_of(part(messages[0], "Value")), 300);
}

Reading<double> cloudwatch_number(const json& value) {
  if (!value.is_number()) return cannot(fmt::format("the value is {}, not a number", printable(value.dump(), 60)));
  const double number = value.get<double>();
  if (!std::isfinite(number)) return cannot("the value is not finite");
  if (number < 0) return cannot(fmt::format("the value is negative: {}", number));
  return number;
}

}  // namespace

std::optional<MetricText> parse_metric_text(std::string_view text) {
  MetricWords words(text);
  MetricText out;
  if (!words.word(out.name)) return std::nullopt;
  if (words.sign('{') && !words.sign('}')) {
    do {
      std::pair<std::string, std::string> dimension;
      if (!words.word(dimension.first) || !words.sign('=') || !words.word(dimension.second)) return std::nullopt;
      out.dimensions.push_back(std::move(dimension));
    } while (words.sign(','));
    if (!words.sign('}')) return std::nullopt;
  }
  out.statistic = std::string(words.rest());
  if (!is_statistic(out.statistic)) return std::nullopt;
  return out;
}

Reading<std::string> MetricPages::take(const json& page) {
  if (const auto message = messages_in(page); !message.empty()) {
    return cannot("Amazon warns that the answer may be incomplete: " + message);
  }
  const json& results = part(page, "MetricDataResults");
  if (!results.is_array()) return cannot("Amazon answered without MetricDataResults");
  std::map<std::string, int> on_this_page;
  for (const auto& result : results) {
    if (auto taken = take_result(result, on_this_page); !taken) return taken;
  }
  const json& token = part(page, "NextToken");
  if (!token.is_null() && !token.is_string()) return cannot("Amazon answered a NextToken that is no text");
  return words_of(token);
}

Reading<std::string> MetricPages::take_result(const json& result, std::map<std::string, int>& on_this_page) {
  const std::string id = words_of(part(result, "Id"));
  const std::string label = words_of(part(result, "Label"));
  const json& times = part(result, "Timestamps");
  const json& values = part(result, "Values");
  const bool even = times.is_array() && values.is_array() && times.size() == values.size();
  if (id.empty() || !even) return cannot("Amazon answered a result without as many times as values");
  const int number = ++on_this_page[id + "\n" + label];
  Series& series = series_[id][label + "\n" + std::to_string(number)];
  series.status = words_of(part(result, "StatusCode"));
  if (const auto message = messages_in(result); !message.empty()) return cannot(fmt::format("{}: {}", id, message));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = cloudwatch_number(values[i]);
    if (!value) return cannot(fmt::format("{}: {}", id, value.error().detail));
    const double at = times[i].is_number() ? times[i].get<double>() : -1;
    if (!(at >= 0 && at < 1e11)) return cannot(fmt::format("{}: a value has an impossible time", id));
    series.values[static_cast<std::int64_t>(at)] = *value;
  }
  return std::string();
}

Reading<std::optional<MetricValues>> MetricPages::values(const std::string& id) const {
  const auto found = series_.find(id);
  if (found == series_.end()) return std::optional<MetricValues>();
  if (found->second.size() > 1) {
    return cannot(fmt::format("{}: {} series came back, and one number is wanted: put SUM() or MAX() around it", id,
                              found->second.size()));
  }
  const Series& series = found->second.begin()->second;
  if (series.status != "Complete") {
    const bool partial = series.status == "PartialData";
    return cannot(fmt::format("{}: Amazon's StatusCode is {}{}", id, printable(series.status, 60),
                              partial ? ", and no page with the rest follows" : ""));
  }
  if (series.values.empty()) return std::optional<MetricValues>();
  MetricValues out;
  for (const auto& [at, value] : series.values) out.sum += value;
  out.newest = series.values.rbegin()->second;
  out.newest_at = Instant(Duration(series.values.rbegin()->first));
  return std::optional<MetricValues>(out);
}

}  // namespace train::signals
