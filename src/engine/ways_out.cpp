#include "train/engine/ways_out.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "app_context.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::engine {
namespace {

struct Trouble {
  const AppContext& context;
  const StandbyState standby;

  Percent served() const { return context.seen() == nullptr ? Percent() : context.seen()->percent; }
  std::string bad() const { return context.release.version.text(); }
  std::string live() const { return context.progress.live ? context.progress.live->text() : std::string(); }
  bool stopped() const { return context.seen() != nullptr && context.seen()->status == ReleaseStatus::halted; }
  // A rung on which the train waits: it would resume the rollout by itself.
  bool paused_by_train() const { return stopped() && app_phase(context.progress) == AppPhase::rolling_out; }
};

// The people who already have it, as far as a gate has counted them.
std::string people(const Trouble& t) {
  double most = 0;
  for (const auto& evidence : t.context.progress.evidence) most = std::max(most, evidence.exposures);
  if (t.served().is_zero()) return "anybody who has it: nobody yet";
  const auto share = fmt::format("those who have {} already, up to {} of all users", t.bad(), t.served().text());
  return most <= 0 ? share : fmt::format("{} ({:.0f} exposures measured)", share, most);
}

// Flags whose own signal breached; without a breach, every flag that can be switched off.
std::vector<std::string> flags_to_blame(const Trouble& t) {
  std::vector<std::string> own;
  std::vector<std::string> all;
  for (const auto& flag : t.context.input.definition.flags) {
    if (!flag.value_off) continue;
    const auto known = t.context.input.state.flags.find(flag.name);
    if (known != t.context.input.state.flags.end() && known->second.value == *flag.value_off) continue;
    all.push_back(flag.name);
    const auto& breaches = t.context.progress.breaches;
    const bool at_fault = std::any_of(breaches.begin(), breaches.end(),
                                      [&](const auto& breach) { return flag.signal == breach.second.evidence.signal; });
    if (at_fault) own.push_back(flag.name);
  }
  return own.empty() ? all : own;
}

bool blames_a_feature(const Trouble& t) {
  const auto& breaches = t.context.progress.breaches;
  const auto is_own = [&](const auto& breach) {
    return std::any_of(
        t.context.input.definition.flags.begin(), t.context.input.definition.flags.end(),
        [&](const Flag& flag) { return flag.signal == breach.second.evidence.signal && flag.value_off; });
  };
  return !breaches.empty() && std::all_of(breaches.begin(), breaches.end(), is_own);
}

// Of a train in which no flag is left to switch.
Reason no_flag_to_switch(const Trouble& t) {
  const auto& flags = t.context.input.definition.flags;
  std::vector<std::string> off;
  for (const auto& flag : flags) {
    if (flag.value_off) off.push_back(flag.name);
  }
  if (flags.empty()) return {"flags", "the definition has none", "a flag with a value_off"};
  if (off.empty()) return {"flags", "none has a value_off", "a flag with a value_off"};
  return {"flags", join(off, ", ") + (off.size() == 1 ? " is off already" : " are off already"), "a flag that is on"};
}

WayOut flag_off(const Trouble& t) {
  WayOut out;
  out.way = Way::flag_off;
  const auto flags = flags_to_blame(t);
  out.possible = !flags.empty();
  out.takes = "seconds to set; as long as the app caches its flags to work";
  out.reaches = fmt::format("everybody online with {}, {} too; nobody who is offline", t.bad(), people(t));
  out.leaves = "what the feature has already done, and every fault outside of it";
  out.because = {flags.empty() ? no_flag_to_switch(t) : Reason{"flags", join(flags, ", "), "a value_off"}};
  if (blames_a_feature(t))
    out.because.push_back(
        {"breach", "only signals of these features breached", "the feature off, the binary left alone"});
  return out;
}

WayOut halt(const Trouble& t) {
  WayOut out;
  out.way = Way::halt;
  const bool full = t.served().is_all();
  out.possible = is_exposed(t.context.progress) && (!t.stopped() || t.paused_by_train()) && !full;
  out.takes = "one call; at once for new updates";
  out.reaches = t.context.facts.sets_percentages
                    ? fmt::format("new installs and updates, which get {} again; not {}", t.live(), people(t))
                    : fmt::format("automatic updates; new installs and updates by hand still get {}, {} keep it",
                                  t.bad(), people(t));
  out.leaves = fmt::format("{} stays on every phone that has it", t.bad());
  const auto seen = t.paused_by_train() ? "paused by the train, which would resume it"
                    : t.stopped()       ? "stopped already"
                    : full              ? "served to everybody"
                                        : "served to " + t.served().text();
  out.because = {{"store", seen, "a rollout on its way"}};
  return out;
}

WayOut resume_previous(const Trouble& t) {
  WayOut out;
  out.way = Way::resume_previous;
  const bool can = t.context.facts.halts_after_full && t.context.progress.live.has_value();
  out.possible = can && is_exposed(t.context.progress) && !t.stopped() && t.served().is_all();
  out.takes = fmt::format("one call, `train halt {}`; at once for new installs", t.context.app.name);
  out.reaches =
      fmt::format("new installs and people who have not updated, who get {} again; not {}", t.live(), people(t));
  out.leaves = fmt::format("{} stays on every phone that has it: nobody is brought back", t.bad());
  const auto seen = !t.context.facts.halts_after_full ? std::string("this store never serves an older version again")
                    : !t.context.progress.live        ? std::string("no release before this one")
                    : t.stopped()                     ? "stopped already"
                                                      : "served to " + t.served().text();
  out.because = {{"store", seen, "a full release, and one before it"}};
  return out;
}

std::string standby_call(const StoreFacts& facts) {
  switch (facts.review) {
    case StoreReview::none:
      return "one call";
    case StoreReview::with_release:
      return fmt::format("one commit and {}'s review of it", facts.company);
    case StoreReview::apart:
      return "one call, it is reviewed already";
  }
  return {};
}

WayOut standby(const Trouble& t) {
  WayOut out;
  out.way = Way::standby;
  out.possible = t.standby == StandbyState::ready;
  const auto& known = t.context.progress.standby;
  out.takes = standby_call(t.context.facts) + "; hours until phones update by themselves";
  out.reaches = "everybody who updates, those who have the bad one too; nobody who is offline";
  out.leaves = known ? fmt::format("data that {} has written: {} must read it", t.bad(), known->from.text())
                     : std::string("data the new code has written");
  out.because = {{"standby", std::string(to_string(t.standby)), "ready"}};
  if (known && !is_exposed(t.context.progress))
    out.because.push_back({"exposure", "nobody is exposed", "somebody to bring back"});
  return out;
}

WayOut hotfix(const Trouble& t) {
  WayOut out;
  out.way = Way::hotfix;
  out.possible = true;
  out.takes = fmt::format("a build, {} of stabilization, and a store review of hours to days",
                          format_duration(t.context.input.definition.hotfix.stabilization));
  out.reaches = "everybody who updates, once it is rolled out";
  out.leaves = "everything until then: the trouble goes on where it is not stopped otherwise";
  out.because = {{"code", "somebody must know the cause", "`train start --hotfix`"}};
  return out;
}

WayOut force_update(const Trouble& t) {
  WayOut out;
  out.way = Way::force_update;
  const bool fix = t.context.progress.standby && t.context.progress.standby->released;
  out.possible = fix;
  out.takes = "minutes to hours, at the next start of the app";
  out.reaches = "people online who have a bad version and a newer one to update to";
  out.leaves = "people offline or in the middle of something: give them grace";
  out.because = {{"fix",
                  fix ? t.context.progress.standby->version.text() + " is going out" : "nothing newer is at 100 %",
                  "a version to update to"}};
  return out;
}

// Lower comes first. Features first where only they are to blame; a brake before everything that takes time; what
// brings people back before what waits for a fix.
int rank(const Trouble& t, const WayOut& way) {
  if (!way.possible) return 10 + static_cast<int>(way.way);
  switch (way.way) {
    case Way::flag_off:
      return blames_a_feature(t) ? 0 : 3;
    case Way::standby:
      return 1;
    case Way::halt:
    case Way::resume_previous:
      return 2;
    case Way::force_update:
      return 4;
    case Way::hotfix:
      return 5;
  }
  return 9;
}

}  // namespace

