#include "overdue.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/base/text.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

constexpr Duration k_a_day{24 * 3600};
constexpr int k_refused_often = 3;
constexpr Duration k_refused_pause{5 * 60};  // after the third refusal; twice as long after each further one
constexpr Duration k_refused_pause_most{6 * 3600};

struct Overdue {
  WaitKind kind;
  Instant since;
  Duration longest;
  std::string what;
  std::string remedy;
};

// Since when the store processes a build, or should show the one that was sent.
std::optional<Instant> processing_since(const AppProgress& app) {
  if (app.processing_since) return app.processing_since;
  const bool sent = app.last_done && app.last_done->step.action == Action::upload_build;
  if (sent) return app.last_done->at;
  return app.candidate ? std::optional(app.candidate->at) : std::nullopt;
}

std::optional<Overdue> processed(const std::optional<Instant>& since) {
  if (!since) return std::nullopt;
  return Overdue{WaitKind::processing, *since, k_a_day, "processing",
                 "upload the build again under a higher number, or ask the store's support"};
}

std::optional<Overdue> kept_by_the_store(const AppContext& context) {
  const auto& app = context.progress;
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

std::optional<Overdue> overdue_of(const AppContext& context, WaitKind kind) {
  auto late = kind == WaitKind::processing ? processed(processing_since(context.progress)) : kept_by_the_store(context);
  return late && late->kind == kind ? late : std::nullopt;
}

std::string text_of(const Overdue& late, Instant now) {
  return fmt::format("{} for {}, longer than {}: {}", late.what, format_duration(now - late.since),
                     format_duration(late.longest), late.remedy);
}

void call_for_waits(const AppContext& context, Decision& out) {
  for (auto& wait : out.waits) {
    const auto late = overdue_of(context, wait.kind);
    if (!late) continue;
    if (context.now() - late->since < late->longest) {
      if (!wait.until) wait.until = late->since + late->longest;
      continue;
    }
    wait.needs_person = true;
    wait.who = deciders(context);
    wait.detail += "; " + text_of(*late, context.now());
  }
}

std::string times(int count) { return count == 1 ? "once" : fmt::format("{} times", count); }

Duration pause_after(int refusals) {
  Duration pause = k_refused_pause;
  for (int i = k_refused_often; i < refusals && pause < k_refused_pause_most; ++i) pause *= 2;
  return std::min(pause, k_refused_pause_most);
}

bool stops(Action action) {
  return action == Action::halt || action == Action::pause || action == Action::release_standby ||
         action == Action::cancel_submission || action == Action::retake_release;
}

void call_for_failing(const AppContext& context, const std::optional<Step>& wanted, Decision& out) {
  const auto& failing = context.progress.failing;
  if (!failing) return;
  const bool often = failing->times >= k_refused_often;
  const bool is_due = wanted && wanted->action == failing->action;
  // What is kept back for a while is waited for with its own time; only people are told more.
  if (!is_due || (!out.step && !often)) return;
  const Instant next = failing->last + pause_after(failing->times);
  Wait wait = make_wait(context, WaitKind::person, refusal_text(*failing));
  wait.needs_person = often;
  wait.who = deciders(context);
  wait.because = {{"refused", times(failing->times), "accepted"}};
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

std::string refusal_text(const Failing& failing) {
  return fmt::format("`{}` was refused {} since {}: {}", to_string(failing.action), times(failing.times),
                     format_rfc3339(failing.since), join(split(failing.detail, '\n'), " "));
}

void call_for_overdue(const AppContext& context, const std::optional<Step>& wanted, Decision& out) {
  call_for_waits(context, out);
  call_for_failing(context, wanted, out);
}

std::optional<Escalation> overdue_call(const AppContext& context) {
  const auto& app = context.progress;
  const auto phase = app_phase(app);
  const bool awaits_build = phase == AppPhase::awaiting_build || phase == AppPhase::candidate;
  const auto late = awaits_build ? processed(app.processing_since) : kept_by_the_store(context);
  if (!late || context.now() - late->since < late->longest) return std::nullopt;
  // A later wait of the same kind is another one.
  return Escalation{fmt::format("overdue:{}:{}", to_string(late->kind), format_rfc3339(late->since)),
                    text_of(*late, context.now())};
}

}  // namespace train::engine
