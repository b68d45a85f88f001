#include "train/engine/gates/bounds.hpp"

#include <boost/math/tools/roots.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

namespace train::engine {
namespace {

constexpr double k_infinite = std::numeric_limits<double>::infinity();
constexpr double k_needed_max = 1e7;
constexpr double k_tiny = 1e-12;  // nulls beyond these are no bounds, and lose the exposures in rounding
constexpr double k_huge = 1e12;

// Evidence as a function of the null, on a scale on which a root has a relative precision everywhere.
using LnEvidence = std::function<double(double null)>;

struct Scale {
  double (*to)(double null);
  double (*from)(double on_scale);
};
const Scale k_logit{[](double p) { return std::log(p) - std::log1p(-p); },
                    [](double z) { return z < 0 ? std::exp(z) / (1 + std::exp(z)) : 1 / (1 + std::exp(-z)); }};
const Scale k_log{[](double r) { return std::log(r); }, [](double z) { return std::exp(z); }};

// Where the evidence falls to `wanted`, going from `start` (below it) towards `end` (both on the scale), in strides
// that double. nullopt: nowhere before the end.
std::optional<double> crossing(const LnEvidence& ln_e, const Scale& scale, double start, double end, double wanted) {
  const auto over = [&](double z) { return ln_e(scale.from(z)) - wanted; };
  double inside = start;
  if (over(inside) >= 0) return scale.from(inside);
  for (double stride = 0.25;; stride *= 2) {
    const double outside = start < end ? std::min(end, inside + stride) : std::max(end, inside - stride);
    if (over(outside) >= 0) {
      std::uintmax_t steps = 200;
      const auto root = boost::math::tools::toms748_solve(over, std::min(inside, outside), std::max(inside, outside),
                                                          boost::math::tools::eps_tolerance<double>(36), steps);
      return scale.from((root.first + root.second) / 2);
    }
    if (outside == end) return std::nullopt;
    inside = outside;
  }
}

// The counts are known to be inconsistent with no null at their own rate; `rate` is on neither end of the scale.
Bounds around(const LnEvidence& halt, const LnEvidence& promote, const Scale& scale, double rate, double most,
              double alpha) {
  const double wanted = -std::log(alpha);
  const double low_end = scale.to(k_tiny);
  const double high_end = scale.to(most);
  Bounds bounds{0, most >= k_huge ? k_infinite : 1};
  const bool none = !(rate > 0);
  const bool all = !(rate < most);
  if (!none) {
    const auto lower = crossing(halt, scale, all ? high_end : scale.to(rate), low_end, wanted);
    if (lower) bounds.lower = *lower;
  }
  if (!all) {
    const auto upper = crossing(promote, scale, none ? low_end : scale.to(rate), high_end, wanted);
    if (upper) bounds.upper = *upper;
  }
  return bounds;
}

}  // namespace

Bounds bounds_of(Counting counting, const Counts& counts, double alpha, double strength) {
  const auto side = [&](Side wanted) {
    return [&, wanted](double null) { return ln_evidence(wanted, counting, counts, null, strength); };
  };
  const bool proportion = counting == Counting::proportion;
  const double unbounded = proportion ? 1 : k_infinite;
  if (!(counts.exposures > 0)) return {0, unbounded};
  const double rate = counts.events / counts.exposures;
  return around(side(Side::halt), side(Side::promote), proportion ? k_logit : k_log, rate,
                proportion ? 1 - 1e-12 : k_huge, alpha);
}

Bounds ratio_bounds(std::span<const Block> blocks, double alpha) {
  const auto side = [&](Side wanted) {
    return [&, wanted](double null) { return ln_ratio_evidence(wanted, blocks, null); };
  };
  Counts ours;
  Counts live;
  for (const Block& block : blocks) {
    ours.events += block.ours.events;
    ours.exposures += block.ours.exposures;
    live.events += block.live.events;
    live.exposures += block.live.exposures;
  }
  if (!(ours.exposures > 0) || !(live.exposures > 0)) return {0, k_infinite};
  const double expected = live.events * ours.exposures / live.exposures;
  return around(side(Side::halt), side(Side::promote), k_log, expected > 0 ? ours.events / expected : k_infinite,
                k_huge, alpha);
}

std::optional<double> exposures_needed(Counting counting, const Counts& seen, double limit, double alpha,
                                       double strength) {
  const double rate = (seen.events + 0.5) / (seen.exposures + 1);
  if (!(rate < limit)) return std::nullopt;
  const auto enough = [&](double more) {
    const Counts then{seen.events + rate * more, seen.exposures + more};
    return ln_evidence(Side::promote, counting, then, limit, strength) >= -std::log(alpha);
  };
  if (enough(0)) return 0;
  double above = 1;
  while (!enough(above)) {
    if (above >= k_needed_max) return std::nullopt;
    above = std::min(2 * above, k_needed_max);
  }
  double below = std::floor(above / 2);
  while (above - below > 1) {
    const double middle = std::floor((below + above) / 2);
    (enough(middle) ? above : below) = middle;
  }
  return above;
}

}  // namespace train::engine
