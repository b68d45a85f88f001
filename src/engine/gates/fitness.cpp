#include "fitness.hpp"

#include <fmt/format.h>

#include <cmath>

#include "measures.hpp"
#include "train/base/text.hpp"
#include "words.hpp"

namespace train::engine {
namespace {

using gate_words::number;

constexpr double k_counts_max = 1e12;    // more is a broken query, not an audience
constexpr double k_telemetry_min = 0.2;  // of what the stage should have brought
constexpr double k_telemetry_asked_from = 50;
constexpr Duration k_clock_slack = std::chrono::minutes(10);

std::string unfit_state(const Measurement& seen) {
  const std::string detail = seen.detail.empty() ? "" : ": " + printable(seen.detail, 300);
  switch (seen.state) {
    case Measurement::State::no_data:
      return "no data" + detail;
    case Measurement::State::stale:
      return "stale" + detail;
    case Measurement::State::failed:
      return "no data: the signal could not be read" + detail;
    case Measurement::State::measured:
      break;
  }
  return {};
}

std::string unfit_age(const GateQuestion& question, const Measurement& seen) {
  const Duration fresh = question.rule->gate.fresh_within.value_or(question.rule->fresh_within);
  const Duration age = question.now - seen.as_of;
  if (age > fresh)
    return fmt::format("stale: the newest sample is {} old, wants {}", format_duration(age), format_duration(fresh));
  if (age < -k_clock_slack) return "no data: the newest sample is in the future; compare the clocks";
  return {};
}

bool is_usable(const Counts& counts) {
  return std::isfinite(counts.events) && std::isfinite(counts.exposures) && counts.events >= 0 &&
         counts.exposures >= 0 && counts.exposures <= k_counts_max && counts.events <= k_counts_max;
}

std::string fallen(const Tally& now, const std::optional<Tally>& then) {
  if (!then || !is_fall(now, *then)) return {};
  return fmt::format("counts fell: {} of {} now, {} of {} before", number(now.counts.events),
                     number(now.counts.exposures), number(then->counts.events), number(then->counts.exposures));
}

std::string unfit_counts(const GateQuestion& question, const Measurement& seen) {
  const Tally tally = tally_of(seen);
  if (!is_usable(tally.counts) || !is_usable(tally.most())) return "no data: the counts are not plausible numbers";
  if (question.rule->kind == SignalKind::rate) return {};
  const double cap = std::max(1.0, question.rule->gate.max_per_unit.value_or(1));
  if (tally.counts.events <= cap * tally.most().exposures) return {};
  return fmt::format("no data: more events than exposures ({} of {})", number(seen.counts.events),
                     number(seen.counts.exposures));
}

// The exposures this stage should have brought by the time its data ends: by the configured audience, else by what the
// live version's side brought in the same time.
double expected_exposures(const GateQuestion& question) {
  const GateRule& rule = *question.rule;
  const double share = at_stage(rule.shares, question.stage, 0.0);
  const Duration counted = question.baked - (question.now - question.seen->as_of);
  if (rule.per_day) return *rule.per_day * share * std::max(0.0, static_cast<double>(counted.count()) / 86400);
  if (!(share < 1)) return 0;
  double live = 0;
  const auto& blocks = question.history->halt_blocks;
  for (std::size_t i = question.history->stage_block; i < blocks.size(); ++i) live += blocks[i].live.exposures;
  return live * share / (1 - share);
}

}  // namespace

// A version that dies before its telemetry starts reports nothing at all.
std::string too_little(const GateQuestion& question) {
  const auto& begun = question.history->stage_baseline;
  const double expected = expected_exposures(question);
  if (!begun || expected < k_telemetry_asked_from) return {};
  const double brought = added(ours_now(question), *begun).most().exposures;
  if (brought >= k_telemetry_min * expected) return {};
  return fmt::format(
      "telemetry is missing: {} {} in this stage, about {} were expected; does the version start at all?",
      number(brought), gate_words::exposures(*question.rule), gate_words::about(expected));
}

namespace {

// What the log has not said yet: see Counted.fell.
std::string fallen_unsaid(const GateQuestion& question, const Counter& counter, const Measurement& seen) {
  return is_second(*question.rule) ? fallen(tally_of(seen), counter.last) : std::string();
}

std::string unfit_tally(const GateQuestion& question) {
  const Measurement& seen = *question.seen;
  if (auto counts = unfit_counts(question, seen); !counts.empty()) return counts;
  if (auto fall = fallen_unsaid(question, question.history->ours, seen); !fall.empty()) return fall;
  const Tally now = ours_now(question);
  for (const auto* then : {&question.history->release_baseline, &question.history->stage_baseline}) {
    if (auto fall = fallen(now, *then); !fall.empty()) return fall;
  }
  if (!question.history->restarts.empty()) {
    if (auto fall = fallen(now, question.history->restarts.back()); !fall.empty()) return fall;
  }
  if (!(now.most().exposures > 0)) return "no data: nothing has been exposed yet, by this signal's own count";
  return is_second(*question.rule) ? std::string() : too_little(question);
}

}  // namespace

std::string unfit(const GateQuestion& question) {
  if (question.settling) return "its flag was switched off: counted anew once apps have heard of it";
  if (!question.seen) return "no data: the signal has not been read";
  if (auto state = unfit_state(*question.seen); !state.empty()) return state;
  if (auto age = unfit_age(question, *question.seen); !age.empty()) return age;
  switch (question.rule->kind) {
    case SignalKind::proportion:
    case SignalKind::rate:
      return unfit_tally(question);
    case SignalKind::level:
      return std::isfinite(question.seen->value) ? "" : "no data: the value is not a number";
    case SignalKind::alarm:
      return {};
  }
  return "no data: a signal of an unknown kind";
}

std::string unfit_live(const GateQuestion& question) {
  if (!question.rule->gate.regress) return {};
  if (!question.live) return "the live version has not been measured";
  std::string why = unfit_state(*question.live);
  if (why.empty()) why = unfit_age(question, *question.live);
  const bool counts = question.rule->kind == SignalKind::proportion || question.rule->kind == SignalKind::rate;
  if (why.empty() && counts) why = unfit_counts(question, *question.live);
  const auto live_now = [&] { return question.history->live.whole(tally_of(*question.live)); };
  if (why.empty() && counts) why = fallen_unsaid(question, question.history->live, *question.live);
  if (why.empty() && counts) why = fallen(live_now(), question.history->live_at);
  if (why.empty() && !counts && !std::isfinite(question.live->value)) why = "the value is not a number";
  return why.empty() ? why : "the live version: " + why;
}

Duration bake_of(const GateQuestion& question) { return at_stage(question.rule->bakes, question.stage, Duration(0)); }

std::string still_baking(const GateQuestion& question) {
  const Duration bake = bake_of(question);
  if (question.baked >= bake) return {};
  return fmt::format("bakes {} more", format_duration(bake - question.baked));
}

// Providers count late: what ends before the stage began is the earlier stage's. It may breach, but proves nothing
// here.
std::string still_earlier(const GateQuestion& question) {
  const Instant stage_since = question.now - question.baked;
  if (question.seen->as_of >= stage_since) return {};
  return fmt::format("the newest data ends {} before this stage began",
                     format_duration(stage_since - question.seen->as_of));
}

}  // namespace train::engine
