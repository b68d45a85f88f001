// The smallest Android App Bundle a store accepts: a zip without compression, with the manifest as aapt2 writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace train::sandbox {

struct ZipEntry {
  std::string name;
  std::string bytes;
};
// Entries stored as they are, dated 1980-01-01, so that the same entries are the same bytes. Below 4 GiB in all.
std::string stored_zip(const std::vector<ZipEntry>& entries);

}  // namespace train::sandbox
