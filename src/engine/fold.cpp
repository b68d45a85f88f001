#include <fmt/core.h>
#include <algorithm>

#include "announcement.hpp"
#include "fold_app.hpp"
#include "fold_by_hand.hpp"
#include "fold_standby.hpp"
#include "outbox.hpp"
#include "train/base/fault.hpp"
#include "train/domain/review.hpp"
#include "train/domain/sign_off_item.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

namespace {

// One event's effect on the state; one overload per kind, so that a new kind does not compile until it is handled.
class Folder {
 public:
  Folder(State& state, const Event& event) : state_(state), event_(event) {}

  void operator()(const event::Opened& e) {
    Release release;
    release.version = e.version;
    release.hotfix = e.hotfix;
    release.opened = event_.at;
    release.cutoff = e.cutoff;
    release.replaces = e.replaces;
    state_.releases.push_back(std::move(release));
  }

  void operator()(const event::Departed& e) {
    if (auto* release = state_.find(e.version)) release->departed = event_.at;
  }

  void operator()(const event::CandidateChosen& e) {
    auto* release = state_.find(e.version);
    if (release == nullptr) return;
    auto& app = progress(*release, e.app);
    const bool newer = app.candidate.has_value();
    if (newer && app.candidate->build != e.build) app.earlier.insert(app.earlier.begin(), app.candidate->build);
    app.candidate = ChosenCandidate{e.build, e.sha256, e.path, e.origin, event_.at};
    app.uploaded = false;
    app.distributed.clear();
    app.told.clear();
    app.unsettled.reset();
    if (newer) {
      app.may_resubmit = true;
      app.breaches.clear();
      app.verdict.reset();
    }
    std::erase_if(release->sign_offs, [&](const SignOff& signed_off) {
      return std::find(e.voided.begin(), e.voided.end(), signed_off.item) != e.voided.end();
    });
    if (!e.voided.empty()) release->asked_people.clear();
  }

  void operator()(const event::SignedOff& e) {
    auto* release = state_.find(e.version);
    if (release == nullptr) return;
    release->sign_offs.push_back({e.item, e.how, event_.by, e.role, e.why, event_.at, event_.seq});
    override_gate(*release, e);
  }

  void operator()(const event::Seen& e) {
    auto* app = find(e.version, e.app);
    if (app == nullptr) return;
    app->looked = true;
    const bool same = e.release && app->seen && is_same_wait(e.release->status, app->seen->status);
    if (!same) app->status_since = event_.at;
    const bool climbed = e.release && app->seen && e.release->percent > app->seen->percent;
    if (climbed && !app->looks.empty()) app->climbed_after = app->looks.back();
    const bool processes = std::any_of(e.builds.begin(), e.builds.end(),
                                       [](const SeenBuild& build) { return build.state == BuildState::processing; });
    if (!processes) app->processing_since.reset();
    if (processes && !app->processing_since) app->processing_since = event_.at;
    if (e.release && is_going_again(*app, *e.release)) take_control(*app, AppProgress::Control::running);
    if (e.release && was_lowered_after_a_raise(*app, *e.release, event_.at)) begin_soak(*app, event_.at);
    app->seen = e.release;
    app->seen_at = event_.at;
    app->live = e.live;
    app->builds = e.builds;
    if (e.budget) app->budget = e.budget;
    confirm_suspicion(*app);
    const bool in_hand = e.release && !e.release->releases_itself;
    if (in_hand && app->drift && !app->drift->on_rollout) app->drift.reset();
    // What a person allowed was taken back in the store: whoever sets it again is asked about again.
    if (in_hand && (is_in_review(e.release->status) || e.release->status == ReleaseStatus::approved))
      app->lets_go = false;
    if (e.percent_as_of) app->percent_as_of = e.percent_as_of;
    if (app->last_done && e.percent_as_of >= app->last_done->at) app->last_done->read = true;
    // Halted before anybody got it, it is nobody's, whatever share it was sent with.
    const bool serves = e.release && e.release->status == ReleaseStatus::serving;
    if (serves && app->drift && app->drift_is_share && e.release->percent <= app->allowed) app->drift.reset();
    if (serves && e.release->percent.is_all() && !app->full_since) app->full_since = event_.at;
    // What took its place leaves it what it was.
    const bool replaced = e.release && e.release->status == ReleaseStatus::superseded;
    if (e.release && !replaced && !e.release->percent.is_all()) app->full_since.reset();
    // A rejection or withdrawal that was answered is over once the store moves on.
    if (e.release && e.release->status != ReleaseStatus::rejected && e.release->status != ReleaseStatus::withdrawn &&
        e.release->status != ReleaseStatus::draft) {
      app->may_resubmit = false;
      app->withdrawn_by_us = false;
      app->was_in_review = true;
    }
  }

