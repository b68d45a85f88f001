#include "world/prometheus.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "http/json_text.hpp"
#include "http/message.hpp"

namespace train::sandbox {
namespace {

using nlohmann::json;

constexpr Duration k_lookback{300};

// Reads one query from left to right; the first thing that is not as expected stays in `problem`.
class QueryReader {
 public:
  explicit QueryReader(std::string_view text) : text_(text) {}

  Result<InstantQuery> read() {
    InstantQuery query;
    const auto word = name();
    if (word != "sum" && word != "max") expected("sum or max");
    query.aggregate = word == "max" ? InstantQuery::Aggregate::max : InstantQuery::Aggregate::sum;
    expect('(');
    query.selector.metric = name();
    if (query.selector.metric.empty()) expected("a metric");
    if (next('{')) labels(query.selector);
    expect(')');
    blanks();
    if (at_ != text_.size()) expected("the end of the query");
    if (!problem_.empty()) return fail(ErrorKind::usage, problem_);
    return query;
  }

 private:
  void labels(Selector& selector) {
    while (problem_.empty() && !next('}')) {
      auto label = name();
      if (label.empty()) return expected("a label");
      expect('=');
      selector.labels.emplace_back(std::move(label), quoted());
      if (next('}')) return;
      expect(',');
    }
  }

  std::string name() {
    blanks();
    const auto begin = at_;
    const auto is_part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
    };
    while (at_ < text_.size() && is_part(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string quoted() {
    blanks();
    std::string out;
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) {
      expected("a quoted value");
      return out;
    }
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        out += text_[at_] == 'n' ? '\n' : text_[at_] == 't' ? '\t' : text_[at_];
      } else {
        out += text_[at_];
      }
      ++at_;
    }
    if (at_ == text_.size()) expected("the closing quote");
    if (at_ < text_.size()) ++at_;
    return out;
  }

  bool next(char c) {
    blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!next(c)) expected(fmt::format("'{}'", c));
  }
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  void expected(std::string_view what) {
    if (problem_.empty()) {
      problem_ =
          fmt::format("1:{}: parse error: expected {}; the sandbox answers only sum|max(metric{{label=\"value\",...}})",
                      at_ + 1, what);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string problem_;
};

ServerResponse bad_data(std::string_view why) {
  return json_response(400, {{"status", "error"}, {"errorType", "bad_data"}, {"error", why}});
}

// Seconds since 1970 with a fraction, or RFC 3339.
std::optional<double> parse_time(const std::string& text) {
  if (const auto at = parse_rfc3339(text)) return static_cast<double>(at->time_since_epoch().count());
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(seconds)) return std::nullopt;
  return seconds;
}

double aggregate(InstantQuery::Aggregate how, const std::vector<double>& values) {
  if (how == InstantQuery::Aggregate::max) return *std::max_element(values.begin(), values.end());
  return std::accumulate(values.begin(), values.end(), 0.0);
}

ServerResponse vector_response(const json& result) {
  return json_response(200, {{"status", "success"}, {"data", {{"resultType", "vector"}, {"result", result}}}});
}

}  // namespace

Result<InstantQuery> parse_query(std::string_view text) { return QueryReader(text).read(); }

ServerResponse answer_prometheus(const ServerRequest& request, const Metrics& metrics, Instant now) {
  auto fields = request.query;
  if (request.method == "POST") {
    auto form = parse_form(request.body);
    if (!form) return bad_data("the form cannot be decoded");
    fields.insert(fields.begin(), form->begin(), form->end());
  } else if (request.method != "GET") {
    return plain_error(405, "Only GET and POST are allowed here.");
  }
  const auto field = [&](std::string_view name) {
    const auto at = std::find_if(fields.begin(), fields.end(), [&](const auto& one) { return one.first == name; });
    return at == fields.end() ? std::string() : at->second;
  };
  const auto query = parse_query(field("query"));
  if (!query) return bad_data(fmt::format("invalid parameter \"query\": {}", query.error().message));
  const double present = static_cast<double>(now.time_since_epoch().count());
  const auto time = field("time").empty() ? std::optional(present) : parse_time(field("time"));
  if (!time)
    return bad_data(fmt::format("invalid parameter \"time\": cannot parse {} to a valid timestamp", field("time")));
  const auto values = metrics.select(query->selector, now);
  if (!values) return bad_data(values.error().message);
  if (values->empty() || std::fabs(*time - present) > static_cast<double>(k_lookback.count())) {
    return vector_response(json::array());
  }
  const json sample = json::array({plain_number(*time), fmt::format("{}", aggregate(query->aggregate, *values))});
  return vector_response(json::array({{{"metric", json::object()}, {"value", sample}}}));
}

}  // namespace train::sandbox
