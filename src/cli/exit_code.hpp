// Exit codes, in one place. See docs/exit-codes.md.
#pragma once

#include "train/base/error.hpp"
#include "train/preflight/line.hpp"
#include "train/runner/runner.hpp"

namespace train::cli {

enum class Exit { done = 0, failed = 1, usage = 2, person = 3, conflict = 4, credentials = 5, steps_due = 10 };

Exit exit_of(ErrorKind kind);
// Several apps, several outcomes: 5 before 1 before 3 before 4 before 0.
Exit exit_of(const runner::Report& report);
// 2 when the definition or a secret is not usable, 5 when credentials were refused, 1 for any other failure.
Exit exit_of(const preflight::Lines& lines);
Exit worse(Exit a, Exit b);
inline int code(Exit exit) { return static_cast<int>(exit); }

}  // namespace train::cli
