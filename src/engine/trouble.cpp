// Playbooks: an ordered list per kind of trouble, run through the same loop as everything else.
#include <fmt/core.h>
#include <algorithm>

#include "gatekeeping.hpp"
#include "steps.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/ways_out.hpp"
#include "way_back.hpp"

namespace train::engine {

std::vector<Play> playbook(std::string_view reaction) {
  if (reaction == "rollback")
    return {Play::switch_flags_off, Play::halt_in_store, Play::tell_people, Play::release_standby};
  if (reaction == "remove_from_sale") return {Play::halt_in_store, Play::tell_people, Play::remove_from_sale};
  if (reaction == "pause" || reaction == "halt") return {Play::halt_in_store, Play::tell_people};
  if (reaction == "switch_off") return {Play::switch_flags_off, Play::tell_people};
  return {Play::tell_people};  // investigate
}

namespace {

bool has(const std::vector<Play>& plays, Play play) {
  return std::find(plays.begin(), plays.end(), play) != plays.end();
}

struct Cause {
  std::string reaction;
  std::string rule;
  std::string seen;
  SignalName signal;  // of a breach; else empty
};

std::vector<Cause> causes(const AppProgress& app) {
  std::vector<Cause> out;
  if (app.removal) out.push_back({"remove_from_sale", "ordered", app.removal->by + ": " + app.removal->why, {}});
  if (app.rollback) out.push_back({"rollback", "ordered", app.rollback->by + ": " + app.rollback->why, {}});
  if (app.halt) out.push_back({"halt", "ordered", app.halt->by + ": " + app.halt->why, {}});
  for (const auto& [signal, breach] : app.breaches)
    out.push_back({breach.reaction, "gate:" + signal, breach.evidence.why, signal});
  return out;
}

// A flag that cures its own signal's breach leaves the binary alone; its breach is no reason to stop.
bool stops_promotion(const Cause& cause) { return cause.reaction != "switch_off"; }

Wait removal_wait(const Case& c, const Cause& cause) {
  const auto words =
      c.progress.removed
          ? fmt::format(
                "off sale everywhere, by {}. To bring it back: make the storefronts available again in the store's "
                "console, then `train resume {} --why …`",
                cause.seen, c.app.name)
          : fmt::format("being taken off sale, by {}", cause.seen);
  return person_wait(c, WaitKind::person, {}, words, deciders(c));
}

Wait cause_wait(const Case& c, const Cause& cause) {
  if (has(playbook(cause.reaction), Play::remove_from_sale)) return removal_wait(c, cause);
  if (cause.signal.empty()) {
    return person_wait(c, WaitKind::person, {},
                       fmt::format("{} by {}; `train resume {} --why …` goes on",
                                   cause.reaction == "halt" ? "halted" : "rolled back", cause.seen, c.app.name),
                       deciders(c));
  }
  Wait wait = person_wait(
      c, WaitKind::gate, {},
      fmt::format("{} breached: {}; `train resume {} --why … --override {}` goes on, a newer build starts over",
                  cause.signal, cause.seen, c.app.name, cause.signal),
      deciders(c));
  wait.because = {{cause.rule, cause.seen, "within its limit"}};
  wait.ways = remedies(ways_out(c.world.definition, c.world.state, c.release, c.app, c.now()));
  return wait;
}

bool flags_come_first(const Case& c, const std::vector<Cause>& found) {
  const bool switches = std::any_of(found.begin(), found.end(), [](const Cause& cause) {
    return has(playbook(cause.reaction), Play::switch_flags_off);
  });
  if (!switches) return false;
  const auto pending = pending_flag_steps(c.world);
  return std::any_of(pending.begin(), pending.end(), [&](const Step& step) { return !is_set_aside(c.world, step); });
}

bool store_can_stop(const Case& c) {
  const auto* seen = c.seen();
  if (seen == nullptr || seen->status != ReleaseStatus::serving || seen->percent.is_zero()) return false;
  if (!seen->percent.is_all()) return true;
  return c.model.halts_after_full && c.progress.live.has_value();
}

Wait cannot_stop(const Case& c) {
  const bool first = !c.progress.live.has_value();
  return person_wait(c, WaitKind::store, {},
                     first ? "a first release cannot be halted: there is nothing to serve instead; ship a fix"
                           : "at 100 % this store cannot stop a release: only a newer version or removal from sale can",
                     deciders(c));
}

std::vector<Reason> halt_reasons(const std::vector<Cause>& found) {
  std::vector<Reason> out;
  for (const auto& cause : found) {
    if (has(playbook(cause.reaction), Play::halt_in_store))
      out.push_back({cause.rule, cause.seen, "no further exposure"});
  }
  return out;
}

// First the brake that one call sets, then the app's removal, which takes a call for each storefront.
void remove_after_halt(const Case& c, Decision& out) {
  if (!c.progress.removal || c.progress.removed) return;
  if (out.step && !is_set_aside(c.world, *out.step)) return;
  out.step =
      make_step(c, Action::remove_from_sale,
                {{"ordered", c.progress.removal->by + ": " + c.progress.removal->why, "sold nowhere, on no platform"}});
}

// The release of a ready standby also stops what runs, so that one call is brake and way back; what keeps it from going
// out does not keep the brake.
void add_way_back(const Case& c, const std::vector<Cause>& found, Decision& out) {
  auto back = decide_way_back(c);
  for (auto& wait : back.waits) out.waits.push_back(std::move(wait));
  const bool may = back.step && !flags_come_first(c, found) && !is_set_aside(c.world, *back.step);
  if (may) out.step = std::move(back.step);
}

std::optional<Decision> decide_playbook(const Case& c) {
  const auto found = causes(c.progress);
  if (std::none_of(found.begin(), found.end(), stops_promotion)) return std::nullopt;
  Decision out;
  for (const auto& cause : found) {
    if (stops_promotion(cause)) out.waits.push_back(cause_wait(c, cause));
  }
  const auto because = halt_reasons(found);
  if (!because.empty() && is_exposed(c.progress) && c.seen()->status == ReleaseStatus::serving) {
    if (!store_can_stop(c)) {
      const bool way_back = standby_state(c.model, c.release, c.progress) == StandbyState::ready;
      if (!c.progress.removal && !way_back) out.waits.push_back(cannot_stop(c));
    } else if (!flags_come_first(c, found))
      out.step = make_step(c, Action::halt, because);
  }
  const bool goes_back = std::any_of(found.begin(), found.end(), [](const Cause& cause) {
    return has(playbook(cause.reaction), Play::release_standby);
  });
  if (goes_back) add_way_back(c, found, out);
  remove_after_halt(c, out);
  return out;
}

std::optional<Decision> decide_drift(const Case& c) {
  if (!c.progress.drift || !c.progress.drift->on_rollout) return std::nullopt;
  Decision out;
  out.waits.push_back(
      person_wait(c, WaitKind::person, {},
                  fmt::format("{}; `train resume {} --why …` takes it from here", c.progress.drift->what, c.app.name),
                  deciders(c)));
  out.waits.back().because = {{"drift", c.progress.drift->what, "a person's word"}};
  return out;
}

std::optional<Decision> decide_failed_look(const Case& c) {
  if (c.look == nullptr || !c.look->failure) return std::nullopt;
  Decision out;
  out.waits.push_back(make_wait(c, WaitKind::store, "could not be read: " + c.look->failure->message));
  out.waits.back().because = {{"observation", c.look->failure->message, "a readable store"}};
  return out;
}

std::optional<Decision> decide_unknown_word(const Case& c) {
  if (c.seen() == nullptr || c.seen()->status != ReleaseStatus::unknown) return std::nullopt;
  Decision out;
  out.waits.push_back(person_wait(c, WaitKind::store, {},
                                  c.seen()->detail.empty()
                                      ? "the store shows a state this version of train does not know: " + c.seen()->raw
                                      : c.seen()->detail,
                                  deciders(c)));
  return out;
}

}  // namespace

std::optional<Decision> decide_trouble(const Case& c) {
  // A failed look comes first: a halt is still sent (the playbook runs on what was last known), everything else is not.
  if (auto failed = decide_failed_look(c)) {
    if (auto played = decide_playbook(c); played && played->step) {
      played->waits.insert(played->waits.begin(), failed->waits.begin(), failed->waits.end());
      return played;
    }
    return failed;
  }
  if (auto played = decide_playbook(c)) return played;
  if (auto unknown = decide_unknown_word(c)) return unknown;
  return decide_drift(c);
}

std::vector<Step> pending_flag_steps(const World& world) {
  std::vector<Step> out;
  const auto is_off = [&](const Flag& flag) {
    const auto known = world.state.flags.find(flag.name);
    return known != world.state.flags.end() && known->second.value == *flag.value_off;
  };
  for (const auto& release : world.state.releases) {
    if (!release.is_open() && &release != world.state.focus()) continue;
    for (const auto& app : release.apps) {
      for (const auto& cause : causes(app)) {
        if (!has(playbook(cause.reaction), Play::switch_flags_off)) continue;
        // A feature that was at fault in a release that is done is its people's again.
        if (cause.reaction == "switch_off" && !release.is_open()) continue;
        for (const auto& flag : world.definition.flags) {
          const bool concerned = cause.reaction != "switch_off" || flag.signal == cause.signal;
          const bool planned =
              std::any_of(out.begin(), out.end(), [&](const Step& s) { return s.subject == flag.name; });
          if (!concerned || planned || !flag.value_off || is_off(flag)) continue;
          Step step;
          step.action = Action::set_flag;
          step.version = release.version;
          step.subject = flag.name;
          step.value = *flag.value_off;
          step.because = {{cause.rule, app.app + ": " + cause.seen, "features off before anything else"}};
          out.push_back(std::move(step));
        }
      }
    }
  }
  return out;
}

std::optional<Reason> kept_off(const Definition& definition, const State& state, const FlagName& flag) {
  const Observation nothing_looked_at;
  const Evidence nothing_measured;
  State as_if_on = state;
  as_if_on.flags.erase(flag);
  for (const auto& step : pending_flag_steps({definition, as_if_on, nothing_looked_at, nothing_measured, {}, {}})) {
    if (step.subject == flag) return step.because.front();
  }
  return std::nullopt;
}

}  // namespace train::engine
