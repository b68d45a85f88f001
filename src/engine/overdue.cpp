#include "overdue.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace train::engine {
namespace {

constexpr Duration k_a_day{24 * 3600};
constexpr int k_refused_often = 3;
constexpr Duration k_refused_pause{5 * 60};

struct Overdue {
  WaitKind kind;
  Instant since;
  Duration longest;
  std::string what;
  std::string remedy;
};

std::optional<Overdue> overdue_of(const AppContext& context) {
  const auto& app = context.progress;
  if (app.processing_since && app.candidate) {
    return Overdue{WaitKind::processing, *app.processing_since, k_a_day, "processing",
                   "upload the build again under a higher number, or ask the store's support"};
  }
  if (!app.seen || !app.status_since) return std::nullopt;
  switch (app.seen->status) {
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
      return Overdue{WaitKind::review, *app.status_since, context.app.max_review, "in review",
                     fmt::format("ask {}'s review team, or take it back with `train halt {} --why …`",
                                 context.facts.company, context.app.name)};
    case ReleaseStatus::releasing:
      return Overdue{WaitKind::store, *app.status_since, k_a_day, "being released",
                     fmt::format("look in {} and ask {}'s support", context.facts.console, context.facts.company)};
    case ReleaseStatus::draft:
    case ReleaseStatus::rejected:
    case ReleaseStatus::withdrawn:
    case ReleaseStatus::approved:
    case ReleaseStatus::held_by_store:
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
    case ReleaseStatus::superseded:
    case ReleaseStatus::unknown:
      return std::nullopt;
  }
  return std::nullopt;
}

void call_for_wait(const AppContext& context, Decision& out) {
  const auto late = overdue_of(context);
  if (!late) return;
  const auto age = context.now() - late->since;
  for (auto& wait : out.waits) {
    if (wait.kind != late->kind) continue;
    if (age < late->longest) {
      if (!wait.until) wait.until = late->since + late->longest;
      continue;
    }
    wait.needs_person = true;
    wait.who = deciders(context);
    wait.detail += fmt::format("; {} for {}, longer than {}: {}", late->what, format_duration(age),
                               format_duration(late->longest), late->remedy);
  }
}

bool stops(Action action) {
  return action == Action::halt || action == Action::pause || action == Action::release_standby ||
         action == Action::cancel_submission || action == Action::retake_release;
}

void call_for_failing(const AppContext& context, Decision& out) {
  const auto& failing = context.progress.failing;
  if (!failing) return;
  const bool often = failing->times >= k_refused_often;
  const bool planned = out.step && out.step->action == failing->action;
  if (!planned) return;
  const Instant next = failing->last + k_refused_pause;
  Wait wait = make_wait(context, WaitKind::person,
                        fmt::format("`{}` was refused {} times since {}: {}", to_string(failing->action),
                                    failing->times, format_rfc3339(failing->since), failing->detail));
  wait.needs_person = often;
  wait.who = deciders(context);
  wait.because = {{"refused", fmt::format("{} times", failing->times), "accepted"}};
  if (often) {
    wait.detail += fmt::format("; `train resume {} --why …` tries again at once", context.app.name);
    if (!stops(failing->action) && context.now() < next) {
      wait.until = next;
      out.step.reset();
    }
  }
  out.waits.push_back(std::move(wait));
}

}  // namespace

void call_for_overdue(const AppContext& context, Decision& out) {
  call_for_wait(context, out);
  call_for_failing(context, out);
}

}  // namespace train::engine
