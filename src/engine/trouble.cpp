// Playbooks: an ordered list per kind of trouble, run through the same loop as everything else.
#include <fmt/core.h>
#include <algorithm>

#include "gatekeeping.hpp"
#include "standby_steps.hpp"
#include "steps.hpp"
#include "train/base/fault.hpp"
#include "train/domain/review.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/ways_out.hpp"

namespace train::engine {

std::vector<PlaybookStep> playbook(Reaction reaction) {
  switch (reaction) {
    case Reaction::rollback:
      return {PlaybookStep::switch_flags_off, PlaybookStep::halt_in_store, PlaybookStep::notify_people,
              PlaybookStep::release_standby};
    case Reaction::remove_from_sale:
      return {PlaybookStep::halt_in_store, PlaybookStep::notify_people, PlaybookStep::remove_from_sale};
    case Reaction::pause:
    case Reaction::halt:
      return {PlaybookStep::halt_in_store, PlaybookStep::notify_people};
    case Reaction::switch_off:
      return {PlaybookStep::switch_flags_off, PlaybookStep::notify_people};
    case Reaction::investigate:
      return {PlaybookStep::notify_people};
  }
  return {};
}

namespace {

bool has(const std::vector<PlaybookStep>& plays, PlaybookStep play) {
  return std::find(plays.begin(), plays.end(), play) != plays.end();
}

struct Cause {
  Reaction reaction;
  std::string rule;
  std::string seen;
  GateName gate{};      // of a breach; else empty
  SignalName signal{};  // the gate's
};

std::vector<Cause> causes(const AppProgress& app) {
  std::vector<Cause> out;
  if (app.removal) out.push_back({Reaction::remove_from_sale, "ordered", app.removal->by + ": " + app.removal->why});
  if (app.rollback) out.push_back({Reaction::rollback, "ordered", app.rollback->by + ": " + app.rollback->why});
  if (app.halt) out.push_back({Reaction::halt, "ordered", app.halt->by + ": " + app.halt->why});
  for (const auto& [gate, breach] : app.breaches)
    out.push_back({breach.reaction, "gate:" + gate, breach.evidence.why, gate, breach.evidence.signal});
  return out;
}

// A flag that cures its own signal's breach leaves the binary alone; its breach is no reason to stop.
bool stops_promotion(const Cause& cause) { return cause.reaction != Reaction::switch_off; }

Wait removal_wait(const AppContext& context, const Cause& cause) {
  const auto words =
      context.progress.removed
          ? fmt::format(
                "off sale everywhere, by {}. To bring it back: make the storefronts available again in the store's "
                "console, then `train resume {} --why …`",
                cause.seen, context.app.name)
          : fmt::format("being taken off sale, by {}", cause.seen);
  return person_wait(context, WaitKind::person, {}, words, deciders(context));
}

Wait cause_wait(const AppContext& context, const Cause& cause) {
  if (has(playbook(cause.reaction), PlaybookStep::remove_from_sale)) return removal_wait(context, cause);
  if (cause.gate.empty()) {
    return person_wait(
        context, WaitKind::person, {},
        fmt::format("{} by {}; `train resume {} --why …` goes on",
                    cause.reaction == Reaction::halt ? "halted" : "rolled back", cause.seen, context.app.name),
        deciders(context));
  }
  Wait wait = person_wait(
      context, WaitKind::gate, {},
      fmt::format("{} breached: {}; `train resume {} --why … --override {}` goes on, a newer build starts over",
                  cause.gate, cause.seen, context.app.name, cause.gate),
      deciders(context));
  wait.because = {{cause.rule, cause.seen, "within its limit"}};
  wait.ways =
      remedies(ways_out(context.input.definition, context.input.state, context.release, context.app, context.now()));
  return wait;
}

bool flags_come_first(const AppContext& context, const std::vector<Cause>& found) {
  const bool switches = std::any_of(found.begin(), found.end(), [](const Cause& cause) {
    return has(playbook(cause.reaction), PlaybookStep::switch_flags_off);
  });
  if (!switches) return false;
  const auto pending = pending_flag_steps(context.input);
  return std::any_of(pending.begin(), pending.end(),
                     [&](const Step& step) { return !is_set_aside(context.input, step); });
}

bool store_can_stop(const AppContext& context) {
  const auto* seen = context.seen();
  if (seen == nullptr || seen->status != ReleaseStatus::serving || seen->percent.is_zero()) return false;
  if (!seen->percent.is_all()) return true;
  return context.facts.halts_after_full && context.progress.live.has_value();
}

Wait cannot_stop(const AppContext& context) {
  const bool first = !context.progress.live.has_value();
  return person_wait(context, WaitKind::store, {},
                     first ? "a first release cannot be halted: there is nothing to serve instead; ship a fix"
                           : "at 100 % this store cannot stop a release: only a newer version or removal from sale can",
                     deciders(context));
}

std::vector<Reason> halt_reasons(const std::vector<Cause>& found) {
  std::vector<Reason> out;
  for (const auto& cause : found) {
    if (has(playbook(cause.reaction), PlaybookStep::halt_in_store))
      out.push_back({cause.rule, cause.seen, "no further exposure"});
  }
  return out;
}

// First the brake that one call sets, then the app's removal, which takes a call for each storefront.
void remove_after_halt(const AppContext& context, Decision& out) {
  if (!context.facts.withdrawal || !context.progress.removal || context.progress.removed) return;
  if (out.step && !is_set_aside(context.input, *out.step)) return;
  out.step = make_step(context, Action::remove_from_sale,
                       {{"ordered", context.progress.removal->by + ": " + context.progress.removal->why,
                         "sold nowhere, on no platform"}});
}

// The release of a ready standby also stops what runs, so that one call is brake and way back; what keeps it from going
// out does not keep the brake.
void add_standby_release(const AppContext& context, const std::vector<Cause>& found, Decision& out) {
  auto back = decide_standby_release(context);
  for (auto& wait : back.waits) out.waits.push_back(std::move(wait));
  const bool may = back.step && !flags_come_first(context, found) && !is_set_aside(context.input, *back.step);
  if (may) out.step = std::move(back.step);
}

// Nobody gets it yet, and a person has said stop: it does not stay with the reviewers, who may be told by somebody else
// to let it out by itself.
std::optional<Step> keep_from_getting_out(const AppContext& context, const std::vector<Cause>& found) {
  const bool ordered = context.progress.halt || context.progress.rollback;
  const auto* seen = context.seen();
  if (!ordered || seen == nullptr || TRAIN_FAULT("a_stop_leaves_the_review")) return std::nullopt;
  if (!is_in_review(seen->status)) return std::nullopt;
  if (context.facts.reviews_apart()) return make_step(context, Action::cancel_submission, halt_reasons(found));
  // The store goes on calling it in review once it is halted there.
  if (context.progress.control == AppProgress::Control::halted) return std::nullopt;
  return make_step(context, Action::halt, halt_reasons(found));
}

std::optional<Decision> decide_playbook(const AppContext& context) {
  const auto found = causes(context.progress);
  if (std::none_of(found.begin(), found.end(), stops_promotion)) return std::nullopt;
  Decision out;
  for (const auto& cause : found) {
    if (stops_promotion(cause)) out.waits.push_back(cause_wait(context, cause));
  }
  const auto because = halt_reasons(found);
  if (!because.empty() && is_exposed(context.progress) && context.seen()->status == ReleaseStatus::serving) {
    if (!store_can_stop(context)) {
      const bool standby_is_ready =
          standby_state(context.facts, context.release, context.progress) == StandbyState::ready;
      if (!context.progress.removal && !standby_is_ready) out.waits.push_back(cannot_stop(context));
    } else if (!flags_come_first(context, found))
      out.step = make_step(context, Action::halt, because);
  }
  if (auto step = keep_from_getting_out(context, found)) out.step = std::move(step);
  const bool goes_back = std::any_of(found.begin(), found.end(), [](const Cause& cause) {
    return has(playbook(cause.reaction), PlaybookStep::release_standby);
  });
  if (goes_back) add_standby_release(context, found, out);
  remove_after_halt(context, out);
  return out;
}

std::optional<Decision> decide_drift(const AppContext& context) {
  if (!context.progress.drift || !context.progress.drift->on_rollout) return std::nullopt;
  Decision out;
  out.waits.push_back(person_wait(
      context, WaitKind::person, {},
      fmt::format("{}; `train resume {} --why …` takes it from here", context.progress.drift->what, context.app.name),
      deciders(context)));
  out.waits.back().because = {{"drift", context.progress.drift->what, "a person's word"}};
  return out;
}

std::optional<Decision> decide_failed_look(const AppContext& context) {
  if (context.look == nullptr || !context.look->failure) return std::nullopt;
  Decision out;
  out.waits.push_back(make_wait(context, WaitKind::store, "could not be read: " + context.look->failure->message));
  out.waits.back().because = {{"observation", context.look->failure->message, "a readable store"}};
  return out;
}

std::optional<Decision> decide_missing(const AppContext& context) {
  if (!is_missing(context)) return std::nullopt;
  Decision out;
  out.waits.push_back(make_wait(context, WaitKind::store,
                                fmt::format("the store's list does not show it now; it was {} ({}) when last seen, and "
                                            "nothing is done until the list shows it again",
                                            context.seen()->percent.text(), context.seen()->raw)));
  // A list that is behind is not so for an hour.
  const auto since = context.progress.seen_at.value_or(context.now());
  out.waits.back().needs_person = !may_lag(context) && context.now() - since > std::chrono::hours(1);
  out.waits.back().because = {{"observation", "not listed", "listed, as before"}};
  return out;
}

std::optional<Decision> decide_unknown_word(const AppContext& context) {
  if (context.seen() == nullptr || context.seen()->status != ReleaseStatus::unknown) return std::nullopt;
  Decision out;
  out.waits.push_back(
      person_wait(context, WaitKind::store, {},
                  context.seen()->detail.empty()
                      ? "the store shows a state this version of train does not know: " + context.seen()->raw
                      : context.seen()->detail,
                  deciders(context)));
  return out;
}

}  // namespace

std::optional<Decision> decide_trouble(const AppContext& context) {
  // A failed look comes first: a halt is still sent (the playbook runs on what was last known), everything else is not.
  if (auto failed = decide_failed_look(context)) {
    if (auto played = decide_playbook(context); played && played->step) {
      played->waits.insert(played->waits.begin(), failed->waits.begin(), failed->waits.end());
      return played;
    }
    return failed;
  }
  if (auto played = decide_playbook(context)) return played;
  if (auto missing = decide_missing(context)) return missing;
  if (auto unknown = decide_unknown_word(context)) return unknown;
  return decide_drift(context);
}

std::vector<Step> pending_flag_steps(const DecisionInput& input) {
  std::vector<Step> out;
  const auto is_off = [&](const Flag& flag) {
    const auto known = input.state.flags.find(flag.name);
    return known != input.state.flags.end() && known->second.value == *flag.value_off;
  };
  for (const auto& release : input.state.releases) {
    if (!release.is_open() && &release != input.state.focus()) continue;
    for (const auto& app : release.apps) {
      for (const auto& cause : causes(app)) {
        if (!has(playbook(cause.reaction), PlaybookStep::switch_flags_off)) continue;
        // A feature that was at fault in a release that is done is its people's again.
        if (cause.reaction == Reaction::switch_off && !release.is_open()) continue;
        for (const auto& flag : input.definition.flags) {
          const bool concerned = cause.reaction != Reaction::switch_off || flag.signal == cause.signal;
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
