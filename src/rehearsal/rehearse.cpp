#include "load.hpp"
#include "play.hpp"
#include "train/base/text.hpp"
#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {

Result<Outcome> rehearse(const Settings& settings) {
  auto scenario = load_scenario(settings.scenario, cast_of(settings.definition));
  if (!scenario) return tl::unexpected(scenario.error());
  if (scenario->seed && settings.seed) scenario->seed = settings.seed;
  auto stage = Stage::set(*scenario, settings.definition);
  if (!stage) return tl::unexpected(stage.error());
  Outcome out;
  out.scenario = scenario->name;
  out.began = (*stage)->sandbox().now();
  Play play(*scenario, **stage, settings.wire, settings.told);
  if (auto ran = play.run(); !ran) return tl::unexpected(ran.error());
  out.timeline = play.witness().timeline;
  for (const auto& call : play.witness().calls) {
    if (!call.change.empty()) out.changes.push_back(call.change);
  }
  auto log = play.log();
  if (!log) return tl::unexpected(log.error());
  out.log = std::move(*log);
  out.ended = play.ended();
  out.end = (*stage)->sandbox().now();
  out.looks = play.looks();
  out.ok = true;
  for (const auto& expected : scenario->expected) {
    auto finding = expected.check(play.witness());
    out.ok = out.ok && finding.met;
    out.expectations.push_back({expected.text, finding.met, printable(finding.seen, 400)});
  }
  return out;
}

}  // namespace train::rehearsal
