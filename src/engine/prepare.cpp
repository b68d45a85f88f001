// From the cutoff to the store's approval.
#include <fmt/core.h>

#include "detect.hpp"
#include "release_notes.hpp"
#include "requirements.hpp"
#include "standby_steps.hpp"
#include "steps.hpp"
#include "testers.hpp"
#include "train/base/fault.hpp"
#include "train/base/placeholders.hpp"
#include "train/domain/review.hpp"
#include "train/engine/archive_findings.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

Decision waiting(Wait wait) {
  Decision out;
  out.waits.push_back(std::move(wait));
  return out;
}

std::optional<SeenBuild> seen_build(const AppContext& context, const BuildNumber& number) {
  for (const auto& build : context.progress.builds) {
    if (build.number == number) return build;
  }
  return std::nullopt;
}

Decision await_candidate(const AppContext& context) {
  if (context.look != nullptr && context.look->artifact_failure) {
    return waiting(person_wait(context, WaitKind::build, {}, context.look->artifact_failure->text(), {}));
  }
  const auto* artifact = context.look == nullptr || !context.look->artifact ? nullptr : &*context.look->artifact;
  if (artifact != nullptr && is_reserved(context.input.state, context.app.name, artifact->build)) {
    return waiting(person_wait(context, WaitKind::build, {},
                               fmt::format("{} has number {}, which a standby has taken: build again with a higher one",
                                           artifact->path, artifact->build.text()),
                               {}));
  }
  for (const auto& build : context.progress.builds) {
    if (build.state == BuildState::processing) {
      return waiting(make_wait(context, WaitKind::processing,
                               fmt::format("the store is processing build {}", build.number.text())));
    }
    if (build.state == BuildState::failed) {
      return waiting(person_wait(
          context, WaitKind::build, {},
          fmt::format("the store refused build {}: {}; a new build is needed", build.number.text(), build.detail), {}));
    }
  }
  if (const auto build = build_of_nobody_knows_which(context)) {
    return waiting(person_wait(context, WaitKind::build, {},
                               fmt::format("two releases wait for a build, and the store does not tell which one {} is "
                                           "for: `train build add {} {}`",
                                           build->text(), context.app.name, build->text()),
                               {}));
  }
  const auto where = context.app.artifact ? fmt::format("there is no file {} yet",
                                                        with_version(*context.app.artifact, context.release.version))
                                          : std::string("the store has no build of it yet");
  Wait wait = make_wait(context, WaitKind::build, where);
  wait.because = {{"candidate", "none", "a build of " + context.release.version.text()}};
  return waiting(std::move(wait));
}

// A number that somebody else's upload has taken: what would go out is not what was built and signed off.
std::optional<Decision> refuse_another_file(const AppContext& context, const SeenBuild& build) {
  const auto& candidate = *context.progress.candidate;
  const bool both_known = !build.sha256.empty() && !candidate.sha256.empty();
  if (!both_known || build.sha256 == candidate.sha256) return std::nullopt;
  return waiting(
      person_wait(context, WaitKind::build, {},
                  fmt::format("build {} in the store is another file than the artifact (sha256 {}… there, "
                              "{}… here); build again with a higher number",
                              candidate.build.text(), build.sha256.substr(0, 12), candidate.sha256.substr(0, 12)),
                  {}));
}

// What the store would refuse is not uploaded, unless somebody says so. nullopt: nothing is known against it.
std::optional<Wait> unfit_archive_wait(const AppContext& context) {
  const auto* artifact = context.look == nullptr || !context.look->artifact ? nullptr : &*context.look->artifact;
  if (artifact == nullptr || artifact->build != context.progress.candidate->build) return std::nullopt;
  const auto refusals = unwaived_refusals(artifact->findings, context.app.name, context.release);
  if (refusals.empty()) return std::nullopt;
  const auto what = refusals_text(refusals, context.app.name);
  Wait wait = person_wait(context, WaitKind::build, archive_item(context.app.name, refusals.front()),
                          fmt::format("{} would refuse {}: {}", context.facts.in_sentence, artifact->path, what),
                          deciders(context));
  wait.because = {{"archive", what, "an archive that the store takes"}};
  return wait;
}

