// Native libraries in an archive, by the head of their ELF files.
#pragma once

#include "train/zip/package.hpp"

namespace train::signing {

// A 64-bit library with a part that is loaded and aligned to less than 16 KB. Of 32-bit ones, and of what is no
// library, false.
bool has_small_pages(const zip::Package& package, const zip::PackageEntry& entry);

}  // namespace train::signing
