// Google's resumable upload: chunks addressed by their offset, so that one that was lost is asked for, not guessed at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "caller.hpp"
#include "kept.hpp"

namespace train::stores::google_play {

inline constexpr std::uint64_t k_chunk_bytes = 8u << 20;  // a multiple of Google's 262144

// One file on its way into an edit.
struct Parcel {
  std::string place;  // below the edit: "bundles", "apks", "apks/340/deobfuscationFiles/proguard"
  std::filesystem::path file;
  std::string sha256;  // by which its session is found again
  std::string what;    // "Uploading the bundle"
};

// Called with what Google has acknowledged.
using Progress = std::function<void(std::uint64_t stored_bytes, std::uint64_t total_bytes)>;

// Sends `parcel` into `edit` and answers with Google's JSON for it. Memory stays flat. No byte the store has
// acknowledged is sent again, unless the whole session is gone: a session that `keep` has of an earlier process is gone
// on with.
Called<std::string> send_parcel(Caller& caller, Keep& keep, const std::string& edit, const Parcel& parcel,
                                const Progress& progress);

}  // namespace train::stores::google_play
