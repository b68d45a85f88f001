// A feature's switch, wherever it is kept.
#pragma once

#include <cstdint>
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

  // For providers that keep what was published: the flag's value in that version, and that version once more in force,
  // with everything else it holds. `refused` where nothing is kept; `not_found` where that version is not.
  virtual Result<std::string> value_in(const Flag& flag, std::int64_t version) {
    (void)version;
    return keeps_no_versions(flag);
  }
  virtual Result<Done> roll_back(const Flag& flag, std::int64_t version) {
    (void)version;
    return keeps_no_versions(flag);
  }

 private:
  static tl::unexpected<Error> keeps_no_versions(const Flag& flag) {
    return fail(ErrorKind::refused, "The provider of the flag " + flag.name + " keeps no versions.",
                "Set the value: `train flags set " + flag.name + " VALUE`.");
  }
};

}  // namespace train
