#include "world/metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace train::sandbox {
namespace {

constexpr double k_basis_point_seconds_a_session = 10'000.0 * 86'400.0 / static_cast<double>(k_sessions_a_day);

// 0.03 × 5000 is 149.999… in binary: a whole event is not lost to that.
double whole(double events) { return std::floor(events + 1e-6); }

bool holds(std::string_view name, std::string_view part) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return std::search(name.begin(), name.end(), part.begin(), part.end(), same) != name.end();
}

// Sebastiano Vigna's SplitMix64, one step.
std::uint64_t scrambled(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::uint64_t seed_of(std::uint64_t chance, std::string_view app, std::string_view version, std::string_view what) {
  std::uint64_t seed = scrambled(chance + 1);
  for (const auto part : {app, version, what}) {
    for (const char c : part) seed = scrambled(seed ^ static_cast<unsigned char>(c));
    seed = scrambled(seed);
  }
  return seed;
}

bool is_payment(std::string_view signal) { return holds(signal, "payment"); }

struct MetricLabel {
  std::string_view metric;
  std::string_view label;  // what a series of it has besides app and version; empty: nothing
};
constexpr std::array<MetricLabel, 9> k_metrics{{{"app_sessions_total", ""},
                                                {"app_crashed_sessions_total", ""},
                                                {"app_payments_total", ""},
                                                {"app_payment_failures_total", ""},
                                                {"app_response_seconds", "quantile"},
                                                {"train_signal_events_total", "signal"},
                                                {"train_signal_exposures_total", "signal"},
                                                {"train_signal_value", "signal"},
                                                {"train_signal_raised", "signal"}}};

const MetricLabel* find_metric(std::string_view name) {
  const auto at = std::find_if(k_metrics.begin(), k_metrics.end(), [&](const auto& row) { return row.metric == name; });
  return at == k_metrics.end() ? nullptr : &*at;
}

Result<Done> check_selector(const Selector& selector) {
  const auto* metric = find_metric(selector.metric);
  if (metric == nullptr) return fail(ErrorKind::usage, fmt::format("unknown metric \"{}\"", selector.metric));
  if (metric->label == "signal" && selector.label("signal").value_or("").empty()) {
    return fail(ErrorKind::usage, fmt::format("{} needs a label signal=\"NAME\"", selector.metric));
  }
  return Done{};
}

// A label that the series does not have equals the empty text, as in Prometheus.
bool labels_match(const Selector& selector, const AppName& app, const VersionName& version) {
  const auto* metric = find_metric(selector.metric);
  return std::all_of(selector.labels.begin(), selector.labels.end(), [&](const auto& label) {
    const auto& [name, wanted] = label;
    if (name == "app") return wanted == app;
    if (name == "version") return wanted == version.text();
    if (metric->label == "signal" && name == "signal") return true;
    if (metric->label == "quantile" && name == "quantile") return wanted == "0.95";
    return wanted.empty();
  });
}

}  // namespace

std::optional<std::string> Selector::label(std::string_view name) const {
  for (const auto& [key, value] : labels) {
    if (key == name) return value;
  }
  return std::nullopt;
}

double Metrics::Accrual::at(double exposures) const {
  return chance ? before + drawn_at(exposures) : before + rate * (exposures - exposures_then);
}

// Each exposure has its own number, so that a count is the same whenever and in whatever order it is asked for.
double Metrics::Accrual::drawn_at(double exposures) const {
  const auto until = static_cast<std::int64_t>(exposures) - static_cast<std::int64_t>(exposures_then);
  if (until < drawn_until) {
    drawn_until = 0;
    drawn = 0;
  }
  for (; drawn_until < until; ++drawn_until) {
    const auto place = static_cast<std::uint64_t>(exposures_then) + static_cast<std::uint64_t>(drawn_until);
    const double u = static_cast<double>(scrambled(*chance + place * 0x9E3779B97F4A7C15u) >> 11) * 0x1.0p-53;
    if (u < rate) drawn += 1;
  }
  return drawn;
}

void Metrics::Accrual::change(double new_rate, double exposures) {
  before = at(exposures);
  exposures_then = exposures;
  rate = new_rate;
  drawn_until = 0;
  drawn = 0;
}

