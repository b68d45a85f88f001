#include <fmt/format.h>

#include <algorithm>

#include "descriptors.hpp"
#include "google_play_reader.hpp"
#include "numbers.hpp"
#include "own_account.hpp"
#include "play_anomalies.hpp"
#include "play_rows.hpp"
#include "train/base/text.hpp"

namespace train::signals {

namespace google_play {
namespace {

using nlohmann::json;

// So far back counts reach: a rollout that is older sees its counts fall, and holds.
constexpr int k_days_back = 90;
constexpr int k_hours_back = 30 * 24;

struct Vital {
  std::string_view metric;
  MetricSet set;
};

const std::vector<Vital>& vitals() {
  static const std::vector<Vital> all = {
      {"crashRate", {"crashRateMetricSet", {"crashRate", "distinctUsers"}, {"versionCode"}, ""}},
      {"userPerceivedCrashRate",
       {"crashRateMetricSet", {"userPerceivedCrashRate", "distinctUsers"}, {"versionCode"}, ""}},
      {"anrRate", {"anrRateMetricSet", {"anrRate", "distinctUsers"}, {"versionCode"}, ""}},
      {"userPerceivedAnrRate", {"anrRateMetricSet", {"userPerceivedAnrRate", "distinctUsers"}, {"versionCode"}, ""}},
      // Google wants the kind of start to be named; a cold one is what a new version changes most.
      {"slowStartRate",
       {"slowStartRateMetricSet", {"slowStartRate", "distinctUsers"}, {"versionCode", "startType"}, "COLD"}},
  };
  return all;
}

const MetricSet& error_set() {
  static const MetricSet set{"errorCountMetricSet", {"errorReportCount"}, {"versionCode", "reportType"}, ""};
  return set;
}

// What is asked: the same for every request of one measurement.
struct Asked {
  std::int64_t code = 0;
  Period period = Period::daily;
  Instant since;  // when the version went out
  Instant now;
  Duration fresh_within{0};
};

// Google refuses an end beyond its freshness, and what it has not yet counted would read as health.
Reading<Instant> ask_freshness(PlayReader& reader, const MetricSet& set, const Asked& asked) {
  const auto document =
      reader.report(fmt::format("/{}", set.name), "", asked.now, fmt::format("ask how fresh {} is", set.name));
  if (!document) return tl::unexpected(document.error());
  const auto until = fresh_until(*document, asked.period, asked.now);
  if (!until) return until;
  if (asked.now - *until <= asked.fresh_within) return until;
  auto old = unmeasured(Measurement::State::stale,
                        fmt::format("Google's {} ends {}, {} ago; allowed are {}", set.name, format_rfc3339(*until),
                                    format_duration(asked.now - *until), format_duration(asked.fresh_within)));
  old.as_of = *until;
  return tl::unexpected(std::move(old));
}

Reading<std::vector<json>> ask_rows(PlayReader& reader, const MetricSet& set, const Window& window,
                                    const Asked& asked) {
  const auto what = fmt::format("read {} of version code {}", set.name, asked.code);
  const auto path = fmt::format("/{}:query", set.name);
  return read_pages(what, "rows", [&](const std::string& token) {
    return reader.report(path, question(set, asked.period, window, asked.code, token), asked.now, what);
  });
}

tl::unexpected<Measurement> no_row(const MetricSet& set, const Window& window, const Asked& asked) {
  return nothing_yet(fmt::format("Google's {} has no row of version code {} up to {}: too few users, or too early",
                                 set.name, asked.code, format_rfc3339(window.end)));
}

std::string shown(const Value& rate) {
  auto text = fmt::format("{:.3g} %", rate.value * 100);
  if (rate.lower && rate.upper) text += fmt::format(" ({:.3g} to {:.3g} %)", *rate.lower * 100, *rate.upper * 100);
  return text;
}

Reading<Measurement> measure_rate(PlayReader& reader, const Vital& vital, const Asked& asked) {
  const auto until = ask_freshness(reader, vital.set, asked);
  if (!until) return tl::unexpected(until.error());
  const int back = asked.period == Period::daily ? k_days_back : k_hours_back;
  const auto window = window_before(*until, asked.period, back);
  const auto rows = ask_rows(reader, vital.set, window, asked);
  if (!rows) return tl::unexpected(rows.error());
  const auto points = points_of(*rows, vital.metric, asked.period, window, asked.code);
  if (!points) return tl::unexpected(points.error());
  if (points->empty()) return no_row(vital.set, window, asked);
  Measurement seen;
  seen.state = Measurement::State::measured;
  for (const auto& point : *points) {
    const auto counts = counts_of(point);
    seen.counts.events += counts.events;
    seen.counts.exposures += counts.exposures;
  }
  // Not the freshness: where the newest row is missing, the version has no data up to there.
  seen.as_of = end_of(points->back().start, asked.period);
  seen.detail = fmt::format("{} of version code {}, newest {}, up to {}", vital.metric, asked.code,
                            shown(points->back().rate), format_rfc3339(seen.as_of));
  return seen;
}

// Reports of all types in one row each.
Reading<double> reports_in(const std::vector<json>& rows, const Window& window, const Asked& asked) {
  double reports = 0;
  for (const auto& row : rows) {
    const auto start = start_of(row, asked.period, window, asked.code);
    if (!start) return tl::unexpected(start.error());
    const auto count = value_in(row, "errorReportCount");
    if (!count) return tl::unexpected(count.error());
    reports += count->value;
  }
  return reports;
}

// A count of reports grows with the rollout; divided by the day's users it can have a limit.
Reading<Measurement> measure_errors(PlayReader& reader, const Asked& asked) {
  const auto& users_set = vitals().front().set;
  const auto errors_until = ask_freshness(reader, error_set(), asked);
  if (!errors_until) return tl::unexpected(errors_until.error());
  const auto users_until = ask_freshness(reader, users_set, asked);
  if (!users_until) return tl::unexpected(users_until.error());
  const auto day = window_before(std::min(*errors_until, *users_until), asked.period, 1);
  const auto rows = ask_rows(reader, error_set(), day, asked);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return no_row(error_set(), day, asked);
  const auto reports = reports_in(*rows, day, asked);
  if (!reports) return tl::unexpected(reports.error());
  const auto user_rows = ask_rows(reader, users_set, day, asked);
  if (!user_rows) return tl::unexpected(user_rows.error());
  const auto points = points_of(*user_rows, "crashRate", asked.period, day, asked.code);
  if (!points) return tl::unexpected(points.error());
  if (points->empty() || !(points->front().users > 0)) return no_row(users_set, day, asked);
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.value = *reports / fewest_users(points->front().users);
  seen.as_of = day.end;
  seen.detail = fmt::format("{:.0f} reports, {:.0f} users of version code {} in the day up to {}", *reports,
                            points->front().users, asked.code, format_rfc3339(day.end));
  return seen;
}

std::string option_in(const Signal& signal, const char* name) {
  const auto found = signal.options.find(name);
  return found == signal.options.end() ? std::string() : found->second;
}

Reading<Measurement> measure_vital(PlayReader& reader, const Signal& signal, const Asked& asked) {
  const auto metric = option_in(signal, "metric");
  switch (signal.kind) {
    case SignalKind::level:
      if (metric == "anomalies") return measure_anomalies(reader, asked.code, asked.since, asked.now);
      return measure_errors(reader, asked);
    case SignalKind::proportion:
      for (const auto& vital : vitals()) {
        if (vital.metric == metric) return measure_rate(reader, vital, asked);
      }
      return cannot("Google measures no " + printable(metric, 60));
    case SignalKind::rate:
    case SignalKind::alarm:
      break;
  }
  return cannot("a signal of an unknown kind");
}

class VitalsSource final : public SignalSource {
 public:
  explicit VitalsSource(PlayReaders readers) : readers_(std::move(readers)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const auto reader = readers_.find(subject.app);
    if (reader == readers_.end()) return unmeasured(Measurement::State::failed, subject.app + " is not on Google Play");
    Asked asked;
    asked.code = subject.build ? subject.build->number().value_or(0) : 0;
    if (asked.code <= 0)
      return unmeasured(Measurement::State::no_data, "the version code of " + subject.version.text() + " is not known");
    asked.period = option_in(signal, "period") == "hourly" ? Period::hourly : Period::daily;
    const std::lock_guard turn(reader->second->turn);
    asked.since = subject.start;
    asked.now = subject.now;
    asked.fresh_within = signal.fresh_within;
    auto seen = measure_vital(*reader->second, signal, asked);
    return seen ? std::move(*seen) : std::move(seen.error());
  }

