// What is known not to hold yet. A line goes with the change that mends it; the list is empty in a release.
#include "invariants.hpp"

namespace train::simulation {

const std::vector<KnownOpen>& known_open() {
  static const std::vector<KnownOpen> all{
      {"a_stop_reaches_the_store_within_one_look", "a stop by the loop alone waits where a list lacks the release"},
      {"done_only_when_the_store_serves_it", "what a hotfix overtook while users had it ends as done"},
      {"the_log_shows_what_the_store_serves", "an app that is off sale is not measured any more"},
      {"what_a_person_did_is_never_undone", "a phase that somebody paused and set going again, between two looks"},
  };
  return all;
}

}  // namespace train::simulation
