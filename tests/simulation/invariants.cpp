#include "invariants.hpp"

#include "on_run.hpp"
#include "on_write.hpp"

namespace train::simulation {

const std::vector<Invariant>& invariants() {
  static const std::vector<Invariant> all{
      {"exposure_rises_only_as_granted",
       "A write raises exposure only to the stage behind the one that is served, after its soak and with a pass or an "
       "override; or it begins with the first stage, with every sign-off.",
       exposure_rises_only_as_granted, nullptr, nullptr},
      {"nothing_rises_after_a_stop",
       "No write that raises exposure is sent once a stop was ordered or a gate has breached.",
       nothing_rises_after_a_stop, nullptr, nullptr},
      {"nothing_exposes_while_held", "A run that begins while a person holds an app neither submits nor exposes it.",
       nothing_exposes_while_held, nullptr, nullptr},
      {"every_write_has_its_intent", "No store is written to without an intent in the log; a stop alone may go first.",
       every_write_has_its_intent, nullptr, nullptr},
      {"one_effect_per_intent", "An intent changes its store once at most.", one_effect_per_intent, nullptr, nullptr},
      {"what_a_person_did_is_never_undone",
       "What a person stopped, raised, released or set going in a console stays until a person says `resume`; a stop "
       "that was ordered or a breach may stop it. What the person takes back before any run has seen it is not known "
       "to "
       "anybody.",
       what_a_person_did_is_never_undone, nullptr, nullptr},
      {"immediate_means_at_once", "What starts at 100 % by its ladder does not go out in phases.",
       immediate_means_at_once, nullptr, nullptr},
      {"what_others_put_there_stays",
       "No write takes away drafts that others have made, or an old build that users of old devices have, unless the "
       "definition drops it.",
       what_others_put_there_stays, nullptr, nullptr},
      {"a_run_comes_to_an_end", "No run ends with a bug.", nullptr, a_run_comes_to_an_end, nullptr},
      {"every_grant_names_who_and_why", "Every event says who, and every order and waiver why.", nullptr,
       every_grant_names_who_and_why, nullptr},
      {"a_stop_reaches_the_store_within_one_look",
       "After a run with nothing going wrong, nobody else gets what was ordered to stop.", nullptr,
       a_stop_reaches_the_store_within_one_look, a_stop_reaches_the_store_within_one_look},
      {"what_rose_while_a_stop_came_is_stopped",
       "What a run has raised while a stop was ordered, it has stopped again, before it looks at anything.", nullptr,
       what_rose_while_a_stop_came_is_stopped, nullptr},
      {"a_stop_reaches_what_is_on_its_way",
       "After a run with nothing going wrong, nothing that was ordered to stop goes out after its review.", nullptr,
       a_stop_reaches_what_is_on_its_way, a_stop_reaches_what_is_on_its_way},
      {"a_hold_reaches_what_is_on_its_way",
       "After a run with nothing going wrong, nothing that is held goes out by itself after its review.", nullptr,
       a_hold_reaches_what_is_on_its_way, nullptr},
      {"control_that_was_taken_away_is_retaken",
       "After a run with nothing going wrong, what somebody has set to go out by itself does not, or a person is "
       "asked.",
       nullptr, control_that_was_taken_away_is_retaken, nullptr},
      {"a_hand_in_the_console_is_noticed",
       "An hour after somebody stopped it in a console or set it going again, a run with nothing going wrong tells a "
       "person.",
       nullptr, a_hand_in_the_console_is_noticed, nullptr},
      {"a_store_that_climbs_is_stopped_in_time",
       "After a run with nothing going wrong, a store does not climb on from the highest rung that is allowed, unless "
       "the run names the time before that at which it is paused.",
       nullptr, a_store_that_climbs_is_stopped_in_time, nullptr},
      {"no_wait_without_somebody_or_a_time", "Every wait names somebody, or the time at which it ends.", nullptr,
       no_wait_without_somebody_or_a_time, nullptr},
      {"no_app_without_a_word", "An app of a release under way is over, or something is said of it.", nullptr,
       no_app_without_a_word, nullptr},
      {"done_only_when_the_store_serves_it",
       "A release is done only when each store serves it to everybody, or did and serves a newer one; it is superseded "
       "only when a newer one has taken its place.",
       nullptr, done_only_when_the_store_serves_it, nullptr},
      {"a_resume_is_heard", "What a person has accepted is not complained of again.", nullptr, a_resume_is_heard,
       nullptr},
      {"a_version_is_created_once", "No version record is asked for twice.", nullptr, a_version_is_created_once,
       nullptr},
      {"the_log_shows_what_the_store_serves",
       "Once nothing goes wrong any more, the log says what the store serves. Of an app that is off sale the store "
       "does "
       "not tell how far a version has got, and nobody gets it.",
       nullptr, nullptr, the_log_shows_what_the_store_serves},
      {"a_run_at_rest_writes_nothing", "A run that finds nothing changed writes nothing.", nullptr, nullptr,
       a_run_at_rest_writes_nothing},
  };
  return all;
}

}  // namespace train::simulation
