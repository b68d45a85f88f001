#include "train/engine/gates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "train/base/check.hpp"
#include "train/base/text.hpp"

namespace train::engine {
namespace {

constexpr double k_counts_max = 1e12;  // more is a broken query, not an audience
constexpr double k_exposures_needed_max = 1e9;
constexpr Duration k_clock_slack = std::chrono::minutes(10);
constexpr Duration k_sample_spacing = std::chrono::minutes(15);
const double k_ln_warning = std::log(10.0);
const double k_ln_e_minus_1 = std::log(std::exp(1.0) - 1.0);

// ln of e^t x! / (1+t)^(1+x), which is what both evidences are a share of.
double ln_whole(double events, double expected) {
  return expected + std::lgamma(events + 1) - (1 + events) * std::log1p(expected);
}

// ln of the halt recursion written out, sum over j of x!/(x-j)! / (1+t)^(j+1): terms fall while x < 1+t.
double ln_halt_sum(double events, double expected) {
  const double step = 1 / (1 + expected);
  double term = 1;
  double sum = 1;
  for (double left = events; left >= 1 && term > sum * 1e-17; left -= 1) {
    term *= left * step;
    sum += term;
  }
  return std::log(sum) - std::log1p(expected);
}

// ln of sum over j of (1+t)^j / ((1+x)(2+x)...(1+j+x)), which is e-1 times the promote evidence: terms fall while 1+t
// <= 1+x.
double ln_promote_sum(double events, double expected) {
  const double z = 1 + expected;
  double below = 1 + events;
  double term = 1 / below;
  double sum = term;
  while (term > sum * 1e-17) {
    below += 1;
    term *= z / below;
    sum += term;
  }
  return std::log(sum);
}

// halt/e + promote (1 - 1/e) is the whole: the smaller of the two is summed, the other is what is left of the whole.
// Subtracting the other way round would lose every digit of the small one, or turn it into evidence.
double ln_rest(double ln_total, double ln_part) { return ln_total + std::log1p(-std::exp(ln_part - ln_total)); }

bool halt_is_the_smaller(double events, double expected) { return events < 1 + expected; }

bool usable(const Counts& counts) {
  return std::isfinite(counts.events) && std::isfinite(counts.exposures) && counts.events >= 0 &&
         counts.exposures >= 0 && counts.exposures <= k_counts_max && counts.events <= k_counts_max;
}

Counts since(const Counts& now, const Counts& then) {
  return Counts{now.events - then.events, now.exposures - then.exposures};
}

double rate_of(const Counts& counts) { return counts.exposures > 0 ? counts.events / counts.exposures : 0; }

// The smallest whole number from 1 on that `holds`, for what stays true once it is; above `most` when none is.
template <typename Predicate>
double smallest_whole(const Predicate& holds, double most) {
  double above = 1;
  while (!holds(above)) {
    above *= 2;
    if (above > 2 * most) return above;
  }
  double below = std::floor(above / 2);
  while (above - below > 1) {
    const double middle = std::floor((below + above) / 2);
    (holds(middle) ? above : below) = middle;
  }
  return above;
}

// ---- words ----
std::string number(double value) {
  if (value != std::floor(value) && std::abs(value) < 1e6) return fmt::format("{:.1f}", value);
  std::string digits = fmt::format("{:.0f}", value);
  for (auto at = static_cast<int>(digits.size()) - 3; at > 0 && digits[static_cast<std::size_t>(at) - 1] != '-';
       at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string about(double value) {
  const double scale = std::pow(10, std::max(0.0, std::floor(std::log10(std::max(value, 1.0))) - 1));
  return number(std::ceil(value / scale) * scale);
}

std::string share(double fraction) {
  if (fraction > 0 && fraction < 0.00001) return "< 0.001 %";
  return fmt::format("{:.3g} %", fraction * 100);
}

std::string level(double value, const Signal& signal) {
  return signal.unit.empty() ? fmt::format("{:.4g}", value) : fmt::format("{:.4g} {}", value, signal.unit);
}

std::string exposures_word(const Signal& signal) { return signal.unit.empty() ? "exposures" : signal.unit; }

double pass_limit(const GateQuestion& question) {
  const auto& ladder = question.gate->promote;
  if (ladder.empty() || question.signal->kind == SignalKind::level) return *question.gate->limit;
  const auto rung = std::min<std::size_t>(static_cast<std::size_t>(std::max(question.stage, 1)), ladder.size()) - 1;
  return std::min(1.0, *question.gate->limit * ladder[rung]);
}

// With at most `c` events a unit, events / c against limit / c is valid for dependent events of one unit.
double per_unit(const Gate& gate) { return gate.max_per_unit ? std::max(1.0, *gate.max_per_unit) : 1.0; }

// ---- what makes data unfit to judge: empty when it is fit ----
std::string unfit_measurement(const GateQuestion& question) {
  if (!question.seen) return "no data: the signal has not been read";
  const Measurement& seen = *question.seen;
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
  const Duration fresh = question.gate->fresh_within.value_or(question.signal->fresh_within);
  const Duration age = question.now - seen.as_of;
  if (age > fresh) {
    return fmt::format("stale: the newest sample is {} old, wants {}", format_duration(age), format_duration(fresh));
  }
  if (age < -k_clock_slack) return "no data: the newest sample is in the future; compare the clocks";
  return {};
}

std::string unfit_counts(const GateQuestion& question) {
  const Counts& now = question.seen->counts;
  const Counts& release = question.release_baseline;
  const Counts& stage = question.stage_baseline;
  if (!usable(now)) return "no data: the counts are not plausible numbers";
  if (now.events < std::max(release.events, stage.events) ||
      now.exposures < std::max(release.exposures, stage.exposures)) {
    return fmt::format("counts fell: {} of {} now, {} of {} before", number(now.events), number(now.exposures),
                       number(std::max(release.events, stage.events)),
                       number(std::max(release.exposures, stage.exposures)));
  }
  if (question.signal->kind == SignalKind::rate) return {};
  const double cap = per_unit(*question.gate);
  const Counts grown = since(now, release);
  if (now.events > cap * now.exposures || grown.events > cap * grown.exposures) {
    return fmt::format("no data: more events than exposures ({} of {})", number(now.events), number(now.exposures));
  }
  return {};
}

std::string still_baking(const GateQuestion& question) {
  if (question.baked >= question.bake) return {};
  return fmt::format("bakes {} more", format_duration(question.bake - question.baked));
}

// Providers count late: what ends before the stage began is the earlier stage's. It may breach, but proves nothing
// here.
std::string still_earlier(const GateQuestion& question) {
  const Instant stage_since = question.now - question.baked;
  if (question.seen->as_of >= stage_since) return {};
  return fmt::format("the newest data ends {} before this stage began",
                     format_duration(stage_since - question.seen->as_of));
}

std::string still_few(const GateQuestion& question, double stage_exposures) {
  if (stage_exposures >= static_cast<double>(question.gate->min_exposures)) return {};
  return fmt::format("needs {} {}, has {}", number(static_cast<double>(question.gate->min_exposures)),
                     exposures_word(*question.signal), number(std::floor(stage_exposures)));
}

std::string still_unproven(const GateQuestion& question, const GateEvidence& evidence) {
  const Gate& gate = *question.gate;
  const Counts stage{evidence.stage_events, evidence.stage_exposures};
  const bool proven = evidence.ln_e_promote >= -std::log(gate.alpha_promote) && rate_of(stage) < evidence.promote_limit;
  if (proven && stage.exposures > 0) return {};
  const double cap = per_unit(gate);
  const auto more =
      exposures_needed({stage.events / cap, stage.exposures}, evidence.promote_limit / cap, gate.alpha_promote);
  if (!more && rate_of(stage) >= evidence.promote_limit) {
    return fmt::format("will not pass at this rate: {} in this stage, passes below {}", share(rate_of(stage)),
                       share(evidence.promote_limit));
  }
  if (!more) return fmt::format("cannot yet tell how many more {} it needs", exposures_word(*question.signal));
  std::string text =
      fmt::format("needs about {} more {}", about(std::max(*more, 1.0)), exposures_word(*question.signal));
  if (question.baked > Duration{0} && stage.exposures > 0) {
    const double seconds = *more / stage.exposures * static_cast<double>(question.baked.count());
    if (seconds < 365.0 * 86400) {
      text += fmt::format(", about {} at the present pace",
                          format_duration(Duration(static_cast<std::int64_t>(seconds) / 60 * 60 + 60)));
    }
  }
  return text;
}

// ---- verdicts ----
GateEvidence held(GateEvidence evidence, std::string missing) {
  evidence.verdict = Verdict::hold;
  evidence.missing = std::move(missing);
  return evidence;
}

void weigh(const GateQuestion& question, GateEvidence& evidence) {
  const Counts release = since(question.seen->counts, question.release_baseline);
  const Counts stage = since(question.seen->counts, question.stage_baseline);
  const double cap = per_unit(*question.gate);
  evidence.events = release.events;
  evidence.exposures = release.exposures;
  evidence.stage_events = stage.events;
  evidence.stage_exposures = stage.exposures;
  evidence.ln_e_halt = ln_e_halt(release.events / cap, release.exposures * evidence.limit / cap);
  evidence.ln_e_promote = ln_e_promote(stage.events / cap, stage.exposures * evidence.promote_limit / cap);
  evidence.why = fmt::format("{} of {} {} ({}), limit {}", number(release.events), number(release.exposures),
                             exposures_word(*question.signal), share(rate_of(release)), share(evidence.limit));
}

GateEvidence judge_proportion(const GateQuestion& question, GateEvidence evidence) {
  if (evidence.limit < 0) return held(std::move(evidence), "the limit is below zero");
  if (std::string unfit = unfit_counts(question); !unfit.empty()) return held(std::move(evidence), std::move(unfit));
  weigh(question, evidence);
  const double ln_halt_at = std::log(std::max(question.sharing, 1) / question.gate->alpha_halt);
  // The rate is asked for on its own: no slip in the arithmetic may halt a release that is within its limit.
  if (evidence.ln_e_halt >= ln_halt_at && evidence.events > evidence.limit * evidence.exposures) {
    evidence.verdict = Verdict::breach;
    return evidence;
  }
  std::vector<std::string> missing;
  const std::string few = still_few(question, evidence.stage_exposures);
  for (const std::string& reason :
       {still_baking(question), still_earlier(question), few, few.empty() ? still_unproven(question, evidence) : ""}) {
    if (!reason.empty()) missing.push_back(reason);
  }
  if (!missing.empty()) return held(std::move(evidence), join(missing, "; "));
  evidence.verdict = Verdict::pass;
  return evidence;
}

GateEvidence judge_level(const GateQuestion& question, GateEvidence evidence) {
  const double value = question.seen->value;
  if (!std::isfinite(value)) return held(std::move(evidence), "no data: the value is not a number");
  const int wanted = std::max(question.gate->for_samples, 1);
  evidence.events = value;
  evidence.why = fmt::format("{}, limit {}", level(value, *question.signal), level(evidence.limit, *question.signal));
  if (value > evidence.limit) {
    evidence.why += fmt::format(", over it in {} of {} samples in a row", std::min(question.over, wanted), wanted);
    if (question.over < wanted) return held(std::move(evidence), "a sample within the limit");
    evidence.verdict = Verdict::breach;
    return evidence;
  }
  if (std::string baking = still_baking(question); !baking.empty()) return held(std::move(evidence), std::move(baking));
  if (std::string earlier = still_earlier(question); !earlier.empty())
    return held(std::move(evidence), std::move(earlier));
  evidence.verdict = Verdict::pass;
  return evidence;
}

int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return 0;
    case Verdict::hold:
      return 1;
    case Verdict::breach:
      return 2;
  }
  return 2;
}

}  // namespace

double ln_e_halt(double events, double expected) {
  const double whole = std::floor(events);
  if (halt_is_the_smaller(whole, expected)) return ln_halt_sum(whole, expected);
  return ln_rest(ln_whole(whole, expected) + 1, ln_promote_sum(whole, expected));
}

double ln_e_promote(double events, double expected) {
  const double whole = std::ceil(events);
  if (!halt_is_the_smaller(whole, expected)) return ln_promote_sum(whole, expected) - k_ln_e_minus_1;
  return ln_rest(ln_whole(whole, expected) + 1, ln_halt_sum(whole, expected)) - k_ln_e_minus_1;
}

std::optional<double> exposures_needed(const Counts& seen, double limit, double alpha_promote) {
  const double rate = (seen.events + 0.5) / (seen.exposures + 1);
  if (!usable(seen) || !(rate < limit) || !(alpha_promote > 0)) return std::nullopt;
  const auto enough = [&](double more_events, double more_exposures) {
    return ln_e_promote(seen.events + more_events, (seen.exposures + more_exposures) * limit) >=
           -std::log(alpha_promote);
  };
  if (enough(0, 0)) return 0;
  // Evidence rises until the next event and drops with it: first the event before which it suffices, then when.
  const double events_max = k_exposures_needed_max * rate;
  const auto before_event = [&](double event) { return enough(event, event / rate); };
  const double event = smallest_whole(before_event, events_max);
  if (event > events_max) return std::nullopt;
  const double start = std::floor((event - 1) / rate);
  return start + smallest_whole([&](double more) { return enough(event, start + more); }, 1 / rate + 2);
}

GateEvidence judge(const GateQuestion& question) {
  TRAIN_CHECK(question.gate != nullptr && question.signal != nullptr, "a gate judges a signal");
  const Gate& gate = *question.gate;
  GateEvidence evidence;
  evidence.signal = gate.signal;
  evidence.advisory = gate.advisory;
  if (!gate.limit) return held(std::move(evidence), "regress is not yet active");
  if (!std::isfinite(*gate.limit)) return held(std::move(evidence), "the limit is not a number");
  evidence.limit = *gate.limit;
  evidence.promote_limit = pass_limit(question);
  std::string unfit = unfit_measurement(question);
  if (!unfit.empty()) return held(std::move(evidence), std::move(unfit));
  switch (question.signal->kind) {
    case SignalKind::proportion:
    case SignalKind::rate:
      return judge_proportion(question, std::move(evidence));
    case SignalKind::level:
      return judge_level(question, std::move(evidence));
    case SignalKind::alarm:
      evidence.verdict = question.seen->raised ? Verdict::breach : Verdict::pass;
      evidence.why = question.seen->raised ? "the alarm is raised" : "the alarm is quiet";
      return evidence;
  }
  return held(std::move(evidence), "a signal of unknown kind");
}

bool warns(const GateEvidence& evidence) {
  return evidence.verdict != Verdict::breach && evidence.ln_e_halt >= k_ln_warning;
}

int next_over(int previous, std::optional<Instant> previous_at, const Measurement& seen, double limit) {
  if (seen.state != Measurement::State::measured || !std::isfinite(seen.value)) return previous;
  if (previous > 0 && previous_at && seen.as_of < *previous_at) return previous;
  if (seen.value <= limit) return 0;
  if (previous > 0 && previous_at && seen.as_of - *previous_at < k_sample_spacing) return previous;
  return previous + 1;
}

Verdict combine(std::span<const GateEvidence> gates) {
  Verdict worst = Verdict::pass;
  for (const GateEvidence& gate : gates) {
    if (!gate.advisory && rank(gate.verdict) > rank(worst)) worst = gate.verdict;
  }
  return worst;
}

}  // namespace train::engine
