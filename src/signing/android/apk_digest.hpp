// What APK signatures v2 and v3 seal: the whole file but the signing block itself, in chunks of 1 MiB.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "package_digests.hpp"
#include "train/zip/package.hpp"

namespace train::signing {

struct ApkSections {
  std::string_view entries;  // from the file's begin to the signing block
  std::string_view directory;
  std::string_view end;  // the end record, in which the directory begins where the signing block does
};

// The file's own, with its end record as it counts: written to `end`, which must live as long.
ApkSections apk_sections(const zip::Package& package, std::uint64_t block_begin, std::string& end);

// One raw digest per element of `hashes` (SHA-256 or SHA-512), on two threads.
std::vector<std::string> apk_digests(const ApkSections& sections, const std::vector<Hash>& hashes);

}  // namespace train::signing
