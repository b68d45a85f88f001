// Google Analytics' Data API: users of one app version, day by day.
#include <fmt/format.h>

#include <set>

#include "ask.hpp"
#include "descriptors.hpp"
#include "numbers.hpp"
#include "own_account.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace ga4 {
namespace {

constexpr Provider k_analytics{
    "Google Analytics",
    "`credentials` (an account that is a viewer of the property; the Analytics Data API must be "
    "enabled in its project)",
    "`property`", ""};
constexpr const char* k_scope = "https://www.googleapis.com/auth/analytics.readonly";
constexpr Duration k_day{86400};
constexpr Duration k_window_most = 90 * k_day;  // a rollout that is older sees its counts fall, and holds

struct MetricNames {
  std::string events;
  std::string exposures;
};

MetricNames metrics_of(const Signal& signal) {
  const std::string pair = option_named(signal, "metric");
  const auto slash = std::min(pair.find('/'), pair.size());
  return {pair.substr(0, slash), pair.substr(std::min(slash + 1, pair.size()))};
}

json exactly(const char* field, std::string_view value) {
  return {{"filter", {{"fieldName", field}, {"stringFilter", {{"matchType", "EXACT"}, {"value", value}}}}}};
}

// A day more at both ends: the property's own zone is only known from the answer.
std::string report_body(const MetricNames& metrics, const Subject& subject) {
  const Instant since = std::max(subject.start, subject.end() - k_window_most) - k_day;
  json filters = json::array();
  filters.push_back(exactly("appVersion", subject.version.text()));
  filters.push_back(exactly("platform", subject.platform == "ios" ? "iOS" : "Android"));
  json body = {
      {"keepEmptyRows", true}, {"limit", "10000"}, {"dimensionFilter", {{"andGroup", {{"expressions", filters}}}}}};
  body["dateRanges"] = json::array();
  body["dateRanges"].push_back({{"startDate", format_rfc3339(since).substr(0, 10)},
                                {"endDate", format_rfc3339(subject.end() + k_day).substr(0, 10)}});
  for (const char* name : {"appVersion", "date"}) body["dimensions"].push_back({{"name", name}});
  for (const auto& name : {metrics.exposures, metrics.events}) body["metrics"].push_back({{"name", name}});
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Whatever leaves out an unknown number of users has no upper bound, so there is nothing to judge by.
std::string what_is_left_out(const json& metadata) {
  if (part(metadata, "subjectToThresholding") == true)
    return "Google withholds small numbers of this property (data thresholds), so the count is not whole";
  if (part(metadata, "dataLossFromOtherRow") == true)
    return "Google has put a part of the users into the row (other), so the count is not whole";
  if (const json& samples = part(metadata, "samplingMetadatas"); samples.is_array() && !samples.empty())
    return "Google has counted a sample only";
  if (const json& reasons = part(metadata, "dataTruncationReasons"); reasons.is_array() && !reasons.empty())
    return "Google has cut the report short: " + printable(reasons.dump(), 100);
  const json& restricted = part(part(metadata, "schemaRestrictionResponse"), "activeMetricRestrictions");
  if (restricted.is_array() && !restricted.empty()) return "the account may not see every metric of the property";
  return {};
}

// The names in the order in which the rows have them.
bool has_headers(const json& headers, std::initializer_list<std::string_view> names) {
  if (!headers.is_array() || headers.size() != names.size()) return false;
  std::size_t i = 0;
  for (const auto name : names) {
    if (words_of(part(headers[i++], "name")) != name) return false;
  }
  return true;
}

Reading<Zone> zone_of(const json& metadata) {
  const std::string name = words_of(part(metadata, "timeZone"));
  const auto zone = name.empty() ? std::nullopt : Zone::find(name);
  if (!zone)
    return cannot("Google Analytics counts days in a time zone that is not known here: " + printable(name, 60));
  return *zone;
}

struct Day {
  Instant start;
  Instant end;
  Counts counts;
};

const json& value_at(const json& row, const char* list, std::size_t index) {
  static const json k_nothing;
  const json& values = part(row, list);
  return values.is_array() && index < values.size() ? part(values[index], "value") : k_nothing;
}

Reading<Instant> start_of_day(const std::string& date, const Zone& zone) {
  if (date.size() == 8 && date.find_first_not_of("0123456789") == std::string::npos) {
    const std::string written = date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6, 2);
    if (const auto local = parse_local_time(written)) return zone.to_instant(*local);
  }
  return cannot("Google Analytics answered a row of no day: " + printable(date, 40));
}

Reading<Day> day_of(const json& row, const Zone& zone, const std::string& version) {
  if (words_of(value_at(row, "dimensionValues", 0)) != version)
    return cannot("asked about version " + version + ", Google Analytics answered about another");
  const auto start = start_of_day(words_of(value_at(row, "dimensionValues", 1)), zone);
  if (!start) return tl::unexpected(start.error());
  const auto exposures = number_in(value_at(row, "metricValues", 0), "the exposures of a day");
  if (!exposures) return tl::unexpected(exposures.error());
  const auto events = number_in(value_at(row, "metricValues", 1), "the events of a day");
  if (!events) return tl::unexpected(events.error());
  return Day{*start, zone.start_of_day(*start, 1), {*events, *exposures}};
}

// Whole days since the one in which the version went out.
Reading<Measurement> sum_of_days(const json& document, const MetricNames& metrics, const Subject& subject) {
  if (!has_headers(part(document, "dimensionHeaders"), {"appVersion", "date"}) ||
      !has_headers(part(document, "metricHeaders"), {metrics.exposures, metrics.events}))
    return cannot("Google Analytics answered other columns than were asked for");
  const auto zone = zone_of(part(document, "metadata"));
  if (!zone) return tl::unexpected(zone.error());
  const json& rows = part(document, "rows");
  const json& row_count = part(document, "rowCount");
  const std::size_t listed = rows.is_array() ? rows.size() : 0;
  if (row_count.is_number() && row_count > listed) return cannot("Google Analytics has more rows than it answered");
  Measurement seen;
  std::set<Instant> days;
  for (std::size_t i = 0; i < listed; ++i) {
    const auto day = day_of(rows[i], *zone, subject.version.text());
    if (!day) return tl::unexpected(day.error());
    if (!days.insert(day->start).second) return cannot("Google Analytics answered the same day twice");
    if (day->end > subject.end() || day->end <= subject.start) continue;
    seen.state = Measurement::State::measured;
    seen.counts.events += day->counts.events;
    seen.counts.exposures += day->counts.exposures;
    seen.as_of = std::max(seen.as_of, day->end);
  }
  if (seen.state == Measurement::State::measured) return seen;
  return nothing_yet("Google Analytics has no whole day of version " + subject.version.text() + " yet; days in " +
                     zone->name());
}

class AnalyticsSource final : public SignalSource {
 public:
  AnalyticsSource(Link link, auth::GoogleCredentials account)
      : asker_(k_analytics, std::move(link)), tokens_(std::move(account), k_scope, asker_.client()) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    auto document = ask(signal, subject);
    if (!document) return document.error();
    if (const auto left_out = what_is_left_out(part(*document, "metadata")); !left_out.empty())
      return unmeasured(Measurement::State::no_data, left_out);
    auto seen = sum_of_days(*document, metrics_of(signal), subject);
    return seen ? concluded(signal, subject, std::move(*seen)) : std::move(seen.error());
  }

