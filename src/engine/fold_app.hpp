// What events do to one app of one release. Inside the engine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/engine/state.hpp"

namespace train::engine {

using Control = AppProgress::Control;

// What a person's word ends: drift, a store that stands still, an order that may not have reached it. Said while none
// of these stands, it is no word for a later stop.
bool ends_a_stop(const AppProgress& app);
// A person's word to go on has happened in the store, by whoever: who stops it from then on has not been heard.
bool is_going_again(const AppProgress& app, const SeenRelease& now);
// The share that is served soaks from here.
void begin_soak(AppProgress& app, Instant at);
// The train's own raise was done, no look has shown its stage, and the store shows less.
bool shows_less_than_raised(const AppProgress& app, const SeenRelease& now);
// The same once its lists cannot be behind any more: somebody lowered it, and it soaks anew from here.
bool was_lowered_after_a_raise(const AppProgress& app, const SeenRelease& now, Instant at);
// Somebody else had set it going again, and a person accepts that: it runs by the train's leave from here on, whatever
// stops it later.
void take_over_what_runs(AppProgress& app);
// What somebody set in the store's console is this person's grant from here on, and the train moves it further.
void accept(AppProgress& app, const event::Resumed& e);
// Every history that is kept of this signal's counts; every one at all where `signal` is empty.
std::vector<SignalHistory*> histories(AppProgress& app, const SignalName& signal = {});
// Where the rollout stands at this time.
Moment moment_of(const AppProgress& app, Instant at);
// What has been judged does not breach twice; what comes after it can. Other gates on its signal keep what they have.
void judge_afresh(AppProgress& app, const GateEvidence& evidence, Instant at, const std::string& because);
// The numbers that were judged are in the log: a counter that falls later falls from here.
void note_counters(AppProgress& app, const std::vector<GateEvidence>& evidence);
void count_stretch(AppProgress& app, const event::Counted& e, Instant at);
void start_stage(AppProgress& app, const event::StageReached& e, Instant at);
// The fold knows no definition: the limit and the ratio are those of the rules in force.
void count_window(AppProgress& app, const event::LevelSampled& e);
bool waited_to_be_told(const AppProgress& app, const Step& step);
// What is ours in the store's version record: also after a lost answer, because it may be.
void settle_record(AppProgress& app, const Step& step);
// The store shows what the lost call would have made: it was ours.
void confirm_suspicion(AppProgress& app);
std::optional<AppProgress::Control> control_after(Action action);
void take_control(AppProgress& app, AppProgress::Control control);
// A review is one wait, from the queue to its end.
bool is_same_wait(ReleaseStatus a, ReleaseStatus b);

}  // namespace train::engine
