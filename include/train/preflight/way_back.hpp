// What the definition says about the way back: a standby of each app, and a value that switches each risky flag off.
#pragma once

#include "train/domain/definition.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

Lines way_back_lines(const Definition& definition);

}  // namespace train::preflight
