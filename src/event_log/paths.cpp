#include "paths.hpp"

#include <fmt/format.h>

#include <string_view>

#include "train/base/text.hpp"

namespace train::event_log {

Result<Paths> paths_of(const std::filesystem::path& directory, const std::string& train) {
  constexpr std::string_view k_refused("/\\\0", 3);
  const bool usable = !train.empty() && train.size() <= 200 && train.front() != '.' &&
                      train.find_first_of(k_refused) == std::string::npos;
  if (!usable) {
    return fail(
        ErrorKind::definition,
        fmt::format("\"{}\" cannot name a train: its log lies in a directory of that name", printable(train, 80)),
        "Use letters, digits and dashes.");
  }
  const auto home = directory / train;
  return Paths{home, home / "log.jsonl", home / "state.json", home / "lock", home / "run"};
}

}  // namespace train::event_log
