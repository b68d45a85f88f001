#include "train/base/check.hpp"

#include <unistd.h>
#include <cstdlib>
#include <string>

namespace train {

void check_failed(std::string_view condition, std::string_view why, const char* file, int line) {
  const std::string text = "train: a bug was caught: " + std::string(why) + " (" + std::string(condition) + ", " +
                           file + ":" + std::to_string(line) + "). Nothing more was done; please report it.\n";
  // write(2), not a stream: the process may be in any state.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  std::abort();
}

}  // namespace train
