#include "train/signals/prometheus.hpp"

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
    const auto limit = parse_number(option_named(signal, "slower_than"));
    if (!limit || *limit <= 0) return cannot("`slower_than` is no number of seconds").value();
    const auto filled = fill_query(option_named(signal, "histogram"), subject);
    if (!filled) return named(filled.error(), "histogram").value();
    const http::Request request = request_for(signal.url, *filled, subject.end());
    const auto data = read_data(request, client_.read(request));
    if (!data) return named(data.error(), "histogram").value();
    const auto buckets = read_buckets(*data);
    if (!buckets) return named(buckets.error(), "histogram").value();
    if (buckets->empty()) return unmeasured(State::no_data, "the histogram query found no series");
    return concluded(signal, subject, slower_than(*buckets, *limit));
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
  if (written.count("alarms") == 0) return {};
  signal.kind = SignalKind::alarm;
  if (written.count("histogram") == 0) return {};
  return {{"alarms", "give either `histogram` or `alarms`: one thing is measured by one signal"}};
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
                    .beside = "histogram"}}};
  keys.settle = settle_prometheus;
  return {std::move(keys), wire_prometheus};
}

}  // namespace train::signals
