#include "android/apk_block.hpp"

#include "train/zip/bytes.hpp"
#include "train/zip/records.hpp"

namespace train::signing {
namespace {

constexpr std::string_view k_block_magic = "APK Sig Block 42";
constexpr std::uint64_t k_block_footer = 24;  // the size again, and the magic
constexpr std::size_t k_pair_head = 12;
constexpr std::uint64_t k_block_bytes_max = 16u << 20;

std::uint64_t end_of_entries(const zip::Package& package) {
  std::uint64_t end = 0;
  for (const zip::PackageEntry& entry : package.entries()) end = std::max(end, entry.data + entry.packed);
  return end;
}

Result<std::vector<ApkPair>> read_pairs(const zip::Package& package, std::string_view body) {
  std::vector<ApkPair> pairs;
  while (!body.empty()) {
    const zip::Bytes bytes(body);
    const auto length = bytes.u64(0);
    const bool sound = length && *length >= 4 && *length <= body.size() - 8;
    if (!sound) return package.refuse("its signing block is damaged");
    pairs.push_back({*bytes.u32(8), body.substr(k_pair_head, *length - 4)});
    body.remove_prefix(8 + *length);
  }
  return pairs;
}

}  // namespace

const ApkPair* ApkBlock::find(std::uint32_t id) const {
  for (const ApkPair& pair : pairs) {
    if (pair.id == id) return &pair;
  }
  return nullptr;
}

Result<std::optional<ApkBlock>> read_apk_block(const zip::Package& package) {
  const std::uint64_t end = package.directory_offset();
  const zip::Bytes bytes(package.bytes());
  if (end < k_block_footer + 8) return std::optional<ApkBlock>();
  if (bytes.slice(end - k_block_magic.size(), k_block_magic.size()) != k_block_magic) return std::optional<ApkBlock>();
  const std::uint64_t size = *bytes.u64(end - k_block_footer);
  const bool sound = size >= k_block_footer && size <= k_block_bytes_max && size <= end - 8 &&
                     bytes.u64(end - size - 8) == size && end - size - 8 >= end_of_entries(package);
  if (!sound) return package.refuse("its signing block is damaged");
  ApkBlock block;
  block.begin = end - size - 8;
  auto pairs = read_pairs(package, package.bytes().substr(block.begin + 8, size - k_block_footer));
  if (!pairs) return tl::unexpected(pairs.error());
  block.pairs = std::move(*pairs);
  return std::optional<ApkBlock>(std::move(block));
}

std::string write_apk_block(const std::vector<NewApkPair>& pairs) {
  std::string body;
  for (const NewApkPair& pair : pairs) {
    zip::put_u64(body, pair.value.size() + 4);
    zip::put_u32(body, pair.id);
    body += pair.value;
  }
  const std::uint64_t bare = 8 + body.size() + k_block_footer;
  if (bare % k_block_alignment != 0) {
    const std::uint64_t whole = (bare + k_pair_head + k_block_alignment - 1) / k_block_alignment * k_block_alignment;
    zip::put_u64(body, whole - bare - 8);
    zip::put_u32(body, k_block_padding);
    body.resize(whole - 8 - k_block_footer, '\0');
  }
  std::string out;
  zip::put_u64(out, body.size() + k_block_footer);
  out += body;
  zip::put_u64(out, body.size() + k_block_footer);
  out += k_block_magic;
  return out;
}

std::string with_length(std::string_view bytes) {
  std::string out;
  zip::put_u32(out, bytes.size());
  out += bytes;
  return out;
}

std::optional<std::string_view> LengthPrefixed::next() {
  const auto length = number();
  if (!length || *length > rest_.size()) return std::nullopt;
  const std::string_view part = rest_.substr(0, *length);
  rest_.remove_prefix(*length);
  return part;
}

std::optional<std::uint32_t> LengthPrefixed::number() {
  const auto value = zip::Bytes(rest_).u32(0);
  if (value) rest_.remove_prefix(4);
  return value;
}

}  // namespace train::signing
