// How long healthy releases take, and what small fleets can prove.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "gates_chance.hpp"
#include "gates_rollout.hpp"
#include "gates_tables.hpp"

namespace bench {
namespace {

using train::Duration;
using train::GateRule;
using train::Verdict;

constexpr std::array<double, 4> k_shares{0.01, 0.05, 0.2, 0.5};
constexpr double k_never = 999;

struct Ride {
  GateRule rule;
  double per_day = 0;
  double live = 0;   // its rate
  double ratio = 1;  // of ours to it
  double lag_hours = 0;
  int days_at_most = 60;
};

// Days until 100 %; k_never: halted, or not in time. Looks every three hours.
double days_to_all(Random& random, const Ride& ride) {
  Rollout rollout(ride.rule);
  std::vector<int> due(static_cast<std::size_t>(24 * ride.days_at_most) + 2, 0);
  std::exponential_distribution<double> lag(1 / std::max(ride.lag_hours, 1e-9));
  double exposed = 0;
  for (int hour = 1, stage = 1; hour <= 24 * ride.days_at_most; ++hour) {
    const double share = k_shares[static_cast<std::size_t>(stage) - 1];
    const double ours = ride.per_day * share / 24;
    const double theirs = ride.per_day * (1 - share) / 24;
    for (int event = poisson(random, ours * ride.live * ride.ratio); event > 0; --event) {
      const double at = hour + (ride.lag_hours > 0 ? lag(random) : 0);
      if (at < static_cast<double>(due.size())) ++due[static_cast<std::size_t>(at)];
    }
    const double whole = std::floor(exposed + ours) - std::floor(exposed);
    exposed += ours;
    rollout.add({static_cast<double>(due[static_cast<std::size_t>(hour)]), whole},
                {static_cast<double>(poisson(random, theirs * ride.live)), theirs});
    if (hour % 3 != 0) continue;
    const Verdict said = rollout.look();
    if (said == Verdict::breach) return k_never;
    if (said != Verdict::pass) continue;
    if (stage == static_cast<int>(k_shares.size())) return hour / 24.0;
    rollout.next_stage();
    ++stage;
  }
  return k_never;
}

std::string days_text(const Ride& ride, int releases) {
  const auto days = each_release(releases, [&](Random& random) { return days_to_all(random, ride); });
  const auto text = [](double value) { return value >= k_never ? std::string("never") : fmt::format("{:.1f}", value); };
  return fmt::format("{} ({})", text(quantile(days, 0.5)), text(quantile(days, 0.9)));
}

GateRule limit_only(Duration matures) {
  GateRule rule = rule_at_limit();
  rule.matures = matures;
  return rule;
}

GateRule without_margin() {
  GateRule rule = rule_of_example();
  rule.gate.margin.reset();
  return rule;
}

// After how many days a bad release is halted at its first stage of 1 %.
std::string halted_text(double per_day, double truth, int releases) {
  const auto days = each_release(releases, [&](Random& random) {
    Rollout rollout(rule_at_limit());
    double exposed = 0;
    for (int hour = 1; hour <= 24 * 60; ++hour) {
      const double more = per_day * k_shares[0] / 24;
      const double whole = std::floor(exposed + more) - std::floor(exposed);
      exposed += more;
      rollout.add({static_cast<double>(binomial(random, static_cast<int>(whole), truth)), whole}, {});
      if (rollout.look() == Verdict::breach) return hour / 24.0;
    }
    return k_never;
  });
  const double median = quantile(days, 0.5);
  return median >= k_never ? std::string("over 60 d") : fmt::format("{:.1f} d", median);
}

}  // namespace

void table_of_pace(int releases) {
  const int rides = std::max(100, releases / 50);
  fmt::print(
      "\n### Days of a healthy release to 100 %\n\nMedian (p90) of {} releases in each cell, as good as the live "
      "version, reports 8 h "
      "late on average, 24 h a stage at least, no closed hours. The example is the gate on crashes of "
      "`config/train.yaml`.\n\n"
      "| sessions a day | limit 1 %, true .2 / .5 % | with `matures: 24h` | the example, live .2 / .5 % | without its "
      "`margin`, live .2 % "
      "|\n|---|---|---|---|---|\n",
      rides);
  for (const double per_day : {5e3, 5e4, 5e5}) {
    const auto cell = [&](const GateRule& rule, double live) { return days_text({rule, per_day, live, 1, 8}, rides); };
    fmt::print("| {:.0f}k | {} / {} | {} / {} | {} / {} | {} |\n", per_day / 1000, cell(limit_only(Duration(0)), 0.002),
               cell(limit_only(Duration(0)), 0.005), cell(limit_only(Duration(86400)), 0.002),
               cell(limit_only(Duration(86400)), 0.005), cell(rule_of_example(), 0.002), cell(rule_of_example(), 0.005),
               cell(without_margin(), 0.002));
  }
}

void table_of_small_fleets(int releases) {
  const int rides = std::max(100, releases / 50);
  fmt::print(
      "\n### Small fleets\n\nMedian (p90) days to 100 % of a healthy release, and median days until a bad one is "
      "halted at the 1 % stage; "
      "limit 1 %, {} releases in each cell.\n\n| sessions a day | true .1 % | .2 % | .5 % | 3 % halted after | 10 % | "
      "30 % "
      "|\n|---|---|---|---|---|---|---|\n",
      rides);
  for (const double per_day : {500.0, 5000.0}) {
    const auto healthy = [&](double truth) {
      return days_text({limit_only(Duration(0)), per_day, truth, 1, 0, 120}, rides);
    };
    fmt::print("| {:.0f} | {} | {} | {} | {} | {} | {} |\n", per_day, healthy(0.001), healthy(0.002), healthy(0.005),
               halted_text(per_day, 0.03, rides), halted_text(per_day, 0.1, rides), halted_text(per_day, 0.3, rides));
  }
}

}  // namespace bench
