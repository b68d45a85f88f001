// What the gates cost and what they catch, over simulated releases, beside the rules that tools in use go by. Prints
// the tables of docs/gates.md.
//   gates [RELEASES]      (default 100000)
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "train/engine/gates/bounds.hpp"
#include "train/engine/gates/evidence.hpp"

namespace {

using train::Counts;
using train::engine::Counting;
using train::engine::ln_evidence;
using train::engine::ln_restarted;
using train::engine::Side;

constexpr double k_limit = 0.01;
constexpr int k_day = 24;

// ---- chance ---------------------------------------------------------------------------------------------------------

// How many of `n` are affected, by the inverse of the distribution function.
class Binomial {
 public:
  Binomial(int n, double p) {
    double sum = 0;
    for (int k = 0; k <= n && sum < 1 - 1e-15; ++k) {
      const double ln = std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                        (n - k) * std::log1p(-p);
      sum += std::exp(ln);
      below_.push_back(sum);
    }
  }
  int draw(std::mt19937_64& random) const {
    const double u = std::uniform_real_distribution<double>()(random);
    return static_cast<int>(std::upper_bound(below_.begin(), below_.end(), u) - below_.begin());
  }
  double at_least(int k) const { return k <= 0 ? 1 : 1 - below_[std::min<std::size_t>(k - 1, below_.size() - 1)]; }

