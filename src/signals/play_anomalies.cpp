#include "play_anomalies.hpp"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "train/base/text.hpp"

namespace train::signals::google_play {
namespace {

using nlohmann::json;

constexpr int k_pages_most = 10;
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
  std::vector<json> found;
  std::set<std::string> tokens;
  std::string token;
  for (int page = 1;; ++page) {
    if (page > k_pages_most) return cannot(fmt::format("{}: more than {} pages", what, k_pages_most));
    const auto document = reader.report(path_of(since, token), "", now, what);
    if (!document) return tl::unexpected(document.error());
    const auto& more = part(*document, "anomalies");
    if (!more.is_null() && !more.is_array()) return cannot(what + ": the answer's anomalies are no list");
    if (more.is_array()) found.insert(found.end(), more.begin(), more.end());
    token = words_of(part(*document, "nextPageToken"));
    if (token.empty()) return found;
    if (!tokens.insert(token).second) return cannot(what + ": the next page was read already");
  }
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
