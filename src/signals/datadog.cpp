// Datadog's metric queries (v1): one series of points, in buckets.
#include <fmt/format.h>
#include <algorithm>

#include "ask.hpp"
#include "descriptors.hpp"
#include "fill.hpp"
#include "numbers.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace datadog {
namespace {

constexpr Provider k_datadog{"Datadog", "`api_key`, `application_key` (it needs timeseries_query) and `site`",
                             "`site` or `url`", "x-ratelimit-reset"};
constexpr Duration k_window_least{60};
constexpr double k_interval_most = 366 * 86400.0;

struct Bucket {
  Instant end;
  std::optional<double> value;
};

Reading<Bucket> bucket_of(const json& point, Duration interval) {
  if (!point.is_array() || point.size() != 2) return cannot("Datadog answered a point that is not [time, value]");
  const auto start = time_in(point[0], "the time of a point");
  if (!start) return tl::unexpected(start.error());
  if (point[1].is_null()) return Bucket{*start + interval, std::nullopt};
  const auto value = number_in(point[1], "a point");
  if (!value) return tl::unexpected(value.error());
  return Bucket{*start + interval, *value};
}

// Those that are over; the last one still fills.
Reading<std::vector<Bucket>> whole_buckets(const json& series, Instant end) {
  const auto interval = number_in(part(series, "interval"), "the interval of the series");
  if (!interval) return tl::unexpected(interval.error());
  const json& points = part(series, "pointlist");
  if (!points.is_array() || *interval > k_interval_most) return cannot("Datadog answered a series without points");
  std::vector<Bucket> buckets;
  for (const auto& point : points) {
    const auto bucket = bucket_of(point, Duration(static_cast<std::int64_t>(*interval)));
    if (!bucket) return tl::unexpected(bucket.error());
    if (bucket->end <= end) buckets.push_back(*bucket);
  }
  if (buckets.empty() && !points.empty())
    return nothing_yet(fmt::format("the first bucket of {} is not over yet; a .rollup() makes them shorter",
                                   format_duration(Duration(static_cast<std::int64_t>(*interval)))));
  return buckets;
}

// The sum of all, up to the newest that has a value; of events up to the newest of all: where nothing went wrong there
// is no value.
std::optional<Sample> sum_of(const std::vector<Bucket>& buckets, std::string_view which) {
  std::optional<Sample> sum;
  for (const auto& bucket : buckets) {
    if (!bucket.value) continue;
    if (!sum) sum = Sample{};
    sum->value += *bucket.value;
    sum->at = bucket.end;
  }
  if (sum && which == "events") sum->at = buckets.back().end;
  return sum;
}

std::optional<Sample> newest_of(const std::vector<Bucket>& buckets) {
  for (auto bucket = buckets.rbegin(); bucket != buckets.rend(); ++bucket) {
    if (bucket->value) return Sample{*bucket->value, bucket->end};
  }
  return std::nullopt;
}

class DatadogSource final : public SignalSource {
 public:
  DatadogSource(Link link, Secret api_key, Secret application_key)
      : asker_(k_datadog, std::move(link)),
        api_key_(std::move(api_key)),
        application_key_(std::move(application_key)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    return measure_queries(
        signal, subject, "query found no data",
        [&](const std::string& query, std::string_view which) { return sample(signal, subject, query, which); });
  }

 private:
  Reading<std::optional<Sample>> sample(const Signal& signal, const Subject& subject, const std::string& query,
                                        std::string_view which) {
    const auto filled = fill(query, subject, Into::tags);
    if (!filled) return tl::unexpected(filled.error());
    const Instant start = std::min(subject.start, subject.end() - k_window_least);
    http::Request request =
        get_from(fmt::format("{}/api/v1/query?from={}&to={}&query={}", signal.url, start.time_since_epoch().count(),
                             subject.end().time_since_epoch().count(), percent_encode(*filled)));
    request.headers = {{"DD-API-KEY", api_key_.expose()}, {"DD-APPLICATION-KEY", application_key_.expose()}};
    const auto document = asker_.ask(request, "query the metric", subject.now);
    if (!document) return tl::unexpected(document.error());
    const auto buckets = buckets_in(*document, subject.end());
    if (!buckets) return tl::unexpected(buckets.error());
    return signal.kind == SignalKind::level ? newest_of(*buckets) : sum_of(*buckets, which);
  }

  // An error may come with 200, and a warning beside a half answer.
  static Reading<std::vector<Bucket>> buckets_in(const json& document, Instant end) {
    const std::string status = words_of(part(document, "status"));
    if (status != "ok")
      return cannot(fmt::format("Datadog answered the status {}: {}", printable(status, 40),
                                printable(words_of_error(document), 300)));
    const json& series = part(document, "series");
    if (!series.is_array()) return cannot("Datadog answered without series");
    if (series.size() > 1)
      return cannot(fmt::format(
          "the query found {} series, and one number is wanted: put sum: or max: before it, and leave `by {{…}}` away",
          series.size()));
    return series.empty() ? std::vector<Bucket>() : whole_buckets(series[0], end);
  }

  Asker asker_;
  Secret api_key_;
  Secret application_key_;
};

}  // namespace
}  // namespace datadog

std::unique_ptr<SignalSource> make_datadog(Link link, Secret api_key, Secret application_key) {
  return std::make_unique<datadog::DatadogSource>(std::move(link), std::move(api_key), std::move(application_key));
}

namespace datadog {
namespace {

// It becomes part of a host's name.
std::optional<std::string> site_fault(std::string_view site) {
  const bool host = std::all_of(site.begin(), site.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  if (host) return std::nullopt;
  return "is no site; a host such as datadoghq.eu";
}

std::vector<KeyProblem> settle(Signal& signal, const WrittenKeys&) {
  if (signal.url.empty()) signal.url = "https://api." + option_named(signal, "site");
  return {};
}

Result<std::unique_ptr<SignalSource>> wire(const Signal& signal, const Site& site) {
  auto api_key = site.secret(signal, "api_key");
  if (!api_key) return tl::unexpected(api_key.error());
  auto application_key = site.secret(signal, "application_key");
  if (!application_key) return tl::unexpected(application_key.error());
  return make_datadog(site.link(), std::move(*api_key), std::move(*application_key));
}

}  // namespace
}  // namespace datadog

Descriptor describe_datadog() {
  SignalKeys keys{
      "datadog",
      {{.name = "api_key", .kind = KeyKind::secret, .meaning = "a secret", .need = Need::required},
       {.name = "application_key", .kind = KeyKind::secret, .meaning = "a secret", .need = Need::required},
       {.name = "site", .meaning = "which of Datadog's", .fallback = "datadoghq.com", .fault = datadog::site_fault},
       {.name = "url", .kind = KeyKind::url, .meaning = "of another server", .otherwise = "the site's"}}};
  keys.settle = datadog::settle;
  return {std::move(keys), datadog::wire};
}

}  // namespace train::signals
