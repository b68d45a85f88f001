#include "testers.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "requirements.hpp"
#include "steps.hpp"
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

bool is_distributed(const Case& c) {
  if (!c.model.distributes || !c.progress.candidate || c.progress.candidate->origin == "adopted") return false;
  const auto* build = candidate_build(c.progress);
  if (build != nullptr) return build->state == BuildState::ready;
  return c.seen() != nullptr && c.seen()->build == c.progress.candidate->build;
}

std::string in_brackets(const std::string& raw) { return raw.empty() ? raw : " (" + raw + ")"; }

// `again`: what is asked for after the group has the build already; it tells this step from the first.
Turn give(const Case& c, const SeenTesters& seen, std::string_view what, std::string_view again = {}) {
  Turn turn;
  turn.step = make_step(
      c, Action::distribute,
      {{"testers", fmt::format("{} {}", seen.group, what), "build " + c.progress.candidate->build.text() + " tested"}});
  turn.step->subject = seen.group;
  turn.step->value = again;
  turn.blocks = true;
  return turn;
}

Turn pass_by(const Case& c, WaitKind kind, const SeenTesters& seen, const std::string& detail) {
  Turn turn;
  turn.wait = make_wait(c, kind, fmt::format("{}: {}", seen.group, detail));
  turn.wait->because = {{"testers", seen.raw, "build " + c.progress.candidate->build.text() + " tested"}};
  return turn;
}

Turn ask_person(const Case& c, const SeenTesters& seen, const std::string& detail) {
  Turn turn = pass_by(c, WaitKind::person, seen, detail);
  turn.wait->item = testers_item(c.app.name, seen.group);
  turn.wait->who = deciders(c);
  turn.wait->needs_person = true;
  turn.blocks = true;
  return turn;
}

Turn turn_of(const Case& c, const SeenTesters& seen) {
  const auto build = "build " + c.progress.candidate->build.text();
  switch (seen.status) {
    case TesterStatus::no_group:
      return ask_person(c, seen, "the store has no such group; it has " + seen.raw);
    case TesterStatus::absent:
      if (c.progress.distributed.count(seen.group) == 0) return give(c, seen, "does not have it");
      return pass_by(c, WaitKind::store, seen, build + " was given and somebody took it back; it is not given again");
    case TesterStatus::unsubmitted:
      return give(c, seen, "has it, and nobody asked for its beta review" + in_brackets(seen.raw), "review");
    case TesterStatus::untold:
      if (c.progress.told.count(seen.group) != 0) return {};
      return give(c, seen, "may have it, and its testers were not told" + in_brackets(seen.raw), "tell");
    case TesterStatus::queued:
      return pass_by(c, WaitKind::store, seen,
                     seen.raw +
                         "; the store reviews one build of a version at a time, and train never expires "
                         "another one to get past it");
    case TesterStatus::in_review:
      return pass_by(c, WaitKind::review, seen,
                     build + " is in the store's review for testers" + in_brackets(seen.raw));
    case TesterStatus::rejected:
      return ask_person(c, seen,
                        "the store's review for testers rejected " + build + "; a newer build, or a waiver, goes on");
    case TesterStatus::blocked:
      return ask_person(c, seen, seen.raw);
    case TesterStatus::unknown:
      return ask_person(c, seen, "the store shows a state this version of train does not know: " + seen.raw);
    case TesterStatus::testing:
      return {};
  }
  return {};
}

}  // namespace

std::string testers_item(const AppName& app, const std::string& group) {
  return fmt::format("{}:testers:{}", app, group);
}

bool testing_is_open(const App& app, const Release& release, const AppProgress& progress) {
  if (!model_of(app.store).distributes || !progress.candidate || progress.candidate->origin == "adopted") return false;
  const auto phase = app_phase(progress);
  // Only where their review is one of their own does it outlast the submission.
  const bool in_review = phase == AppPhase::submitted || phase == AppPhase::in_review;
  if (phase != AppPhase::candidate && !(in_review && model_of(app.store).version_record)) return false;
  return std::any_of(app.testers.begin(), app.testers.end(), [&](const std::string& group) {
    const auto status = seen_testers(progress, group).status;
    const bool over =
        status == TesterStatus::testing || (status == TesterStatus::untold && progress.told.count(group) != 0);
    return !over && !is_signed(release, testers_item(app.name, group));
  });
}

Testing decide_testing(const Case& c) {
  Testing out;
  if (!is_distributed(c)) return out;
  for (const auto& group : c.app.testers) {
    if (is_signed(c.release, testers_item(c.app.name, group))) continue;
    Turn turn = turn_of(c, seen_testers(c.progress, group));
    if (turn.wait) out.waits.push_back(std::move(*turn.wait));
    if (!turn.blocks) continue;
    out.blocks = true;
    // A hold is among what keeps the submission back, and is told there.
    if (!hold_wait(c)) out.step = std::move(turn.step);
    break;
  }
  return out;
}

}  // namespace train::engine
