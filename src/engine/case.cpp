#include "case.hpp"

#include <fmt/core.h>

#include "train/engine/calendar.hpp"

namespace train::engine {
namespace {

const AppProgress& progress_of(const Release& release, const AppName& app) {
  static const AppProgress nothing_yet;
  const auto* found = release.find(app);
  return found == nullptr ? nothing_yet : *found;
}

}  // namespace

Case make_case(const World& world, const Release& release, const App& app) {
  return {world,
          release,
          app,
          progress_of(release, app.name),
          world.definition.ladder_of(app, release.hotfix),
          model_of(app.store),
          world.observation.find(release.version, app.name)};
}

Step make_step(const Case& c, Action action, std::vector<Reason> because) {
  Step step;
  step.action = action;
  step.app = c.app.name;
  step.version = c.release.version;
  if (c.progress.candidate) step.build = c.progress.candidate->build;
  step.because = std::move(because);
  return step;
}

Step make_step(const Case& c, Action action, Percent to, std::vector<Reason> because) {
  Step step = make_step(c, action, std::move(because));
  step.to_percent = to;
  return step;
}

Wait make_wait(const Case& c, WaitKind kind, std::string detail, std::optional<Instant> until) {
  Wait wait;
  wait.kind = kind;
  wait.app = c.app.name;
  wait.version = c.release.version;
  wait.detail = std::move(detail);
  wait.until = until;
  return wait;
}

Wait person_wait(const Case& c, WaitKind kind, std::string item, std::string detail, std::vector<std::string> who) {
  Wait wait = make_wait(c, kind, std::move(detail));
  wait.item = std::move(item);
  wait.who = std::move(who);
  wait.needs_person = true;
  return wait;
}

Next make_next(const Case& c, Action action, std::optional<Percent> to, std::optional<Instant> not_before) {
  return {c.app.name, c.release.version, action, to, not_before};
}

std::vector<std::string> deciders(const Case& c) {
  const auto& definition = c.world.definition;
  if (definition.rotation) {
    if (auto owner = owner_at(*definition.rotation, definition.calendar.zone, c.now())) return {*owner};
  }
  for (const auto& rule : definition.approvals) {
    if (rule.role == "release_manager") return {"release_manager"};
  }
  return {};
}

int pause_days(const Case& c) {
  if (c.seen() == nullptr || !c.seen()->phased) return 0;
  const auto& phase = *c.seen()->phased;
  if (phase.state != PhasedRelease::State::paused || !c.progress.seen_at || c.now() < *c.progress.seen_at)
    return phase.pause_days_used;
  return phase.pause_days_used + static_cast<int>((c.now() - *c.progress.seen_at) / std::chrono::hours(24));
}

std::string served_text(const Case& c) {
  if (c.seen() == nullptr) return "not in the store";
  return fmt::format("{} ({})", c.seen()->percent.text(), c.seen()->raw);
}

}  // namespace train::engine
