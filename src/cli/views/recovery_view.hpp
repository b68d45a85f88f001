// Requests to users of a build to update: what the store says of them.
#pragma once

#include <vector>

#include "context.hpp"
#include "train/domain/recovery.hpp"

namespace train::cli {

// One line a recovery, and how far it is; with -o json the document train.recovery/1.
void show_recoveries(const Context& context, const AppName& app, const std::vector<Recovery>& all);

}  // namespace train::cli
