// The definition that `train init` writes: short, commented, and it loads as it is.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "train/base/error.hpp"

namespace train::cli {

struct Starter {
  std::string train;
  std::string bundle_id;  // empty: no iOS app
  std::string package;    // empty: no Android app; one of the two is wanted
  std::string timezone;   // IANA name; empty: UTC
};

// Asks for what is missing, once each. `usage` when the answers end early.
Result<Starter> ask_for_missing(Starter known, std::istream& answers, std::ostream& questions);

// `usage`, naming the flags, when something is missing; or when what was given makes no definition.
Result<std::string> starter_definition(const Starter& starter);

}  // namespace train::cli