  void operator()(const event::StageReached& e) {
    auto* app = find(e.version, e.app);
    if (app == nullptr) return;
    // What was granted for a stage that the store no longer serves is not granted any more.
    if (e.stage < app->stage) app->allowed = std::min(app->allowed, e.percent);
    start_stage(*app, e, event_.at);
    if (e.adopted) app->adopted = true;
    // A climb of the store's own is no grant.
    if (e.adopted) app->allowed = std::max(app->allowed, e.percent);
  }

  void operator()(const event::Intent& e) {
    OpenIntent open{e, event_.at, event_.by, Percent()};
    auto* app = is_only_by_hand(e.step.action) ? nullptr : find(e.step.version, e.step.app);
    if (app != nullptr) {
      open.allowed_before = app->allowed;
      note_counters(*app, e.step.evidence);
      // What was granted counts from the moment the call may have gone out.
      if (e.step.to_percent && raises_exposure(e.step.action))
        app->allowed = std::max(app->allowed, *e.step.to_percent);
    }
    state_.open[e.operation] = std::move(open);
  }

  void operator()(const event::Outcome& e) {
    const auto found = state_.open.find(e.operation);
    if (found == state_.open.end()) return;
    const OpenIntent open = found->second;
    state_.open.erase(found);
    if (is_only_by_hand(open.intent.step.action)) {
      note_by_hand(state_.by_hand, {open.intent.step, open.by, open.intent.why, event_.at, e.result, e.detail});
      return;
    }
    switch (e.result) {
      case event::Outcome::Result::done:
        settle_done(open);
        break;
      case event::Outcome::Result::failed:
        settle_failed(open, e.detail, e.gave_way);
        break;
      case event::Outcome::Result::unknown:
      case event::Outcome::Result::superseded:
        settle_unknown(open);
        break;
    }
  }

  void operator()(const event::Held& e) {
    const Order order{event_.by, e.why, event_.at};
    if (auto* release = state_.find(e.version); release != nullptr && e.app.empty()) release->hold = order;
    if (auto* app = find(e.version, e.app)) app->hold = order;
  }

  void operator()(const event::Resumed& e) {
    auto* release = state_.find(e.version);
    if (release == nullptr) return;
    if (e.app.empty()) release->hold.reset();
    for (auto& app : release->apps) {
      if (!e.app.empty() && app.app != e.app) continue;
      resume(app, e);
      accept(app, e);
    }
  }

  void operator()(const event::HaltOrdered& e) {
    auto* release = state_.find(e.version);
    if (release == nullptr) return;
    const auto stop = [&](AppProgress& app) {
      (e.removal ? app.removal : e.rollback ? app.rollback : app.halt) = Order{event_.by, e.why, event_.at};
      app.may_resume = false;
    };
    if (!e.app.empty()) return stop(progress(*release, e.app));
    for (auto& app : release->apps) {
      if (is_exposed(app)) stop(app);
    }
  }

  void operator()(const event::Breached& e) {
    auto* app = find(e.version, e.app);
    if (app == nullptr) return;
    const auto reaction = e.reaction.value_or(Reaction::investigate);
    note_counters(*app, {e.evidence});
    app->breaches[e.evidence.id()] = {reaction, e.evidence, event_.at, false};
    app->overrides.erase(e.evidence.id());
    if (reaction == Reaction::switch_off) {
      // The feature takes the blame: the binary is judged by what comes after the flag.
      judge_afresh(*app, e.evidence, event_.at, "its flag was switched off");
      return;
    }
    app->verdict = Verdict::breach;
    app->may_resume = false;
  }

  void operator()(const event::Warned& e) {
    auto* app = find(e.version, e.app);
    if (app == nullptr) return;
    note_counters(*app, {e.evidence});
    app->warned.insert(e.evidence.id());
  }

  void operator()(const event::LevelSampled& e) {
    if (auto* app = find(e.version, e.app)) count_window(*app, e);
  }

  void operator()(const event::Counted& e) {
    auto* app = find(e.version, e.app);
    if (app == nullptr) return;
    count_stretch(*app, e, event_.at);
    for (const auto& signal : e.afresh) count_afresh(*app, e, signal);
  }

  void operator()(const event::RulesSet& e) {
    auto* app = find(e.version, e.app);
    if (app == nullptr) return;
    app->rules = e.rules;
    app->changed_rules.clear();
    app->rules_accepted.clear();
  }

  void operator()(const event::RulesDiffer& e) {
    if (auto* app = find(e.version, e.app)) app->changed_rules[e.signal] = e.what;
  }

  void operator()(const event::StandbyChosen& e) {
    if (auto* app = find(e.version, e.app)) app->standby = standby_of(e);
  }

