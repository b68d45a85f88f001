// A resumable upload as Google's upload protocol runs it, and the bytes it has gathered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/spool.hpp"

namespace train::sandbox::play {

inline constexpr std::uint64_t k_chunk_unit_bytes = 262144;

// "bytes 0-99/200", or "bytes */200" which only asks.
struct ContentRange {
  std::optional<std::uint64_t> first;  // absent: asks how much is stored
  std::uint64_t last = 0;
  std::uint64_t total = 0;
};
std::optional<ContentRange> parse_content_range(std::string_view header);

struct Digests {
  std::string sha1;  // both in hexadecimal digits
  std::string sha256;
};

// What has arrived, in files without a name: memory stays flat.
class UploadBytes {
 public:
  bool append(std::string_view bytes);  // false when the disk refuses
  // The first `count` bytes of a file nobody else writes to: kept where they are.
  bool append(std::shared_ptr<Spool> file, std::uint64_t count);
  std::uint64_t size() const { return size_; }
  std::string read(std::uint64_t offset, std::uint64_t length) const;  // shorter at the end
  Digests digests() const;                                             // reads all of it

 private:
  struct Part {
    std::shared_ptr<Spool> file;
    std::uint64_t kept = 0;
  };
  std::vector<Part> parts_;
  std::uint64_t size_ = 0;
};

struct UploadSession {
  std::uint64_t total = 0;             // 0: not told at the start
  std::uint64_t stored = 0;            // acknowledged bytes
  std::shared_ptr<UploadBytes> bytes;  // shared by copies of the store: only the newest writes
  std::string place;                   // below the edit: "bundles", "apks/340/deobfuscationFiles/proguard"
  std::string answer;                  // once it is finished; given again to who asks again
};

// What one PUT adds: how many bytes of the body are kept. Chunks but the last are whole units; of a chunk that was cut
// on its way the whole units are kept. nullopt: the chunk does not fit where it claims to stand.
std::optional<std::uint64_t> acceptable_bytes(const UploadSession& session, const ContentRange& range,
                                              std::uint64_t body_bytes);

}  // namespace train::sandbox::play
