// One run of the train as `advance` and `watch` show it.
#pragma once

#include <string>

#include "compose/session.hpp"
#include "context.hpp"

namespace train::cli {

struct AdvanceOptions {
  std::string plan_file;  // exactly the steps of this saved plan, or nothing; empty: whatever is due
};

// Each step is shown as it is done, unless the output is JSON or silenced.
Result<runner::Report> advance_once(const Context& context, const Session& session, const AdvanceOptions& options);

// What a run did and what is left, in the form that was asked for.
void show_report(const Context& context, const Session& session, const runner::Report& report);

}  // namespace train::cli
