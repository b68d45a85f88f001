#include "prometheus_answer.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::signals {

namespace {

using nlohmann::json;

tl::unexpected<Measurement> failed(std::string detail) {
  return tl::unexpected(unmeasured(Measurement::State::failed, std::move(detail)));
}

// The member, or null when absent or `object` is no object.
const json& member(const json& object, const char* name) {
  static const json k_none;
  if (!object.is_object()) return k_none;
  const auto found = object.find(name);
  return found == object.end() ? k_none : *found;
}

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

json parse(const http::Outcome& outcome) {
  if (outcome.transport != http::Transport::answered || !http::is_nested_within(outcome.body)) return {};
  return json::parse(outcome.body, nullptr, false);
}

std::string refusal_of(const json& document) {
  const std::string type = text_of(member(document, "errorType"));
  const std::string words = text_of(member(document, "error"));
  return "Prometheus refused the query: " + printable(type.empty() ? "error" : type, 60) + ": " + printable(words, 300);
}

Reading<Sample> read_sample(const json& pair) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_string()) {
    return failed("Prometheus answered a sample that is not [time, \"value\"]");
  }
  const std::string text = pair[1].get<std::string>();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || !std::isfinite(value)) return failed("the query's value is " + printable(text, 60) + ", not a number");
  if (value < 0) return failed("the query's value is negative: " + printable(text, 60));
  const double at = pair[0].get<double>();
  if (!(at >= 0 && at < 1e11)) return failed("Prometheus answered a sample with an impossible time");
  return Sample{value, Instant(Duration(static_cast<std::int64_t>(at)))};
}

Reading<std::optional<Sample>> read_vector(const json& series) {
  if (series.empty()) return std::optional<Sample>();
  if (series.size() > 1) {
    return failed("the query found " + std::to_string(series.size()) +
                  " series, and one number is wanted: put sum() or max() around it");
  }
  const auto sample = read_sample(member(series[0], "value"));
  if (!sample) return tl::unexpected(sample.error());
  return std::optional<Sample>(*sample);
}

Reading<std::optional<Sample>> read_data(const json& data) {
  const std::string type = text_of(member(data, "resultType"));
  const json& result = member(data, "result");
  if (!result.is_array()) return failed("Prometheus answered without a result");
  if (type == "vector") return read_vector(result);
  if (type == "scalar") {
    const auto sample = read_sample(result);
    if (!sample) return tl::unexpected(sample.error());
    return std::optional<Sample>(*sample);
  }
  return failed("the query gives a " + printable(type, 40) + ", and one number is wanted");
}

}  // namespace

Reading<std::optional<Sample>> read_answer(const http::Request& request, const http::Outcome& outcome) {
  const json document = parse(outcome);
  const std::string status = text_of(member(document, "status"));
  if (status == "error") return failed(refusal_of(document));
  if (outcome.transport != http::Transport::answered || outcome.status != 200 || status != "success") {
    return failed(http::error_of(request, outcome, "Querying Prometheus").message);
  }
  const json& warnings = member(document, "warnings");
  if (warnings.is_array() && !warnings.empty()) {
    return failed("Prometheus warns that the answer may be incomplete: " + printable(text_of(warnings[0]), 300));
  }
  return read_data(member(document, "data"));
}

}  // namespace train::signals