 private:
  std::vector<double> below_;
};

const Binomial& binomial(int n, double p) {
  static std::map<std::pair<int, double>, Binomial> known;
  const auto found = known.find({n, p});
  return found != known.end() ? found->second : known.emplace(std::pair(n, p), Binomial(n, p)).first->second;
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

Evidence& halting() {
  static Evidence evidence(Side::halt, k_limit);
  return evidence;
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double each : values) sum += each;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// ---- table 1: error rates at the 1 % stage
// ----------------------------------------------------------------------------

// One release as the hourly looks see it: the affected so far, and the exposed so far.
struct Looks {
  std::vector<int> x;
  std::vector<int> n;
};

Looks simulate(double truth, int hours, int per_day, std::mt19937_64& random) {
  Looks out;
  int x = 0;
  int n = 0;
  for (int hour = 1; hour <= hours; ++hour) {
    const int then = per_day * hour / k_day;
    x += binomial(then - n, truth).draw(random);
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
      if (halting()(looks.x[i], looks.n[i]) >= -std::log(alpha_halt)) return Ended::halted;
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
  return binomial(looks.n[i], k_limit).at_least(looks.x[i]) < 0.05;
}

std::vector<std::pair<std::string, Rule>> rules() {
  const auto three = [](const Looks& looks, std::size_t i) {
    return i >= 2 && last_hour_is_over(looks, i) && last_hour_is_over(looks, i - 1) && last_hour_is_over(looks, i - 2);
  };
  const auto from_500 = [](const Looks& looks, std::size_t i) { return looks.n[i] >= 500 && is_over(looks, i); };
  const auto at_24 = [](auto bad) {
    return any_hour([bad](const Looks& looks, std::size_t i) { return i + 1 == k_day && bad(looks, i); });
  };
  return {{"anytime, alpha .01/.05, 24 h bake, 14 d at most", anytime(0.01, 24)},
          {"anytime, alpha .05/.05, no bake, 14 d at most", anytime(0.05, 0)},
          {"cumulative rate > 1 % in any hour", any_hour(is_over)},
          {"the same, first look at 500 users", any_hour(from_500)},
          {"last hour's rate > 1 %", any_hour(last_hour_is_over)},
          {"three hours in a row > 1 %", any_hour(three)},
          {"p < .05 in any hour", any_hour(is_significant)},
          {"one look at 24 h, rate > 1 %", at_24(is_over)},
          {"one look at 24 h, p < .05", at_24(is_significant)}};
}

void table_of_errors(int releases) {
  const std::vector<double> truths{0.002, 0.005, 0.008, 0.01, 0.012, 0.015, 0.02, 0.03};
  fmt::print("\n### Error rates at the 1 % stage\n\n| rule | {} |\n|---|",
             "0.2 % | 0.5 % | 0.8 % | 1 % (limit) | 1.2 % "
             "| 1.5 % | 2 % | 3 %");
  for (std::size_t i = 0; i < truths.size(); ++i) fmt::print("---|");
  fmt::print("\n");
  const auto all = rules();
  std::map<std::size_t, std::string> cells;
  for (const double truth : truths) {
    std::vector<std::array<int, 3>> ended(all.size(), {0, 0, 0});
    std::mt19937_64 random(20261126);
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

// ---- table 2: users exposed until a halt, judged at every exposure
// ------------------------------------------------------

// Evidence falls between events, so only an event can halt.
double users_until(double truth, const std::function<bool(int x, int n)>& halts, std::mt19937_64& random) {
  std::geometric_distribution<int> gap(truth);
  int n = 0;
  for (int x = 1; n < 1'000'000; ++x) {
    n += gap(random) + 1;
    if (halts(x, n)) return n;
  }
  return n;
}

void table_of_delays(int releases) {
  fmt::print(
      "\n### Users exposed until a halt, judged at every exposure, alpha .01\n\n"
      "| true rate | least possible (mean) | sequential test that knows it (mean) | gate (mean, median, p90) | gate / "
      "knowing test |\n|---|---|---|---|---|\n");
  for (const double truth : {0.02, 0.03, 0.05, 0.1}) {
    const double per_event = std::log(truth / k_limit);
    const double per_other = std::log1p(-truth) - std::log1p(-k_limit);
    const double ln_100 = std::log(100.0);
    const auto knowing = [&](int x, int n) { return x * per_event + (n - x) * per_other >= ln_100; };
    const auto gate = [&](int x, int n) { return halting()(x, n) >= ln_100; };
    std::mt19937_64 random(7);
    std::vector<double> sprt;
    std::vector<double> mixture;
    for (int release = 0; release < releases; ++release) sprt.push_back(users_until(truth, knowing, random));
    for (int release = 0; release < releases; ++release) mixture.push_back(users_until(truth, gate, random));
    const double least = ln_100 / (truth * per_event + (1 - truth) * per_other);
    fmt::print("| {:g} % | {:.0f} | {:.0f} | {:.0f}, {:.0f}, {:.0f} | {:.2f} |\n", truth * 100, least, mean(sprt),
               mean(mixture), quantile(mixture, 0.5), quantile(mixture, 0.9), mean(mixture) / mean(sprt));
  }
}

// ---- table 3: the whole train ---------------------------------------------------------------------------------------

constexpr std::array<double, 4> k_shares{0.01, 0.05, 0.2, 0.5};
constexpr int k_users_a_day = 100'000;

struct Journey {
  Ended ended = Ended::held;  // promoted: reached 100 %
  int hours = 0;
  double affected = 0;
};

class Ladder {
 public:
  explicit Ladder(std::array<double, 4> multiples) {
    for (const double multiple : multiples) passing_.emplace_back(Side::promote, k_limit * multiple);
  }

  // `truth` by stage.
  Journey ride(const std::array<double, 4>& truth, std::mt19937_64& random) {
    Journey out;
    int x = 0;
    int n = 0;
    std::vector<std::pair<int, int>> restarts;
    for (std::size_t stage = 0; stage < k_shares.size(); ++stage) {
      if (stage > 0) restarts.emplace_back(x, n);
      const int x_then = x;
      const int n_then = n;
      bool passed = false;
      for (int hour = 1; hour <= 7 * k_day && !passed; ++hour) {
        ++out.hours;
        const int users = static_cast<int>(k_shares[stage] * k_users_a_day * hour / k_day);
        x += binomial(users - (n - n_then), truth[stage]).draw(random);
        n = n_then + users;
        out.affected = x;
        if (ln_halt(x, n, restarts) >= std::log(100.0)) return {Ended::halted, out.hours, out.affected};
        passed = hour >= k_day && passing_[stage](x - x_then, n - n_then) >= std::log(20.0);
      }
      if (!passed) return out;
    }
    out.ended = Ended::promoted;
    return out;
  }

 private:
  static double ln_halt(int x, int n, const std::vector<std::pair<int, int>>& restarts) {
    std::vector<double> since;
    for (const auto& [x0, n0] : restarts) since.push_back(halting()(x - x0, n - n0));
    return ln_restarted(halting()(x, n), since);
  }
  std::vector<Evidence> passing_;
};

std::string journeys(Ladder& ladder, const std::array<double, 4>& truth, int releases) {
  std::mt19937_64 random(11);
  std::array<int, 3> ended{};
  std::vector<double> hours;
  double affected = 0;
  for (int release = 0; release < releases; ++release) {
    const Journey journey = ladder.ride(truth, random);
    ++ended[static_cast<std::size_t>(journey.ended)];
    hours.push_back(journey.hours);
    affected += journey.affected;
  }
  const auto share = [&](Ended e) { return static_cast<double>(ended[static_cast<std::size_t>(e)]) / releases; };
  return fmt::format("{:.4f}/{:.4f}/{:.4f}; {:.0f} h; {:.0f}", share(Ended::promoted), share(Ended::halted),
                     share(Ended::held), quantile(hours, 0.5), affected / releases);
}

void table_of_trains(int releases) {
  fmt::print(
      "\n### The whole train, 1, 5, 20, 50, 100 %, 100,000 users a day, 24 h a stage, 7 days at most\n\n"
      "Reached 100 % / halted / held; median hours to the end; mean users affected before it.\n\n"
      "| true rate | passes below the limit itself at every stage | ladder 3, 2, 1.5, 1.2 (the default) | by the "
      "calendar: affected |\n|---|---|---|---|\n");
  Ladder strict({1, 1, 1, 1});
  Ladder stepped({3, 2, 1.5, 1.2});
  const auto row = [&](const std::string& name, const std::array<double, 4>& truth) {
    double calendar = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) calendar += truth[i] * k_shares[i] * k_users_a_day;
    fmt::print("| {} | {} | {} | {:.0f} |\n", name, journeys(strict, truth, releases),
               journeys(stepped, truth, releases), calendar);
  };
  for (const double truth : {0.002, 0.005, 0.008, 0.01, 0.012, 0.015, 0.02, 0.03, 0.05})
    row(fmt::format("{:g} %", truth * 100), {truth, truth, truth, truth});
  row("0.3 %, 3 % from the 20 % stage on", {0.003, 0.003, 0.03, 0.03});
}

// ---- table 4: late regressions
// ----------------------------------------------------------------------------------------

// The hour of a halt, 0 for none: judged since the beginning alone, and with a restart every day.
std::pair<int, int> late_halt(int bad_from_hour, double healthy, double bad, int hours, std::mt19937_64& random) {
  constexpr int per_day = 5000;
  std::vector<std::pair<int, int>> restarts;
  int x = 0;
  int n = 0;
  int plain = 0;
  int mixed = 0;
  for (int hour = 1; hour <= hours && (plain == 0 || mixed == 0); ++hour) {
    const int then = per_day * hour / k_day;
    x += binomial(then - n, hour > bad_from_hour ? bad : healthy).draw(random);
    n = then;
    std::vector<double> since;
    for (const auto& [x0, n0] : restarts) since.push_back(halting()(x - x0, n - n0));
    const double whole = halting()(x, n);
    if (plain == 0 && whole >= std::log(100.0)) plain = hour;
    if (mixed == 0 && ln_restarted(whole, since) >= std::log(100.0)) mixed = hour;
    if (hour % k_day == 0) restarts.emplace_back(x, n);
  }
  return {plain, mixed};
}

void table_of_late_regressions(int releases) {
  fmt::print(
      "\n### Late regressions: 5,000 users a day, 0.3 %, then 3 %\n\n"
      "| bad after | median hours to a halt, judged since the beginning | with a restart every day (the gate) | p90 |\n"
      "|---|---|---|---|\n");
  for (const int days : {1, 3, 5}) {
    std::mt19937_64 random(13);
    std::vector<double> plain;
    std::vector<double> mixed;
    for (int release = 0; release < releases; ++release) {
      const auto [alone, restarted] = late_halt(days * k_day, 0.003, 0.03, (days + 10) * k_day, random);
      plain.push_back(alone - days * k_day);
      mixed.push_back(restarted - days * k_day);
    }
    fmt::print("| {} d | {:.0f} | {:.0f} | {:.0f} |\n", days, quantile(plain, 0.5), quantile(mixed, 0.5),
               quantile(mixed, 0.9));
  }
  std::mt19937_64 random(17);
  int plain = 0;
  int mixed = 0;
  for (int release = 0; release < releases; ++release) {
    const auto [alone, restarted] = late_halt(0, k_limit, k_limit, 10 * k_day, random);
    plain += alone > 0 ? 1 : 0;
    mixed += restarted > 0 ? 1 : 0;
  }
  fmt::print("\nFalse halts at exactly the limit over 10 days: {:.4f} since the beginning, {:.4f} with restarts.\n",
             static_cast<double>(plain) / releases, static_cast<double>(mixed) / releases);
}

// ---- cost
// ---------------------------------------------------------------------------------------------------------------

void cost_of_one() {
  fmt::print("\n### What one evaluation costs\n\n| exposures | both sides, microseconds |\n|---|---|\n");
  for (const double n : {1e3, 1e4, 1e5, 1e6, 1e7}) {
    constexpr int times = 20000;
    double sum = 0;
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) {
      const Counts counts{n * k_limit + i % 7 - 3, n};
      sum += ln_evidence(Side::halt, Counting::proportion, counts, k_limit) +
             ln_evidence(Side::promote, Counting::proportion, counts, k_limit);
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    fmt::print("| {:.0f} | {:.2f} |\n", n, took.count() / times + (sum == 0.123 ? 1 : 0));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int releases = argc > 1 ? std::atoi(argv[1]) : 100'000;
  if (releases < 1) return 2;
  fmt::print("{} simulated releases in each cell.\n", releases);
  table_of_errors(releases);
  table_of_delays(releases);
  table_of_trains(releases);
  table_of_late_regressions(releases);
  cost_of_one();
}