 private:
  Reading<json> ask(const Signal& signal, const Subject& subject) {
    const auto token = tokens_.bearer(subject.now);
    if (!token) return cannot_sign_in(token.error());
    http::Request request =
        post_json_to(fmt::format("{}/v1beta/properties/{}:runReport", signal.url, option_named(signal, "property")),
                     report_body(metrics_of(signal), subject));
    request.headers.push_back({"Authorization", "Bearer " + token->expose()});
    auto document = asker_.ask(request, "read the users of version " + subject.version.text(), subject.now);
    if (!document) tokens_.forget();  // it may have been the token: the next look brings a new one
    return document;
  }

  Asker asker_;
  auth::GoogleTokens tokens_;
};

}  // namespace
}  // namespace ga4

std::unique_ptr<SignalSource> make_ga4(Link link, auth::GoogleCredentials account) {
  return std::make_unique<ga4::AnalyticsSource>(std::move(link), std::move(account));
}

namespace ga4 {
namespace {

constexpr Duration k_fresh_within = 3 * k_day;  // a day is whole a day or two after it has ended

bool is_pair(std::string_view metric) {
  const auto slash = metric.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < metric.size() &&
         metric.find('/', slash + 1) == std::string_view::npos;
}

std::vector<KeyProblem> settle(Signal& signal, const WrittenKeys& written) {
  if (written.count("fresh_within") == 0) signal.fresh_within = k_fresh_within;
  signal.unit = "user-days";
  const std::string metric = option_named(signal, "metric");
  if (metric.empty() || is_pair(metric)) return {};
  return {{"metric", "two of Google's metrics are wanted: crashAffectedUsers/activeUsers"}};
}

Result<std::vector<std::string>> sign_in(const Signal& signal, const Site& site) {
  return google_sign_in(signal.secrets.at("credentials"), site);
}

Result<std::unique_ptr<SignalSource>> wire(const Signal& signal, const Site& site) {
  auto account = google_account(signal.secrets.at("credentials"), site);
  if (!account) return tl::unexpected(account.error());
  return make_ga4(site.link(), std::move(*account));
}

}  // namespace
}  // namespace ga4

Descriptor describe_ga4() {
  SignalKeys keys{"ga4",
                  {{.name = "property",
                    .kind = KeyKind::whole_number,
                    .meaning = "the Analytics property: its id",
                    .need = Need::required,
                    .noun = "the id of the Analytics property"},
                   {.name = "credentials",
                    .kind = KeyKind::secret,
                    .meaning = "a secret: the JSON of a Google account that is a viewer of the property",
                    .need = Need::required},
                   {.name = "metric",
                    .meaning = "two of Google's metrics, `EVENTS/EXPOSURES`",
                    .fallback = "crashAffectedUsers/activeUsers"},
                   {.name = "url",
                    .kind = KeyKind::url,
                    .meaning = "of another server",
                    .fallback = "https://analyticsdata.googleapis.com"}}};
  keys.queries = Queries::refused;
  keys.settle = ga4::settle;
  return {std::move(keys), ga4::wire, ga4::sign_in};
}

}  // namespace train::signals
