#include "train/engine/gates/history.hpp"

#include <algorithm>

namespace train::engine {
namespace {

Tally span_from(const Counts& least, const Counts& most) {
  Tally out;
  out.counts = {std::max(0.0, least.events), std::max(0.0, least.exposures)};
  out.spread = {std::max(0.0, most.events - out.counts.events), std::max(0.0, most.exposures - out.counts.exposures)};
  return out;
}

Counts minus(const Counts& a, const Counts& b) { return {a.events - b.events, a.exposures - b.exposures}; }

}  // namespace

Tally added(const Tally& now, const Tally& then) {
  return span_from(minus(now.counts, then.most()), minus(now.most(), then.counts));
}

Counts worst_for(Side side, const Tally& ours) {
  if (side == Side::halt) return {ours.counts.events, ours.most().exposures};
  return {ours.most().events, ours.counts.exposures};
}

Block worst_for(Side side, const Tally& ours, const Tally& live) {
  return {worst_for(side, ours), worst_for(side == Side::halt ? Side::promote : Side::halt, live)};
}

void SignCounts::start_stage() { stage = now; }
void SignCounts::restart() { restarts.push_back(now); }
void SignCounts::forget() { *this = SignCounts{}; }

void SignalHistory::start_stage(std::optional<Tally> ours) {
  stage_baseline = std::move(ours);
  stage_block = halt_blocks.size();
  promote_sums.clear();
  over_limit.start_stage();
  over_live.start_stage();
}

void SignalHistory::count(const Tally& ours, const std::optional<Tally>& live) {
  if (live && ours_at && live_at) {
    const Tally more = added(ours, *ours_at);
    const Tally theirs = added(*live, *live_at);
    halt_blocks.push_back(worst_for(Side::halt, more, theirs));
    promote_blocks.push_back(worst_for(Side::promote, more, theirs));
  }
  if (!live) return;
  ours_at = ours;
  live_at = live;
}

void SignalHistory::restart(const std::optional<Tally>& ours) {
  if (ours) restarts.push_back(*ours);
  block_restarts.push_back(halt_blocks.size());
  over_limit.restart();
  over_live.restart();
}

void SignalHistory::forget(const Tally& ours, const std::optional<Tally>& live) {
  *this = SignalHistory{};
  release_baseline = stage_baseline = ours;
  if (!live) return;
  ours_at = ours;
  live_at = live;
}

}  // namespace train::engine
