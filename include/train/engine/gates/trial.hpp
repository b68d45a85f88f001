// A gate tried on numbers given by hand: one look, both sides judged at the limit.
#pragma once

#include <optional>

#include "train/domain/evidence.hpp"
#include "train/engine/gates/bounds.hpp"

namespace train::engine {

struct Trial {
  Counting counting = Counting::proportion;
  Counts counts;
  std::optional<double> limit;  // at least one of `limit` and `live`; below 1 for a proportion
  std::optional<Counts> live;   // what the live version did in the same time
  double regress = 0;           // with `live`: how much worse is too much
  double alpha_halt = 0.01;
  double alpha_promote = 0.05;
  double strength = 1;
};

struct TrialVerdict {
  Verdict verdict = Verdict::hold;
  double estimate = 0;
  Bounds bounds;  // below at alpha_halt, above at alpha_promote: a bound beyond the limit is the verdict
  // The gate's: of the limit, of the ratio where there is no limit, else the mean for a halt and the less for a pass.
  double ln_e_halt = 0;
  double ln_e_promote = 0;
  double limit_ln_e_halt = 0;
  double limit_ln_e_promote = 0;
  std::optional<RatioEvidence> ratio;
  // Further ones for a pass if both versions went on like this; nullopt: not at this rate, or more than ten million.
  std::optional<double> exposures_needed;
};

TrialVerdict try_gate(const Trial& trial);

}  // namespace train::engine
