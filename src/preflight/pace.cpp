#include "train/preflight/pace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>

#include "train/base/text.hpp"
#include "train/domain/words.hpp"

namespace train::preflight {
namespace {

constexpr Duration k_slow{14 * 86400};  // a release a fortnight: slower than that, the next one is due
constexpr Duration k_next_launch{24 * 3600};

bool is_counted(const Signal& signal) {
  return signal.kind == SignalKind::proportion || signal.kind == SignalKind::rate;
}

const Gate* deciding_gate(const Definition& definition, const Signal& signal) {
  for (const Gate& gate : definition.gates) {
    if (gate.signal == signal.name && !gate.advisory) return &gate;
  }
  return nullptr;
}

// Measured, else by the definition at half of the gate's limit.
engine::TrafficBySignal traffic_of(const Definition& definition, const App& app, const LiveTraffic& measured) {
  engine::TrafficBySignal out;
  for (const Signal& signal : definition.signals) {
    const Gate* gate = deciding_gate(definition, signal);
    if (gate == nullptr || !is_counted(signal) || !signal.is_for(app.name)) continue;
    const auto found = measured.find({app.name, signal.name});
    const auto per_day = signal.per_day.find(app.name);
    if (found != measured.end())
      out[signal.name] = found->second;
    else if (per_day != signal.per_day.end() && gate->limit)
      out[signal.name] = {per_day->second, *gate->limit / 2};
  }
  return out;
}

std::string count_text(double number) {
  std::string digits = fmt::format("{:.0f}", number);
  for (auto at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string decider_text(const engine::StagePace& stage) {
  return fmt::format("`{}` of {} at {} decides", to_string(stage.setter), stage.gate, stage.percent.text());
}

std::string remedy_of(const engine::AppPace& pace) {
  if (pace.faster.empty())
    return "`train gate plan` shows it stage by stage; [what small fleets can prove](docs/gates.md).";
  const auto& way = pace.faster.front();
  return fmt::format("{}: {}. `train gate plan` shows it stage by stage.", way.change, engine::about_days(way.total));
}

Line pace_line(const App& app, const engine::AppPace& pace, const engine::TrafficBySignal& traffic,
               const Definition& definition) {
  Line line{"Gates", app.name + " pace", Level::ok, "", ""};
  const engine::StagePace* slow = pace.slowest();
  double per_day = traffic.begin()->second.per_day;
  for (const Gate& gate : definition.gates) {
    const auto found = traffic.find(gate.signal);
    if (slow != nullptr && gate.id() == slow->gate && found != traffic.end()) per_day = found->second.per_day;
  }
  const std::string at = fmt::format(" at {} {} a day; ", count_text(per_day), pace.unit);
  const std::string decides = slow == nullptr ? "the soak of its stages decides" : decider_text(*slow);
  line.sentence = (pace.total ? engine::about_days(*pace.total) : "does not reach 100 % by its gates") + at + decides;
  if (pace.total && *pace.total <= k_slow) return line;
  line.level = Level::warning;
  line.remedy = remedy_of(pace);
  return line;
}

// ---- what is counted ----
const Measurement* measured_for(const Signal& signal, const SignalAnswers& answers) {
  for (const auto& [key, answer] : answers) {
    if (key.second == signal.name && answer && answer->state == Measurement::State::measured) return &*answer;
  }
  return nullptr;
}

std::optional<Line> unit_line(const Signal& signal, const Measurement* seen) {
  Line line{"Gates", signal.name + " unit", Level::warning, "", ""};
  const bool apart = signal.exposure && usual_design_effect(*signal.exposure) <= 1;
  const double used = signal.inflation().value_or(1);
  if (seen != nullptr && seen->design_effect && *seen->design_effect > 1.25 * used) {
    line.sentence =
        fmt::format("its counts vary {:.3g} times as much between users as independent ones, it is judged as {:.3g}",
                    *seen->design_effect, used);
    line.remedy = fmt::format("`design_effect: {:.3g}` on the signal; better count users a day, `exposure: user_day`.",
                              std::ceil(*seen->design_effect));
    return line;
  }
  if (apart || (signal.design_effect && *signal.design_effect > 1)) return std::nullopt;
  if (signal.exposure && used > 1) {
    line.level = Level::ok;
    line.sentence = fmt::format(
        "{} of one user are not independent: a halt counts {:.3g} as one; a crash loop of few users may still halt",
        plural(*signal.exposure), used);
    return line;
  }
  line.sentence = signal.exposure ? fmt::format("{} are judged as if they were independent", plural(*signal.exposure))
                                  : "what one exposure is, is not said: it is judged as independent of the others";
  line.remedy =
      "Count users a day with at least one event, `exposure: user_day`; else `exposure: session` and `design_effect: "
      "3`: a few users "
      "who crash again and again halt a healthy release otherwise.";
  return line;
}

// Crash reporters of apps that send at the next launch.
bool reports_at_next_launch(const Signal& signal) {
  constexpr std::array<std::string_view, 6> words{"crash", "anr", "fatal", "hang", "freeze", "unclean"};
  constexpr std::array<std::string_view, 4> sources{"sentry", "ga4", "bigquery", "play_vitals"};
  const auto of_app = [&](std::string text) {
    for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string::npos; });
  };
  const bool app_source = std::find(sources.begin(), sources.end(), signal.source) != sources.end();
  return app_source || of_app(signal.name) || of_app(signal.events);
}

std::string hours_text(Duration time) { return fmt::format("{}h", (time.count() + 3599) / 3600); }

std::optional<Line> lag_line(const Signal& signal, const Measurement* seen) {
  Line line{"Gates", signal.name + " matures", Level::warning, "", ""};
  if (seen != nullptr && seen->lag) {
    if (signal.matures >= *seen->lag) return std::nullopt;
    line.sentence = fmt::format("95 of 100 events are reported within {}, a pass counts exposures that are {} old",
                                hours_text(*seen->lag), format_duration(signal.matures));
    line.remedy = fmt::format("`matures: {}` on the signal.", hours_text(*seen->lag));
    return line;
  }
  if (signal.matures > Duration(0) || !reports_at_next_launch(signal)) return std::nullopt;
  line.sentence =
      "a crash is reported at the next launch, hours after its session: a pass may count sessions whose crash is on "
      "its way";
  line.remedy = fmt::format("`matures: {}` on the signal; leave it out where a server counts at once.",
                            hours_text(k_next_launch));
  return line;
}

}  // namespace

std::optional<engine::Traffic> traffic_between(const Measurement& then, const Measurement& now, Duration apart) {
  const bool both = then.state == Measurement::State::measured && now.state == Measurement::State::measured;
  const double exposures = now.counts.exposures - then.counts.exposures;
  const double events = now.counts.events - then.counts.events;
  if (!both || !(exposures >= 1) || !(events >= 0) || apart <= Duration(0)) return std::nullopt;
  const double days = static_cast<double>(apart.count()) / 86400;
  return engine::Traffic{exposures / days, events / exposures};
}

Lines pace_lines(const Definition& definition, const LiveTraffic& traffic) {
  Lines lines;
  for (const App& app : definition.apps) {
    const auto known = traffic_of(definition, app, traffic);
    if (known.empty() || app.ladder.stages.size() < 2) continue;
    lines.push_back(pace_line(app, engine::pace_of(definition, app, known), known, definition));
  }
  return lines;
}

Lines advice_lines(const Definition& definition, const SignalAnswers& answers) {
  Lines lines;
  for (const Signal& signal : definition.signals) {
    if (deciding_gate(definition, signal) == nullptr || !is_counted(signal)) continue;
    const Measurement* seen = measured_for(signal, answers);
    for (auto& line : {unit_line(signal, seen), lag_line(signal, seen)}) {
      if (line) lines.push_back(*line);
    }
  }
  return lines;
}

}  // namespace train::preflight