  void operator()(const event::StandbySeen& e) {
    if (auto* app = find(e.version, e.app); app != nullptr && app->standby) see_standby(*app->standby, e, event_.at);
  }

  void operator()(const event::ForceUpdateDecided& e) {
    if (auto* app = find(e.version, e.app)) app->force_update = e;
  }

  void operator()(const event::Drifted& e) {
    if (auto* app = find(e.version, e.app)) {
      app->drift = e;
      app->drift_is_share = app->control == AppProgress::Control::running && app->seen &&
                            app->seen->status == ReleaseStatus::serving && app->seen->percent > app->allowed;
      app->may_resume = false;
    }
  }

  void operator()(const event::Escalated& e) {
    if (auto* app = find(e.version, e.app)) app->escalated.insert(e.item);
  }

  void operator()(const event::WaitingForPeople& e) {
    if (auto* release = state_.find(e.version)) release->asked_people = e.items;
  }

  void operator()(const event::Abandoned& e) {
    if (auto* release = state_.find(e.version)) release->abandoned = Order{event_.by, e.why, event_.at};
  }

  void operator()(const event::Finished& e) {
    auto* release = state_.find(e.version);
    if (release == nullptr) return;
    release->finished = event_.at;
    release->superseded = e.superseded;
  }

  void operator()(const event::Looked& e) {
    constexpr std::size_t remembered = 12;
    auto* app = find(e.version, e.app);
    if (app == nullptr) return;
    app->looks.push_back(event_.at);
    if (app->looks.size() > remembered) app->looks.erase(app->looks.begin());
  }
  void operator()(const event::DefinitionKnown& e) { state_.definition = e; }
  void operator()(const event::ChannelsSeen& e) { see_channels(state_, e, event_.seq); }
  void operator()(const event::MessagesDropped& e) { drop_messages(state_, e); }

  void operator()(const event::Repaired&) {}  // about the file, not about the train

  void operator()(const event::Judged& e) {
    if (auto* app = find(e.version, e.app)) {
      note_counters(*app, e.evidence);
      app->verdict = e.verdict;
      app->evidence = e.evidence;
    }
  }

 private:
  static AppProgress& progress(Release& release, const AppName& app) {
    if (auto* found = release.find(app)) return *found;
    release.apps.push_back({});
    release.apps.back().app = app;
    return release.apps.back();
  }

  AppProgress* find(const VersionName& version, const AppName& app) {
    auto* release = state_.find(version);
    if (release == nullptr || app.empty()) return nullptr;
    return &progress(*release, app);
  }

  // "android:gate:crashes": a sign-off that lets this stage of this app pass without that gate.
  void override_gate(Release& release, const event::SignedOff& e) {
    const auto read = parse_sign_off_item(e.item);
    const auto* gate = read ? std::get_if<item::Gate>(&*read) : nullptr;
    if (gate == nullptr) return;
    auto& app = progress(release, gate->app);
    app.overrides[gate->signal] = Override{app.stage, event_.by, e.why};
  }

  void resume(AppProgress& app, const event::Resumed& e) {
    app.may_resume = ends_a_stop(app);
    take_over_what_runs(app);
    app.hold.reset();
    app.halt.reset();
    app.rollback.reset();
    app.removal.reset();
    app.removed.reset();
    app.drift.reset();
    app.failing.reset();
    // What went wrong since may be sent again at once. What is merely not shown yet is not.
    const bool is_still_awaited = app.last_done && (app.last_done->step.action == Action::create_version ||
                                                    app.last_done->step.action == Action::pause);
    // What somebody lowered right after a raise of the train's, a person takes as it is: it soaks from here.
    if (app.seen && shows_less_than_raised(app, *app.seen)) begin_soak(app, event_.at);
    if (!is_still_awaited) app.last_done.reset();
    if (app.seen && app.seen->releases_itself) app.lets_go = true;
    // Whoever stopped it, the stop is now the train's own, and the train may end it.
    if (app.seen && app.seen->status == ReleaseStatus::halted) app.control = AppProgress::Control::paused;
    if (app.seen && (app.seen->status == ReleaseStatus::rejected || app.seen->status == ReleaseStatus::withdrawn ||
                     app.was_in_review))
      app.may_resubmit = true;
    for (const GateName& gate : e.overrides) {
      if (const auto breach = app.breaches.find(gate); breach != app.breaches.end()) {
        judge_afresh(app, breach->second.evidence, event_.at, event_.by + " went on in spite of it");
        app.breaches.erase(breach);
      }
      app.warned.erase(gate);
      if (app.changed_rules.count(gate) != 0) app.rules_accepted.insert(gate);
      app.overrides[gate] = Override{app.stage, event_.by, e.why};
    }
    if (app.breaches.empty() && app.verdict == Verdict::breach) app.verdict = Verdict::hold;
  }

