#include "app_context.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/base/fault.hpp"
#include "train/domain/review.hpp"
#include "train/engine/calendar.hpp"

namespace train::engine {
namespace {

const AppProgress& progress_of(const Release& release, const AppName& app) {
  static const AppProgress nothing_yet;
  const auto* found = release.find(app);
  return found == nullptr ? nothing_yet : *found;
}

}  // namespace

AppContext make_app_context(const DecisionInput& input, const Release& release, const App& app) {
  return {input,
          release,
          app,
          progress_of(release, app.name),
          input.definition.ladder_of(app, release.hotfix),
          app.facts(),
          input.observation.find(release.version, app.name)};
}

Step make_step(const AppContext& context, Action action, std::vector<Reason> because) {
  Step step;
  step.action = action;
  step.app = context.app.name;
  step.version = context.release.version;
  if (context.progress.candidate) step.build = context.progress.candidate->build;
  step.because = std::move(because);
  return step;
}

Step make_step(const AppContext& context, Action action, Percent to, std::vector<Reason> because) {
  Step step = make_step(context, action, std::move(because));
  step.to_percent = to;
  return step;
}

Wait make_wait(const AppContext& context, WaitKind kind, std::string detail, std::optional<Instant> until) {
  Wait wait;
  wait.kind = kind;
  wait.app = context.app.name;
  wait.version = context.release.version;
  wait.detail = std::move(detail);
  wait.until = until;
  return wait;
}

Wait person_wait(const AppContext& context, WaitKind kind, std::string item, std::string detail,
                 std::vector<std::string> who) {
  Wait wait = make_wait(context, kind, std::move(detail));
  wait.item = std::move(item);
  wait.who = std::move(who);
  wait.needs_person = true;
  return wait;
}

Next make_next(const AppContext& context, Action action, std::optional<Percent> to, std::optional<Instant> not_before) {
  return {context.app.name, context.release.version, action, to, not_before};
}

std::vector<std::string> deciders(const AppContext& context) {
  const auto& definition = context.input.definition;
  if (definition.rotation) {
    if (auto owner = owner_at(*definition.rotation, definition.calendar.zone, context.now())) return {*owner};
  }
  for (const auto& rule : definition.approvals) {
    if (rule.role == "release_manager") return {"release_manager"};
  }
  return {};
}

int pause_days(const AppContext& context) {
  if (context.seen() == nullptr || !context.seen()->phased) return 0;
  const auto& phase = *context.seen()->phased;
  if (phase.state != PhasedRelease::State::paused || !context.progress.seen_at ||
      context.now() < *context.progress.seen_at)
    return phase.pause_days_used;
  return phase.pause_days_used + static_cast<int>((context.now() - *context.progress.seen_at) / std::chrono::hours(24));
}

bool has_lost_control(const AppContext& context) {
  const auto* seen = context.seen();
  const bool ours = context.progress.created_by_us || context.progress.submitted_by_us;
  if (seen == nullptr || !ours || !seen->releases_itself || context.progress.lets_go) return false;
  return is_in_review(seen->status) || seen->status == ReleaseStatus::approved;
}

bool may_lag(const AppContext& context) {
  // A time ahead of ours is another machine's, whose clock is ahead: it says nothing of a list.
  const auto is_recent = [&](Instant at) {
    return context.now() < at + k_lag_window &&
           (at < context.now() + k_lag_window || TRAIN_FAULT("a_fast_clock_blinds"));
  };
  const auto& done = context.progress.last_done;
  if (done && is_recent(done->at)) return true;
  if (context.progress.unsettled && is_recent(context.progress.unsettled->since)) return true;
  const auto& open = context.input.state.open;
  return std::any_of(open.begin(), open.end(), [&](const auto& each) {
    const Step& step = each.second.intent.step;
    return step.app == context.app.name && step.version == context.release.version;
  });
}

std::string served_text(const AppContext& context) {
  if (context.seen() == nullptr) return "not in the store";
  return fmt::format("{} ({})", context.seen()->percent.text(), context.seen()->raw);
}

}  // namespace train::engine
