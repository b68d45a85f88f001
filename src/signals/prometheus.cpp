#include "train/signals/prometheus.hpp"

#include <algorithm>

#include "prometheus_answer.hpp"
#include "train/base/text.hpp"
#include "train/signals/promql.hpp"

namespace train::signals {

namespace {

using State = Measurement::State;

constexpr std::chrono::milliseconds k_connect_timeout{5000};
constexpr std::chrono::milliseconds k_timeout{30000};
constexpr std::size_t k_answer_limit_bytes = 1 << 20;  // one series is wanted
constexpr Duration k_clocks_apart{300};                // a sample further ahead than this is not from now

std::string query_address(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url + "/api/v1/query";
}

class Prometheus final : public SignalSource {
 public:
  explicit Prometheus(PrometheusSettings settings)
      : client_(std::move(settings.sleep)), token_(std::move(settings.token)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    switch (signal.kind) {
      case SignalKind::proportion:
      case SignalKind::rate:
        return measure_proportion(signal, subject);
      case SignalKind::level:
        return measure_level(signal, subject);
      case SignalKind::alarm:
        return measure_alarm(signal, subject);
    }
    return unmeasured(State::failed, "a signal of an unknown kind");
  }

 private:
  Measurement measure_proportion(const Signal& signal, const Subject& subject) {
    const auto exposures = query(signal, signal.exposures, "exposures", subject);
    if (!exposures) return exposures.error();
    if (!*exposures) return unmeasured(State::no_data, "the exposures query found no series");
    const auto events = query(signal, signal.events, "events", subject);
    if (!events) return events.error();
    if (!*events && !signal.absent_is_zero) {
      return unmeasured(State::no_data,
                        "the events query found no series; if that means no events, set absent_is_zero");
    }
    Measurement seen;
    seen.counts = Counts{*events ? (*events)->value : 0, (*exposures)->value};
    if (signal.kind == SignalKind::proportion && seen.counts.events > seen.counts.exposures) {
      return unmeasured(State::failed, "more events (" + std::to_string(seen.counts.events) + ") than exposures (" +
                                           std::to_string(seen.counts.exposures) + ")");
    }
    seen.state = State::measured;
    seen.as_of = *events ? std::min((*events)->at, (*exposures)->at) : (*exposures)->at;
    return seen;
  }

  Measurement measure_level(const Signal& signal, const Subject& subject) {
    const auto value = query(signal, signal.value, "value", subject);
    if (!value) return value.error();
    if (!*value) return unmeasured(State::no_data, "the value query found no series");
    Measurement seen;
    seen.state = State::measured;
    seen.value = (*value)->value;
    seen.as_of = (*value)->at;
    return seen;
  }

  // Nothing found is an alarm that is not raised, as `ALERTS{alertname="…"}` has a series only while it is.
  Measurement measure_alarm(const Signal& signal, const Subject& subject) {
    const auto value = query(signal, signal.value, "value", subject);
    if (!value) return value.error();
    Measurement seen;
    seen.state = State::measured;
    seen.raised = *value && (*value)->value > 0;
    seen.as_of = *value ? (*value)->at : subject.end();
    return seen;
  }

  Reading<std::optional<Sample>> query(const Signal& signal, const std::string& text, std::string_view which,
                                       const Subject& subject) {
    const auto filled = fill_query(text, subject);
    if (!filled) return named(filled.error(), which);
    const http::Request request = request_for(signal.url, *filled, subject.end());
    const auto sample = read_answer(request, client_.read(request));
    if (!sample) return named(sample.error(), which);
    if (!*sample) return sample;
    const Duration age = subject.end() - (*sample)->at;
    if (age > signal.fresh_within) {
      Measurement old = unmeasured(State::stale, "the newest sample is " + format_duration(age) + " old, allowed are " +
                                                     format_duration(signal.fresh_within));
      old.as_of = (*sample)->at;
      return named(std::move(old), which);
    }
    if (age < -k_clocks_apart) return named(unmeasured(State::failed, "the sample is from the future"), which);
    return sample;
  }

  static tl::unexpected<Measurement> named(Measurement measurement, std::string_view which) {
    measurement.detail = std::string(which) + ": " + measurement.detail;
    return tl::unexpected(std::move(measurement));
  }

  http::Request request_for(const std::string& url, const std::string& filled, Instant now) const {
    http::Request request;
    request.method = http::Method::post;  // a form, because a query may be longer than an address
    request.url = query_address(url);
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

class InactiveSource final : public SignalSource {
 public:
  explicit InactiveSource(std::string source) : source_(std::move(source)) {}
  Measurement measure(const Signal&, const Subject&) override {
    return unmeasured(State::failed, "this version of train does not yet speak to `" + printable(source_, 60) + "`");
  }

 private:
  std::string source_;
};

}  // namespace

std::unique_ptr<SignalSource> make_prometheus(PrometheusSettings settings) {
  return std::make_unique<Prometheus>(std::move(settings));
}

std::unique_ptr<SignalSource> make_inactive_source(std::string source) {
  return std::make_unique<InactiveSource>(std::move(source));
}

}  // namespace train::signals
