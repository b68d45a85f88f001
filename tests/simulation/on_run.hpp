// The invariants that are asked when a run has ended.
#pragma once

#include "invariants.hpp"

namespace train::simulation {

Broken a_run_comes_to_an_end(const Scene& scene, const RunSeen& run);
Broken every_grant_names_who_and_why(const Scene& scene, const RunSeen& run);
Broken a_stop_reaches_the_store_within_one_look(const Scene& scene, const RunSeen& run);
Broken what_rose_while_a_stop_came_is_stopped(const Scene& scene, const RunSeen& run);
Broken a_stop_reaches_what_is_on_its_way(const Scene& scene, const RunSeen& run);
Broken a_hold_reaches_what_is_on_its_way(const Scene& scene, const RunSeen& run);
Broken control_that_was_taken_away_is_retaken(const Scene& scene, const RunSeen& run);
Broken a_hand_in_the_console_is_noticed(const Scene& scene, const RunSeen& run);
Broken a_store_that_climbs_is_stopped_in_time(const Scene& scene, const RunSeen& run);
Broken no_wait_without_somebody_or_a_time(const Scene& scene, const RunSeen& run);
Broken no_app_without_a_word(const Scene& scene, const RunSeen& run);
Broken done_only_when_the_store_serves_it(const Scene& scene, const RunSeen& run);
Broken a_resume_is_heard(const Scene& scene, const RunSeen& run);
Broken a_version_is_created_once(const Scene& scene, const RunSeen& run);
Broken the_log_shows_what_the_store_serves(const Scene& scene, const RunSeen& run);
Broken a_run_at_rest_writes_nothing(const Scene& scene, const RunSeen& run);

}  // namespace train::simulation
