// The launch-risk preflight as values: one line per thing that should be so before a release leaves. These are the
// checks that need nobody else; the ones that ask stores and providers are in preflight.hpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exit_code.hpp"
#include "train/definition/load.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"

namespace train::cli {

enum class CheckResult { ok, warning, failed, inactive };  // inactive: it loads, but this version does not act on it
std::string_view to_string(CheckResult result);

struct CheckLine {
  std::string group;  // the heading it stands under
  std::string what;
  CheckResult result = CheckResult::ok;
  std::string detail;
  std::string hint;                        // what to do; may be empty
  ErrorKind because = ErrorKind::refused;  // of a failed line: decides the exit code
  std::string risk;                        // launch risk: the item that waives it ("risk:owner"); else empty
};
using CheckLines = std::vector<CheckLine>;

// 2 when the definition or a secret is not usable, 5 when credentials were refused, 1 for any other failed line.
Exit exit_of(const CheckLines& lines);

CheckLine failed_line(std::string group, std::string what, const Error& error);

CheckLines check_problems(const definition::Problems& problems);
CheckLines check_definition(const Definition& definition);
CheckLines check_people(const Definition& definition, Instant now);

// Without a gate that decides, nothing rises above the first stage unless a person says so: that is allowed, and said.
CheckLines check_gates(const Definition& definition);

// The standby, and a value that switches each risky feature off.
CheckLines check_standby(const Definition& definition);

// Where the log lives outlives the run. A CI runner's disk does not.
enum class RunsOn { own_machine, ci_runner };
CheckLines check_state(const Definition& definition, RunsOn where);

// Apple's ladder climbs by itself: is `advance` run at least as often? `events` is the whole log.
CheckLines check_ticks(const Definition& definition, std::span<const Event> events, Instant now);

}  // namespace train::cli
