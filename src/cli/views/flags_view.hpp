// How flags are shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "context.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/plan.hpp"
#include "train/engine/state.hpp"

namespace train::cli {

struct FlagRow {
  const Flag* flag = nullptr;
  std::optional<std::string> value;      // as the provider holds it; exactly one of the two
  std::optional<Error> error;            // why it could not be read
  std::optional<engine::FlagState> set;  // what train set last, by the log
  std::optional<Reason> kept_off;        // a playbook would switch it off again
};

// "train.flags/1" with `-o json`, else one line each on standard output.
void show_flags(const Context& context, const std::vector<FlagRow>& rows, Instant now);

}  // namespace train::cli
