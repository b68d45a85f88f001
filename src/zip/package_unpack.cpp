// Unpacking. libdeflate is more than twice as fast as zlib but wants the whole entry at once: it takes the small ones,
// zlib streams the large ones.
#include <fmt/format.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

#include "train/zip/package.hpp"

namespace train::zip {
namespace {

constexpr std::uint64_t k_whole_bytes_max = 8u << 20;  // unpacked; one such buffer per thread
constexpr std::size_t k_part_bytes = 256u << 10;

struct FreeUnpacker {
  void operator()(libdeflate_decompressor* unpacker) const { libdeflate_free_decompressor(unpacker); }
};

// Made once per thread: making one costs as much as unpacking a small entry.
libdeflate_decompressor* unpacker_of_this_thread() {
  static thread_local const std::unique_ptr<libdeflate_decompressor, FreeUnpacker> unpacker(
      libdeflate_alloc_decompressor());
  return unpacker.get();
}

bool inflate_whole(std::string_view packed, std::string& out) {
  std::size_t got = 0;
  libdeflate_decompressor* unpacker = unpacker_of_this_thread();
  return unpacker != nullptr &&
         libdeflate_deflate_decompress(unpacker, packed.data(), packed.size(), out.data(), out.size(), &got) ==
             LIBDEFLATE_SUCCESS &&
         got == out.size();
}

class Stream {
 public:
  Stream() : ready_(::inflateInit2(&state_, -15) == Z_OK) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (ready_) ::inflateEnd(&state_);
  }

  std::string begin(std::string_view packed, std::size_t length) {
    std::string part(length, '\0');
    feed(packed);
    state_.next_out = reinterpret_cast<Bytef*>(part.data());
    state_.avail_out = static_cast<uInt>(part.size());
    if (ready_) (void)::inflate(&state_, Z_SYNC_FLUSH);
    return part.substr(0, length - std::min<std::size_t>(length, state_.avail_out));
  }

  // Whether `packed` is exactly one stream of `unpacked` bytes.
  bool run(std::string_view packed, std::uint64_t unpacked, const Package::Visitor& visitor) {
    if (!ready_) return false;
    std::string part(k_part_bytes, '\0');
    std::uint64_t total = 0;
    for (int result = Z_OK; result != Z_STREAM_END;) {
      feed(packed);
      state_.next_out = reinterpret_cast<Bytef*>(part.data());
      state_.avail_out = static_cast<uInt>(part.size());
      result = ::inflate(&state_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END) return false;
      const std::size_t got = part.size() - state_.avail_out;
      total += got;
      if (total > unpacked) return false;
      visitor(std::string_view(part).substr(0, got));
    }
    return total == unpacked && packed.empty() && state_.avail_in == 0;
  }

 private:
  void feed(std::string_view& packed) {
    if (state_.avail_in > 0 || packed.empty()) return;
    const std::size_t next = std::min<std::size_t>(packed.size(), 1u << 30);
    state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    state_.avail_in = static_cast<uInt>(next);
    packed.remove_prefix(next);
  }

  z_stream state_{};
  bool ready_;
};

constexpr std::string_view k_does_not_unpack = "does not unpack to what it says: the file is damaged";
constexpr std::string_view k_no_checksum = "does not have its checksum: the file is damaged";

}  // namespace

Result<Done> Package::visit(const PackageEntry& entry, const Visitor& visitor) const {
  std::uint32_t crc = 0;
  const auto see = [&crc, &visitor](std::string_view part) {
    crc = libdeflate_crc32(crc, part.data(), part.size());
    visitor(part);
  };
  if (entry.method == 0) {
    for (std::string_view rest = raw(entry); !rest.empty();) {
      const std::string_view part = rest.substr(0, k_part_bytes);
      see(part);
      rest.remove_prefix(part.size());
    }
  } else if (entry.method != 8) {
    return refuse(entry, fmt::format("is packed by method {}; stored and deflated are understood", entry.method));
  } else if (entry.unpacked <= k_whole_bytes_max) {
    std::string whole(entry.unpacked, '\0');
    if (!inflate_whole(raw(entry), whole)) return refuse(entry, k_does_not_unpack);
    see(whole);
  } else if (!Stream().run(raw(entry), entry.unpacked, see)) {
    return refuse(entry, k_does_not_unpack);
  }
  if (crc != entry.crc) return refuse(entry, k_no_checksum);
  return Done{};
}

Result<std::string> Package::unpack(const PackageEntry& entry, std::uint64_t limit) const {
  if (entry.symlink) return refuse(entry, "is a link");
  if (entry.unpacked > limit) return refuse(entry, fmt::format("is larger than {} bytes", limit));
  std::string out;
  if (entry.method == 8 && entry.unpacked > k_whole_bytes_max) {
    out.resize(entry.unpacked);
    if (!inflate_whole(raw(entry), out)) return refuse(entry, k_does_not_unpack);
    if (libdeflate_crc32(0, out.data(), out.size()) != entry.crc) return refuse(entry, k_no_checksum);
    return out;
  }
  out.reserve(entry.unpacked);
  auto seen = visit(entry, [&out](std::string_view part) { out.append(part); });
  if (!seen) return tl::unexpected(seen.error());
  return out;
}

std::string Package::peek(const PackageEntry& entry, std::size_t length) const {
  if (entry.method == 0) return std::string(raw(entry).substr(0, length));
  return entry.method == 8 ? Stream().begin(raw(entry), length) : std::string();
}

}  // namespace train::zip
