#include "numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

constexpr Duration k_future_tolerance{300};  // a sample further ahead than this is not from now
constexpr double k_seconds_most = 1e11;      // beyond that it is milliseconds

Reading<std::optional<Sample>> ask_fit(const Signal& signal, const Subject& subject, const std::string& query,
                                       std::string_view which, const AskNumber& ask) {
  auto sample = ask(query, which);
  if (!sample) return named(sample.error(), which);
  if (!*sample) return sample;
  if (auto unfit = unfit_time(signal, subject, (*sample)->at)) return named(std::move(*unfit), which);
  return sample;
}

Measurement measure_counts(const Signal& signal, const Subject& subject, std::string_view nothing,
                           const AskNumber& ask) {
  const auto exposures = ask_fit(signal, subject, signal.exposures, "exposures", ask);
  if (!exposures) return exposures.error();
  if (!*exposures) return unmeasured(Measurement::State::no_data, fmt::format("the exposures {}", nothing));
  const auto events = ask_fit(signal, subject, signal.events, "events", ask);
  if (!events) return events.error();
  if (!*events && !signal.absent_is_zero) {
    return unmeasured(Measurement::State::no_data,
                      fmt::format("the events {}; if that means no events, set absent_is_zero", nothing));
  }
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.counts = Counts{*events ? (*events)->value : 0, (*exposures)->value};
  seen.as_of = *events ? std::min((*events)->at, (*exposures)->at) : (*exposures)->at;
  return concluded(signal, subject, std::move(seen));
}

Measurement measure_value(const Signal& signal, const Subject& subject, std::string_view nothing,
                          const AskNumber& ask) {
  const auto value = ask_fit(signal, subject, signal.value, "value", ask);
  if (!value) return value.error();
  if (!*value) return unmeasured(Measurement::State::no_data, fmt::format("the value {}", nothing));
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.value = (*value)->value;
  seen.as_of = (*value)->at;
  return seen;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  // from_chars would also take "inf" and "nan".
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Reading<double> number_in(const json& value, std::string_view which) {
  std::optional<double> number;
  if (value.is_string()) number = parse_number(value.get_ref<const std::string&>());
  if (value.is_number()) number = value.get<double>();
  const std::string shown = printable(value.dump(-1, ' ', false, json::error_handler_t::replace), 60);
  if (!number || !std::isfinite(*number)) return cannot(fmt::format("{} is {}, not a number", which, shown));
  if (*number < 0) return cannot(fmt::format("{} is negative: {}", which, shown));
  return *number;
}

Reading<Instant> time_in(const json& value, std::string_view which) {
  if (value.is_string()) {
    if (const auto at = parse_rfc3339(value.get_ref<const std::string&>())) return *at;
  }
  auto seconds = number_in(value, which);
  if (seconds && *seconds >= k_seconds_most) *seconds /= 1000;
  if (seconds && *seconds < k_seconds_most) return Instant(Duration(static_cast<std::int64_t>(*seconds)));
  return cannot(fmt::format("{} is no time: {}; RFC 3339, or seconds or milliseconds since 1970", which,
                            printable(value.dump(-1, ' ', false, json::error_handler_t::replace), 60)));
}

tl::unexpected<Measurement> named(Measurement measurement, std::string_view which) {
  measurement.detail = fmt::format("{}: {}", which, measurement.detail);
  return tl::unexpected(std::move(measurement));
}

std::optional<Measurement> unfit_time(const Signal& signal, const Subject& subject, Instant at) {
  const Duration age = subject.end() - at;
  if (age < -k_future_tolerance - subject.late)
    return unmeasured(Measurement::State::failed, "the sample is from the future; compare the clocks");
  if (age <= signal.fresh_within) return std::nullopt;
  auto old =
      unmeasured(Measurement::State::stale, fmt::format("the newest sample is {} old, allowed are {}",
                                                        format_duration(age), format_duration(signal.fresh_within)));
  old.as_of = at;
  return old;
}

Measurement concluded(const Signal& signal, const Subject& subject, Measurement seen) {
  if (seen.state != Measurement::State::measured) return seen;
  if (auto unfit = unfit_time(signal, subject, seen.as_of)) return std::move(*unfit);
  const auto& most = seen.between ? seen.between->most.exposures : seen.counts.exposures;
  const bool too_many =
      seen.counts.events > seen.counts.exposures || (seen.between && seen.between->most.events > most);
  if (signal.kind != SignalKind::proportion || !too_many) return seen;
  return unmeasured(Measurement::State::failed,
                    fmt::format("more events ({:g}) than exposures ({:g})", seen.counts.events, seen.counts.exposures));
}

Measurement measure_queries(const Signal& signal, const Subject& subject, std::string_view nothing,
                            const AskNumber& ask) {
  switch (signal.kind) {
    case SignalKind::proportion:
    case SignalKind::rate:
      return measure_counts(signal, subject, nothing, ask);
    case SignalKind::level:
      return measure_value(signal, subject, nothing, ask);
    case SignalKind::alarm:
      break;
  }
  return unmeasured(Measurement::State::failed, "this source answers numbers, and an alarm is wanted");
}

std::string option_named(const Signal& signal, const std::string& name) {
  const auto found = signal.options.find(name);
  return found == signal.options.end() ? std::string() : found->second;
}

}  // namespace train::signals
