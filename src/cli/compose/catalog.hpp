// What the definition may name: the keys of every provider that the adapters' rooms describe.
#pragma once

#include "train/definition/load.hpp"

namespace train::cli {

const definition::Catalog& catalog();

}  // namespace train::cli
