// A share of users as a flag's value: "5%", for flags that follow the stages of the rollout.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "train/base/percent.hpp"
#include "train/domain/definition.hpp"

namespace train {

// What stands for this share: "5%", "0.5%"; the flag's `value_on` for everybody.
std::string value_of_share(const Flag& flag, Percent share);

// The share that a value of this flag stands for: above 0 and below 100 % for "5%", 100 % for `value_on`. nullopt: for
// none, or the flag has no `ramp`.
std::optional<Percent> share_of_value(const Flag& flag, std::string_view value);

// Whether `value` is a share of users and not all of them.
bool is_part(const Flag& flag, std::string_view value);

}  // namespace train
