#include "play_anomalies.hpp"

#include <fmt/format.h>

#include <vector>

#include "train/base/text.hpp"

namespace train::signals::google_play {
namespace {

using nlohmann::json;

constexpr std::size_t k_named_most = 3;

std::string path_of(Instant since, const std::string& token) {
  const auto filter = fmt::format("activeBetween(\"{}\", UNBOUNDED)", format_rfc3339(since));
  std::string path = fmt::format("/anomalies?filter={}&pageSize=100", percent_encode(filter));
  if (!token.empty()) path += "&pageToken=" + percent_encode(token);
  return path;
}

bool is_about(const json& anomaly, std::int64_t version_code) {
  const auto& dimensions = part(anomaly, "dimensions");
  if (!dimensions.is_array()) return false;
  const auto code = std::to_string(version_code);
  for (const auto& dimension : dimensions) {
    if (words_of(part(dimension, "dimension")) != "versionCode") continue;
    if (words_of(part(dimension, "int64Value")) == code || words_of(part(dimension, "stringValue")) == code)
      return true;
  }
  return false;
}

// "crashRate 0.0312"; Google's own words, so only what can be printed.
std::string named(const json& anomaly) {
  const auto& metric = part(anomaly, "metric");
  const auto value = words_of(part(part(metric, "decimalValue"), "value"));
  const auto name = words_of(part(metric, "metric"));
  return printable(name.empty() ? "a metric without a name" : name, 60) +
         (value.empty() ? std::string() : " " + printable(value, 20));
}

Reading<std::vector<json>> ask_anomalies(PlayReader& reader, Instant since, Instant now) {
  const std::string what = "ask what anomalies Google finds";
  return read_pages(what, "anomalies",
                    [&](const std::string& token) { return reader.report(path_of(since, token), "", now, what); });
}

}  // namespace

Reading<Measurement> measure_anomalies(PlayReader& reader, std::int64_t version_code, Instant since, Instant now) {
  const auto found = ask_anomalies(reader, since, now);
  if (!found) return tl::unexpected(found.error());
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.as_of = now;
  std::vector<std::string> ours;
  for (const auto& anomaly : *found) {
    if (!anomaly.is_object()) return cannot("ask what anomalies Google finds: one of them is no object");
    if (is_about(anomaly, version_code)) ours.push_back(named(anomaly));
  }
  seen.value = static_cast<double>(ours.size());
  seen.detail = fmt::format("{} of version code {} since {}", ours.size(), version_code, format_rfc3339(since));
  for (std::size_t i = 0; i < ours.size() && i < k_named_most; ++i) seen.detail += (i == 0 ? ": " : ", ") + ours[i];
  return seen;
}

}  // namespace train::signals::google_play
