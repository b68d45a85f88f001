// Checks are for our own bugs, never for input: a failed one prints where and ends the process,
// because going on with a broken assumption could move a release.
#pragma once

#include <string_view>

namespace train {

[[noreturn]] void check_failed(std::string_view condition, std::string_view why, const char* file, int line);

}  // namespace train

#define TRAIN_CHECK(condition, why)                                                 \
  do {                                                                              \
    if (!(condition)) ::train::check_failed(#condition, (why), __FILE__, __LINE__); \
  } while (false)
