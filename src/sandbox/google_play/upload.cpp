#include "google_play/upload.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace train::sandbox::play {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

struct DigestDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, DigestDeleter>;

Digest start_digest(const EVP_MD* kind) {
  Digest digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), kind, nullptr);
  return digest;
}

std::string finish_hex(const Digest& digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(digest.get(), raw.data(), &length);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[raw[i] >> 4];
    hex += "0123456789abcdef"[raw[i] & 15];
  }
  return hex;
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view header) {
  constexpr std::string_view prefix = "bytes ";
  if (header.substr(0, prefix.size()) != prefix) return std::nullopt;
  header.remove_prefix(prefix.size());
  const std::size_t slash = header.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto total = parse_number(header.substr(slash + 1));
  if (!total) return std::nullopt;
  const std::string_view span = header.substr(0, slash);
  if (span == "*") return ContentRange{std::nullopt, 0, *total};
  const std::size_t dash = span.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_number(span.substr(0, dash));
  const auto last = parse_number(span.substr(dash + 1));
  if (!first || !last || *last < *first || *last >= *total) return std::nullopt;
  return ContentRange{*first, *last, *total};
}

bool UploadBytes::append(std::string_view bytes) {
  // Bytes that were not kept stand behind a part that was cut: what follows goes into another file.
  if (parts_.empty() || parts_.back().kept != parts_.back().file->size()) {
    auto file = Spool::open();
    if (!file) return false;
    parts_.push_back({std::move(file), 0});
  }
  if (!parts_.back().file->append(bytes)) return false;
  parts_.back().kept += bytes.size();
  size_ += bytes.size();
  return true;
}

bool UploadBytes::append(std::shared_ptr<Spool> file, std::uint64_t count) {
  if (count > file->size()) return false;
  parts_.push_back({std::move(file), count});
  size_ += count;
  return true;
}

std::string UploadBytes::read(std::uint64_t offset, std::uint64_t length) const {
  std::string bytes;
  for (const Part& part : parts_) {
    if (offset < part.kept && length > bytes.size()) {
      bytes += part.file->read(offset, std::min(length - bytes.size(), part.kept - offset));
      offset = 0;
    } else {
      offset -= std::min(offset, part.kept);
    }
  }
  return bytes;
}

Digests UploadBytes::digests() const {
  constexpr std::uint64_t step_bytes = 1u << 18;
  const Digest sha1 = start_digest(EVP_sha1());
  const Digest sha256 = start_digest(EVP_sha256());
  for (const Part& part : parts_) {
    for (std::uint64_t at = 0; at < part.kept; at += step_bytes) {
      const std::string bytes = part.file->read(at, std::min(step_bytes, part.kept - at));
      EVP_DigestUpdate(sha1.get(), bytes.data(), bytes.size());
      EVP_DigestUpdate(sha256.get(), bytes.data(), bytes.size());
    }
  }
  return {finish_hex(sha1), finish_hex(sha256)};
}

std::optional<std::uint64_t> acceptable_bytes(const UploadSession& session, const ContentRange& range,
                                              std::uint64_t body_bytes) {
  if (!range.first || *range.first != session.stored) return std::nullopt;
  const std::uint64_t told = range.last - *range.first + 1;
  const bool reaches_the_end = range.last + 1 == range.total;
  if (body_bytes > told || (!reaches_the_end && told % k_chunk_unit_bytes != 0)) return std::nullopt;
  if (body_bytes == told) return told;
  return body_bytes - body_bytes % k_chunk_unit_bytes;
}

}  // namespace train::sandbox::play
