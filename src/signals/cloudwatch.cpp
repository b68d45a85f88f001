#include <fmt/format.h>

#include <algorithm>

#include "aws_keys.hpp"
#include "aws_reader.hpp"
#include "cloudwatch_answer.hpp"
#include "descriptors.hpp"
#include "json_answer.hpp"
#include "numbers.hpp"
#include "train/base/text.hpp"
#include "train/signals/cloudwatch.hpp"

namespace train::signals {

namespace {

using nlohmann::json;
using CloudState = Measurement::State;

constexpr int k_metric_pages_most = 100;
constexpr Duration k_usual_period{300};
constexpr Duration k_amazons_clock_apart{300};
// Amazon keeps periods under five minutes for 15 days and those under an hour for 63.
constexpr Duration k_kept_by_the_minute{15 * 86400};
constexpr Duration k_kept_by_five_minutes{63 * 86400};

Duration rounded_up(Duration length, Duration unit) { return (length + unit - Duration(1)) / unit * unit; }

Instant rounded_down(Instant at, Duration period) { return at - at.time_since_epoch() % period; }

Duration period_of(const Signal& signal, const Subject& subject) {
  const auto written = signal.options.find("period");
  const auto asked = written == signal.options.end() ? std::nullopt : parse_duration(written->second);
  Duration period = asked && *asked >= Duration(60) ? rounded_up(*asked, Duration(60)) : k_usual_period;
  const Duration age = subject.now - subject.start;
  // A day short of Amazon's own limits, so that nothing falls away between two looks.
  if (age > k_kept_by_the_minute - Duration(86400)) period = rounded_up(period, Duration(300));
  if (age > k_kept_by_five_minutes - Duration(86400)) period = rounded_up(period, Duration(3600));
  return period;
}

struct MetricWindow {
  Duration period;
  Instant start;
  Instant end;  // not included
};

MetricWindow window_of(const Signal& signal, const Subject& subject) {
  const Duration period = period_of(signal, subject);
  return {period, rounded_down(subject.start, period), rounded_down(subject.end(), period)};
}

Reading<json> metric_query(const Signal& signal, const char* id, const std::string& text, const Subject& subject,
                           Duration period) {
  const auto filled = fill_aws_query(text, subject);
  if (!filled) return cannot(fmt::format("{}: {}", id, filled.error().detail));
  const auto space = signal.options.find("namespace");
  if (space == signal.options.end()) {
    return json{{"Id", id}, {"Expression", *filled}, {"Period", period.count()}, {"ReturnData", true}};
  }
  const auto metric = parse_metric_text(*filled);
  if (!metric) {
    return cannot(
        fmt::format("{}: beside `namespace` the text is `Name{{Dimension=\"value\"}} Statistic`, and it is {}", id,
                    printable(*filled, 200)));
  }
  json dimensions = json::array();
  for (const auto& [name, value] : metric->dimensions) {
    dimensions.push_back(json{{"Name", name}, {"Value", value}});
  }
  const json named{{"Namespace", space->second}, {"MetricName", metric->name}, {"Dimensions", dimensions}};
  return json{{"Id", id},
              {"MetricStat", json{{"Metric", named}, {"Period", period.count()}, {"Stat", metric->statistic}}},
              {"ReturnData", true}};
}

class CloudWatch final : public SignalSource {
 public:
  explicit CloudWatch(AwsAccess access) : reader_(k_aws_monitoring, std::move(access)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    switch (signal.kind) {
      case SignalKind::proportion:
      case SignalKind::rate:
        return measured_or_why(counts(signal, subject));
      case SignalKind::level:
        return measured_or_why(level(signal, subject));
      case SignalKind::alarm:
        break;
    }
    return unmeasured(CloudState::failed, "metrics are no alarm; use the source cloudwatch_alarm");
  }

 private:
  static Measurement measured_or_why(const Reading<Measurement>& reading) {
    return reading ? *reading : reading.error();
  }

  Reading<Measurement> counts(const Signal& signal, const Subject& subject) {
    const MetricWindow window = window_of(signal, subject);
    const auto pages = ask(signal, {{"exposures", signal.exposures}, {"events", signal.events}}, subject, window);
    if (!pages) return tl::unexpected(pages.error());
    const auto exposures = pages->values("exposures");
    if (!exposures) return tl::unexpected(exposures.error());
    if (!*exposures) return nothing_yet("exposures: no value " + since(window));
    const auto events = pages->values("events");
    if (!events) return tl::unexpected(events.error());
    if (!*events && !signal.absent_is_zero) {
      return nothing_yet("events: no value " + since(window) + "; if that means no events, set absent_is_zero");
    }
    Measurement seen;
    seen.counts = Counts{*events ? (*events)->sum : 0, (*exposures)->sum};
    if (signal.kind == SignalKind::proportion && seen.counts.events > seen.counts.exposures) {
      return cannot(fmt::format("more events ({}) than exposures ({})", seen.counts.events, seen.counts.exposures));
    }
    return dated(seen, **exposures, signal, subject, window);
  }