 private:
  PlayReaders readers_;
};

}  // namespace
}  // namespace google_play

std::unique_ptr<SignalSource> make_play_vitals(PlayReaders readers) {
  return std::make_unique<google_play::VitalsSource>(std::move(readers));
}

namespace google_play {
namespace {

constexpr std::string_view k_errors = "errorReportCount";
constexpr std::string_view k_anomalies = "anomalies";
constexpr std::string_view k_hourly_vitals[] = {"crashRate", "userPerceivedCrashRate", "anrRate",
                                                "userPerceivedAnrRate"};
// A day is counted a day or two after it has ended, an hour some hours later.
constexpr Duration k_days_fresh_within{3 * 86400};
constexpr Duration k_hours_fresh_within{12 * 3600};

bool is_hourly(std::string_view metric) {
  return std::find(std::begin(k_hourly_vitals), std::end(k_hourly_vitals), metric) != std::end(k_hourly_vitals);
}

std::vector<KeyProblem> settle_vitals(Signal& signal, const WrittenKeys& written) {
  keep_credentials_as_token(signal);
  const std::string metric = option_named(signal, "metric");
  const bool hourly = option_named(signal, "period") == "hourly";
  if (written.count("fresh_within") == 0) signal.fresh_within = hourly ? k_hours_fresh_within : k_days_fresh_within;
  if (metric == k_errors || metric == k_anomalies) {
    signal.kind = SignalKind::level;
    if (signal.unit.empty()) signal.unit = metric == k_errors ? "reports a user" : "anomalies";
  } else {
    signal.unit = hourly ? "user-hours" : "user-days";
  }
  if (!hourly || metric.empty() || is_hourly(metric)) return {};
  return {{"period",
           fmt::format("Google counts {} by the day only; by the hour: {}", metric, fmt::join(k_hourly_vitals, ", "))}};
}

}  // namespace
}  // namespace google_play

Descriptor describe_play_vitals() {
  SignalKeys keys{"play_vitals",
                  {{.name = "metric",
                    .kind = KeyKind::choice,
                    .meaning = "Google's name of what is measured",
                    .need = Need::required,
                    .words = {"crashRate", "userPerceivedCrashRate", "anrRate", "userPerceivedAnrRate", "slowStartRate",
                              "errorReportCount", "anomalies"}},
                   {.name = "period",
                    .kind = KeyKind::choice,
                    .meaning = "what Google counts by; hours only of crashes and ANRs",
                    .otherwise = "`daily`",
                    .words = {"daily", "hourly"}},
                   play_credentials()}};
  keys.queries = Queries::refused;
  keys.store = StoreKind::google_play;
  keys.settle = google_play::settle_vitals;
  return {std::move(keys), wire_play<make_play_vitals>, play_sign_in};
}

}  // namespace train::signals
