#include "train/preflight/signals.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/base/text.hpp"
#include "train/domain/launch_risk.hpp"

namespace train::preflight {
namespace {

std::string number_text(double value) {
  return value == static_cast<double>(static_cast<long long>(value)) ? fmt::format("{:.0f}", value)
                                                                     : fmt::format("{:.4g}", value);
}

std::string measured_text(const Signal& signal, const Measurement& seen, const LiveVersion& live) {
  const auto of = " for " + live.version.text();
  if (signal.kind == SignalKind::alarm) return seen.raised ? "raised" : "quiet";
  if (signal.kind == SignalKind::level)
    return number_text(seen.value) + (signal.unit.empty() ? "" : " " + signal.unit) + of;
  return fmt::format("{} of {}{}", number_text(seen.counts.events), number_text(seen.counts.exposures), of);
}

std::string_view missing_text(Measurement::State state) {
  switch (state) {
    case Measurement::State::measured:
      break;
    case Measurement::State::no_data:
      return "no data for the live version";
    case Measurement::State::stale:
      return "no current data for the live version";
    case Measurement::State::failed:
      return "could not be asked about the live version";
  }
  return "";
}

bool decides(const Definition& definition, const Signal& signal) {
  return std::any_of(definition.gates.begin(), definition.gates.end(),
                     [&](const Gate& gate) { return gate.signal == signal.name && !gate.advisory; });
}

// Of a version that is live.
void fill(Line& line, const Signal& signal, const Asked<Measurement>& answer, const LiveVersion& live) {
  if (!answer) {
    const auto told = unanswered_line(line.group, line.subject, answer.error());
    line.level = told.level;
    line.sentence = told.sentence;
    line.remedy = told.remedy;
    line.because = told.because;
    return;
  }
  if (answer->state == Measurement::State::measured) {
    line.sentence = measured_text(signal, *answer, live);
    if (!answer->detail.empty()) line.sentence += " (" + answer->detail + ")";
    return;
  }
  line.level = Level::failure;
  if (answer->unauthorized) line.because = ErrorKind::auth;
  line.sentence = fmt::format("{} {}: {}", missing_text(answer->state), live.version.text(), answer->detail);
  line.remedy =
      "Without an answer its gates hold: try the query by hand, and compare its labels with `$app` and `$version`.";
}

Line signal_line(const Definition& definition, const App& app, const Signal& signal, const Asked<LiveVersion>& live,
                 const SignalAnswers& answers) {
  Line line{"Signals", app.name + " " + signal.name, Level::ok, "", ""};
  const bool deciding = decides(definition, signal);
  if (deciding) line.waiver_item = text_of(risk::signal(app.name, signal.name));
  if (!live && live.error().why == Unanswered::absent) {
    line.level = Level::warning;
    line.sentence = "not asked: no version is live that it could be asked about";
    return line;
  }
  const auto answer = answers.find({app.name, signal.name});
  if (!live) {
    line = inconclusive(line, {"whether it answers", store_of(app), "which version is live"}, live.error());
  } else if (answer != answers.end()) {
    fill(line, signal, answer->second, *live);
  } else {
    line.level = Level::not_asked;
    line.sentence = "not asked: this version of train does not read " + signal.source;
  }
  if (!deciding && line.level == Level::failure) line.level = Level::warning;
  return line;
}

}  // namespace

Lines signal_lines(const Definition& definition, const LiveVersions& live, const SignalAnswers& answers,
                   const SignalCosts& costs) {
  Lines lines;
  for (const auto& app : definition.apps) {
    for (const auto& signal : definition.signals) {
      if (signal.is_for(app.name)) {
        lines.push_back(signal_line(definition, app, signal, live.at(app.name), answers));
        const auto cost = costs.find({app.name, signal.name});
        if (cost != costs.end() && !cost->second.empty()) lines.back().sentence += "; " + cost->second;
      } else {
        lines.push_back({"Signals", app.name + " " + signal.name, Level::ok,
                         "not measured here, only for " + join(signal.apps, ", ") + ": its gates ask nothing", ""});
      }
    }
  }
  return lines;
}

}  // namespace train::preflight
