#include "train/domain/words.hpp"

namespace train {

std::string_view to_string(Reaction value) { return word_of(value); }
std::string_view to_string(Before value) { return word_of(value); }
std::string_view to_string(Topic value) { return word_of(value); }
std::string_view to_string(ReleaseStatus value) { return word_of(value); }
std::string_view to_string(TesterStatus value) { return word_of(value); }
std::string_view to_string(Verdict value) { return word_of(value); }
std::string_view to_string(Action value) { return word_of(value); }
std::string_view to_string(WaitKind value) { return word_of(value); }
std::string_view to_string(Severity value) { return word_of(value); }
std::string_view to_string(Degree value) { return word_of(value); }
std::string_view to_string(CandidateOrigin value) { return word_of(value); }

std::string_view plural(Exposure exposure) {
  switch (exposure) {
    case Exposure::user_day:
      return "user days";
    case Exposure::user:
      return "users";
    case Exposure::session:
      return "sessions";
    case Exposure::request:
      return "requests";
  }
  return "exposures";
}

std::optional<Action> parse_action(std::string_view word) { return from_word<Action>(word); }
std::optional<Severity> parse_severity(std::string_view word) { return from_word<Severity>(word); }
std::optional<Degree> parse_degree(std::string_view word) { return from_word<Degree>(word); }

bool same_step(const Step& a, const Step& b) {
  return a.action == b.action && a.app == b.app && a.version == b.version && a.build == b.build &&
         a.to_percent == b.to_percent && a.subject == b.subject && a.value == b.value && a.event_seq == b.event_seq;
}

bool same_object(const Step& a, const Step& b) {
  if (is_on_recovery(a.action) || is_on_recovery(b.action))
    return is_on_recovery(a.action) && is_on_recovery(b.action) && a.app == b.app;
  if (!a.app.empty() || !b.app.empty()) return a.app == b.app;
  return a.action == b.action && a.subject == b.subject;
}

namespace {

constexpr std::array k_kinds{std::string_view("opened"),
                             std::string_view("departed"),
                             std::string_view("candidate_chosen"),
                             std::string_view("signed_off"),
                             std::string_view("seen"),
                             std::string_view("stage_reached"),
                             std::string_view("intent"),
                             std::string_view("outcome"),
                             std::string_view("held"),
                             std::string_view("resumed"),
                             std::string_view("halt_ordered"),
                             std::string_view("breached"),
                             std::string_view("warned"),
                             std::string_view("level_sampled"),
                             std::string_view("drifted"),
                             std::string_view("escalated"),
                             std::string_view("waiting_for_people"),
                             std::string_view("abandoned"),
                             std::string_view("finished"),
                             std::string_view("repaired"),
                             std::string_view("judged"),
                             std::string_view("counted"),
                             std::string_view("rules_set"),
                             std::string_view("rules_differ"),
                             std::string_view("standby_chosen"),
                             std::string_view("standby_seen"),
                             std::string_view("force_update_decided"),
                             std::string_view("channels_seen"),
                             std::string_view("messages_dropped"),
                             std::string_view("definition_known"),
                             std::string_view("looked")};
static_assert(k_kinds.size() == std::variant_size_v<EventKinds>, "every kind of event needs its word");

}  // namespace

std::string_view kind_of(const EventBody& body) { return k_kinds[body.index()]; }

}  // namespace train
