// What a verdict rests on, as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "train/domain/evidence.hpp"

namespace train::cli {

// Adds `stretches`, `decided_by`, `threshold` and `mean` where the verdict rests on them.
void add_basis(const GateEvidence& evidence, nlohmann::ordered_json& out);

}  // namespace train::cli
