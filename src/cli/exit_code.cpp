#include "exit_code.hpp"

#include <algorithm>
#include <array>

namespace train::cli {

Exit exit_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
    case ErrorKind::definition:
      return Exit::usage;
    case ErrorKind::auth:
      return Exit::credentials;
    case ErrorKind::conflict:
      return Exit::conflict;
    case ErrorKind::refused:
    case ErrorKind::not_found:
    case ErrorKind::rate_limited:
    case ErrorKind::unreachable:
    case ErrorKind::unknown_outcome:
    case ErrorKind::invalid_answer:
    case ErrorKind::corrupt_state:
    case ErrorKind::storage:
    case ErrorKind::internal:
      return Exit::failed;
  }
  return Exit::failed;
}

Exit worse(Exit a, Exit b) {
  constexpr std::array order{Exit::usage,    Exit::credentials, Exit::failed, Exit::person,
                             Exit::conflict, Exit::steps_due,   Exit::done};
  return std::find(order.begin(), order.end(), a) <= std::find(order.begin(), order.end(), b) ? a : b;
}

Exit exit_of(const preflight::Lines& lines) {
  Exit exit = Exit::done;
  for (const auto& line : lines) {
    if (line.level == preflight::Level::failure) exit = worse(exit, exit_of(line.because));
  }
  return exit;
}

Exit exit_of(const runner::Report& report) {
  Exit out = Exit::done;
  for (const auto& wait : report.plan.waits) {
    if (wait.needs_person) out = worse(out, Exit::person);
  }
  // A step that the store refused because somebody was first is a failed call, not a lost race for the train.
  const auto of_call = [](ErrorKind kind) { return kind == ErrorKind::auth ? Exit::credentials : Exit::failed; };
  for (const auto& failed : report.failed) out = worse(out, of_call(failed.error.kind));
  for (const auto& failed : report.failed_looks) out = worse(out, of_call(failed.error.kind));
  return out;
}

}  // namespace train::cli
