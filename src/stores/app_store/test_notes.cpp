// What Apple takes as a text for testers. It refuses, or silently cuts, the rest: docs/stores/app-store.md.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "beta.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

constexpr std::size_t k_test_notes_bytes_most = 4000;

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Code points shown as an emoji by themselves, and the marks that make others one.
constexpr std::array k_emoji{
    Range{0x20E3, 0x20E3},   Range{0x231A, 0x231B}, Range{0x23E9, 0x23EC}, Range{0x23F0, 0x23F0},
    Range{0x23F3, 0x23F3},   Range{0x25FD, 0x25FE}, Range{0x2614, 0x2615}, Range{0x2648, 0x2653},
    Range{0x267F, 0x267F},   Range{0x2693, 0x2693}, Range{0x26A1, 0x26A1}, Range{0x26AA, 0x26AB},
    Range{0x26BD, 0x26BE},   Range{0x26C4, 0x26C5}, Range{0x26CE, 0x26CE}, Range{0x26D4, 0x26D4},
    Range{0x26EA, 0x26EA},   Range{0x26F2, 0x26F3}, Range{0x26F5, 0x26F5}, Range{0x26FA, 0x26FA},
    Range{0x26FD, 0x26FD},   Range{0x2705, 0x2705}, Range{0x270A, 0x270B}, Range{0x2728, 0x2728},
    Range{0x274C, 0x274C},   Range{0x274E, 0x274E}, Range{0x2753, 0x2755}, Range{0x2757, 0x2757},
    Range{0x2795, 0x2797},   Range{0x27B0, 0x27B0}, Range{0x27BF, 0x27BF}, Range{0x2B1B, 0x2B1C},
    Range{0x2B50, 0x2B50},   Range{0x2B55, 0x2B55}, Range{0xFE0F, 0xFE0F}, Range{0x1F000, 0x1FAFF},
    Range{0xE0020, 0xE007F},
};

bool is_emoji(std::uint32_t point) {
  return std::any_of(k_emoji.begin(), k_emoji.end(),
                     [&](const Range& range) { return range.first <= point && point <= range.last; });
}

// Of text that is known to be UTF-8.
std::uint32_t next_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  std::uint32_t point = more == 0 ? lead : lead & (0x3Fu >> more);
  for (std::size_t i = 1; i <= more && at + i < text.size(); ++i) {
    point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
  }
  at += more + 1;
  return point;
}

std::optional<std::string> refused_sign(std::string_view text) {
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = next_point(text, at);
    if (point == '\n') ++line;
    if (point == '<') return fmt::format("line {} has the sign <, which Apple does not take there", line);
    if (is_emoji(point))
      return fmt::format("line {} has the emoji U+{:04X}, which Apple does not take there", line, point);
  }
  return std::nullopt;
}

}  // namespace

std::string unfit_for_testers(std::string_view text) {
  const auto trimmed = trim(text);
  if (trimmed.empty()) return "the text is empty";
  if (!is_valid_utf8(trimmed)) return "the text is not UTF-8";
  if (trimmed.size() > k_test_notes_bytes_most) {
    return fmt::format("{} bytes, at most {} are allowed", trimmed.size(), k_test_notes_bytes_most);
  }
  return refused_sign(trimmed).value_or(std::string{});
}

}  // namespace train::stores::app_store
