#include "apple/code_directory.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apple/code_bytes.hpp"

namespace train::signing {
namespace {

constexpr std::uint32_t k_version_scatter = 0x20100;
constexpr std::uint32_t k_version_team = 0x20200;
constexpr std::uint32_t k_version_limit64 = 0x20300;
constexpr std::uint32_t k_version_exec = 0x20400;
constexpr std::uint32_t k_base_bytes = 44;
constexpr std::uint32_t k_exec_bytes = 88;
constexpr std::uint32_t k_special_max = 32;

tl::unexpected<Error> bad_directory(std::string_view why) {
  return fail(ErrorKind::refused, fmt::format("its CodeDirectory {}", why));
}

std::uint32_t header_bytes(std::uint32_t version) {
  if (version >= k_version_exec) return k_exec_bytes;
  if (version >= k_version_limit64) return 64;
  if (version >= k_version_team) return 52;
  return version >= k_version_scatter ? 48 : k_base_bytes;
}

// Name and team: texts behind the header.
Result<Done> read_names(const CodeBytes& blob, std::uint32_t identifier, CodeDirectory& out) {
  const auto name = blob.text(identifier);
  if (!name) return bad_directory("has no identifier");
  out.identifier = std::string(*name);
  const std::uint32_t team = out.version >= k_version_team ? *blob.big32(48) : 0;
  if (team == 0) return Done{};
  const auto text = blob.text(team);
  if (!text) return bad_directory("has its team outside itself");
  out.team = std::string(*text);
  return Done{};
}

Result<Done> check_hashes(const CodeBytes& blob, std::uint32_t hash_size, CodeDirectory& out) {
  if (hash_size != hash_bytes(out.hash)) return bad_directory("has hashes of an odd size");
  if (out.page_bits < 12 || out.page_bits > 16) return bad_directory("has pages of an odd size");
  const std::uint64_t page = std::uint64_t{1} << out.page_bits;
  if (out.page_count != (out.limit + page - 1) / page) return bad_directory("does not cover what it says");
  if (out.special_count > k_special_max) return bad_directory("has too many special hashes");
  const std::uint64_t before = std::uint64_t{out.special_count} * hash_size;
  if (out.hash_offset < header_bytes(out.version) + before) return bad_directory("has its hashes outside itself");
  if (!blob.slice(out.hash_offset, std::size_t{out.page_count} * hash_size)) {
    return bad_directory("has its hashes outside itself");
  }
  return Done{};
}

std::string_view page_of(const CodeDirectory& directory, std::string_view image, std::size_t index) {
  const std::size_t page = std::size_t{1} << directory.page_bits;
  const std::size_t begin = index * page;
  return image.substr(begin, std::min<std::size_t>(page, static_cast<std::size_t>(directory.limit) - begin));
}

}  // namespace

Result<CodeDirectory> read_code_directory(std::string_view bytes) {
  const CodeBytes blob(bytes);
  CodeDirectory out;
  if (blob.big32(0) != k_directory_mark || blob.big32(4) != bytes.size() || bytes.size() < k_base_bytes) {
    return bad_directory("is damaged");
  }
  out.version = *blob.big32(8);
  if (bytes.size() < header_bytes(out.version)) return bad_directory("ends too soon");
  out.flags = *blob.big32(12);
  out.hash_offset = *blob.big32(16);
  out.special_count = *blob.big32(24);
  out.page_count = *blob.big32(28);
  out.limit = *blob.big32(32);
  const std::uint64_t wide_limit = out.version >= k_version_limit64 ? *blob.big64(56) : 0;
  if (wide_limit != 0) out.limit = wide_limit;
  const auto kind = *blob.byte(37);
  if (kind != 1 && kind != 2) return bad_directory(fmt::format("uses hash {}; SHA-1 and SHA-256 are understood", kind));
  out.hash = static_cast<HashKind>(kind);
  out.page_bits = *blob.byte(39);
  if (out.version >= k_version_scatter && *blob.big32(44) != 0) return bad_directory("is scattered");
  if (const auto done = read_names(blob, *blob.big32(20), out); !done) return tl::unexpected(done.error());
  if (const auto done = check_hashes(blob, *blob.byte(36), out); !done) return tl::unexpected(done.error());
  return out;
}

std::optional<std::size_t> first_bad_page(const CodeDirectory& directory, std::string_view blob,
                                          std::string_view image) {
  if (directory.limit > image.size()) return directory.page_count;
  const std::size_t size = hash_bytes(directory.hash);
  for (std::size_t i = 0; i < directory.page_count; ++i) {
    const std::string_view said = blob.substr(directory.hash_offset + i * size, size);
    if (hash_of(directory.hash, page_of(directory, image, i)) != said) return i;
  }
  return std::nullopt;
}

std::optional<std::string_view> special_hash(const CodeDirectory& directory, std::string_view blob, std::uint32_t k) {
  if (k == 0 || k > directory.special_count) return std::nullopt;
  const std::size_t size = hash_bytes(directory.hash);
  return blob.substr(directory.hash_offset - k * size, size);
}

void set_special_hash(const CodeDirectory& directory, std::string& blob, std::uint32_t k,
                      std::optional<std::string_view> content) {
  const std::size_t size = hash_bytes(directory.hash);
  const std::string value = content ? hash_of(directory.hash, *content) : std::string(size, '\0');
  blob.replace(directory.hash_offset - k * size, size, value);
}

void rehash_pages(const CodeDirectory& directory, std::string& blob, std::string_view image, std::uint64_t end) {
  const std::size_t size = hash_bytes(directory.hash);
  for (std::size_t i = 0; i < directory.page_count; ++i) {
    if ((std::uint64_t{i} << directory.page_bits) >= end) return;
    blob.replace(directory.hash_offset + i * size, size, hash_of(directory.hash, page_of(directory, image, i)));
  }
}

std::string make_code_directory(const NewDirectory& wanted, const MachoImage& image) {
  constexpr std::uint32_t page_bits = 12;
  const std::uint32_t limit = image.signature->offset;
  const std::uint32_t pages = static_cast<std::uint32_t>(round_up(limit, 1u << page_bits) >> page_bits);
  const std::size_t names = wanted.identifier.size() + 1 + (wanted.team.empty() ? 0 : wanted.team.size() + 1);
  const std::size_t hash = hash_bytes(wanted.hash);
  const std::size_t hash_offset = k_exec_bytes + names + wanted.special_count * hash;
  std::string out;
  append_big32(out, k_directory_mark);
  append_big32(out, hash_offset + pages * hash);
  append_big32(out, k_version_exec);
  append_big32(out, 0);  // no flags: a distribution build
  append_big32(out, hash_offset);
  append_big32(out, k_exec_bytes);
  append_big32(out, wanted.special_count);
  append_big32(out, pages);
  append_big32(out, limit);
  for (const std::uint32_t byte :
       {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(wanted.hash), 0u, page_bits}) {
    out += static_cast<char>(byte);
  }
  append_big32(out, 0);  // spare
  append_big32(out, 0);  // no scatter
  append_big32(out, wanted.team.empty() ? 0 : k_exec_bytes + wanted.identifier.size() + 1);
  append_big32(out, 0);  // spare
  append_big64(out, 0);  // the limit fits into 32 bits
  append_big64(out, image.text->offset);
  append_big64(out, image.text->size);
  append_big64(out, wanted.exec_flags);
  out.append(wanted.identifier).push_back('\0');
  if (!wanted.team.empty()) out.append(wanted.team).push_back('\0');
  out.resize(hash_offset + pages * hash);
  return out;
}

}  // namespace train::signing
