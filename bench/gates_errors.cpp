// Rules that tools in use go by, beside the evidence of the gates, at the 1 % stage.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gates_chance.hpp"
#include "gates_rollout.hpp"
#include "gates_tables.hpp"
#include "train/engine/gates/evidence.hpp"

namespace bench {
namespace {

using train::Counts;
using train::engine::Counting;
using train::engine::ln_evidence;
using train::engine::Side;

constexpr int k_day = 24;

// ---- chance ----

// How many of `n` are affected, by the inverse of the distribution function.
class Tabled {
 public:
  Tabled(int n, double p) {
    double sum = 0;
    for (int k = 0; k <= n && sum < 1 - 1e-15; ++k) {
      const double ln = std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                        (n - k) * std::log1p(-p);
      sum += std::exp(ln);
      below_.push_back(sum);
    }
  }
  int draw(Random& random) const {
    const double u = std::uniform_real_distribution<double>()(random);
    return static_cast<int>(std::upper_bound(below_.begin(), below_.end(), u) - below_.begin());
  }
  double at_least(int k) const { return k <= 0 ? 1 : 1 - below_[std::min<std::size_t>(k - 1, below_.size() - 1)]; }

 private:
  std::vector<double> below_;
};

const Tabled& tabled(int n, double p) {
  static std::map<std::pair<int, double>, Tabled> known;
  const auto found = known.find({n, p});
  return found != known.end() ? found->second : known.emplace(std::pair(n, p), Tabled(n, p)).first->second;
}

// ln E of a proportion, each pair of counts computed once.
class Evidence {
 public:
  Evidence(Side side, double limit) : side_(side), limit_(limit) {}
  double operator()(int x, int n) {
    if (side_ == Side::halt ? x <= n * limit_ : x >= n * limit_) return 0;
    const auto key = static_cast<std::uint64_t>(n) << 24 | static_cast<std::uint64_t>(x);
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    const double ln_e =
        ln_evidence(side_, Counting::proportion, {static_cast<double>(x), static_cast<double>(n)}, limit_);
    return known_.emplace(key, ln_e).first->second;
  }