  // The flag behind this signal is off and heard of: the binary is judged by what comes from here on.
  void count_afresh(AppProgress& app, const event::Counted& e, const SignalName& signal) const {
    app.history.try_emplace(signal);
    const auto ours = e.ours.find(signal);
    const auto live = e.live.find(signal);
    for (SignalHistory* history : histories(app, signal)) {
      history->forget(ours == e.ours.end() ? Tally{} : history->ours.whole(ours->second),
                      live == e.live.end() ? std::nullopt : std::optional(history->live.whole(live->second)),
                      moment_of(app, event_.at), "its flag was off");
    }
    app.afresh[signal] = event_.at;
    for (auto& [gate, breach] : app.breaches) {
      if (breach.evidence.signal == signal) breach.settled = true;
    }
  }

  void settle_done(const OpenIntent& open) {
    const Step& step = open.intent.step;
    if (auto* release = state_.find(step.version)) settle_train_step(*release, step);
    if (step.action == Action::set_flag) note_flag(step);
    if (step.action == Action::notify) mark_sent(state_, step);
    auto* app = find(step.version, step.app);
    if (app == nullptr) return;
    app->unsettled.reset();
    app->failing.reset();
    const bool soaks = raises_exposure(step.action) && app->stage_since;
    app->last_done = DoneStep{step, event_.at, false, soaks};
    if (soaks) app->stage_since = event_.at;
    if (step.action == Action::upload_build) app->uploaded = true;
    if (step.action == Action::set_release_notes) {
      app->notes_by_us = true;
      app->notes_sent = step.value;
    }
    if (step.action == Action::remove_from_sale) app->removed = event_.at;
    settle_record(*app, step);
    if (app->standby) settle_standby(*app->standby, step, event_.at);
    forget_owner(step);
    if (step.action == Action::distribute && app->candidate && step.build == app->candidate->build) {
      app->distributed.insert(step.subject);
      if (waited_to_be_told(*app, step)) app->told.insert(step.subject);
    }
    if (const auto control = control_after(step.action)) take_control(*app, *control);
  }

  void note_flag(const Step& step) {
    const auto known = state_.flags.find(step.subject);
    const bool same = known != state_.flags.end() && known->second.value == step.value;
    state_.flags[step.subject] = {step.value, event_.at, same ? known->second.since : event_.at};
  }

  // A renamed record is no longer the release's that made it.
  void forget_owner(const Step& step) {
    const auto before = step.action == Action::create_version ? VersionName::parse(step.value) : std::nullopt;
    if (auto* owner = before ? find(*before, step.app) : nullptr) owner->created_by_us = false;
  }

  static void settle_train_step(Release& release, const Step& step) {
    if (step.action == Action::cut_branch) release.branch_cut = true;
    if (step.action == Action::start_build) release.build_started = true;
    if (step.action == Action::tag) release.tagged = true;
  }

  void settle_failed(const OpenIntent& open, const std::string& detail, bool gave_way) {
    const Step& step = open.intent.step;
    auto* app = find(step.version, step.app);
    if (app == nullptr) return;
    if (raises_exposure(step.action)) app->allowed = open.allowed_before;
    if (gave_way) return;  // nothing was asked of the store
    const bool again = app->failing && app->failing->action == step.action;
    app->failing = Failing{step.action, again ? app->failing->times + 1 : 1, detail,
                           again ? app->failing->since : event_.at, event_.at};
  }

  // It may have happened. What it would have granted stays granted, and a stop that may be ours counts as ours.
  void settle_unknown(const OpenIntent& open) {
    const Step& step = open.intent.step;
    if (auto* release = state_.find(step.version); release != nullptr && step.action == Action::start_build)
      release->build_started = true;
    auto* app = find(step.version, step.app);
    if (app == nullptr) return;
    app->unsettled = Unsettled{step, event_.at};
    settle_record(*app, step);
    // It may be in the store's review by our hand.
    if (app->standby && step.action == Action::submit_standby) app->standby->submitted = true;
    if (step.action == Action::distribute && waited_to_be_told(*app, step)) app->told.insert(step.subject);
    app->suspected = control_after(step.action);
  }

  State& state_;
  const Event& event_;
};

}  // namespace

void apply(State& state, const Event& event) {
  // Before the fold: what an outcome tells of is named by the intent it closes.
  if (auto entry = announcement_of(state, event)) put_into_outbox(state, std::move(*entry));
  std::visit(Folder(state, event), event.body);
  state.seq = event.seq;
}

State fold(std::span<const Event> events) {
  State state;
  for (const auto& event : events) apply(state, event);
  return state;
}

}  // namespace train::engine
