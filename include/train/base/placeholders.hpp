// Patterns of the definition that name a version: "build/charge-{version}.aab".
#pragma once

#include <string>

#include "train/base/names.hpp"

namespace train {

// The pattern with its {version}; other words in braces are left as they are.
std::string with_version(const std::string& pattern, const VersionName& version);

}  // namespace train
