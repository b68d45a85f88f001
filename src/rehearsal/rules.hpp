// The rules behind the sentences, by what they look at. Inside the room.
#pragma once

#include "expectation.hpp"

namespace train::rehearsal {

// How far, and where things stand at the end.
Finding never_above(const RunRecord& w, const Slots& slots);
Finding reaches(const RunRecord& w, const Slots& slots);
Finding phase_at_the_end(const RunRecord& w, const Slots& slots);
Finding release_at_the_end(const RunRecord& w, const Slots& slots);
Finding exit_at_the_end(const RunRecord& w, const Slots& slots);
Finding watched(const RunRecord& w, const Slots& slots);

// What was done, and in which order.
Finding happens(const RunRecord& w, const Slots& slots);
Finding never_happens(const RunRecord& w, const Slots& slots);
Finding comes_before(const RunRecord& w, const Slots& slots);

// What was noticed, said and switched.
Finding breached(const RunRecord& w, const Slots& slots);
Finding no_breach(const RunRecord& w, const Slots& slots);
Finding drifted(const RunRecord& w, const Slots& slots);
Finding overshot(const RunRecord& w, const Slots& slots);
Finding notified(const RunRecord& w, const Slots& slots);
Finding flag_is(const RunRecord& w, const Slots& slots);
Finding flag_of_signal_is_off(const RunRecord& w, const Slots& slots);
Finding flags_are_off(const RunRecord& w, const Slots& slots);
Finding sign_off_voided(const RunRecord& w, const Slots& slots);

// Whether a flag with this `signal` holds its `value_off`.
bool is_off(const Definition& definition, const std::map<FlagName, std::string>& values, const SignalName& signal);

// The promises.
Finding each_change_once(const RunRecord& w, const Slots& slots);
Finding every_rise_has_a_pass(const RunRecord& w, const Slots& slots);
Finding one_runner_acted(const RunRecord& w, const Slots& slots);
Finding stepped_back(const RunRecord& w, const Slots& slots);
Finding answer_lost(const RunRecord& w, const Slots& slots);
Finding nothing_failed(const RunRecord& w, const Slots& slots);

}  // namespace train::rehearsal
