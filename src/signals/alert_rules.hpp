// Alert rules as Prometheus and Grafana list them: data.groups[].rules[].
#pragma once

#include "numbers.hpp"

namespace train::signals {

// Whether one of the rules that the option `alarms` names is firing. Only when each of them is inactive, healthy and
// was evaluated lately is the alarm quiet; a rule that is pending, unhealthy, paused, not there or without a last
// evaluation makes a Measurement that says so and can only hold. A rule that fires is raised whatever the others say.
Measurement measure_rules(const nlohmann::json& data, const Signal& signal, const Subject& subject);

}  // namespace train::signals
