// Digests of what is in a package, on both processors of a small machine.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/zip/package.hpp"

namespace train::signing {

enum class Hash { sha1, sha256, sha384, sha512 };

std::string digest(Hash hash, std::string_view bytes,
                   std::string_view more = {});  // raw; of both, one behind the other
std::string hex(std::string_view raw);           // lower case

// Of each entry's unpacked bytes, its checksum verified on the way: for every entry one raw digest per element of
// `hashes`, in their order. The first damaged entry, in the order given, is the error. Needs at most 16 MiB.
using EntryDigests = std::vector<std::string>;
Result<std::vector<EntryDigests>> digest_entries(const zip::Package& package,
                                                 std::span<const zip::PackageEntry* const> entries,
                                                 std::span<const Hash> hashes);

// Calls `work(i)` for every i below `count`, in any order, on two threads. `work` must not throw.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace train::signing
