// Evidence that stays valid however often one looks, as natural logs.
//
// Each number is an e-process: while its null holds, the chance that it ever reaches 1/alpha is alpha at most (Ville).
// Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences" (2021) has the
// two mixtures in another parametrisation; the ratio is the conditional test of Lindon and Malek (2022). docs/gates.md
// has the formulas and what they cost.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "train/domain/evidence.hpp"

namespace train::engine {

// halt: evidence against "at most the limit". promote: evidence against "at least the limit".
enum class Side { halt, promote };

// Exposures with an event out of all of them (beta-binomial), or events for each exposure (gamma-Poisson). The second
// is valid for the first too, and a little slower to tell.
enum class Counting { proportion, rate };

// `counts` may be fractional. `limit` is in (0, 1) for a proportion and above 0 for a rate; `strength` above 0 is how
// firmly the prior expects the limit. Events above exposures count as all of them for a proportion.
double ln_evidence(Side side, Counting counting, const Counts& counts, double limit, double strength = 1);

// One stretch of time, short enough that day and night are alike for both: what each version added in it.
struct Block {
  Counts ours;
  Counts live;
};
// Evidence about how many times the live version's rate ours is, for an unknown rate that may change from block to
// block: the mean over 64 fixed nodes. `ratio` above 0 is the largest that is tolerated.
double ln_ratio_evidence(Side side, std::span<const Block> blocks, double ratio);

// The same block by block, from several starts at once: what a stretch that is over has added is not computed again.
class RatioSums {
 public:
  static constexpr std::size_t k_nodes = 64;
  RatioSums(Side side, double ratio) : side_(side), ratio_(ratio) {}

  bool is_for(Side side, double ratio) const { return side == side_ && ratio == ratio_; }
  // Takes the blocks that it has not taken yet. `starts` are indices into `blocks`, whose size stands for nothing yet;
  // both only grow from call to call.
  void take(std::span<const Block> blocks, std::span<const std::size_t> starts);
  // ln E from each start on, with one more block that is still open; all counts divided by `inflation`.
  std::vector<double> ln_evidence(const std::optional<Block>& open, double inflation = 1) const;
  std::size_t taken() const { return taken_; }

 private:
  using Nodes = std::array<double, k_nodes>;
  Nodes added_by(const Block& block) const;

  Side side_;
  double ratio_;
  std::size_t taken_ = 0;
  Nodes all_{};                // of all blocks taken
  std::vector<Nodes> before_;  // of those before each start
};

struct WeighedEvidence {
  double weight = 0;
  double ln_e = 0;
};
// ln of the sum of weight * E: valid for any dependence while the weights add up to 1 at most.
double ln_average(std::span<const WeighedEvidence> parts);

// How halt evidence is spread over its beginning and its restarts. What is left after `d` restarts is 1/(d + 1) of the
// rest, or 1/sqrt(d + 1): the second keeps more for late restarts, and there may be many.
enum class Fading { by_number, by_root };
struct Mixture {
  double from_begin = 0.5;  // the share that counts from the beginning
  Fading fading = Fading::by_number;
};
// The share of halt evidence that starts at restart number `nth` (1-based).
double restart_weight(std::size_t nth, const Mixture& mixture);
// Halt evidence that forgets a healthy past: some of it since the release began, the rest spread over restarts.
// `since_restarts` has the evidence since each restart so far, in their order; what has not started yet counts as 1.
double ln_restarted(double ln_e_since_begin, std::span<const double> since_restarts, const Mixture& mixture = {});

}  // namespace train::engine
