// Who watches the rollout now, and whether each role whose sign-off is wanted has a member.
#pragma once

#include "train/base/time.hpp"
#include "train/domain/definition.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

Lines people_lines(const Definition& definition, Instant now);

}  // namespace train::preflight
