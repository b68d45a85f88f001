// Shares as people type them on the command line.
#pragma once

#include <string>

#include "train/base/error.hpp"

namespace train::cli {

// "1%" or "1": 0.01, as everywhere in the definition. `option` is named where it is none.
Result<double> fraction_of(const std::string& written, const char* option);

}  // namespace train::cli
