// Users who are not alike: some crash again and again, and some of those open the app again and again.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "gates_chance.hpp"
#include "gates_rollout.hpp"
#include "gates_tables.hpp"

namespace bench {
namespace {

using train::GateRule;
using train::Verdict;

constexpr std::array<double, 5> k_shares{0.01, 0.05, 0.2, 0.5, 1};
constexpr double k_sessions = 4;  // a day, of a usual user
constexpr std::size_t k_group = 100;
constexpr std::size_t k_groups = 20'000;

enum class Unit { session, user_day };

// What a user does in a day, in the unit that is counted.
struct Population {
  double background = 0;         // events a day of each usual user
  double looping = 0;            // the share of users who loop
  double loop_exposures = 0;     // a day, of each of those
  double loop_events = 0;        // likewise
  double correlation = 0;        // within a user
  std::vector<double> of_group;  // events a day of k_group users each: drawn from these where users differ
};

// Exposures a day of a usual user.
double exposures_of(Unit unit) { return unit == Unit::session ? k_sessions : 1; }

Population alike(Unit unit, double rate) { return {rate * exposures_of(unit), 0, 0, 0, 0, {}}; }

// A few users with `times` the sessions of others, who crash in nearly all of them; the rate of all together is `rate`.
Population with_loops(Unit unit, double rate, double share, double times) {
  Population out;
  out.looping = share;
  if (unit == Unit::user_day) {
    out.loop_exposures = out.loop_events = 1;
    out.background = std::max(0.0, (rate - share) / (1 - share));
    return out;
  }
  const double all = rate * (1 - share + share * times);
  out.loop_exposures = times * k_sessions;
  out.loop_events = std::min(1.0, all / (share * times)) * out.loop_exposures;
  out.background = std::max(0.0, (all - share * out.loop_events / k_sessions) / (1 - share)) * k_sessions;
  return out;
}

// Each user has a rate of their own, from a beta distribution with this correlation within a user.
Population with_correlation(Unit unit, double rate, double correlation) {
  const double strength = 1 / correlation - 1;
  const auto drawn = [&](double mean_rate) {
    Random random(17);
    std::gamma_distribution<double> events(mean_rate * strength, 1);
    std::gamma_distribution<double> others((1 - mean_rate) * strength, 1);
    std::vector<double> out(k_groups, 0);
    for (double& group : out) {
      for (std::size_t user = 0; user < k_group; ++user) {
        const double x = events(random);
        const double p = x > 0 ? x / (x + others(random)) : 0;
        group += unit == Unit::session ? k_sessions * p : 1 - std::exp(-k_sessions * p);
      }
    }
    return out;
  };
  double of_sessions = rate;
  Population out;
  out.correlation = correlation;
  out.of_group = drawn(of_sessions);
  // The rate of the unit is what was asked for.
  for (int i = 0; i < 3 && unit == Unit::user_day; ++i) {
    of_sessions *= rate * static_cast<double>(k_group) / mean(out.of_group);
    out.of_group = drawn(of_sessions);
  }
  return out;
}

// Between users in one day, over what independent exposures would have: what a provider that can group measures.
double measured_design_effect(const Population& population, double rate) {
  const double events = population.loop_events - rate * population.loop_exposures;
  const double of_loops = population.looping * events * events / (rate * (1 - rate) * k_sessions);
  return std::max(1 + k_sessions * population.correlation, of_loops);
}

double halted_by(Random& random, const Population& population, Unit unit, double users, double design_effect) {
  GateRule rule = rule_at_limit();
  rule.design_effect = design_effect;
  Rollout rollout(rule);
  double enrolled = 0;
  double grouped = 0;
  int loops = 0;
  for (std::size_t stage = 0; stage < k_shares.size(); ++stage) {
    if (stage > 0) rollout.next_stage();
    const double more = users * k_shares[stage] - enrolled;
    enrolled += more;
    loops += poisson(random, more * population.looping);
    for (double left = more; left >= 1 && !population.of_group.empty(); left -= static_cast<double>(k_group))
      grouped += population.of_group[random() % k_groups];
    for (int hour = 0; hour < 24; ++hour) {
      const int looped = poisson(random, loops * population.loop_exposures / 24);
      const double in_loop = population.loop_exposures > 0 ? population.loop_events / population.loop_exposures : 0;
      const double events = poisson(random, (enrolled * population.background + grouped) / 24) +
                            binomial(random, looped, std::min(1.0, in_loop));
      const double exposures = std::round(enrolled * exposures_of(unit) / 24) + (unit == Unit::session ? looped : 0);
      rollout.add({events, std::max(events, exposures)}, {});
      if (rollout.look() == Verdict::breach) return 1;
    }
  }
  return 0;
}

struct Counted {
  std::string name;
  Unit unit = Unit::session;
  double design_effect = 1;  // 0: as measured
};

}  // namespace

void table_of_clusters(int releases) {
  fmt::print(
      "\n### Users who are not alike\n\nHalted, five days, limit 1 %, users with four sessions a day, {} releases in "
      "each "
      "cell. As measured: the ratio of the variance between users in one day to that of independent sessions.\n\n"
      "| users a day, rate | counted | independent | correlation .1 | .3 | 0.05 % of users, 10 × sessions | 0.02 %, 30 "
      "× "
      "|\n|---|---|---|---|---|---|---|\n",
      releases);
  const std::vector<Counted> all{{"sessions, as independent (not ours)", Unit::session, 1},
                                 {"sessions, `design_effect: 3`", Unit::session, 3},
                                 {"sessions, `design_effect` as measured", Unit::session, 0},
                                 {"user days", Unit::user_day, 1},
                                 {"user days, `design_effect: 2`", Unit::user_day, 2}};
  for (const double users : {1e4, 1e5}) {
    for (const double rate : {0.005, 0.01}) {
      for (const Counted& counted : all) {
        std::string line;
        const auto cell = [&](const Population& population) {
          const double effect =
              counted.design_effect > 0 ? counted.design_effect : measured_design_effect(population, rate);
          const auto found = each_release(
              releases, [&](Random& random) { return halted_by(random, population, counted.unit, users, effect); });
          line += fmt::format(" {:.4f} |", mean(found));
        };
        cell(alike(counted.unit, rate));
        cell(with_correlation(counted.unit, rate, 0.1));
        cell(with_correlation(counted.unit, rate, 0.3));
        cell(with_loops(counted.unit, rate, 0.0005, 10));
        cell(with_loops(counted.unit, rate, 0.0002, 30));
        fmt::print("| {:.0f}k, {:g} % | {} |{}\n", users / 1000, rate * 100, counted.name, line);
      }
    }
  }
}

}  // namespace bench
