#include "prometheus_answer.hpp"

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::signals {

using nlohmann::json;

Reading<Sample> read_sample(const json& pair) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_string()) {
    return cannot("Prometheus answered a sample that is not [time, \"value\"]");
  }
  const std::string text = pair[1].get<std::string>();
  const auto value = parse_number(text);
  if (!value) return cannot("the query's value is " + printable(text, 60) + ", not a number");
  if (*value < 0) return cannot("the query's value is negative: " + printable(text, 60));
  const double at = pair[0].get<double>();
  if (!(at >= 0 && at < 1e11)) return cannot("Prometheus answered a sample with an impossible time");
  return Sample{*value, Instant(Duration(static_cast<std::int64_t>(at)))};
}

namespace {

json parse(const http::Outcome& outcome) {
  if (outcome.transport != http::Transport::answered || !http::is_nested_within(outcome.body)) return {};
  return json::parse(outcome.body, nullptr, false);
}

std::string refusal_of(const json& document) {
  const std::string type = words_of(part(document, "errorType"));
  const std::string words = words_of(part(document, "error"));
  return "Prometheus refused the query: " + printable(type.empty() ? "error" : type, 60) + ": " + printable(words, 300);
}

Reading<std::optional<Sample>> read_vector(const json& series) {
  if (series.empty()) return std::optional<Sample>();
  if (series.size() > 1) {
    return cannot("the query found " + std::to_string(series.size()) +
                  " series, and one number is wanted: put sum() or max() around it");
  }
  const auto sample = read_sample(part(series[0], "value"));
  if (!sample) return tl::unexpected(sample.error());
  return std::optional<Sample>(*sample);
}

Reading<std::optional<Sample>> read_result(const json& data) {
  const std::string type = words_of(part(data, "resultType"));
  const json& result = part(data, "result");
  if (!result.is_array()) return cannot("Prometheus answered without a result");
  if (type == "vector") return read_vector(result);
  if (type == "scalar") {
    const auto sample = read_sample(result);
    if (!sample) return tl::unexpected(sample.error());
    return std::optional<Sample>(*sample);
  }
  return cannot("the query gives a " + printable(type, 40) + ", and one number is wanted");
}

}  // namespace

Reading<json> read_data(const http::Request& request, const http::Outcome& outcome) {
  const json document = parse(outcome);
  const std::string status = words_of(part(document, "status"));
  if (status == "error") return cannot(refusal_of(document));
  if (outcome.transport != http::Transport::answered || outcome.status != 200 || status != "success") {
    return cannot_for(outcome, http::error_of(request, outcome, "Querying Prometheus").message);
  }
  const json& warnings = part(document, "warnings");
  if (warnings.is_array() && !warnings.empty()) {
    return cannot("Prometheus warns that the answer may be incomplete: " + printable(words_of(warnings[0]), 300));
  }
  return part(document, "data");
}

Reading<std::optional<Sample>> read_answer(const http::Request& request, const http::Outcome& outcome) {
  const auto data = read_data(request, outcome);
  if (!data) return tl::unexpected(data.error());
  return read_result(*data);
}

}  // namespace train::signals
