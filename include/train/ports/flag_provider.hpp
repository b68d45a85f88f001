// A feature's switch, wherever it is kept.
#pragma once

#include <string>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"

namespace train {

class FlagProvider {
 public:
  virtual ~FlagProvider() = default;
  virtual Result<std::string> get(const Flag& flag) = 0;
  // Sets, reads back, and only then is done. `unknown_outcome` when the answer was lost and reading back failed too.
  virtual Result<Done> set(const Flag& flag, const std::string& value) = 0;
};

}  // namespace train
