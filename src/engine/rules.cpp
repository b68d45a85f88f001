#include "rules.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "train/base/text.hpp"
#include "train/base/time.hpp"

namespace train::engine {
namespace {

std::string written(const std::optional<double>& value) { return value ? fmt::format("{:g}", *value) : "none"; }

class Changes {
 public:
  void note(std::string_view what, const std::string& before, const std::string& now) {
    if (before != now) found_.push_back(fmt::format("{} {} -> {}", what, before, now));
  }
  std::string text() const { return join(found_, ", "); }

 private:
  std::vector<std::string> found_;
};

std::string ladder_text(const std::vector<double>& multiples) {
  std::vector<std::string> out;
  for (const double each : multiples) out.push_back(fmt::format("{:g}", each));
  return "[" + join(out, ", ") + "]";
}

std::string spikes_text(const std::optional<Spikes>& spikes) {
  return spikes ? fmt::format("{} at least {} apart", spikes->of, format_duration(spikes->over)) : "none";
}

void note_of_the_field(const GateRule& before, const GateRule& now, Changes& changes) {
  changes.note("margin", written(before.gate.margin), written(now.gate.margin));
  changes.note("spikes", spikes_text(before.gate.spikes), spikes_text(now.gate.spikes));
  changes.note("when_too_small", before.gate.when_too_small.value_or("none"), now.gate.when_too_small.value_or("none"));
  changes.note("design_effect", written(before.design_effect), written(now.design_effect));
  changes.note("matures", format_duration(before.matures), format_duration(now.matures));
}

}  // namespace

std::vector<GateRule> rules_of(const Definition& definition, const App& app, const Ladder& ladder) {
  std::vector<GateRule> out;
  for (const Gate& gate : definition.gates) {
    const Signal* signal = definition.find_signal(gate.signal);
    const bool compares = gate.limit || gate.regress || (signal != nullptr && signal->kind == SignalKind::alarm);
    if (signal == nullptr || !compares || !signal->is_for(app.name)) continue;
    GateRule rule{gate, signal->kind, signal->unit, signal->fresh_within, std::nullopt, {}, {}};
    if (const auto per_day = signal->per_day.find(app.name); per_day != signal->per_day.end())
      rule.per_day = per_day->second;
    rule.exposure = signal->exposure;
    rule.design_effect = signal->inflation();
    rule.matures = signal->matures;
    rule.judging = Judging::second;
    for (const Stage& stage : ladder.stages) {
      rule.bakes.push_back(gate.bake.value_or(stage.soak));
      rule.shares.push_back(stage.to.percent() / 100);
    }
    out.push_back(std::move(rule));
  }
  return out;
}

std::vector<GateRule> rules_in_force(const AppContext& context) {
  if (!context.progress.rules.empty()) return context.progress.rules;
  return rules_of(context.input.definition, context.app, context.ladder);
}

std::optional<GateRule> find_rule(const AppContext& context, const GateName& gate) {
  const auto rules = rules_in_force(context);
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const GateRule& r) { return r.gate.id() == gate; });
  return found == rules.end() ? std::nullopt : std::optional(*found);
}

std::string voiding_change(const GateRule& in_force, const GateRule& defined) {
  const Gate& before = in_force.gate;
  const Gate& now = defined.gate;
  Changes changes;
  changes.note("limit", written(before.limit), written(now.limit));
  changes.note("regress", written(before.regress), written(now.regress));
  changes.note("promote", ladder_text(before.promote), ladder_text(now.promote));
  changes.note("alpha.halt", written(before.alpha_halt), written(now.alpha_halt));
  changes.note("alpha.promote", written(before.alpha_promote), written(now.alpha_promote));
  changes.note("for", fmt::format("{}", before.for_samples.value_or(0)),
               fmt::format("{}", now.for_samples.value_or(0)));
  changes.note("max_per_unit", written(before.max_per_unit), written(now.max_per_unit));
  changes.note("min_exposures", std::to_string(before.min_exposures), std::to_string(now.min_exposures));
  changes.note("advisory", before.advisory ? "true" : "false", now.advisory ? "true" : "false");
  if (in_force.kind != defined.kind) changes.note("kind", "one", "another");
  // What the rules in force could not say yet is no change.
  if (in_force.judging == defined.judging) note_of_the_field(in_force, defined, changes);
  return changes.text();
}

}  // namespace train::engine
