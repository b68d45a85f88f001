// The rules behind the sentences, by what they look at. Inside the room.
#pragma once

#include "expectation.hpp"

namespace train::rehearsal {

// How far, and where things stand at the end.
Finding never_above(const Witness& w, const Slots& slots);
Finding reaches(const Witness& w, const Slots& slots);
Finding phase_at_the_end(const Witness& w, const Slots& slots);
Finding release_at_the_end(const Witness& w, const Slots& slots);
Finding exit_at_the_end(const Witness& w, const Slots& slots);
Finding watched(const Witness& w, const Slots& slots);

// What was done, and in which order.
Finding happens(const Witness& w, const Slots& slots);
Finding never_happens(const Witness& w, const Slots& slots);
Finding comes_before(const Witness& w, const Slots& slots);

// What was noticed, said and switched.
Finding breached(const Witness& w, const Slots& slots);
Finding no_breach(const Witness& w, const Slots& slots);
Finding drifted(const Witness& w, const Slots& slots);
Finding overshot(const Witness& w, const Slots& slots);
Finding notified(const Witness& w, const Slots& slots);
Finding flag_is(const Witness& w, const Slots& slots);
Finding flag_of_signal_is_off(const Witness& w, const Slots& slots);
Finding flags_are_off(const Witness& w, const Slots& slots);
Finding sign_off_voided(const Witness& w, const Slots& slots);

// Whether a flag with this `signal` holds its `value_off`.
bool is_off(const Definition& definition, const std::map<FlagName, std::string>& values, const SignalName& signal);

// The promises.
Finding each_change_once(const Witness& w, const Slots& slots);
Finding every_rise_has_a_pass(const Witness& w, const Slots& slots);
Finding one_runner_acted(const Witness& w, const Slots& slots);
Finding stepped_back(const Witness& w, const Slots& slots);
Finding answer_lost(const Witness& w, const Slots& slots);
Finding nothing_failed(const Witness& w, const Slots& slots);

}  // namespace train::rehearsal