// The candidate must be in the store, processed, before anything can be submitted. nullopt: it is.
std::optional<Decision> ensure_uploaded(const AppContext& context) {
  const auto& candidate = *context.progress.candidate;
  const auto build = seen_build(context, candidate.build);
  if (context.seen() != nullptr && context.seen()->build == candidate.build) return std::nullopt;
  if (build && build->state == BuildState::ready) return refuse_another_file(context, *build);
  if (build && build->state == BuildState::processing) {
    return waiting(make_wait(context, WaitKind::processing,
                             fmt::format("the store is processing build {}", candidate.build.text())));
  }
  if (build && build->state == BuildState::failed) {
    return waiting(person_wait(context, WaitKind::build, {},
                               fmt::format("the store refused build {}: {}", candidate.build.text(), build->detail),
                               {}));
  }
  if (candidate.path.empty() || !context.facts.takes_archives()) {
    return waiting(make_wait(context, WaitKind::processing,
                             fmt::format("build {} is not in the store yet", candidate.build.text())));
  }
  if (context.progress.uploaded) {
    return waiting(
        make_wait(context, WaitKind::processing,
                  fmt::format("build {} was uploaded; the store does not show it yet", candidate.build.text())));
  }
  if (auto unfit = unfit_archive_wait(context)) return waiting(std::move(*unfit));
  Decision out;
  out.step = make_step(context, Action::upload_build,
                       {{"candidate", candidate.build.text() + " is not in the store", "the candidate in the store"}});
  out.step->value = candidate.path;
  return out;
}

// Calendar, freeze, sign-offs: what must be over before this release may be submitted.
std::vector<Wait> submission_blockers(const AppContext& context) {
  std::vector<Wait> out;
  const auto earliest = earliest_submission(context.input.definition, context.release);
  if (context.now() < earliest) {
    out.push_back(make_wait(context, WaitKind::calendar, "stabilizing", earliest));
    out.back().because = {{"stabilization", format_rfc3339(context.now()), format_rfc3339(earliest)}};
  }
  for (auto& wait : unmet_requirements(context, Before::submission)) out.push_back(std::move(wait));
  if (const auto window = submission_window(context.input.definition.calendar, context.now()); !window.open) {
    out.push_back(make_wait(context, WaitKind::window, window.why, window.opens));
  }
  if (auto hold = hold_wait(context)) out.push_back(std::move(*hold));
  if (auto standby = standby_before_submission(context)) out.push_back(std::move(*standby));
  if (auto missing = missing_notes_wait(context)) {
    missing->needs_person = out.empty();
    out.push_back(std::move(*missing));
  }
  return out;
}

// Fills the version record, one step at a time, and submits it.
Decision fill_and_submit(const AppContext& context) {
  Decision out;
  const auto* seen = context.seen();
  if (seen == nullptr) return decide_record(context);
  if (!seen->build || *seen->build != context.progress.candidate->build) {
    out.step =
        make_step(context, Action::attach_build,
                  {{"build", seen->build ? seen->build->text() : "none", context.progress.candidate->build.text()}});
  } else if (auto due = notes_are_due(context)) {
    out.step = make_step(context, Action::set_release_notes, {std::move(*due)});
    out.step->value = notes_to_send(context);
  } else {
    out.step =
        make_step(context, Action::submit,
                  {{"ready", "build, notes and sign-offs are there", "into review"}, whose_notes_stand(context)});
  }
  return out;
}

void add_waits(Decision& out, std::vector<Wait> waits) {
  for (auto& wait : waits) out.waits.push_back(std::move(wait));
}

// `blockers`: what must be over first.
Decision decide_submission(const AppContext& context, std::vector<Wait> blockers) {
  if (!context.facts.reviews_apart()) {
    // Submitting and starting are one commit there, so both sets of sign-offs come first.
    Decision start = decide_start(context);
    blockers.insert(blockers.end(), start.waits.begin(), start.waits.end());
    if (blockers.empty()) return start;
    Decision out;
    out.waits = std::move(blockers);
    out.next = start.next;
    return out;
  }
  if (blockers.empty()) return fill_and_submit(context);
  Decision out;
  out.next = make_next(context, Action::submit, std::nullopt, blockers.front().until);
  out.waits = std::move(blockers);
  return out;
}