  Reading<Measurement> level(const Signal& signal, const Subject& subject) {
    const MetricWindow window = window_of(signal, subject);
    const auto pages = ask(signal, {{"value", signal.value}}, subject, window);
    if (!pages) return tl::unexpected(pages.error());
    const auto value = pages->values("value");
    if (!value) return tl::unexpected(value.error());
    if (!*value) return nothing_yet("value: no value " + since(window));
    Measurement seen;
    seen.value = (*value)->newest;
    return dated(seen, **value, signal, subject, window);
  }

  // Events may be rare, so their newest period says nothing of how fresh the numbers are; that of exposures does.
  static Reading<Measurement> dated(Measurement seen, const MetricValues& newest, const Signal& signal,
                                    const Subject& subject, const MetricWindow& window) {
    seen.as_of = newest.newest_at + window.period;
    const Duration age = subject.end() - seen.as_of;
    if (age < -k_amazons_clock_apart - window.period) return cannot("a value is from the future");
    if (age > signal.fresh_within) {
      Measurement old =
          unmeasured(CloudState::stale, fmt::format("the newest period ended {} ago, allowed are {}",
                                                    format_duration(age), format_duration(signal.fresh_within)));
      old.as_of = seen.as_of;
      return tl::unexpected(std::move(old));
    }
    seen.state = CloudState::measured;
    return seen;
  }

  static std::string since(const MetricWindow& window) {
    return fmt::format("from {} to {}", format_rfc3339(window.start), format_rfc3339(window.end));
  }

  Reading<MetricPages> ask(const Signal& signal, const std::vector<std::pair<const char*, std::string>>& texts,
                           const Subject& subject, const MetricWindow& window) {
    if (window.end <= window.start) {
      return nothing_yet(fmt::format("no whole period of {} has passed since the version was first exposed",
                                     format_duration(window.period)));
    }
    json queries = json::array();
    for (const auto& [id, text] : texts) {
      auto query = metric_query(signal, id, text, subject, window.period);
      if (!query) return tl::unexpected(query.error());
      queries.push_back(std::move(*query));
    }
    json body{{"MetricDataQueries", queries},
              {"StartTime", window.start.time_since_epoch().count()},
              {"EndTime", window.end.time_since_epoch().count()},
              {"ScanBy", "TimestampAscending"}};
    return all_pages(signal.url, std::move(body), subject.now);
  }

  Reading<MetricPages> all_pages(const std::string& url, json body, Instant now) {
    MetricPages pages;
    for (int page = 0; page < k_metric_pages_most; ++page) {
      const auto answer = reader_.ask(url, "GetMetricData", body, now);
      if (!answer) return tl::unexpected(answer.error());
      const auto next = pages.take(*answer);
      if (!next) return tl::unexpected(next.error());
      if (next->empty()) return pages;
      body["NextToken"] = *next;
    }
    return cannot(fmt::format("Amazon has more than {} pages of values: take a longer `period`", k_metric_pages_most));
  }

  AwsReader reader_;
};

}  // namespace

std::unique_ptr<SignalSource> make_cloudwatch(AwsAccess access) {
  return std::make_unique<CloudWatch>(std::move(access));
}

namespace {

constexpr Duration k_minute{60};
constexpr Duration k_period_most{86400};

std::vector<KeyProblem> settle_cloudwatch(Signal& signal, const WrittenKeys&) {
  settle_aws(signal, "monitoring");
  const auto period = parse_duration(option_named(signal, "period"));
  if (!period || (*period >= k_minute && *period <= k_period_most && *period % k_minute == Duration(0))) return {};
  return {{"period", "a period of CloudWatch is whole minutes, from 1m to 1d"}};
}

Result<std::unique_ptr<SignalSource>> wire_cloudwatch(const Signal& signal, const Site& site) {
  auto access = aws_access(signal, site);
  if (!access) return tl::unexpected(access.error());
  return make_cloudwatch(std::move(*access));
}

}  // namespace

Descriptor describe_cloudwatch() {
  SignalKeys keys{
      "cloudwatch",
      with_aws_keys({{.name = "namespace",
                      .meaning = "of the metrics",
                      .otherwise = "none: the texts are [metric expressions](signals/cloudwatch.md#metrics)"},
                     {.name = "period",
                      .kind = KeyKind::duration,
                      .meaning = "of the metrics: whole minutes up to `1d`",
                      .otherwise = "`5m`"}})};
  keys.settle = settle_cloudwatch;
  return {std::move(keys), wire_cloudwatch};
}

}  // namespace train::signals
