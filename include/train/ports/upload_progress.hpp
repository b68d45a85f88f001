// How far an upload is, told while it runs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace train {

// `what`: the file, for people. From any thread, but never from two at a time; `stored` only grows, and what an earlier
// run has sent counts. The last call has stored == total; both are 0 when the upload has stopped half-way.
using UploadProgress =
    std::function<void(const std::string& what, std::uint64_t stored_bytes, std::uint64_t total_bytes)>;

}  // namespace train
