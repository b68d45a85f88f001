// SHA-256 and random identifiers.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "train/base/error.hpp"

namespace train {

std::string sha256_hex(std::string_view bytes);
// Streams the file; memory stays flat whatever its size. `storage` when it cannot be read.
Result<std::string> sha256_hex_of_file(const std::filesystem::path& path);
std::string hmac_sha256(std::string_view key, std::string_view message);  // 32 raw bytes
std::string random_id();  // 26 characters [0-9a-z], from the system's generator

}  // namespace train
