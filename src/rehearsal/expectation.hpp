// What must have been the case at the end: each sentence is a pattern and a rule over what was seen.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "run_record.hpp"
#include "sentence.hpp"

namespace train::rehearsal {

struct Finding {
  bool met = false;
  std::string seen;  // what was the case instead
};

inline Finding met() { return {true, {}}; }
inline Finding unmet(std::string seen) { return {false, std::move(seen)}; }

struct Expected {
  std::string text;
  std::function<Finding(const RunRecord&)> check;
};

// One sentence; several where it speaks of each app. Or what is wrong with it.
tl::expected<std::vector<Expected>, std::string> read_expectation(std::string_view text, const AppRoster& roster);

// Every pattern, for messages and for the test that compares them with the page.
std::vector<std::string> expectation_patterns();

}  // namespace train::rehearsal
