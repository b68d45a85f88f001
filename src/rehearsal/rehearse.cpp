#include "load.hpp"
#include "simulation.hpp"
#include "train/base/text.hpp"
#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {

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
  return out;
}

}  // namespace train::rehearsal
