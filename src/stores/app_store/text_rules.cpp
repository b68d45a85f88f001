#include "text_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

constexpr std::size_t k_text_most = 4000;        // characters
constexpr std::size_t k_test_notes_most = 4000;  // bytes
constexpr std::size_t k_problems_most = 4;

struct Range {
  char32_t first;
  char32_t last;
};

// Named by Apple's answers: emoji and older pictographs, angle brackets, and the modifier letter circumflex.
constexpr std::array k_refused_characters{Range{0x00, 0x08},      Range{0x0B, 0x1F},     Range{'<', '<'},
                                          Range{'>', '>'},        Range{0x7F, 0x9F},     Range{0x2C6, 0x2C6},
                                          Range{0x20E3, 0x20E3},  Range{0x2600, 0x27BF}, Range{0x2B00, 0x2BFF},
                                          Range{0xFE0F, 0xFE0F},  Range{0xFFFE, 0xFFFF}, Range{0x1F000, 0x1FAFF},
                                          Range{0xE0000, 0xE007F}};

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

constexpr std::array<std::string_view, 50> k_locales{
    "ar-SA", "bn-BD", "ca",    "cs",    "da", "de-DE", "el",    "en-AU", "en-CA", "en-GB",   "en-US",  "es-ES", "es-MX",
    "fi",    "fr-CA", "fr-FR", "gu-IN", "he", "hi",    "hr",    "hu",    "id",    "it",      "ja",     "kn-IN", "ko",
    "ml-IN", "mr-IN", "ms",    "nl-NL", "no", "or-IN", "pa-IN", "pl",    "pt-BR", "pt-PT",   "ro",     "ru",    "sk",
    "sl-SI", "sv",    "ta-IN", "te-IN", "th", "tr",    "uk",    "ur-PK", "vi",    "zh-Hans", "zh-Hant"};

template <std::size_t N>
bool is_among(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

// The length in bytes of the code point that begins with `lead`, in text that is valid UTF-8.
std::size_t width_at(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

char32_t decode(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  char32_t value = bytes.size() == 1 ? lead : lead & (0x7Fu >> bytes.size());
  for (const char byte : bytes.substr(1)) value = (value << 6) | (static_cast<unsigned char>(byte) & 0x3Fu);
  return value;
}

struct Character {
  int line;
  char32_t point;
  std::string_view bytes;
};

// The characters of valid UTF-8 that `is_wanted` says yes to, at most so many.
template <typename Wanted>
std::vector<Character> find_characters(std::string_view text, std::size_t most, Wanted is_wanted) {
  std::vector<Character> found;
  int line = 1;
  for (std::size_t at = 0; at < text.size() && found.size() < most;) {
    const auto bytes = text.substr(at, width_at(static_cast<unsigned char>(text[at])));
    at += bytes.size();
    if (bytes == "\n") ++line;
    const auto point = decode(bytes);
    if (is_wanted(point)) found.push_back({line, point, bytes});
  }
  return found;
}

}  // namespace

std::string normal_text(std::string_view text) {
  std::string out(trim(text));
  out.erase(std::remove(out.begin(), out.end(), '\r'), out.end());
  return out;
}

std::vector<std::string> text_problems(const std::string& locale, std::string_view text) {
  const auto normal = normal_text(text);
  if (!is_valid_utf8(normal)) return {locale + ": the text is not UTF-8"};
  if (normal.empty()) return {locale + ": the text is empty"};
  std::vector<std::string> problems;
  const auto length = utf8_length(normal);
  if (length > k_text_most) {
    problems.push_back(fmt::format("{}: {} characters, at most {} are allowed", locale, length, k_text_most));
  }
  const auto is_refused = [](char32_t c) { return is_among(k_refused_characters, c); };
  for (const auto& one : find_characters(normal, k_problems_most, is_refused)) {
    if (problems.size() == k_problems_most) break;
    problems.push_back(fmt::format("{} line {}: Apple refuses {} (U+{:04X})", locale, one.line, printable(one.bytes),
                                   static_cast<std::uint32_t>(one.point)));
  }
  return problems;
}

std::string unfit_for_testers(std::string_view text) {
  const auto normal = normal_text(text);
  if (normal.empty()) return "the text is empty";
  if (!is_valid_utf8(normal)) return "the text is not UTF-8";
  if (normal.size() > k_test_notes_most) {
    return fmt::format("{} bytes, at most {} are allowed", normal.size(), k_test_notes_most);
  }
  const auto is_refused = [](char32_t c) { return c == '<' || is_among(k_emoji, c); };
  for (const auto& one : find_characters(normal, 1, is_refused)) {
    const auto what =
        one.point == '<' ? "sign <" : fmt::format("emoji U+{:04X}", static_cast<std::uint32_t>(one.point));
    return fmt::format("line {} has the {}, which Apple does not take there", one.line, what);
  }
  return {};
}

std::optional<std::string> not_a_locale(std::string_view locale) {
  if (std::find(k_locales.begin(), k_locales.end(), locale) != k_locales.end()) return std::nullopt;
  const auto language = locale.substr(0, locale.find_first_of("-_"));
  for (const auto& known : k_locales) {
    if (known.substr(0, known.find('-')) == language) return std::string(known);
  }
  return did_you_mean(locale, k_locales).value_or("");
}

}  // namespace train::stores::app_store
