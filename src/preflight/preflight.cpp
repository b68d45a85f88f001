#include "train/preflight/preflight.hpp"

#include "train/preflight/gates.hpp"
#include "train/preflight/launch_risk.hpp"
#include "train/preflight/people.hpp"

namespace train::preflight {
namespace {

void add(Lines& lines, const Lines& more) { lines.insert(lines.end(), more.begin(), more.end()); }

LiveVersions live_versions(const Answers& answers) {
  LiveVersions live;
  for (const auto& [app, store] : answers.stores) live.emplace(app, live_version(store.view));
  return live;
}

Lines way_back_lines(const Definition& definition, const Answers& answers, const LiveVersions& live,
                     const Asked<engine::State>& state) {
  Lines lines = standby_rule_lines(definition);
  add(lines, standby_material_lines(definition, answers.standbys, live));
  add(lines, standby_lines(definition, state));
  add(lines, flag_lines(definition, answers.flags));
  for (const auto& app : definition.apps) lines.push_back(halt_line(app, live.at(app.name)));
  return lines;
}

}  // namespace

Answers nobody_asked(const Definition& definition, const std::string& why) {
  const auto no = not_asked(why);
  Answers answers{{}, {}, {}, {}, no, {std::nullopt, {}, no}, {}, {}};
  for (const auto& app : definition.apps) answers.stores.emplace(app.name, StoreAnswers{no, no});
  for (const auto& flag : definition.flags) answers.flags.emplace(flag.name, no);
  for (const auto& rule : definition.standby) answers.standbys.emplace(rule.app, StandbyAnswers{no, no, no});
  return answers;
}

Lines launch_risks(const Definition& definition, const Answers& answers, RunsOn where, Instant now) {
  const auto live = live_versions(answers);
  const Asked<engine::State> state =
      answers.log.map([](const std::vector<Event>& events) { return engine::fold(events); });
  auto lines = people_lines(definition, now);
  add(lines, gate_lines(definition));
  add(lines, pace_lines(definition, answers.traffic));
  add(lines, advice_lines(definition, answers.signals));
  add(lines, way_back_lines(definition, answers, live, state));
  add(lines, release_lines(definition, state, answers.release));
  for (const auto& app : definition.apps) add(lines, store_lines(app, answers.stores.at(app.name)));
  add(lines, signal_lines(definition, live, answers.signals, answers.signal_costs));
  add(lines, place_lines(definition, where));
  lines.push_back(log_line(answers.log));
  settle_risks(lines, state);
  add(lines, tick_lines(definition, answers.log, now));
  return lines;
}

}  // namespace train::preflight
