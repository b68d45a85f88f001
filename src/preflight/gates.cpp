#include "train/preflight/gates.hpp"

#include <fmt/core.h>

#include "train/base/text.hpp"
#include "train/domain/launch_risk.hpp"
#include "train/engine/forecast.hpp"

namespace train::preflight {
namespace {

// The gates that can stop an app, by their signals, and those that ask nothing of it.
struct GatesOf {
  std::vector<std::string> deciding;
  std::vector<std::string> elsewhere;
};

GatesOf gates_of(const Definition& definition, const App& app) {
  GatesOf out;
  for (const auto& gate : definition.gates) {
    const auto* signal = definition.find_signal(gate.signal);
    if (gate.advisory || signal == nullptr || signal->kind == SignalKind::alarm) continue;
    (signal->is_for(app.name) ? out.deciding : out.elsewhere).push_back(gate.signal);
  }
  return out;
}

std::string taking(const std::optional<double>& exposures, const std::optional<Duration>& time) {
  if (!exposures || !time) return "never";
  return fmt::format("{:.0f} exposures, {}", *exposures,
                     format_duration(Duration((time->count() + 3599) / 3600 * 3600)));
}

Line forecast_line(const engine::GateForecast& forecast) {
  Line line{"Gates", forecast.app + " " + forecast.signal, Level::ok, "", ""};
  line.sentence = fmt::format("at {} it can pass after {} without an event, {} at half its limit",
                              forecast.percent.text(), taking(forecast.without_events, forecast.soonest),
                              taking(forecast.at_half_the_limit, forecast.usual));
  if (forecast.can_conclude()) return line;
  line.level = Level::warning;
  line.sentence = fmt::format("cannot conclude at {} within its longest wait of {}: {}", forecast.percent.text(),
                              format_duration(forecast.max_wait), taking(forecast.without_events, forecast.soonest));
  line.remedy = "A larger first stage, a looser `promote`, or a longer `max_wait`; a person may decide instead.";
  return line;
}

Line gate_line(const App& app, const GatesOf& gates) {
  Line line{"Gates", app.name, Level::warning, "", ""};
  line.waiver_item = text_of(risk::gates(app.name));
  const auto elsewhere = gates.elsewhere.empty() ? "" : "; not measured for it: " + join(gates.elsewhere, ", ");
  if (app.ladder.stages.size() < 2) {
    line.sentence = "goes to 100 % at once: no gate can stop it on the way";
    line.remedy = "Give it a `rollout` of several stages.";
  } else if (gates.deciding.empty()) {
    line.sentence =
        "no gate decides: nothing rises above " + app.ladder.stages.front().to.text() + " without a person" + elsewhere;
    line.remedy = "Give `signals` and `gates`.";
  } else {
    line.level = Level::ok;
    line.sentence = "its stages rise by " + join(gates.deciding, ", ") + elsewhere;
  }
  return line;
}

}  // namespace

Lines gate_lines(const Definition& definition) {
  Lines lines;
  for (const auto& app : definition.apps) lines.push_back(gate_line(app, gates_of(definition, app)));
  for (const auto& forecast : engine::forecast(definition)) {
    // The first stage is the smallest; a later one is only said where it cannot conclude either.
    if (forecast.stage == 1 || !forecast.can_conclude()) lines.push_back(forecast_line(forecast));
  }
  return lines;
}

}  // namespace train::preflight
