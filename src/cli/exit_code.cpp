#include "exit_code.hpp"

#include <algorithm>

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

namespace {

// The higher one wins.
int gravity(Exit exit) {
  switch (exit) {
    case Exit::usage:
      return 6;
    case Exit::credentials:
      return 5;
    case Exit::failed:
      return 4;
    case Exit::person:
      return 3;
    case Exit::conflict:
      return 2;
    case Exit::steps_due:
      return 1;
    case Exit::done:
      return 0;
  }
  return 0;
}

}  // namespace

Exit worse(Exit a, Exit b) { return gravity(a) >= gravity(b) ? a : b; }

Exit exit_of(const preflight::Lines& lines) {
  Exit exit = Exit::done;
  for (const auto& line : lines) {
    if (line.level == preflight::Level::failure) exit = worse(exit, exit_of(line.because));
  }
  return exit;
}

namespace {

// Somebody has been called for it: it was refused often enough.
bool waits_for_person(const runner::Report& report, const Step& refused) {
  return std::any_of(report.plan.waits.begin(), report.plan.waits.end(), [&](const Wait& wait) {
    const bool of_refusal = !wait.because.empty() && wait.because.front().rule == "refused";
    return wait.needs_person && of_refusal && wait.app == refused.app && wait.version == refused.version;
  });
}

}  // namespace

Exit exit_of(const runner::Report& report) {
  Exit out = Exit::done;
  for (const auto& wait : report.plan.waits) {
    if (wait.needs_person) out = worse(out, Exit::person);
  }
  // A step that the store refused because somebody was first is a failed call, not a lost race for the train.
  const auto of_call = [](ErrorKind kind) { return kind == ErrorKind::auth ? Exit::credentials : Exit::failed; };
  for (const auto& failed : report.failed) {
    // A message is best effort: that it did not arrive is shown, and holds nothing.
    if (failed.step.action == Action::notify) continue;
    const bool is_called_for = failed.error.kind != ErrorKind::auth && waits_for_person(report, failed.step);
    out = worse(out, is_called_for ? Exit::person : of_call(failed.error.kind));
  }
  for (const auto& failed : report.failed_looks) out = worse(out, of_call(failed.error.kind));
  return out;
}

}  // namespace train::cli
