#include "train/engine/forecast.hpp"

#include <algorithm>
#include <cmath>

#include "gates/fitness.hpp"
#include "rules.hpp"
#include "train/engine/gates/evidence.hpp"

namespace train::engine {
namespace {

constexpr double k_exposures_max = 1e9;

std::optional<Duration> time_for(const std::optional<double>& exposures, double per_day) {
  if (!exposures || !(per_day > 0)) return std::nullopt;
  return Duration(static_cast<std::int64_t>(std::ceil(*exposures / per_day * 86400)));
}

GateForecast forecast_stage(const App& app, const GateRule& rule, const Stage& stage, int number) {
  const Gate& gate = rule.gate;
  GateForecast out;
  out.app = app.name;
  out.signal = gate.signal;
  out.stage = number;
  out.percent = stage.to;
  out.pass_limit = *gate.limit * at_stage(gate.promote, number, 1.0);
  if (rule.kind == SignalKind::proportion) out.pass_limit = std::min(out.pass_limit, 1.0);
  out.without_events = exposures_to_pass(rule.kind, 0, out.pass_limit, gate.alpha_promote);
  out.at_half_the_limit = exposures_to_pass(rule.kind, *gate.limit / 2, out.pass_limit, gate.alpha_promote);
  const auto least = static_cast<double>(gate.min_exposures);
  for (auto* exposures : {&out.without_events, &out.at_half_the_limit}) {
    if (*exposures) *exposures = std::max(**exposures, least);
  }
  const double per_day = *rule.per_day * stage.to.percent() / 100;
  out.soonest = time_for(out.without_events, per_day);
  out.usual = time_for(out.at_half_the_limit, per_day);
  out.max_wait = gate.max_wait;
  return out;
}

}  // namespace

std::optional<double> exposures_to_pass(SignalKind kind, double rate, double limit, double alpha) {
  const Counting counting = kind == SignalKind::rate ? Counting::rate : Counting::proportion;
  const double null = counting == Counting::rate ? limit : std::min(limit, 1 - 1e-9);
  if (!(rate < null)) return std::nullopt;
  const auto enough = [&](double n) {
    return ln_evidence(Side::promote, counting, {rate * n, n}, null) >= -std::log(alpha);
  };
  double above = 1;
  while (!enough(above)) {
    above *= 2;
    if (above > k_exposures_max) return std::nullopt;
  }
  double below = std::floor(above / 2);
  while (above - below > 1) {
    const double middle = std::floor((below + above) / 2);
    (enough(middle) ? above : below) = middle;
  }
  return above;
}

std::vector<GateForecast> forecast(const Definition& definition) {
  std::vector<GateForecast> out;
  for (const App& app : definition.apps) {
    for (const GateRule& rule : rules_of(definition, app, app.ladder)) {
      const bool counts = rule.kind == SignalKind::proportion || rule.kind == SignalKind::rate;
      if (!counts || !rule.gate.limit || !rule.per_day || rule.gate.advisory) continue;
      int number = 0;
      for (const Stage& stage : app.ladder.stages) {
        ++number;
        if (!stage.to.is_all()) out.push_back(forecast_stage(app, rule, stage, number));
      }
    }
  }
  return out;
}

}  // namespace train::engine
