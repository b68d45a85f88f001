// Reads what an .ipa, .aab or .apk says of itself: zip directory, protobuf or binary manifest, property list.
// Bounds, each tested: 200,000 entries, 32 MiB an entry, ratio 1,100:1, path length 4,096.
#pragma once

#include <memory>

#include "train/ports/archives.hpp"

namespace train::archives {

std::unique_ptr<Archives> make_archives();

}  // namespace train::archives
