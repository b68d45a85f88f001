#include "train/preflight/line.hpp"

namespace train::preflight {

std::string_view to_string(Level result) {
  switch (result) {
    case Level::ok:
      return "ok";
    case Level::warning:
      return "warning";
    case Level::failure:
      return "failed";
    case Level::inactive:
      return "inactive";
  }
  return "failed";
}

Line failed_line(std::string group, std::string subject, const Error& error) {
  // A check that fails because somebody else was first is a failed check; there is nothing to have lost.
  const auto because = error.kind == ErrorKind::conflict ? ErrorKind::refused : error.kind;
  return {std::move(group), std::move(subject), Level::failure, error.message, error.hint, because};
}

}  // namespace train::preflight
