// The version of train. It is CMakeLists.txt's; a test compares the two.
#pragma once

#include <string_view>

namespace train::cli {

inline constexpr std::string_view k_version = "0.1.0";

}  // namespace train::cli