double Metrics::Series::sessions(Instant at) const {
  const auto seconds = std::max<std::int64_t>(0, (at - since).count());
  const auto served = basis_point_seconds + share.basis_points() * seconds;
  return static_cast<double>(served) / k_basis_point_seconds_a_session;
}

const Metrics::Accrual& Metrics::Series::followed(std::string_view signal) const {
  const auto own = signals.find(signal);
  if (own != signals.end()) return own->second;
  if (holds(signal, "crash")) return crashes;
  return is_payment(signal) ? payment_failures : others;
}

double Metrics::Series::exposures(std::string_view signal, Instant at) const {
  return is_payment(signal) && !holds(signal, "crash") ? payments(at) : sessions(at);
}

double Metrics::Series::level(std::string_view signal) const {
  const auto own = levels.find(signal);
  if (own != levels.end()) return own->second;
  return holds(signal, "p95") || holds(signal, "response") ? response_p95 : 0.8;
}

std::optional<double> Metrics::Series::value(const Selector& selector, Instant at) const {
  const auto& metric = selector.metric;
  const auto signal = selector.label("signal").value_or("");
  if (metric == "app_sessions_total") return whole(sessions(at));
  if (metric == "app_crashed_sessions_total") return whole(crashes.at(sessions(at)));
  if (metric == "app_payments_total") return whole(payments(at));
  if (metric == "app_payment_failures_total") return whole(payment_failures.at(payments(at)));
  if (metric == "app_response_seconds") return response_p95;
  if (metric == "train_signal_events_total") return whole(followed(signal).at(exposures(signal, at)));
  if (metric == "train_signal_exposures_total") return whole(exposures(signal, at));
  if (metric == "train_signal_value") return level(signal);
  if (metric == "train_signal_raised") return levels.count(signal) == 0 ? 0 : levels.find(signal)->second;
  return std::nullopt;
}

Metrics::Series& Metrics::series(const AppName& app, const VersionName& version, Instant at) {
  const auto [place, added] = series_.try_emplace(Key{app, version});
  if (added) {
    Series& made = place->second;
    made.since = at;
    for (const auto& [accrual, what] : {std::pair(&made.crashes, "crashes"), std::pair(&made.others, "others"),
                                        std::pair(&made.payment_failures, "payment_failures")}) {
      if (chance_) accrual->chance = seed_of(*chance_, app, version.text(), what);
    }
  }
  return place->second;
}

void Metrics::know(const AppName& app, const VersionName& version, Instant at) { series(app, version, at); }

void Metrics::set_share(const AppName& app, const VersionName& version, Percent share, Instant at) {
  auto& one = series(app, version, at);
  if (at > one.since) {
    one.basis_point_seconds += one.share.basis_points() * (at - one.since).count();
    one.since = at;
  }
  one.share = share;
}

void Metrics::change(const AppName& app, const VersionName& version, const HealthChange& change, Instant at) {
  auto& one = series(app, version, at);
  if (change.crash_rate) one.crashes.change(*change.crash_rate, one.sessions(at));
  if (change.payment_failure_rate) one.payment_failures.change(*change.payment_failure_rate, one.payments(at));
  one.response_p95 = change.response_p95.value_or(one.response_p95);
  one.silent = change.silent.value_or(one.silent);
  for (const auto& [name, rate] : change.signals) {
    // It begins with the events it had while it followed another's rate: a counter never falls.
    const auto place = one.signals.try_emplace(name, one.followed(name)).first;
    place->second.change(std::min(rate, 1.0), one.exposures(name, at));
    one.levels[name] = rate;
  }
}

Usage Metrics::usage(const AppName& app, const VersionName& version, Instant at) const {
  const auto found = series_.find(Key{app, version});
  if (found == series_.end()) return {};
  return {found->second.sessions(at), found->second.crashes.rate, found->second.levels, found->second.silent};
}

Result<std::vector<double>> Metrics::select(const Selector& selector, Instant at) const {
  if (auto good = check_selector(selector); !good) return tl::unexpected(good.error());
  std::vector<double> values;
  for (const auto& [key, one] : series_) {
    if (one.silent || !labels_match(selector, key.first, key.second)) continue;
    if (const auto value = one.value(selector, at)) values.push_back(*value);
  }
  return values;
}

}  // namespace train::sandbox
