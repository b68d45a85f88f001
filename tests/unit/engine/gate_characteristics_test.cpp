// How often the gate errs and how long it takes, exactly: by dynamic programming over the count of events, against
// numbers computed elsewhere the same way. They are not part of the project; where they are absent the test says so.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "train/base/text.hpp"
#include "train/engine/gates/evidence.hpp"

namespace train::engine {
namespace {

const std::string k_characteristics = TRAIN_SOURCE_DIR "/../shared/vectors/anytime_gates_oc.csv";

struct Design {
  Counting counting = Counting::proportion;
  double null = 0;
  double strength = 1;
  double alpha_halt = 0;
  double alpha_promote = 0;
  double per_day = 0;
  int days = 0;
  int bake_hours = 0;
  double truth = 0;
};

// Of those releases that got one verdict: how often, and with how many exposures.
struct Decided {
  std::vector<std::pair<double, double>> at;  // exposures, probability; in the order of time

  double probability() const {
    double sum = 0;
    for (const auto& [n, p] : at) sum += p;
    return sum;
  }
  double mean() const {
    double sum = 0;
    for (const auto& [n, p] : at) sum += n * p;
    return sum / probability();
  }
  double quantile(double share) const {
    const double whole = probability();
    double sum = 0;
    for (const auto& [n, p] : at) {
      sum += p;
      if (sum >= share * whole) return n;
    }
    return at.empty() ? 0 : at.back().first;
  }
};

class Exact {
 public:
  explicit Exact(const Design& design) : design_(design) {
    chances_ = {1};
    double before = 0;
    for (int hour = 1; hour <= 24 * design.days; ++hour) {
      const double n = std::floor(design.per_day * hour / 24);
      add(n - before);
      before = n;
      decide(n, hour >= design.bake_hours);
    }
  }
  Decided halted;
  Decided promoted;
  double held() const {
    double sum = 0;
    for (const double chance : chances_) sum += chance;
    return sum;
  }

 private:
  bool decides(Side side, double x, double n) const {
    const double alpha = side == Side::halt ? design_.alpha_halt : design_.alpha_promote;
    if (side == Side::halt ? x <= n * design_.null : x >= n * design_.null) return false;
    return ln_evidence(side, design_.counting, {x, n}, design_.null, design_.strength) >= -std::log(alpha);
  }

  void add(double exposures) {
    const int most = static_cast<int>(exposures);
    std::vector<double> binomial;
    for (int k = 0; k <= most; ++k) {
      const double ln = std::lgamma(exposures + 1) - std::lgamma(k + 1.0) - std::lgamma(exposures - k + 1) +
                        k * std::log(design_.truth) + (exposures - k) * std::log1p(-design_.truth);
      if (ln < -745) break;
      binomial.push_back(std::exp(ln));
    }
    std::vector<double> next(chances_.size() + binomial.size(), 0);
    for (std::size_t x = 0; x < chances_.size(); ++x) {
      if (chances_[x] < 1e-300) continue;
      for (std::size_t k = 0; k < binomial.size(); ++k) next[x + k] += chances_[x] * binomial[k];
    }
    chances_ = std::move(next);
  }

  // Both evidences are monotone in the events: the edges only move up.
  void decide(double n, bool baked) {
    while (halt_at_ <= n && !decides(Side::halt, halt_at_, n)) ++halt_at_;
    double halt = 0;
    for (auto x = static_cast<std::size_t>(halt_at_); x < chances_.size(); ++x) halt += chances_[x];
    chances_.resize(std::min(chances_.size(), static_cast<std::size_t>(halt_at_)));
    halted.at.emplace_back(n, halt);
    double promote = 0;
    if (baked) {
      while (decides(Side::promote, promote_to_, n)) ++promote_to_;
      for (std::size_t x = 0; x < std::min(chances_.size(), static_cast<std::size_t>(promote_to_)); ++x) {
        promote += chances_[x];
        chances_[x] = 0;
      }
    }
    promoted.at.emplace_back(n, promote);
  }

  Design design_;
  std::vector<double> chances_;  // by the events so far, of releases that are not decided
  double halt_at_ = 0;           // the fewest events that halt
  double promote_to_ = 0;        // fewer events than these promote
};

void expect_decided(const Decided& decided, const std::string& chance, std::span<const std::string> quantiles) {
  const double probability = std::stod(chance);
  EXPECT_NEAR(decided.probability(), probability, 1e-7);
  if (probability < 1e-9) return;
  EXPECT_NEAR(decided.mean() / std::stod(quantiles[0]), 1, 1e-3);
  EXPECT_EQ(decided.quantile(0.5), std::stod(quantiles[1]));
  EXPECT_EQ(decided.quantile(0.9), std::stod(quantiles[2]));
}

TEST(GateCharacteristics, ErrorRatesAndDelaysAreTheExactOnes) {
  std::ifstream in(k_characteristics);
  if (!in) GTEST_SKIP() << "no reference numbers at " << k_characteristics;
  int compared = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#' || line.rfind("kind", 0) == 0) continue;
    SCOPED_TRACE(line);
    auto cells = split(line, ',');
    cells.resize(18);
    const Exact exact({cells[0] == "gp" ? Counting::rate : Counting::proportion, std::stod(cells[1]),
                       std::stod(cells[2]), std::stod(cells[3]), std::stod(cells[4]), std::stod(cells[5]),
                       std::stoi(cells[6]), std::stoi(cells[7]), std::stod(cells[8])});
    expect_decided(exact.halted, cells[9], std::span(cells).subspan(12, 3));
    expect_decided(exact.promoted, cells[10], std::span(cells).subspan(15, 3));
    EXPECT_NEAR(exact.held(), std::stod(cells[11]), 1e-7);
    ++compared;
  }
  EXPECT_EQ(compared, 63);
}

}  // namespace
}  // namespace train::engine
