#include "play_upload.hpp"

#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <cstdio>

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

std::string finish_copy(const Digest& digest) {
  // A copy is finished, so that the digest can go on growing.
  Digest copy(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int length = 0;
  EVP_MD_CTX_copy_ex(copy.get(), digest.get());
  EVP_DigestFinal_ex(copy.get(), raw.data(), &length);
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

struct UploadBytes::Impl {
  std::FILE* file = std::tmpfile();
  std::uint64_t size = 0;
  Digest sha1 = start_digest(EVP_sha1());
  Digest sha256 = start_digest(EVP_sha256());
};

UploadBytes::UploadBytes() : impl_(std::make_unique<Impl>()) {}
UploadBytes::~UploadBytes() {
  if (impl_->file != nullptr) std::fclose(impl_->file);
}

bool UploadBytes::append(std::string_view bytes) {
  if (impl_->file == nullptr) return false;
  if (std::fseek(impl_->file, static_cast<long>(impl_->size), SEEK_SET) != 0) return false;
  if (std::fwrite(bytes.data(), 1, bytes.size(), impl_->file) != bytes.size()) return false;
  EVP_DigestUpdate(impl_->sha1.get(), bytes.data(), bytes.size());
  EVP_DigestUpdate(impl_->sha256.get(), bytes.data(), bytes.size());
  impl_->size += bytes.size();
  return true;
}

std::uint64_t UploadBytes::size() const { return impl_->size; }

std::string UploadBytes::read(std::uint64_t offset, std::uint64_t length) const {
  if (impl_->file == nullptr || offset >= impl_->size) return {};
  std::string bytes(std::min<std::uint64_t>(length, impl_->size - offset), '\0');
  if (std::fseek(impl_->file, static_cast<long>(offset), SEEK_SET) != 0) return {};
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), impl_->file));
  return bytes;
}

std::string UploadBytes::sha1_hex() const { return finish_copy(impl_->sha1); }
std::string UploadBytes::sha256_hex() const { return finish_copy(impl_->sha256); }

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
