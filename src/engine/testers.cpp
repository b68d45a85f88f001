#include "testers.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "requirements.hpp"
#include "steps.hpp"
#include "train/domain/sign_off_item.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/testers.hpp"

namespace train::engine {
namespace {

// One group's turn. Without a step or a wait it has what it should.
struct Turn {
  std::optional<Step> step;
  std::optional<Wait> wait;
  bool blocks = false;
};

const SeenBuild* candidate_build(const AppProgress& progress) {
  const auto found = std::find_if(progress.builds.begin(), progress.builds.end(), [&](const SeenBuild& build) {
    return progress.candidate && build.number == progress.candidate->build;
  });
  return found == progress.builds.end() ? nullptr : &*found;
}

// A group that was not read is asked about as if it had nothing: steps are only taken on a close look.
SeenTesters seen_testers(const AppProgress& progress, const std::string& group) {
  if (const auto* build = candidate_build(progress)) {
    for (const auto& seen : build->testers) {
      if (seen.group == group) return seen;
    }
  }
  return {group, TesterStatus::absent, {}};
}

bool is_distributed(const AppContext& context) {
  if (!context.facts.testers || !context.progress.candidate ||
      context.progress.candidate->origin == CandidateOrigin::adopted)
    return false;
  const auto* build = candidate_build(context.progress);
  if (build != nullptr) return build->state == BuildState::ready;
  return context.seen() != nullptr && context.seen()->build == context.progress.candidate->build;
}

std::string in_brackets(const std::string& raw) { return raw.empty() ? raw : " (" + raw + ")"; }

// `again`: what is asked for after the group has the build already; it tells this step from the first.
Turn give(const AppContext& context, const SeenTesters& seen, std::string_view what, std::string_view again = {}) {
  Turn turn;
  turn.step = make_step(context, Action::distribute,
                        {{"testers", fmt::format("{} {}", seen.group, what),
                          "build " + context.progress.candidate->build.text() + " tested"}});
  turn.step->subject = seen.group;
  turn.step->value = again;
  turn.blocks = true;
  return turn;
}

Turn pass_by(const AppContext& context, WaitKind kind, const SeenTesters& seen, const std::string& detail) {
  Turn turn;
  turn.wait = make_wait(context, kind, fmt::format("{}: {}", seen.group, detail));
  turn.wait->because = {{"testers", seen.raw, "build " + context.progress.candidate->build.text() + " tested"}};
  return turn;
}

Turn ask_person(const AppContext& context, const SeenTesters& seen, const std::string& detail) {
  Turn turn = pass_by(context, WaitKind::person, seen, detail);
  turn.wait->item = testers_item(context.app.name, seen.group);
  turn.wait->who = deciders(context);
  turn.wait->needs_person = true;
  turn.blocks = true;
  return turn;
}

Turn turn_of(const AppContext& context, const SeenTesters& seen) {
  const auto build = "build " + context.progress.candidate->build.text();
  switch (seen.status) {
    case TesterStatus::no_group:
      return ask_person(context, seen, "the store has no such group; it has " + seen.raw);
    case TesterStatus::absent:
      if (context.progress.distributed.count(seen.group) == 0) return give(context, seen, "does not have it");
      return pass_by(context, WaitKind::store, seen,
                     build + " was given and somebody took it back; it is not given again");
    case TesterStatus::unsubmitted:
      return give(context, seen, "has it, and nobody asked for its beta review" + in_brackets(seen.raw), "review");
    case TesterStatus::untold:
      if (context.progress.told.count(seen.group) != 0) return {};
      return give(context, seen, "may have it, and its testers were not told" + in_brackets(seen.raw), "tell");
    case TesterStatus::queued:
      return pass_by(context, WaitKind::store, seen,
                     seen.raw +
                         "; the store reviews one build of a version at a time, and train never expires "
                         "another one to get past it");
    case TesterStatus::in_review:
      return pass_by(context, WaitKind::review, seen,
                     build + " is in the store's review for testers" + in_brackets(seen.raw));
    case TesterStatus::rejected:
      return ask_person(context, seen,
                        "the store's review for testers rejected " + build + "; a newer build, or a waiver, goes on");
    case TesterStatus::blocked:
      return ask_person(context, seen, seen.raw);
    case TesterStatus::unknown:
      return ask_person(context, seen, "the store shows a state this version of train does not know: " + seen.raw);
    case TesterStatus::testing:
      return {};
  }
  return {};
}

}  // namespace

std::string testers_item(const AppName& app, const std::string& group) { return text_of(item::Testers{app, group}); }

bool testing_is_open(const App& app, const Release& release, const AppProgress& progress) {
  if (!app.facts().testers || !progress.candidate || progress.candidate->origin == CandidateOrigin::adopted)
    return false;
  const auto phase = app_phase(progress);
  // Only where their review is one of their own does it outlast the submission.
  const bool in_review = phase == AppPhase::submitted || phase == AppPhase::in_review;
  if (phase != AppPhase::candidate && !(in_review && app.facts().reviews_apart())) return false;
  return std::any_of(app.testers.begin(), app.testers.end(), [&](const std::string& group) {
    const auto status = seen_testers(progress, group).status;
    const bool over =
        status == TesterStatus::testing || (status == TesterStatus::untold && progress.told.count(group) != 0);
    return !over && !is_signed(release, testers_item(app.name, group));
  });
}

Testing decide_testing(const AppContext& context) {
  Testing out;
  if (!is_distributed(context)) return out;
  for (const auto& group : context.app.testers) {
    if (is_signed(context.release, testers_item(context.app.name, group))) continue;
    Turn turn = turn_of(context, seen_testers(context.progress, group));
    if (turn.wait) out.waits.push_back(std::move(*turn.wait));
    if (!turn.blocks) continue;
    out.blocks = true;
    // A hold is among what keeps the submission back, and is told there.
    if (!hold_wait(context)) out.step = std::move(turn.step);
    break;
  }
  return out;
}

}  // namespace train::engine
