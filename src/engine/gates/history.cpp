#include "train/engine/gates/history.hpp"

#include <algorithm>

namespace train::engine {
namespace {

constexpr double k_revised_max = 0.01;  // of the counts before: providers revise, counters restart
constexpr Duration k_one_moment = std::chrono::minutes(1);

Tally span_from(const Counts& least, const Counts& most) {
  Tally out;
  out.counts = {std::max(0.0, least.events), std::max(0.0, least.exposures)};
  out.spread = {std::max(0.0, most.events - out.counts.events), std::max(0.0, most.exposures - out.counts.exposures)};
  return out;
}

Counts minus(const Counts& a, const Counts& b) { return {a.events - b.events, a.exposures - b.exposures}; }

bool fell_below(double now, double before) { return now < before * (1 - k_revised_max); }

// What a reading will leave out from now on.
double left_out(double now, double last) { return now < last / 2 ? last : std::max(0.0, last - now); }

bool same_moment(Instant a, Instant b) { return a - b <= k_one_moment && b - a <= k_one_moment; }

}  // namespace

bool is_fall(const Tally& now, const Tally& then) {
  return fell_below(now.most().events, then.counts.events) || fell_below(now.most().exposures, then.counts.exposures);
}

Tally Counter::whole(const Tally& read) const {
  Tally out = read;
  out.counts.events += before.events;
  out.counts.exposures += before.exposures;
  return out;
}

bool Counter::has_fallen(const Tally& read) const { return last && is_fall(read, *last); }

void Counter::start_again(const Tally& read) {
  if (!has_fallen(read)) return;
  const Counts& now = read.counts;
  const Counts& then = last->counts;
  // Both are counted by one process: where the exposures fell, so did the events that go with them.
  const bool both_fell = fell_below(read.most().exposures, then.exposures);
  const bool at_zero = both_fell && now.exposures < then.exposures / 2;
  before.exposures += both_fell ? left_out(now.exposures, then.exposures) : 0;
  before.events += at_zero ? then.events : left_out(now.events, then.events);
  last = read;
}

void Counter::note(const Tally& read) {
  const bool nothing = !(read.most().exposures > 0) && !(read.most().events > 0);
  if (!nothing && !has_fallen(read)) last = read;
}

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
void SignCounts::take(bool over) {
  now.exposures += 1;
  if (over) now.events += 1;
}

void SignalHistory::start_stage(const Moment& now, const std::string& because) {
  stage_baseline.reset();
  stage_block = halt_blocks.size();
  promote_sums.clear();
  for (SignCounts* signs : {&over_limit, &over_live, &moved_over_limit, &moved_over_live}) signs->start_stage();
  counted.clear();
  samples.clear();
  fell_at.reset();
  open.stage = now.stage;
  open.into_stage = Duration{0};
  for (auto* starts : {&restarted, &block_restarted}) {
    for (auto start = starts->rbegin(); start != starts->rend() && same_moment(start->at, now.at); ++start)
      start->because = because;
  }
}

void SignalHistory::stage_counts(const Tally& tally, Instant at) {
  if (stage_baseline) return;
  stage_baseline = tally;
  counted.push_back({at, tally});
}

void SignalHistory::count(const Tally& tally, const std::optional<Tally>& theirs, const Moment& now) {
  counted.push_back({now.at, tally});
  if (!theirs) return;
  if (ours_at && live_at) {
    const Tally more = added(tally, *ours_at);
    const Tally more_live = added(*theirs, *live_at);
    halt_blocks.push_back(worst_for(Side::halt, more, more_live));
    promote_blocks.push_back(worst_for(Side::promote, more, more_live));
    block_times.push_back({open, now.at});
  }
  ours_at = tally;
  live_at = theirs;
  open = now;
}

void SignalHistory::restart(const std::optional<Tally>& tally, const Start& start) {
  if (tally) {
    restarts.push_back(*tally);
    restarted.push_back(start);
  }
  block_restarts.push_back(halt_blocks.size());
  block_restarted.push_back(start);
  for (SignCounts* signs : {&over_limit, &over_live, &moved_over_limit, &moved_over_live}) signs->restart();
}

void SignalHistory::sample(const LevelSample& seen, bool moved, bool is_over, std::optional<bool> is_over_live) {
  samples.push_back(seen);
  over_limit.take(is_over);
  if (is_over_live) over_live.take(*is_over_live);
  if (!moved) return;
  moved_over_limit.take(is_over);
  if (is_over_live) moved_over_live.take(*is_over_live);
}

void SignalHistory::forget(const Tally& tally, const std::optional<Tally>& theirs, const Moment& now,
                           const std::string& because) {
  const Counter ours_before = ours;
  const Counter live_before = live;
  *this = SignalHistory{};
  ours = ours_before;
  live = live_before;
  release_baseline = tally;
  begun = {now.at, because};
  stage_counts(tally, now.at);
  if (!theirs) return;
  ours_at = tally;
  live_at = theirs;
  open = now;
}

}  // namespace train::engine
