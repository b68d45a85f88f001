#include "train/signals/prometheus.hpp"

#include <fmt/format.h>

#include "alert_rules.hpp"
#include "descriptors.hpp"
#include "histogram.hpp"
#include "prometheus_answer.hpp"
#include "train/base/text.hpp"
#include "train/signals/promql.hpp"

namespace train::signals {

namespace {

using State = Measurement::State;

constexpr std::chrono::milliseconds k_connect_timeout{5000};
constexpr std::chrono::milliseconds k_timeout{30000};
constexpr std::size_t k_answer_limit_bytes = 1 << 20;  // one series is wanted

constexpr std::size_t k_rules_limit_bytes = 16 << 20;

constexpr Duration k_live_looked_at{7 * 86400};

// "20%" or "0.2".
std::optional<double> share_in(std::string_view text) {
  const bool percent = !text.empty() && text.back() == '%';
  const auto number = parse_number(trim(percent ? text.substr(0, text.size() - 1) : text));
  if (!number || *number <= 0) return std::nullopt;
  return percent ? *number / 100 : *number;
}

std::string address_at(std::string url, std::string_view path) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url + std::string(path);
}

class Prometheus final : public SignalSource {
 public:
  explicit Prometheus(PrometheusSettings settings)
      : client_(std::move(settings.sleep)), token_(std::move(settings.token)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    if (signal.kind == SignalKind::alarm && signal.options.count("alarms") != 0) return ask_rules(signal, subject);
    if (signal.kind == SignalKind::alarm) return measure_alarm(signal, subject);
    if (signal.options.count("histogram") != 0) return measure_histogram(signal, subject);
    return measure_queries(signal, subject, "query found no series",
                           [&](const std::string& text, std::string_view) { return query(signal, text, subject); });
  }

 private:
  // Nothing found is an alarm that is not raised, as `ALERTS{alertname="…"}` has a series only while it is.
  Measurement measure_alarm(const Signal& signal, const Subject& subject) {
    const auto value = query(signal, signal.value, subject);
    if (!value) return named(value.error(), "value").value();
    Measurement seen;
    seen.state = State::measured;
    seen.raised = *value && (*value)->value > 0;
    seen.as_of = *value ? (*value)->at : subject.end();
    return concluded(signal, subject, std::move(seen));
  }

  Reading<std::optional<Sample>> query(const Signal& signal, const std::string& text, const Subject& subject) {
    const auto filled = fill_query(text, subject);
    if (!filled) return tl::unexpected(filled.error());
    const http::Request request = request_for(signal.url, *filled, subject.end());
    return read_answer(request, client_.read(request));
  }

  Measurement measure_histogram(const Signal& signal, const Subject& subject) {
    const bool relative = signal.options.count("slower_than_live") != 0;
    auto limit = relative ? limit_of_live(signal, subject) : limit_in_seconds(signal);
    if (!limit) return limit.error();
    const auto buckets = buckets_at(signal, subject);
    if (!buckets) return buckets.error();
    auto seen = slower_than(*buckets, limit->seconds);
    if (seen.detail.empty()) seen.detail = limit->because;
    return concluded(signal, subject, std::move(seen));
  }

  struct SlowLimit {
    double seconds = 0;
    std::string because;  // where it comes from; may be empty
  };
  static Reading<SlowLimit> limit_in_seconds(const Signal& signal) {
    const auto seconds = parse_number(option_named(signal, "slower_than"));
    if (!seconds || *seconds <= 0) return cannot("`slower_than` is no number of seconds");
    return SlowLimit{*seconds, {}};
  }

  // The live version's quantile in the week before this one went out, and so much more. That time is over, so each look
  // and each machine gets the same; and the next edge above it, so that no part of a bucket is guessed.
  Reading<SlowLimit> limit_of_live(const Signal& signal, const Subject& subject) {
    if (!subject.baseline_version) return nothing_yet("there is no live version to compare with");
    const auto more = share_in(option_named(signal, "slower_than_live"));
    const auto share = share_in(option_named(signal, "quantile"));
    if (!more || !share) return cannot("`slower_than_live` or `quantile` is no share");
    const auto buckets = buckets_at(signal, live_before(subject));
    if (!buckets) return named(buckets.error(), "live version");
    const auto live = quantile_of(*buckets, *share);
    if (!live) return named(live.error(), "live version");
    const auto edge = edge_from(*buckets, *live * (1 + *more));
    if (!edge) return named(edge.error(), "live version");
    return SlowLimit{
        *edge, fmt::format("slower than {:.4g} s: {:g} % of {} took up to {:.3g} s, and {:g} % more is allowed", *edge,
                           100 * *share, subject.baseline_version->text(), *live, 100 * *more)};
  }

  static Subject live_before(Subject subject) {
    subject.version = *subject.baseline_version;
    subject.build.reset();
    subject.now = subject.start;
    subject.late = Duration(0);
    subject.start = subject.now - k_live_looked_at;
    return subject;
  }

