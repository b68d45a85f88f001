#include "counting.hpp"

#include <algorithm>
#include <cmath>

#include "rules.hpp"
#include "train/engine/gates/judge.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

// Short enough that the shares of both versions stay what they are; a change of stage ends one too. Shorter ones would
// fill the log and tell no more.
constexpr Duration k_stretch = std::chrono::hours(3);
constexpr Duration k_span = std::chrono::hours(6);  // halt evidence starts anew so often

bool counts(SignalKind kind) { return kind == SignalKind::proportion || kind == SignalKind::rate; }

const MeasuredApp* measured_app(const AppContext& context) {
  return context.input.evidence.find_app(context.release.version, context.app.name);
}

std::map<SignalName, Tally> tallies(const AppContext& context, const AppEvidence& evidence) {
  std::map<SignalName, Tally> out;
  for (const auto& [signal, seen] : evidence) {
    const auto* rule = context.input.definition.find_signal(signal);
    const bool usable = std::isfinite(seen.counts.events) && std::isfinite(seen.counts.exposures);
    if (rule != nullptr && counts(rule->kind) && seen.state == Measurement::State::measured && usable)
      out[signal] = tally_of(seen);
  }
  return out;
}

bool compares_with_live(const AppContext& context) {
  const auto rules = rules_in_force(context);
  return std::any_of(rules.begin(), rules.end(),
                     [](const GateRule& rule) { return rule.gate.regress && counts(rule.kind); });
}

// What a pass or a fall is told by must be in the log at every moment, not only where the live version is compared.
bool counts_always(const AppContext& context) {
  const auto rules = rules_in_force(context);
  return std::any_of(rules.begin(), rules.end(), [](const GateRule& rule) {
    return rule.judging == Judging::second && counts(rule.kind) && !rule.gate.advisory;
  });
}

bool is_level(const GateRule& rule) { return rule.kind == SignalKind::level && (rule.gate.limit || rule.gate.regress); }

std::optional<double> live_level(const MeasuredApp& measured, const SignalName& signal) {
  const auto found = measured.live.find(signal);
  if (found == measured.live.end() || found->second.state != Measurement::State::measured) return std::nullopt;
  return found->second.value;
}

void sample_level(const AppContext& context, const GateRule& rule, const MeasuredApp& measured,
                  std::vector<EventBody>& out) {
  const SignalName& signal = rule.gate.signal;
  const GateName& gate = rule.gate.id();
  const auto seen = measured.signals.find(signal);
  if (seen == measured.signals.end() || seen->second.state != Measurement::State::measured) return;
  static const SignalHistory nothing_yet;
  const auto known = context.progress.own.find(gate);
  const SignalHistory& history = known == context.progress.own.end() ? nothing_yet : known->second.history;
  const Measurement& now = seen->second;
  const int over = rule.gate.limit ? next_over(history.over, history.sampled_at, now, *rule.gate.limit) : 0;
  const auto live = rule.gate.regress ? live_level(measured, signal) : std::nullopt;
  const bool wants_windows = !is_objection_only(rule) && (!rule.gate.regress || live);
  const bool window = wants_windows && is_next_window(history.window_at, now.as_of);
  if (over == history.over && !window) return;
  out.emplace_back(event::LevelSampled{context.release.version, context.app.name, signal, now.value, now.as_of, over,
                                       live, window, gate == signal ? GateName() : gate});
}

}  // namespace

std::map<SignalName, Tally> counts_now(const AppContext& context) {
  const auto* measured = measured_app(context);
  return measured == nullptr ? std::map<SignalName, Tally>() : tallies(context, measured->signals);
}

