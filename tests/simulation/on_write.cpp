#include "on_write.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/domain/sign_off_item.hpp"
#include "train/engine/decide.hpp"
#include "train/engine/rungs.hpp"

namespace train::simulation {
namespace {

const Ladder* ladder_at(const Scene& scene, const Write& write) {
  const auto* app = scene.definition->find_app(write.app);
  const auto* release = scene.witness->find(write.version);
  if (app == nullptr || release == nullptr) return nullptr;
  return &scene.definition->ladder_of(*app, release->hotfix);
}

bool raises(const Write& write) {
  const bool starts = !write.before.on_its_way && write.after.on_its_way;
  return starts || write.after.served() > write.before.served();
}

// What the write lets people have, also where it still goes through the reviewers.
Percent share_asked_for(const Scene& scene, const Write& write) {
  const auto* given = scene.witness->open_intent(write.app, write.version, write.call);
  const auto asked = given == nullptr ? std::nullopt : given->intent.step.to_percent;
  return std::max(write.after.percent, asked.value_or(Percent()));
}

std::string told(const Write& write) {
  return fmt::format("{}: `{}` of {}", write.app, write.call, write.version.text());
}

// A gate that decides and neither passed nor was let pass.
std::optional<std::string> gate_not_passed(const Scene& scene, const Write& write, const event::Intent& intent) {
  const auto* app = scene.witness->find(write.version, write.app);
  const auto overridden = [&](const SignalName& signal) { return app != nullptr && app->overrides.count(signal) != 0; };
  bool any = false;
  for (const auto& gate : scene.definition->gates) {
    if (gate.advisory || !scene.definition->applies(gate, write.app)) continue;
    any = true;
    const auto& evidence = intent.step.evidence;
    const bool passed = std::any_of(evidence.begin(), evidence.end(), [&](const GateEvidence& each) {
      return each.signal == gate.signal && each.verdict == Verdict::pass;
    });
    if (!passed && !overridden(gate.signal)) return gate.signal;
  }
  if (!any && !overridden(SignalName(item::k_any_gate))) return "any";
  return std::nullopt;
}

// The stage behind the one that the store serves may be granted by a pass: by this intent, or by an earlier one that
// asked for as much and whose effect is still to come.
Broken is_not_passed(const Scene& scene, const Write& write) {
  const auto* app = scene.witness->find(write.version, write.app);
  const auto* given = scene.witness->open_intent(write.app, write.version, write.call);
  if (app == nullptr || given == nullptr) return std::nullopt;  // every_write_has_its_intent says so
  std::optional<std::string> missing;
  for (auto each = app->raises.rbegin(); each != app->raises.rend(); ++each) {
    if (each->intent.step.to_percent < given->intent.step.to_percent) continue;
    missing = gate_not_passed(scene, write, each->intent);
    if (!missing) return std::nullopt;
  }
  return told(write) + " without a pass of the gate " + missing.value_or("?");
}

Broken first_share_is_granted(const Scene& scene, const Write& write, const Ladder& ladder) {
  const auto* release = scene.witness->find(write.version);
  // Where the review comes first, its sign-offs were asked for then: a later candidate of another app voids them.
  const bool is_reviewed = scene.definition->find_app(write.app)->facts().reviews_apart() && write.call != "submit";
  // A build that is added once the call is on its way takes its sign-offs from the next one.
  const auto* known = scene.witness->find(write.version, write.app);
  const bool is_rebuilt = known != nullptr && known->candidate > write.log_at_call;
  // It was sent with them; what a person ends is the stop.
  const bool goes_on = write.call.rfind("resume", 0) == 0;
  for (const auto& rule : scene.definition->approvals) {
    const bool applies = !goes_on && (!release->hotfix || !scene.definition->hotfix.approvals) &&
                         !(is_reviewed && rule.before == Before::submission);
    const auto item = text_of(item::Approval{rule.before, rule.role});
    if (applies && !is_rebuilt && release->sign_offs.count(item) == 0)
      return told(write) + " without the sign-off " + item;
  }
  const Percent asked = share_asked_for(scene, write);
  const bool full = release->sign_offs.count(text_of(item::FullRelease{write.app})) != 0;
  if (asked > ladder.stages.front().to && !full)
    return fmt::format("{} starts at {}, its ladder at {}", told(write), asked.text(), ladder.stages.front().to.text());
  const auto* shelf = scene.shelves.at(write.app);
  if (full && asked > ladder.stages.front().to && shelf->live_beside(write.version))
    return told(write) + " goes to everybody as a first release, over one that is live";
  return std::nullopt;
}

// Where the train's own call may have been the one that released it, nobody can tell whose it was.
bool was_sent_before(const AppWitness& app, Seq log) { return !app.raises.empty() && app.raises.front().seq <= log; }

}  // namespace

Broken exposure_rises_only_as_granted(const Scene& scene, const Write& write) {
  const auto* ladder = ladder_at(scene, write);
  if (ladder == nullptr || !raises(write)) return std::nullopt;
  if (write.before.percent.is_zero()) return first_share_is_granted(scene, write, *ladder);
  const auto& facts = scene.definition->find_app(write.app)->facts();
  const int stage = engine::stage_reached(facts, *ladder, write.before.percent);
  const auto next = static_cast<std::size_t>(stage) < ladder->stages.size()
                        ? ladder->stages[static_cast<std::size_t>(stage)].to
                        : k_percent_all;
  const Percent asked = share_asked_for(scene, write);
  if (asked <= write.before.percent) return std::nullopt;  // it goes on where it stopped: whether it may is asked below
  if (asked > engine::rung_for(facts, next))
    return fmt::format("{}: {} after {}, where the ladder has {} next", told(write), asked.text(),
                       write.before.percent.text(), next.text());
  if (stage == 0) return std::nullopt;
  const Duration soak = ladder->stages[static_cast<std::size_t>(stage - 1)].soak;
  if (write.clocks_are_right && write.at_stage_since && write.at - *write.at_stage_since < soak)
    return fmt::format("{}: {} was served for {} only", told(write), write.before.percent.text(),
                       format_duration(write.at - *write.at_stage_since));
  return is_not_passed(scene, write);
}

Broken nothing_rises_after_a_stop(const Scene& scene, const Write& write) {
  const auto* app = scene.witness->find(write.version, write.app);
  if (app == nullptr || !raises(write)) return std::nullopt;
  // What was on its way already is not called back; that it is stopped again is another rule's.
  if (app->stop && app->stop.seq <= write.log_at_call)
    return fmt::format("{} after {} ordered a stop (event {})", told(write), app->stop.by, app->stop.seq);
  for (const auto& [signal, seq] : app->breaches)
    return fmt::format("{} after {} breached (event {})", told(write), signal, seq);
  return std::nullopt;
}

Broken nothing_exposes_while_held(const Scene& scene, const Write& write) {
  const auto* release = scene.witness->find(write.version);
  const auto* app = scene.witness->find(write.version, write.app);
  const bool submits = write.call == "submit";
  if (release == nullptr || app == nullptr || (!raises(write) && !submits)) return std::nullopt;
  const Said& held = app->hold ? app->hold : release->hold;
  if (held && held.seq <= write.run_log) return fmt::format("{} while {} holds it", told(write), held.by);
  return std::nullopt;
}

Broken every_write_has_its_intent(const Scene& scene, const Write& write) {
  // A stop goes out first.
  const auto* app = scene.witness->find(write.version, write.app);
  const bool stops = write.call == "halt" || (write.call == "cancel_submission" && app != nullptr && app->stop);
  if (stops || scene.witness->open_intent(write.app, write.version, write.call) != nullptr) return std::nullopt;
  return told(write) + " has no open intent in the log";
}

Broken one_effect_per_intent(const Scene& scene, const Write& write) {
  const auto* given = scene.witness->open_intent(write.app, write.version, write.call);
  const auto known = given == nullptr ? scene.effects.end() : scene.effects.find(given->intent.operation);
  if (known != scene.effects.end() && known->second > 1)
    return fmt::format("{} is effect {} of one intent", told(write), known->second);
  return std::nullopt;
}

Broken what_a_person_did_is_never_undone(const Scene& scene, const Write& write) {
  const auto found = scene.standoffs.find({write.app, write.version});
  if (found == scene.standoffs.end()) return std::nullopt;
  const auto* app = scene.witness->find(write.version, write.app);
  if (app == nullptr || app->resumed.seq > found->second.log) return std::nullopt;
  using Kind = ConsoleAct::Kind;
  const auto kind = found->second.act.kind;
  // What somebody released is the train's to stop on its rung, and nobody's to raise.
  const bool released = kind == Kind::released && raises(write) && !was_sent_before(*app, found->second.log);
  const bool matters = kind == Kind::halted || kind == Kind::raised || kind == Kind::set_going || released;
  if (!matters || app->stop || !app->breaches.empty()) return std::nullopt;
  // Between a run's look and its call a stop alone is seen: by the call.
  const bool meanwhile = found->second.before_process > write.process;
  if (meanwhile && (kind != Kind::halted || !raises(write))) return std::nullopt;
  // Within the moment in which a list may be behind its own call, a lower share than the one it grants is that.
  const bool is_more = kind == Kind::raised && raises(write) && write.at - found->second.at < engine::k_lag_window;
  if (is_more) return std::nullopt;
  // What the train has never moved it keeps on its rung, whoever let it go: a person is asked beside it.
  const bool never_moved = app->moved == 0 || app->moved > found->second.log;
  if (kind == Kind::set_going && never_moved && write.call == "pause") return std::nullopt;
  const bool moves = raises(write) || (write.before.runs && !write.after.runs);
  if (!moves) return std::nullopt;
  return fmt::format("{} after somebody {} there", told(write), found->second.act.what);
}

Broken immediate_means_at_once(const Scene& scene, const Write& write) {
  const auto* ladder = ladder_at(scene, write);
  const bool starts = write.call.rfind("start_rollout", 0) == 0;
  if (ladder == nullptr || !starts || !write.after.in_phases || !ladder->stages.front().to.is_all())
    return std::nullopt;
  return told(write) + " goes out in phases, and its ladder has none";
}

Broken what_others_put_there_stays(const Scene&, const Write& write) {
  for (const auto& other : write.others_before) {
    if (std::find(write.others_after.begin(), write.others_after.end(), other) == write.others_after.end())
      return told(write) + " took away the " + other;
  }
  return std::nullopt;
}

}  // namespace train::simulation