  Reading<std::vector<HistogramBucket>> buckets_at(const Signal& signal, const Subject& subject) {
    const auto filled = fill_query(option_named(signal, "histogram"), subject);
    if (!filled) return named(filled.error(), "histogram");
    const http::Request request = request_for(signal.url, *filled, subject.end());
    const auto data = read_data(request, client_.read(request));
    if (!data) return named(data.error(), "histogram");
    auto buckets = read_buckets(*data);
    if (!buckets) return named(buckets.error(), "histogram");
    if (buckets->empty()) return nothing_yet("the histogram query found no series");
    return buckets;
  }

  Measurement ask_rules(const Signal& signal, const Subject& subject) {
    http::Request request;
    request.url = address_at(signal.url, "/api/v1/rules?type=alert");
    request.headers = {{"Accept", "application/json"}};
    if (!token_.empty()) request.headers.push_back({"Authorization", "Bearer " + token_.expose()});
    request.connect_timeout = k_connect_timeout;
    request.timeout = k_timeout;
    request.answer_limit_bytes = k_rules_limit_bytes;
    const auto document = read_data(request, client_.read(request));
    if (!document) return document.error();
    return measure_rules(*document, signal, subject);
  }

  http::Request request_for(const std::string& url, const std::string& filled, Instant now) const {
    http::Request request;
    request.method = http::Method::post;  // a form, because a query may be longer than an address
    request.url = address_at(url, "/api/v1/query");
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    if (!token_.empty()) request.headers.push_back({"Authorization", "Bearer " + token_.expose()});
    request.body = "query=" + percent_encode(filled) + "&time=" + std::to_string(now.time_since_epoch().count());
    request.purpose = http::Purpose::read;
    request.connect_timeout = k_connect_timeout;
    request.timeout = k_timeout;
    request.answer_limit_bytes = k_answer_limit_bytes;
    return request;
  }

  http::Client client_;
  Secret token_;
};

}  // namespace

std::unique_ptr<SignalSource> make_prometheus(PrometheusSettings settings) {
  return std::make_unique<Prometheus>(std::move(settings));
}

namespace {

std::vector<KeyProblem> settle_prometheus(Signal& signal, const WrittenKeys& written) {
  std::vector<KeyProblem> problems;
  const auto has = [&](std::string_view key) { return written.count(key) != 0; };
  if (has("slower_than_live") && !has("histogram"))
    problems.push_back({"slower_than_live", "belongs to `histogram`, which is not given"});
  if (has("slower_than_live") && has("slower_than"))
    problems.push_back(
        {"slower_than", "give either `slower_than` or `slower_than_live`: one limit makes a request slow"});
  if (has("quantile") && !has("slower_than_live"))
    problems.push_back({"quantile", "belongs to `slower_than_live`, which is not given"});
  if (!has("alarms")) return problems;
  signal.kind = SignalKind::alarm;
  if (has("histogram"))
    problems.push_back({"alarms", "give either `histogram` or `alarms`: one thing is measured by one signal"});
  return problems;
}

std::optional<std::string> slower_share_fault(std::string_view text) {
  const auto share = share_in(text);
  if (share && *share <= 10) return std::nullopt;
  return "is no share above zero; such as 20%";
}
std::optional<std::string> quantile_fault(std::string_view text) {
  const auto share = share_in(text);
  if (share && *share < 1) return std::nullopt;
  return "is no share between 0% and 100%; such as 95%";
}

Result<std::unique_ptr<SignalSource>> wire_prometheus(const Signal& signal, const Site& site) {
  auto token = site.token(signal);
  if (!token) return tl::unexpected(token.error());
  return make_prometheus({site.sleep, std::move(*token)});
}

}  // namespace

Descriptor describe_prometheus() {
  SignalKeys keys{"prometheus",
                  {{.name = "url", .kind = KeyKind::url, .meaning = "the server's address", .need = Need::required},
                   {.name = "token", .kind = KeyKind::secret, .meaning = "a secret: the bearer token"},
                   {.name = "alarms",
                    .kind = KeyKind::words,
                    .meaning = "alert rules by name: instead of numbers, whether one of them is raised",
                    .replaces_queries = true,
                    .noun = "alarm"},
                   {.name = "histogram",
                    .kind = KeyKind::query,
                    .meaning = "a query: cumulative buckets by `le`, whose slow part is measured",
                    .replaces_queries = true},
                   {.name = "slower_than",
                    .kind = KeyKind::number,
                    .meaning = "seconds: what took longer is an event",
                    .unless = "slower_than_live",
                    .beside = "histogram",
                    .otherwise = "required beside `histogram`, except beside `slower_than_live`"},
                   {.name = "slower_than_live",
                    .meaning = "a share: what took so much longer than the live version's `quantile` is an event",
                    .fault = slower_share_fault},
                   {.name = "quantile",
                    .meaning = "of the live version: so many of its requests take up to a time, which is compared",
                    .fallback = "95%",
                    .fault = quantile_fault}}};
  keys.settle = settle_prometheus;
  return {std::move(keys), wire_prometheus};
}

}  // namespace train::signals
