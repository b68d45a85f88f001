// One parameter in a Remote Config template, everything else kept as it is. No network.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"

namespace train::flags {

// How conditions are worded, in the order in which it is tried: what Google accepts is told by validating.
struct Wording {
  std::string_view everybody;  // an expression that always holds
  std::string_view part;       // {seed}: so that flags do not all choose the same users; {percent}
};
inline constexpr Wording k_wordings[] = {{"true", "percent('{seed}') <= {percent}"},
                                         {"percent <= 100", "percent <= {percent}"}};

// The name of the condition that holds a flag's `value_off` in front of all others.
std::string kill_condition_of(const Flag& flag);

// What everybody gets who is not singled out by a condition: the kill condition's value where that stands, the share of
// a ramp ("5%"), else the default. `not_found`: no such parameter; `refused`: its default is no plain value.
Result<std::string> template_value(const nlohmann::ordered_json& config, const Flag& flag);

struct TemplateChange {
  bool any = false;     // else it is so already, and there is nothing to publish
  bool worded = false;  // a condition of ours was written, in the words of `wording`
};
// Makes `config` say `value`. The flag's `value_off` holds for everybody: where conditions single somebody out, a kill
// condition is put in front of them and the rest is left for the way back. A share becomes a condition behind all
// others, `always_on` stands in front of them, and the default is off. Any other value takes our conditions away and
// becomes the default. `version` is left with a description alone, as Google wants it. Errors as above.
Result<TemplateChange> set_template_value(nlohmann::ordered_json& config, const Flag& flag, const std::string& value,
                                          const Wording& wording);

}  // namespace train::flags
