#include "train/engine/pace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "gates/fitness.hpp"
#include "gates/words.hpp"
#include "rules.hpp"
#include "train/engine/gates/bounds.hpp"
#include "train/engine/gates/evidence.hpp"

namespace train::engine {
namespace {

constexpr Duration k_pace_hour{3600};
constexpr Duration k_mark{3 * 3600};  // the log keeps cumulative counts so often
constexpr double k_planned_live_alpha = 0.05;

double days_in(Duration time) { return static_cast<double>(time.count()) / 86400; }

Duration down_to_mark(Duration time) { return time - time % k_mark; }
Duration up_to_mark(Duration time) { return down_to_mark(time + k_mark - Duration(1)); }

// One gate at one stage, as if every count were what is expected.
struct GateAtStage {
  const GateRule& rule;
  Traffic traffic;
  int stage = 1;

  double share() const { return at_stage(rule.shares, stage, 0.0); }
  double multiple() const { return at_stage(rule.gate.promote, stage, 1.0); }
  Counting counting() const { return rule.kind == SignalKind::rate ? Counting::rate : Counting::proportion; }
  Counts counted(double share_of_all, Duration time) const {
    const double exposures = traffic.per_day * share_of_all * std::max(0.0, days_in(time));
    return {exposures * traffic.rate, exposures};
  }
  Counts mature(Duration time) const {
    const Counts all = counted(share(), time);
    if (rule.matures <= Duration(0)) return all;
    return {all.events, counted(share(), down_to_mark(std::max(Duration(0), time - rule.matures))).exposures};
  }
};

bool has_exposures(const GateAtStage& gate, Duration time) {
  return gate.mature(time).exposures >= static_cast<double>(gate.rule.gate.min_exposures);
}

bool proves_limit(const GateAtStage& gate, Duration time) {
  const Gate& rule = gate.rule.gate;
  if (!rule.limit) return true;
  const double limit = *rule.limit * gate.multiple() / std::max(1.0, rule.max_per_unit.value_or(1));
  Counts counts = gate.mature(time);
  counts.events /= std::max(1.0, rule.max_per_unit.value_or(1));
  if (!(counts.events < limit * counts.exposures)) return false;
  const double null = gate.counting() == Counting::proportion ? std::min(limit, 1 - 1e-9) : limit;
  return ln_evidence(Side::promote, gate.counting(), counts, null) >= -std::log(rule.alpha_promote);
}

double planned_ratio(const GateAtStage& gate, const Counts& live) {
  const Gate& rule = gate.rule.gate;
  const double ratio = std::max(gate.multiple(), 1 + *rule.regress);
  if (!rule.margin) return ratio;
  const double highest = bounds_of(gate.counting(), live, k_planned_live_alpha).upper;
  return highest > 0 && std::isfinite(highest) ? std::max(ratio, 1 + gate.multiple() * *rule.margin / highest) : ratio;
}

bool proves_ratio(const GateAtStage& gate, Duration time) {
  if (!gate.rule.gate.regress) return true;
  // Stretches in which late reports still ramp up are left out.
  const Duration compared = time - up_to_mark(gate.rule.matures / 2);
  if (compared <= Duration(0)) return false;
  const double live_share = 1 - gate.share();
  const Block block{gate.counted(gate.share(), compared), gate.counted(live_share, compared)};
  const double ratio = planned_ratio(gate, gate.counted(live_share, time));
  return ln_ratio_evidence(Side::promote, std::span(&block, 1), ratio) >= -std::log(gate.rule.gate.alpha_promote);
}

// The first whole hour at which it holds: once enough is counted it goes on holding.
std::optional<Duration> first_hour(const std::function<bool(Duration)>& holds) {
  if (!holds(k_pace_longest)) return std::nullopt;
  std::int64_t below = 0;
  std::int64_t above = k_pace_longest / k_pace_hour;
  while (above - below > 1) {
    const std::int64_t middle = (below + above) / 2;
    (holds(middle * k_pace_hour) ? above : below) = middle;
  }
  return above * k_pace_hour;
}

bool is_paced(const GateRule& rule) {
  const bool counts = rule.kind == SignalKind::proportion || rule.kind == SignalKind::rate;
  return counts && !rule.gate.advisory;
}

bool is_later(const std::optional<Duration>& a, const std::optional<Duration>& b) {
  return !a ? b.has_value() : b && *a > *b;
}

StagePace pace_of_stage(const std::vector<GateRule>& rules, const TrafficBySignal& traffic, const Stage& stage,
                        int number) {
  StagePace out{stage.to, stage.soak, PaceSetter::soak, {}};
  const auto waits_for = [&](const GateAtStage& gate, PaceSetter setter, bool (*holds)(const GateAtStage&, Duration)) {
    const auto takes = first_hour([&](Duration time) { return holds(gate, time); });
    if (is_later(takes, out.takes)) out = {stage.to, takes, setter, gate.rule.gate.id()};
  };
  for (const GateRule& rule : rules) {
    const auto found = traffic.find(rule.gate.signal);
    if (!is_paced(rule) || found == traffic.end()) continue;
    const GateAtStage gate{rule, found->second, number};
    if (const Duration bake = at_stage(rule.bakes, number, Duration(0)); is_later(bake, out.takes))
      out = {stage.to, bake, PaceSetter::soak, {}};
    waits_for(gate, PaceSetter::exposures, has_exposures);
    waits_for(gate, PaceSetter::limit, proves_limit);
    waits_for(gate, PaceSetter::regress, proves_ratio);
  }
  return out;
}

std::vector<StagePace> stages_of(const std::vector<GateRule>& rules, const TrafficBySignal& traffic,
                                 const Ladder& ladder) {
  std::vector<StagePace> out;
  int number = 0;
  for (const Stage& stage : ladder.stages) {
    ++number;
    if (!stage.to.is_all()) out.push_back(pace_of_stage(rules, traffic, stage, number));
  }
  return out;
}

std::optional<Duration> total_of(const std::vector<StagePace>& stages) {
  Duration sum{0};
  for (const StagePace& stage : stages) {
    if (!stage.takes) return std::nullopt;
    sum += *stage.takes;
  }
  return sum;
}

// ---- what would make it faster ----
struct PacedChange {
  std::string words;
  Definition definition;
  App app;
};

Gate* gate_in(Definition& definition, const GateName& name) {
  for (Gate& gate : definition.gates) {
    if (gate.id() == name) return &gate;
  }
  return nullptr;
}

Signal* signal_in(Definition& definition, const SignalName& name) {
  for (Signal& signal : definition.signals) {
    if (signal.name == name) return &signal;
  }
  return nullptr;
}

void widen_margin(const PacedChange& from, const StagePace& slow, std::vector<PacedChange>& out) {
  if (slow.setter != PaceSetter::regress) return;
  PacedChange change = from;
  Gate* gate = gate_in(change.definition, slow.gate);
  if (gate == nullptr) return;
  gate->margin = gate->margin ? 2 * *gate->margin : 0.002;
  change.words = fmt::format("`margin: {:g}pp` on the gate {}", *gate->margin * 100, gate->id());
  out.push_back(std::move(change));
}

void mature_sooner(const PacedChange& from, const StagePace& slow, std::vector<PacedChange>& out) {
  PacedChange change = from;
  const Gate* gate = gate_in(change.definition, slow.gate);
  Signal* signal = gate == nullptr ? nullptr : signal_in(change.definition, gate->signal);
  if (signal == nullptr || signal->matures <= Duration(0)) return;
  signal->matures /= 2;
  change.words = fmt::format("`matures: {}` on the signal {}, if its events come in so soon",
                             format_duration(signal->matures), signal->name);
  out.push_back(std::move(change));
}

void leave_out_stage(const PacedChange& from, const StagePace& slow, std::vector<PacedChange>& out) {
  PacedChange change = from;
  auto& stages = change.app.ladder.stages;
  if (stages.size() < 3) return;
  stages.erase(std::remove_if(stages.begin(), stages.end(), [&](const Stage& s) { return s.to == slow.percent; }),
               stages.end());
  change.words = fmt::format("a `rollout` without the stage of {}", slow.percent.text());
  out.push_back(std::move(change));
}

void soak_shorter(const PacedChange& from, std::vector<PacedChange>& out) {
  PacedChange change = from;
  for (Stage& stage : change.app.ladder.stages) stage.soak /= 2;
  change.words = "half of the `soak` of each stage";
  out.push_back(std::move(change));
}

std::vector<FasterWay> faster_ways(const Definition& definition, const App& app, const TrafficBySignal& traffic,
                                   const AppPace& now) {
  const PacedChange as_it_is{"", definition, app};
  std::vector<PacedChange> changes;
  if (const StagePace* slow = now.slowest()) {
    widen_margin(as_it_is, *slow, changes);
    mature_sooner(as_it_is, *slow, changes);
    leave_out_stage(as_it_is, *slow, changes);
  } else {
    soak_shorter(as_it_is, changes);
  }
  std::vector<FasterWay> out;
  for (const PacedChange& change : changes) {
    const auto rules = rules_of(change.definition, change.app, change.app.ladder);
    const auto total = total_of(stages_of(rules, traffic, change.app.ladder));
    if (total && (!now.total || *total * 10 <= *now.total * 9)) out.push_back({change.words, *total});
  }
  std::sort(out.begin(), out.end(), [](const FasterWay& a, const FasterWay& b) { return a.total < b.total; });
  return out;
}

std::string unit_of(const std::vector<GateRule>& rules, const TrafficBySignal& traffic, const StagePace* slow) {
  for (const GateRule& rule : rules) {
    const bool decides = slow == nullptr || rule.gate.id() == slow->gate;
    if (decides && is_paced(rule) && traffic.count(rule.gate.signal) > 0) return gate_words::exposures(rule);
  }
  return "exposures";
}

}  // namespace

std::string_view to_string(PaceSetter setter) {
  switch (setter) {
    case PaceSetter::soak:
      return "soak";
    case PaceSetter::exposures:
      return "min_exposures";
    case PaceSetter::limit:
      return "limit";
    case PaceSetter::regress:
      return "regress";
  }
  return "soak";
}

const StagePace* AppPace::slowest() const {
  const StagePace* slow = nullptr;
  for (const StagePace& stage : stages) {
    if (stage.gate.empty()) continue;
    if (slow == nullptr || is_later(stage.takes, slow->takes)) slow = &stage;
  }
  return slow;
}

AppPace pace_of(const Definition& definition, const App& app, const TrafficBySignal& traffic) {
  const auto rules = rules_of(definition, app, app.ladder);
  AppPace out;
  out.app = app.name;
  out.stages = stages_of(rules, traffic, app.ladder);
  out.total = total_of(out.stages);
  out.unit = unit_of(rules, traffic, out.slowest());
  out.faster = faster_ways(definition, app, traffic, out);
  return out;
}

std::string about_days(Duration time) {
  const double days = days_in(time);
  if (days < 1) return fmt::format("about {:.0f} hours", std::max(1.0, days * 24));
  const double shown = days < 5 ? std::round(days * 2) / 2 : std::round(days);
  return fmt::format("about {:g} {}", shown, shown == 1 ? "day" : "days");
}

}  // namespace train::engine
