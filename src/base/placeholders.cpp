#include "train/base/placeholders.hpp"

#include <array>

#include "train/base/text.hpp"

namespace train {

std::string with_version(const std::string& pattern, const VersionName& version) {
  const std::array values{Substitution{"version", version.text()}};
  return substitute(pattern, values);
}

}  // namespace train
