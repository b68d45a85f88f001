#include "android/native_code.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "train/domain/play_rules.hpp"
#include "train/zip/bytes.hpp"

namespace train::signing {
namespace {

constexpr std::size_t k_elf_head_bytes = 8192;  // the header and the program headers behind it

// The least alignment of the parts that are loaded, in bytes; nullopt: not a 64-bit little-endian ELF file.
std::optional<std::uint64_t> load_alignment(std::string_view head) {
  const zip::Bytes elf(head);
  if (elf.slice(0, 6) != std::string_view("\x7f"
                                          "ELF\2\1",
                                          6))
    return std::nullopt;
  const auto table = elf.u64(32);
  const auto step = elf.u16(54);
  const auto count = elf.u16(56);
  if (!table || !step || !count || *step < 56 || *table > k_elf_head_bytes) return std::nullopt;
  std::optional<std::uint64_t> least;
  for (std::size_t i = 0; i < *count; ++i) {
    const std::size_t at = *table + i * *step;
    const auto kind = elf.u32(at);
    const auto alignment = elf.u64(at + 48);
    if (!kind || !alignment) return std::nullopt;
    constexpr std::uint32_t k_loaded = 1;
    if (*kind == k_loaded) least = std::min(least.value_or(*alignment), *alignment);
  }
  return least;
}

}  // namespace

bool has_small_pages(const zip::Package& package, const zip::PackageEntry& entry) {
  const auto alignment = load_alignment(package.peek(entry, k_elf_head_bytes));
  return alignment && *alignment < k_large_page_bytes;
}

}  // namespace train::signing
