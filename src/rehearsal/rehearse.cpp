#include <algorithm>
#include <variant>

#include "load.hpp"
#include "simulation.hpp"
#include "train/base/text.hpp"
#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {
namespace {

// A command that a scenario does not expect to be refused must be done, and the other way round.
std::vector<Expectation> judge_commands(const RunRecord& record, const Scenario& scenario) {
  std::vector<Expectation> out;
  for (const auto& given : record.commands) {
    if (given.must_be_refused)
      out.push_back({"`" + given.text + "` is refused", given.refused.has_value(),
                     given.refused ? std::string() : given.by + " did it"});
    else if (given.refused)
      out.push_back({"`" + given.text + "` is done", false, "refused to " + given.by + ": " + *given.refused});
  }
  for (const auto& event : scenario.events) {
    const auto* ordered = std::get_if<OrderedBy>(&event.act);
    if (ordered == nullptr || !ordered->refused) continue;
    const bool said = std::any_of(record.commands.begin(), record.commands.end(),
                                  [&](const auto& given) { return given.text == ordered->command.text; });
    if (!said) out.push_back({"`" + ordered->command.text + "` is refused", false, "nobody came to say it"});
  }
  return out;
}

}  // namespace

Result<Outcome> rehearse(const Settings& settings) {
  auto scenario = load_scenario(settings.scenario, roster_of(settings.definition));
  if (!scenario) return tl::unexpected(scenario.error());
  if (scenario->seed && settings.seed) scenario->seed = settings.seed;
  auto environment = Environment::set(*scenario, settings.definition, settings.catalog);
  if (!environment) return tl::unexpected(environment.error());
  Outcome out;
  out.scenario = scenario->name;
  out.began = (*environment)->sandbox().now();
  Simulation play(*scenario, **environment, settings.wire, settings.told);
  if (auto ran = play.run(); !ran) return tl::unexpected(ran.error());
  out.timeline = play.record().timeline;
  for (const auto& call : play.record().calls) {
    if (!call.change.empty()) out.changes.push_back(call.change);
  }
  auto log = play.log();
  if (!log) return tl::unexpected(log.error());
  out.log = std::move(*log);
  out.ended = play.ended();
  out.end = (*environment)->sandbox().now();
  out.looks = play.looks();
  out.ok = true;
  for (const auto& expected : scenario->expected) {
    auto finding = expected.check(play.record());
    out.ok = out.ok && finding.met;
    out.expectations.push_back({expected.text, finding.met, printable(finding.seen, 400)});
  }
  for (auto& judged : judge_commands(play.record(), *scenario)) {
    out.ok = out.ok && judged.met;
    out.expectations.push_back(std::move(judged));
  }
  return out;
}

}  // namespace train::rehearsal
