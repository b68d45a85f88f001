// Which gates decide. Without one, nothing rises above the first stage unless a person says so: that is allowed, and
// said.
#pragma once

#include "train/domain/definition.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

Lines gate_lines(const Definition& definition);

}  // namespace train::preflight