 private:
  Side side_;
  double limit_;
  std::unordered_map<std::uint64_t, double> known_;
};

Evidence& halting_evidence() {
  static Evidence evidence(Side::halt, k_limit);
  return evidence;
}

// ---- error rates at the 1 % stage ----

// One release as the hourly looks see it: the affected so far, and the exposed so far.
struct Looks {
  std::vector<int> x;
  std::vector<int> n;
};

Looks simulate(double truth, int hours, int per_day, Random& random) {
  Looks out;
  int x = 0;
  int n = 0;
  for (int hour = 1; hour <= hours; ++hour) {
    const int then = per_day * hour / k_day;
    x += tabled(then - n, truth).draw(random);
    n = then;
    out.x.push_back(x);
    out.n.push_back(n);
  }
  return out;
}

enum class Ended { halted, promoted, held };
using Rule = std::function<Ended(const Looks&)>;

Rule anytime(double alpha_halt, int bake_hours) {
  return [=, promoting = std::make_shared<Evidence>(Side::promote, k_limit)](const Looks& looks) {
    for (std::size_t i = 0; i < looks.x.size(); ++i) {
      if (halting_evidence()(looks.x[i], looks.n[i]) >= -std::log(alpha_halt)) return Ended::halted;
      if (static_cast<int>(i) + 1 < bake_hours) continue;
      if ((*promoting)(looks.x[i], looks.n[i]) >= std::log(20.0)) return Ended::promoted;
    }
    return Ended::held;
  };
}

Rule any_hour(std::function<bool(const Looks&, std::size_t)> is_bad) {
  return [is_bad = std::move(is_bad)](const Looks& looks) {
    for (std::size_t i = 0; i < k_day; ++i) {
      if (is_bad(looks, i)) return Ended::halted;
    }
    return Ended::promoted;
  };
}

bool is_over(const Looks& looks, std::size_t i) { return looks.x[i] > k_limit * looks.n[i]; }

bool last_hour_is_over(const Looks& looks, std::size_t i) {
  const int x = looks.x[i] - (i == 0 ? 0 : looks.x[i - 1]);
  const int n = looks.n[i] - (i == 0 ? 0 : looks.n[i - 1]);
  return x > k_limit * n;
}

bool is_significant(const Looks& looks, std::size_t i) {
  return tabled(looks.n[i], k_limit).at_least(looks.x[i]) < 0.05;
}

std::vector<std::pair<std::string, Rule>> rules() {
  const auto three = [](const Looks& looks, std::size_t i) {
    return i >= 2 && last_hour_is_over(looks, i) && last_hour_is_over(looks, i - 1) && last_hour_is_over(looks, i - 2);
  };
  const auto from_500 = [](const Looks& looks, std::size_t i) { return looks.n[i] >= 500 && is_over(looks, i); };
  const auto at_24 = [](auto bad) {
    return any_hour([bad](const Looks& looks, std::size_t i) { return i + 1 == k_day && bad(looks, i); });
  };
  return {{"the evidence alone, alpha .01/.05, 24 h bake, 14 d at most", anytime(0.01, 24)},
          {"the evidence alone, alpha .05/.05, no bake, 14 d at most", anytime(0.05, 0)},
          {"not ours: cumulative rate > 1 % in any hour", any_hour(is_over)},
          {"not ours: the same, first look at 500 users", any_hour(from_500)},
          {"not ours: last hour's rate > 1 %", any_hour(last_hour_is_over)},
          {"not ours: three hours in a row > 1 %", any_hour(three)},
          {"not ours: p < .05 in any hour", any_hour(is_significant)},
          {"not ours: one look at 24 h, rate > 1 %", at_24(is_over)},
          {"not ours: one look at 24 h, p < .05", at_24(is_significant)}};
}

}  // namespace

void table_of_errors(int releases) {
  const std::vector<double> truths{0.002, 0.005, 0.008, 0.01, 0.012, 0.015, 0.02, 0.03};
  fmt::print(
      "\n### Rules in use at the 1 % stage\n\nThe rules in use are judged over 24 hours and then promote. In each "
      "cell: halted / promoted, the rest holds.\n\n| rule | {} |\n|---|",
      "0.2 % | 0.5 % | 0.8 % | 1 % (limit) | 1.2 % "
      "| 1.5 % | 2 % | 3 %");
  for (std::size_t i = 0; i < truths.size(); ++i) fmt::print("---|");
  fmt::print("\n");
  const auto all = rules();
  std::map<std::size_t, std::string> cells;
  for (const double truth : truths) {
    std::vector<std::array<int, 3>> ended(all.size(), {0, 0, 0});
    Random random(20261126);
    for (int release = 0; release < releases; ++release) {
      const Looks looks = simulate(truth, 14 * k_day, 1000, random);
      for (std::size_t r = 0; r < all.size(); ++r) ++ended[r][static_cast<std::size_t>(all[r].second(looks))];
    }
    for (std::size_t r = 0; r < all.size(); ++r)
      cells[r] += fmt::format(" {:.4f}/{:.4f} |", static_cast<double>(ended[r][0]) / releases,
                              static_cast<double>(ended[r][1]) / releases);
  }
  for (std::size_t r = 0; r < all.size(); ++r) fmt::print("| {} |{}\n", all[r].first, cells[r]);
}

namespace {

// Microseconds; the counts are at the limit, where an evaluation is dearest.
double cost_of(double exposures, double halt_strength, double pass_limit) {
  constexpr int times = 20000;
  double sum = 0;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) {
    const Counts counts{exposures * k_limit + i % 7 - 3, exposures};
    sum += ln_evidence(Side::halt, Counting::proportion, counts, k_limit, halt_strength) +
           ln_evidence(Side::promote, Counting::proportion, counts, pass_limit);
  }
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
  return took.count() / times + (sum == 0.123 ? 1 : 0);
}

}  // namespace

void cost_of_one() {
  fmt::print(
      "\n### What one evaluation costs\n\nMicroseconds for both sides, on one processor.\n\n"
      "| exposures | as a gate asks: halt at 1 %, pass at 1.2 % | both at 1 % |\n|---|---|---|\n");
  for (const double n : {1e3, 1e4, 1e5, 1e6, 1e7})
    fmt::print("| {:.0f} | {:.2f} | {:.2f} |\n", n, cost_of(n, 0.5, 1.2 * k_limit), cost_of(n, 1, k_limit));
}

}  // namespace bench
