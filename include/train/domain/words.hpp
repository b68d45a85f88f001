// The words of the domain's closed sets. The log, the JSON and the screen use the same ones, and the log keeps them for
// ever: a word is never changed, whatever its enumerator is called.
#pragma once

#include "train/domain/definition.hpp"
#include "train/domain/enum_words.hpp"
#include "train/domain/event.hpp"
#include "train/domain/evidence.hpp"
#include "train/domain/plan.hpp"
#include "train/domain/store_view.hpp"

namespace train {

template <>
struct EnumWords<Reaction> {
  static constexpr std::array all{EnumWord{Reaction::investigate, "investigate"},
                                  EnumWord{Reaction::pause, "pause"},
                                  EnumWord{Reaction::rollback, "rollback"},
                                  EnumWord{Reaction::switch_off, "switch_off"},
                                  EnumWord{Reaction::halt, "halt"},
                                  EnumWord{Reaction::remove_from_sale, "remove_from_sale"}};
};

template <>
struct EnumWords<Before> {
  static constexpr std::array all{EnumWord{Before::submission, "submission"}, EnumWord{Before::rollout, "rollout"}};
};

template <>
struct EnumWords<Topic> {
  static constexpr std::array all{EnumWord{Topic::stage, "stage"}, EnumWord{Topic::breach, "breach"},
                                  EnumWord{Topic::halt, "halt"}, EnumWord{Topic::rollback, "rollback"},
                                  EnumWord{Topic::waiting_for_people, "waiting_for_people"}};
};

template <>
struct EnumWords<Severity> {
  static constexpr std::array all{EnumWord{Severity::low, "low"}, EnumWord{Severity::medium, "medium"},
                                  EnumWord{Severity::high, "high"}, EnumWord{Severity::critical, "critical"}};
};

template <>
struct EnumWords<Degree> {
  static constexpr std::array all{EnumWord{Degree::none, "none"}, EnumWord{Degree::nudge, "nudge"},
                                  EnumWord{Degree::soft, "soft"}, EnumWord{Degree::hard, "hard"}};
};

template <>
struct EnumWords<Verdict> {
  static constexpr std::array all{EnumWord{Verdict::pass, "pass"}, EnumWord{Verdict::hold, "hold"},
                                  EnumWord{Verdict::breach, "breach"}};
};

template <>
struct EnumWords<SignalKind> {
  static constexpr std::array all{EnumWord{SignalKind::proportion, "proportion"}, EnumWord{SignalKind::rate, "rate"},
                                  EnumWord{SignalKind::level, "level"}, EnumWord{SignalKind::alarm, "alarm"}};
};

template <>
struct EnumWords<Exposure> {
  static constexpr std::array all{EnumWord{Exposure::user_day, "user_day"}, EnumWord{Exposure::user, "user"},
                                  EnumWord{Exposure::session, "session"}, EnumWord{Exposure::request, "request"}};
};

// Of more than one, as people read it: "user days".
std::string_view plural(Exposure exposure);

template <>
struct EnumWords<Judging> {
  static constexpr std::array all{EnumWord{Judging::first, "first"}, EnumWord{Judging::second, "second"}};
};

template <>
struct EnumWords<DecidedBy> {
  static constexpr std::array all{EnumWord{DecidedBy::limit, "limit"}, EnumWord{DecidedBy::ratio, "ratio"},
                                  EnumWord{DecidedBy::level, "level"}, EnumWord{DecidedBy::spikes, "spikes"},
                                  EnumWord{DecidedBy::alarm, "alarm"}, EnumWord{DecidedBy::mean, "mean"}};
};

template <>
struct EnumWords<Measurement::State> {
  static constexpr std::array all{
      EnumWord{Measurement::State::measured, "measured"}, EnumWord{Measurement::State::no_data, "no_data"},
      EnumWord{Measurement::State::stale, "stale"}, EnumWord{Measurement::State::failed, "failed"}};
};

template <>
struct EnumWords<BuildState> {
  static constexpr std::array all{EnumWord{BuildState::processing, "processing"}, EnumWord{BuildState::ready, "ready"},
                                  EnumWord{BuildState::failed, "failed"}};
};

template <>
struct EnumWords<TesterStatus> {
  static constexpr std::array all{
      EnumWord{TesterStatus::no_group, "no_group"},       EnumWord{TesterStatus::absent, "absent"},
      EnumWord{TesterStatus::unsubmitted, "unsubmitted"}, EnumWord{TesterStatus::queued, "queued"},
      EnumWord{TesterStatus::in_review, "in_review"},     EnumWord{TesterStatus::rejected, "rejected"},
      EnumWord{TesterStatus::untold, "untold"},           EnumWord{TesterStatus::testing, "testing"},
      EnumWord{TesterStatus::blocked, "blocked"},         EnumWord{TesterStatus::unknown, "unknown"}};
};

template <>
struct EnumWords<ReleaseStatus> {
  static constexpr std::array all{EnumWord{ReleaseStatus::draft, "draft"},
                                  EnumWord{ReleaseStatus::waiting_for_review, "waiting_for_review"},
                                  EnumWord{ReleaseStatus::in_review, "in_review"},
                                  EnumWord{ReleaseStatus::rejected, "rejected"},
                                  EnumWord{ReleaseStatus::withdrawn, "withdrawn"},
                                  EnumWord{ReleaseStatus::approved, "approved"},
                                  EnumWord{ReleaseStatus::releasing, "releasing"},
                                  EnumWord{ReleaseStatus::held_by_store, "held_by_store"},
                                  EnumWord{ReleaseStatus::serving, "serving"},
                                  EnumWord{ReleaseStatus::halted, "halted"},
                                  EnumWord{ReleaseStatus::superseded, "superseded"},
                                  EnumWord{ReleaseStatus::unknown, "unknown"}};
};

template <>
struct EnumWords<PhasedRelease::State> {
  static constexpr std::array all{
      EnumWord{PhasedRelease::State::inactive, "inactive"}, EnumWord{PhasedRelease::State::active, "active"},
      EnumWord{PhasedRelease::State::paused, "paused"}, EnumWord{PhasedRelease::State::complete, "complete"},
      EnumWord{PhasedRelease::State::unknown, "unknown"}};
};

template <>
struct EnumWords<event::SignedOff::How> {
  static constexpr std::array all{EnumWord{event::SignedOff::How::approved, "approved"},
                                  EnumWord{event::SignedOff::How::waived, "waived"},
                                  EnumWord{event::SignedOff::How::adopted, "adopted"}};
};

template <>
struct EnumWords<event::Outcome::Result> {
  static constexpr std::array all{
      EnumWord{event::Outcome::Result::done, "done"}, EnumWord{event::Outcome::Result::failed, "failed"},
      EnumWord{event::Outcome::Result::unknown, "unknown"}, EnumWord{event::Outcome::Result::superseded, "superseded"}};
};

template <>
struct EnumWords<CandidateOrigin> {
  static constexpr std::array all{
      EnumWord{CandidateOrigin::artifact, "artifact"}, EnumWord{CandidateOrigin::store, "store"},
      EnumWord{CandidateOrigin::build_add, "build add"}, EnumWord{CandidateOrigin::adopted, "adopted"}};
};

template <>
struct EnumWords<WaitKind> {
  static constexpr std::array all{EnumWord{WaitKind::calendar, "calendar"},
                                  EnumWord{WaitKind::build, "build"},
                                  EnumWord{WaitKind::processing, "processing"},
                                  EnumWord{WaitKind::approval, "approval"},
                                  EnumWord{WaitKind::checklist, "checklist"},
                                  EnumWord{WaitKind::review, "review"},
                                  EnumWord{WaitKind::window, "window"},
                                  EnumWord{WaitKind::soak, "soak"},
                                  EnumWord{WaitKind::gate, "gate"},
                                  EnumWord{WaitKind::hold, "hold"},
                                  EnumWord{WaitKind::standby, "standby"},
                                  EnumWord{WaitKind::store, "store"},
                                  EnumWord{WaitKind::person, "person"}};
};

template <>
struct EnumWords<Action> {
  static constexpr std::array all{EnumWord{Action::cut_branch, "cut_branch"},
                                  EnumWord{Action::start_build, "start_build"},
                                  EnumWord{Action::upload_build, "upload_build"},
                                  EnumWord{Action::distribute, "distribute"},
                                  EnumWord{Action::create_version, "create_version"},
                                  EnumWord{Action::attach_build, "attach_build"},
                                  EnumWord{Action::set_release_notes, "set_release_notes"},
                                  EnumWord{Action::submit, "submit"},
                                  EnumWord{Action::cancel_submission, "cancel_submission"},
                                  EnumWord{Action::start_rollout, "start_rollout"},
                                  EnumWord{Action::set_percent, "set_percent"},
                                  EnumWord{Action::pause, "pause"},
                                  EnumWord{Action::resume, "resume"},
                                  EnumWord{Action::complete, "complete"},
                                  EnumWord{Action::halt, "halt"},
                                  EnumWord{Action::tag, "tag"},
                                  EnumWord{Action::prepare_standby, "prepare_standby"},
                                  EnumWord{Action::upload_standby, "upload_standby"},
                                  EnumWord{Action::submit_standby, "submit_standby"},
                                  EnumWord{Action::release_standby, "release_standby"},
                                  EnumWord{Action::cancel_standby, "cancel_standby"},
                                  EnumWord{Action::set_flag, "set_flag"},
                                  EnumWord{Action::notify, "notify"},
                                  EnumWord{Action::annotate, "annotate"},
                                  EnumWord{Action::set_update_priority, "set_update_priority"},
                                  EnumWord{Action::remove_from_sale, "remove_from_sale"},
                                  EnumWord{Action::prepare_recovery, "prepare_recovery"},
                                  EnumWord{Action::deploy_recovery, "deploy_recovery"},
                                  EnumWord{Action::cancel_recovery, "cancel_recovery"},
                                  EnumWord{Action::widen_recovery, "widen_recovery"},
                                  EnumWord{Action::set_minimum_version, "set_minimum_version"},
                                  EnumWord{Action::set_update_policy, "set_update_policy"},
                                  EnumWord{Action::retake_release, "retake_release"}};
};

}  // namespace train
