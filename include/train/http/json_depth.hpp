// A bound on JSON from outside that holds before it is parsed: copying and printing a parsed document recurse, so a
// hundred thousand brackets would end the process.
#pragma once

#include <string_view>

namespace train::http {

inline constexpr int k_json_depth = 64;

// Whether no more than `depth` arrays and objects are open at once. Says nothing about whether it is valid JSON.
bool is_nested_within(std::string_view json, int depth = k_json_depth);

}  // namespace train::http