std::string_view to_string(Way way) {
  switch (way) {
    case Way::flag_off:
      return "flag_off";
    case Way::halt:
      return "halt";
    case Way::resume_previous:
      return "resume_previous";
    case Way::standby:
      return "standby";
    case Way::hotfix:
      return "hotfix";
    case Way::force_update:
      return "force_update";
  }
  return "";
}

std::vector<WayOut> ways_out(const Definition& definition, const State& state, const Release& release, const App& app,
                             Instant now) {
  const Observation nothing_seen;
  const Evidence nothing_measured;
  const DecisionInput input{definition, state, nothing_seen, nothing_measured, now, {}};
  const AppContext context = make_app_context(input, release, app);
  const Trouble t{context, standby_state(context.facts, release, context.progress)};
  std::vector<WayOut> out{flag_off(t), halt(t), resume_previous(t), standby(t), hotfix(t), force_update(t)};
  std::stable_sort(out.begin(), out.end(), [&](const WayOut& a, const WayOut& b) { return rank(t, a) < rank(t, b); });
  return out;
}

const WayOut* recommended(const AppProgress& app, const std::vector<WayOut>& ways) {
  if (!is_exposed(app) || ways.empty() || !ways.front().possible) return nullptr;
  const bool is_wrong = !app.breaches.empty() || app.halt || app.rollback || app.hold;
  return ways.front().way == Way::hotfix && !is_wrong ? nullptr : &ways.front();
}

std::vector<Remedy> remedies(const std::vector<WayOut>& ways) {
  std::vector<Remedy> out;
  for (const auto& way : ways) {
    if (way.possible) out.push_back({std::string(to_string(way.way)), way.takes, way.reaches, way.leaves});
  }
  return out;
}

}  // namespace train::engine
