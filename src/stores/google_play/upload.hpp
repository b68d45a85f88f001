// Google's resumable upload: chunks addressed by their offset, so that one that was lost is asked for, not guessed at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "caller.hpp"
#include "wire.hpp"

namespace train::stores::google_play {

inline constexpr std::uint64_t k_chunk_bytes = 8u << 20;  // a multiple of Google's 262144

// Sends `file` as a bundle of `edit`. Memory stays flat. No byte the store has acknowledged is sent again, unless the
// whole session is gone.
Called<Bundle> upload_bundle(Caller& caller, const std::string& edit, const std::filesystem::path& file);

}  // namespace train::stores::google_play