namespace {

bool has_fallen(const Counter& counter, const std::map<SignalName, Tally>& tallies, const SignalName& signal) {
  const auto found = tallies.find(signal);
  return found != tallies.end() && counter.has_fallen(found->second);
}

bool is_judged_second(const AppContext& context, const SignalName& signal) {
  const auto rules = rules_in_force(context);
  return std::any_of(rules.begin(), rules.end(), [&](const GateRule& rule) {
    return rule.gate.signal == signal && rule.judging == Judging::second;
  });
}

// Whose counters started again since the log last had them.
std::vector<SignalName> fallen_counters(const AppContext& context, const event::Counted& counted) {
  std::vector<SignalName> out;
  for (const auto& [signal, history] : context.progress.history) {
    const bool fell = has_fallen(history.ours, counted.ours, signal) || has_fallen(history.live, counted.live, signal);
    if (fell && is_judged_second(context, signal)) out.push_back(signal);
  }
  return out;
}

event::Counted counted_until_now(const AppContext& context, const MeasuredApp& measured, bool restart) {
  event::Counted counted{
      context.release.version, context.app.name, restart, tallies(context, measured.signals), {}, {}};
  if (compares_with_live(context)) counted.live = tallies(context, measured.live);
  std::erase_if(counted.live, [&](const auto& entry) { return counted.ours.count(entry.first) == 0; });
  counted.fell = fallen_counters(context, counted);
  return counted;
}

bool has_a_fall(const AppContext& context) {
  const auto* measured = measured_app(context);
  return measured != nullptr && !counted_until_now(context, *measured, false).fell.empty();
}

}  // namespace

void close_stretch(const AppContext& context, bool restart, std::vector<EventBody>& out) {
  const auto* measured = measured_app(context);
  if (measured == nullptr) return;
  event::Counted counted = counted_until_now(context, *measured, restart);
  // Levels are counted by their samples, which start anew as well.
  const bool anything_seen = std::any_of(measured->signals.begin(), measured->signals.end(), [](const auto& entry) {
    return entry.second.state == Measurement::State::measured;
  });
  const bool anything_counted = !counted.live.empty() || (counts_always(context) && !counted.ours.empty());
  if (restart ? anything_seen : anything_counted) out.emplace_back(std::move(counted));
}

void count_afresh(const AppContext& context, const std::vector<SignalName>& signals, std::vector<EventBody>& out) {
  const auto* measured = measured_app(context);
  if (measured == nullptr) return;
  event::Counted counted = counted_until_now(context, *measured, false);
  for (const auto& signal : signals) {
    const auto* rule = context.input.definition.find_signal(signal);
    // A signal that is dark now would be counted from zero, the time before the switch included.
    const bool dark = rule != nullptr && counts(rule->kind) && counted.ours.count(signal) == 0;
    if (!dark) counted.afresh.push_back(signal);
  }
  if (!counted.afresh.empty()) out.emplace_back(std::move(counted));
}

void detect_counts(const AppContext& context, std::vector<EventBody>& out) {
  if (!is_exposed(context.progress) || context.progress.stage < 1 || !context.progress.exposed_since) return;
  const bool another_span =
      (context.now() - *context.progress.exposed_since) / k_span > context.progress.restarted_after / k_span;
  // The stage's own counts came with it; those of the live version come at once.
  const bool compares = compares_with_live(context);
  auto since = context.progress.counted_at;
  if (!compares && (!since || (context.progress.stage_since && *since < *context.progress.stage_since)))
    since = context.progress.stage_since;
  const bool stretch_over = (compares || counts_always(context)) && (!since || context.now() - *since >= k_stretch);
  if (another_span || stretch_over || has_a_fall(context)) close_stretch(context, another_span, out);
}

void detect_levels(const AppContext& context, std::vector<EventBody>& out) {
  const auto* measured = measured_app(context);
  if (measured == nullptr) return;
  // Of gates that have one name, in old rules, the first is the one whose samples in a row are counted.
  std::vector<GateName> done;
  for (const auto& rule : rules_in_force(context)) {
    if (!is_level(rule) || std::find(done.begin(), done.end(), rule.gate.id()) != done.end()) continue;
    done.push_back(rule.gate.id());
    sample_level(context, rule, *measured, out);
  }
}

}  // namespace train::engine
