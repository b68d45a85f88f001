// The invariants that are asked at each write.
#pragma once

#include "invariants.hpp"

namespace train::simulation {

Broken exposure_rises_only_as_granted(const Scene& scene, const Write& write);
Broken nothing_rises_after_a_stop(const Scene& scene, const Write& write);
Broken nothing_exposes_while_held(const Scene& scene, const Write& write);
Broken every_write_has_its_intent(const Scene& scene, const Write& write);
Broken one_effect_per_intent(const Scene& scene, const Write& write);
Broken what_a_person_did_is_never_undone(const Scene& scene, const Write& write);
Broken immediate_means_at_once(const Scene& scene, const Write& write);
Broken what_others_put_there_stays(const Scene& scene, const Write& write);

}  // namespace train::simulation