Decision decide_before_submission(const AppContext& context) {
  if (!context.release.departed) {
    auto wait = make_wait(context, WaitKind::calendar, "the cutoff", context.release.cutoff);
    return waiting(std::move(wait));
  }
  if (auto number = number_wait(context)) return waiting(std::move(*number));
  if (auto unfit = unfit_notes_wait(context)) return waiting(std::move(*unfit));
  if (!context.progress.candidate) return await_candidate(context);
  if (auto upload = ensure_uploaded(context)) return *upload;
  Testing testing = decide_testing(context);
  Decision out;
  if (testing.step) {
    out.step = std::move(testing.step);
    out.waits = std::move(testing.waits);
    return out;
  }
  auto blockers = submission_blockers(context);
  if (testing.blocks) {
    blockers.insert(blockers.begin(), testing.waits.begin(), testing.waits.end());
    testing.waits.clear();
  }
  out = decide_submission(context, std::move(blockers));
  add_waits(out, std::move(testing.waits));
  return out;
}

// Of one that is back from the store's reviewers.
std::string fate_of(ReleaseStatus status) {
  switch (status) {
    case ReleaseStatus::rejected:
      return "the store rejected it; its reasons are in the store's console";
    case ReleaseStatus::withdrawn:
      return "somebody took it back from review";
    case ReleaseStatus::draft:
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
    case ReleaseStatus::approved:
    case ReleaseStatus::releasing:
    case ReleaseStatus::held_by_store:
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
    case ReleaseStatus::superseded:
    case ReleaseStatus::unknown:
      break;
  }
  return "it was in review and is a draft again: somebody removed it from its submission";
}

Decision decide_after_rejection(const AppContext& context) {
  const bool rejected = context.seen()->status == ReleaseStatus::rejected;
  if (!rejected && context.progress.withdrawn_by_us) return decide_before_submission(context);
  if (context.progress.may_resubmit || context.progress.inherited) return decide_before_submission(context);
  const auto what = context.seen()->detail.empty() ? fate_of(context.seen()->status) : context.seen()->detail;
  Decision out;
  out.waits.push_back(
      person_wait(context, WaitKind::person, {},
                  fmt::format("{}. A newer build, or `train resume {} --why …` once it is mended, submits again", what,
                              context.app.name),
                  deciders(context)));
  out.waits.back().because = {{rejected ? "rejection" : "drift", context.seen()->raw, "a person's word"}};
  return out;
}

// A draft that has been in review, and that we did not take back.
bool was_taken_out(const AppContext& context) {
  return context.seen()->status == ReleaseStatus::draft && context.progress.was_in_review &&
         context.progress.submitted_by_us;
}

Decision decide_in_review(const AppContext& context) {
  const auto* seen = context.seen();
  if (auto outdated = decide_outdated(context)) return std::move(*outdated);
  Wait wait = make_wait(context, WaitKind::review, "in the store's review (" + seen->raw + ")");
  if (!seen->detail.empty()) wait.because = {{"review", seen->raw, seen->detail}};
  Decision out = waiting(std::move(wait));
  if (!context.facts.reviews_apart()) return out;
  // Testers who waited for a review of their own still get the candidate.
  Testing testing = decide_testing(context);
  out.step = std::move(testing.step);
  add_waits(out, std::move(testing.waits));
  out.next = make_next(context, Action::start_rollout, context.ladder.stages.front().to, std::nullopt);
  return out;
}

}  // namespace

std::optional<Decision> decide_retake(const AppContext& context) {
  if (!has_lost_control(context) || TRAIN_FAULT("control_is_not_retaken")) return std::nullopt;
  const Reason because{"control", "the store would release it by itself on approval", "released by the train only"};
  Decision out;
  if (!context.progress.retaken) {
    out.step = make_step(context, Action::retake_release, {because});
    return out;
  }
  out.waits.push_back(person_wait(
      context, WaitKind::person, {},
      fmt::format("somebody let the store release it by itself again, after the train had undone that; `train halt {} "
                  "--why …` takes it back from review",
                  context.app.name),
      deciders(context)));
  out.waits.back().because = {because};
  return out;
}

Decision decide_preparation(const AppContext& context) {
  const auto* seen = context.seen();
  if (seen == nullptr) return decide_before_submission(context);
  if (seen->status == ReleaseStatus::draft && !was_taken_out(context)) return decide_before_submission(context);
  return is_handed_in(seen->status) ? decide_in_review(context) : decide_after_rejection(context);
}

}  // namespace train::engine
