// Reading whole files with a bound, and writing them so that a crash leaves the old or the new.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "train/base/error.hpp"

namespace train {

// not_found when absent, storage when unreadable, refused when larger than `limit_bytes` or not a regular file.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit_bytes);

// A secret's file: as above, and `definition` when group or others may read or write it (mode & 077).
Result<std::string> read_private_file(const std::filesystem::path& path, std::size_t limit_bytes = 1 << 20);

// Temporary file in the same directory, fsync, rename, fsync of the directory. Mode 0600 unless told.
Result<Done> write_file_atomically(const std::filesystem::path& path, std::string_view bytes, int mode = 0600);

// For what can be made again: readers see the old or the new bytes, but nothing waits for the disk, and after a power
// failure the file may be torn. Mode 0600.
Result<Done> replace_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace train
