// What a store leaves out: a list without a row that is there, a field without its value.
#pragma once

#include "world/faults.hpp"
#include "world/service.hpp"

namespace train::sandbox {

// The answer as the fault leaves it; one that is no JSON, or that the fault is not about, stays as it is.
void alter_answer(const Fault& fault, ServerResponse& response);

}  // namespace train::sandbox
