// One parameter in a Remote Config template, everything else kept as it is. No network.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"

namespace train::flags {

// Conditions that stand for everybody, in the order in which they are tried: what Google accepts is told by validating.
inline constexpr std::string_view k_everybody[] = {"true", "percent <= 100"};

// The name of the condition that holds a flag's `value_off` in front of all others.
std::string kill_condition_of(const Flag& flag);

// What everybody gets who is not singled out by a condition: the kill condition's value where that stands, else the
// default. `not_found`: no such parameter; `refused`: its default is no plain value.
Result<std::string> template_value(const nlohmann::ordered_json& config, const Flag& flag);

struct TemplateChange {
  bool any = false;    // nothing to publish: it is so already
  bool kills = false;  // a kill condition was added, with `everybody` as its expression
};
// Makes `config` say `value`. The flag's `value_off` holds for everybody: where conditions single somebody out, a kill
// condition is put in front of them and the rest is left for the way back. Any other value takes that condition away
// and becomes the default. `version` is left with a description alone, as Google wants it. Errors as above.
Result<TemplateChange> set_template_value(nlohmann::ordered_json& config, const Flag& flag, const std::string& value,
                                          std::string_view everybody);

}  // namespace train::flags
