// The stable words of the closed sets. Every enumerator is listed; a new one does not compile until it has a word.
#include <algorithm>
#include <array>

#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/domain/evidence.hpp"
#include "train/domain/plan.hpp"
#include "train/domain/store_view.hpp"

namespace train {

std::string_view to_string(StoreKind kind) {
  switch (kind) {
    case StoreKind::app_store:
      return "app_store";
    case StoreKind::google_play:
      return "google_play";
  }
  return "";
}

std::string_view to_string(Reaction reaction) {
  switch (reaction) {
    case Reaction::investigate:
      return "investigate";
    case Reaction::pause:
      return "pause";
    case Reaction::rollback:
      return "rollback";
  }
  return "";
}

std::string_view to_string(Before before) {
  switch (before) {
    case Before::submission:
      return "submission";
    case Before::rollout:
      return "rollout";
  }
  return "";
}

std::string_view to_string(Topic topic) {
  switch (topic) {
    case Topic::stage:
      return "stage";
    case Topic::breach:
      return "breach";
    case Topic::halt:
      return "halt";
    case Topic::rollback:
      return "rollback";
    case Topic::waiting_for_people:
      return "waiting_for_people";
  }
  return "";
}

std::string_view to_string(ReleaseStatus status) {
  switch (status) {
    case ReleaseStatus::draft:
      return "draft";
    case ReleaseStatus::waiting_for_review:
      return "waiting_for_review";
    case ReleaseStatus::in_review:
      return "in_review";
    case ReleaseStatus::rejected:
      return "rejected";
    case ReleaseStatus::withdrawn:
      return "withdrawn";
    case ReleaseStatus::approved:
      return "approved";
    case ReleaseStatus::releasing:
      return "releasing";
    case ReleaseStatus::held_by_store:
      return "held_by_store";
    case ReleaseStatus::serving:
      return "serving";
    case ReleaseStatus::halted:
      return "halted";
    case ReleaseStatus::superseded:
      return "superseded";
    case ReleaseStatus::unknown:
      return "unknown";
  }
  return "";
}

std::string_view to_string(TesterStatus status) {
  switch (status) {
    case TesterStatus::no_group:
      return "no_group";
    case TesterStatus::absent:
      return "absent";
    case TesterStatus::unsubmitted:
      return "unsubmitted";
    case TesterStatus::queued:
      return "queued";
    case TesterStatus::in_review:
      return "in_review";
    case TesterStatus::rejected:
      return "rejected";
    case TesterStatus::untold:
      return "untold";
    case TesterStatus::testing:
      return "testing";
    case TesterStatus::blocked:
      return "blocked";
    case TesterStatus::unknown:
      return "unknown";
  }
  return "";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::hold:
      return "hold";
    case Verdict::breach:
      return "breach";
  }
  return "";
}

namespace {
constexpr std::array<std::string_view, 26> k_actions{"cut_branch",
                                                     "start_build",
                                                     "upload_build",
                                                     "distribute",
                                                     "create_version",
                                                     "attach_build",
                                                     "set_release_notes",
                                                     "submit",
                                                     "cancel_submission",
                                                     "start_rollout",
                                                     "set_percent",
                                                     "pause",
                                                     "resume",
                                                     "complete",
                                                     "halt",
                                                     "tag",
                                                     "prepare_standby",
                                                     "upload_standby",
                                                     "submit_standby",
                                                     "release_standby",
                                                     "cancel_standby",
                                                     "set_flag",
                                                     "notify",
                                                     "annotate",
                                                     "set_update_priority",
                                                     "remove_from_sale"};
static_assert(static_cast<std::size_t>(Action::remove_from_sale) + 1 == k_actions.size());
}  // namespace

std::string_view to_string(Action action) { return k_actions[static_cast<std::size_t>(action)]; }

std::optional<Action> parse_action(std::string_view word) {
  for (std::size_t i = 0; i < k_actions.size(); ++i) {
    if (k_actions[i] == word) return static_cast<Action>(i);
  }
  return std::nullopt;
}

std::string_view to_string(WaitKind kind) {
  switch (kind) {
    case WaitKind::calendar:
      return "calendar";
    case WaitKind::build:
      return "build";
    case WaitKind::processing:
      return "processing";
    case WaitKind::approval:
      return "approval";
    case WaitKind::checklist:
      return "checklist";
    case WaitKind::review:
      return "review";
    case WaitKind::window:
      return "window";
    case WaitKind::soak:
      return "soak";
    case WaitKind::gate:
      return "gate";
    case WaitKind::hold:
      return "hold";
    case WaitKind::standby:
      return "standby";
    case WaitKind::store:
      return "store";
    case WaitKind::person:
      return "person";
  }
  return "";
}

namespace {
constexpr std::array<std::string_view, 4> k_severities{"low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 4> k_degrees{"none", "nudge", "soft", "hard"};

template <typename Enum>
std::optional<Enum> word_among(const std::array<std::string_view, 4>& words, std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}
}  // namespace

std::string_view to_string(Severity severity) { return k_severities[static_cast<std::size_t>(severity)]; }
std::optional<Severity> parse_severity(std::string_view word) { return word_among<Severity>(k_severities, word); }
std::string_view to_string(Degree degree) { return k_degrees[static_cast<std::size_t>(degree)]; }
std::optional<Degree> parse_degree(std::string_view word) { return word_among<Degree>(k_degrees, word); }

bool same_step(const Step& a, const Step& b) {
  return a.action == b.action && a.app == b.app && a.version == b.version && a.build == b.build &&
         a.to_percent == b.to_percent && a.subject == b.subject && a.value == b.value && a.event_seq == b.event_seq;
}

namespace {
constexpr std::array<std::string_view, std::variant_size_v<EventKinds>> k_kinds{"opened",
                                                                                "departed",
                                                                                "candidate_chosen",
                                                                                "signed_off",
                                                                                "seen",
                                                                                "stage_reached",
                                                                                "intent",
                                                                                "outcome",
                                                                                "held",
                                                                                "resumed",
                                                                                "halt_ordered",
                                                                                "breached",
                                                                                "warned",
                                                                                "level_sampled",
                                                                                "drifted",
                                                                                "escalated",
                                                                                "waiting_for_people",
                                                                                "abandoned",
                                                                                "finished",
                                                                                "repaired",
                                                                                "judged",
                                                                                "counted",
                                                                                "rules_set",
                                                                                "rules_differ",
                                                                                "standby_chosen",
                                                                                "standby_seen",
                                                                                "force_update_decided"};
}  // namespace

std::string_view kind_of(const EventBody& body) { return k_kinds[body.index()]; }

}  // namespace train
