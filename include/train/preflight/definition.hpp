// What the definition holds, and which parts of it this version does not act on.
#pragma once

#include "train/domain/definition.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

Lines definition_lines(const Definition& definition);

}  // namespace train::preflight
