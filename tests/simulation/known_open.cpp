// What is known not to hold yet. A line goes with the change that mends it; the list is empty in a release.
#include "invariants.hpp"

namespace train::simulation {

const std::vector<KnownOpen>& known_open() {
  static const std::vector<KnownOpen> all{
      {"a_resume_is_heard", "what a person raised on Play is complained of again after `resume`"},
      {"a_run_comes_to_an_end", "a live release with a name that cannot be read makes its build the candidate"},
      {"a_run_at_rest_writes_nothing", "a glance and a close look word one state of Play in two ways"},
      {"a_stop_reaches_the_store_within_one_look", "a list without a row is read as 100 %"},
      {"a_stop_reaches_what_is_on_its_way", "a stop before exposure withdraws nothing"},
      {"a_version_is_created_once", "a version that is not listed yet is created again"},
      {"done_only_when_the_store_serves_it", "names decide what is newer on Play"},
      {"exposure_rises_only_as_granted", "a stage never comes down; control taken by a person is not re-taken"},
      {"nothing_exposes_while_held", "a hold does not stop the submission of what was rejected, nor the release"},
      {"nothing_rises_after_a_stop", "a stop is refused while another run acts, and that run goes on"},
      {"the_log_shows_what_the_store_serves", "a list without a row is read as 100 %, for ever"},
      {"what_a_person_did_is_never_undone", "a release that was renamed in the console is lost from sight"},
  };
  return all;
}

}  // namespace train::simulation
