#include "train/domain/release_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "train/base/digest.hpp"
#include "train/base/text.hpp"
#include "train/domain/enum_words.hpp"

namespace train {
namespace {

constexpr std::size_t k_problems_most = 4;       // of one text
constexpr std::size_t k_test_notes_most = 4000;  // bytes

struct Range {
  char32_t first;
  char32_t last;
};

// Named by Apple's answers: emoji and older pictographs, angle brackets, and the modifier letter circumflex.
constexpr std::array k_apple_refuses{Range{0x00, 0x08},      Range{0x0B, 0x1F},     Range{'<', '<'},
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

// App Store Connect's list, with the eleven languages of 2026.
constexpr std::array<std::string_view, 50> k_apple_languages{
    "ar-SA", "bn-BD", "ca",    "cs",    "da", "de-DE", "el",    "en-AU", "en-CA", "en-GB",   "en-US",  "es-ES", "es-MX",
    "fi",    "fr-CA", "fr-FR", "gu-IN", "he", "hi",    "hr",    "hu",    "id",    "it",      "ja",     "kn-IN", "ko",
    "ml-IN", "mr-IN", "ms",    "nl-NL", "no", "or-IN", "pa-IN", "pl",    "pt-BR", "pt-PT",   "ro",     "ru",    "sk",
    "sl-SI", "sv",    "ta-IN", "te-IN", "th", "tr",    "uk",    "ur-PK", "vi",    "zh-Hans", "zh-Hant"};

// The Play Console's list of languages for a store listing, which is also that of release notes.
constexpr std::array<std::string_view, 87> k_play_languages{
    "af",    "am",    "ar",    "az-AZ", "be",    "bg",    "bn-BD", "ca",    "cs-CZ",  "da-DK", "de-DE",
    "el-GR", "en-AU", "en-CA", "en-GB", "en-IN", "en-SG", "en-US", "en-ZA", "es-419", "es-ES", "es-US",
    "et",    "eu-ES", "fa",    "fa-AE", "fa-AF", "fa-IR", "fi-FI", "fil",   "fr-CA",  "fr-FR", "gl-ES",
    "gu",    "hi-IN", "hr",    "hu-HU", "hy-AM", "id",    "is-IS", "it-IT", "iw-IL",  "ja-JP", "ka-GE",
    "kk",    "km-KH", "kn-IN", "ko-KR", "ky-KG", "lo-LA", "lt",    "lv",    "mk-MK",  "ml-IN", "mn-MN",
    "mr-IN", "ms",    "ms-MY", "my-MM", "ne-NP", "nl-NL", "no-NO", "pa",    "pl-PL",  "pt-BR", "pt-PT",
    "rm",    "ro",    "ru-RU", "si-LK", "sk",    "sl",    "sq",    "sr",    "sv-SE",  "sw",    "ta-IN",
    "te-IN", "th",    "tr-TR", "uk",    "ur",    "vi",    "zh-CN", "zh-HK", "zh-TW",  "zu"};

struct NotesRules {
  StoreKind kind{};
  std::size_t most = 0;  // code points
  std::span<const std::string_view> languages;
  std::span<const Range> refused;
};

constexpr std::array k_rules{
    NotesRules{StoreKind::app_store, 4000, k_apple_languages, k_apple_refuses},
    NotesRules{StoreKind::google_play, 500, k_play_languages, {}},
};
static_assert(!enum_words::is_enumerator<static_cast<StoreKind>(k_rules.size())>(), "every store needs its row");

const NotesRules& rules_of(const StoreFacts& store) { return k_rules[static_cast<std::size_t>(store.kind)]; }

// One language under several codes: what BCP 47, Java and the other store call it, and the store's own.
struct OtherCode {
  std::string_view written;
  std::string_view meant;
};
constexpr std::array k_other_codes{
    OtherCode{"nb", "no"},         OtherCode{"nn", "no"},         OtherCode{"nb", "no-NO"},
    OtherCode{"nn", "no-NO"},      OtherCode{"he", "iw-IL"},      OtherCode{"iw", "he"},
    OtherCode{"in", "id"},         OtherCode{"tl", "fil"},        OtherCode{"zh-Hans", "zh-CN"},
    OtherCode{"zh-Hant", "zh-TW"}, OtherCode{"zh-CN", "zh-Hans"}, OtherCode{"zh-SG", "zh-Hans"},
    OtherCode{"zh-TW", "zh-Hant"}, OtherCode{"zh-HK", "zh-Hant"}, OtherCode{"es-MX", "es-419"},
    OtherCode{"es-419", "es-MX"},  OtherCode{"en", "en-US"},      OtherCode{"es", "es-ES"},
    OtherCode{"fr", "fr-FR"},      OtherCode{"pt", "pt-BR"},      OtherCode{"zh", "zh-CN"},
    OtherCode{"zh", "zh-Hans"},
};

bool is_same_code(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           const auto plain = [](char c) {
             return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
           };
           return plain(x) == plain(y);
         });
}

bool has(std::span<const std::string_view> codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// The code itself or, for "nb-NO", that of its language alone, in the table of other codes.
std::optional<std::string> by_other_code(std::span<const std::string_view> codes, std::string_view locale) {
  for (const auto& [written, meant] : k_other_codes) {
    if (is_same_code(written, locale) && has(codes, meant)) return std::string(meant);
  }
  return std::nullopt;
}

bool is_among(std::span<const Range> ranges, char32_t c) {
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

std::string unknown_language(const StoreFacts& store, const std::string& locale, const std::string& meant) {
  auto text = fmt::format("{}: {} has no such language", printable(locale, 40), store.in_sentence);
  if (!meant.empty()) text += fmt::format("; its code may be {}", meant);
  return text;
}

}  // namespace

std::string normal_text(std::string_view text) {
  std::string out(trim(text));
  out.erase(std::remove(out.begin(), out.end(), '\r'), out.end());
  return out;
}

std::vector<std::string> text_problems(const StoreFacts& store, const std::string& locale, std::string_view text) {
  const auto& rules = rules_of(store);
  const auto normal = normal_text(text);
  if (!is_valid_utf8(normal)) return {locale + ": the text is not UTF-8"};
  if (normal.empty()) return {locale + ": the text is empty"};
  std::vector<std::string> problems;
  const auto length = utf8_length(normal);
  if (length > rules.most) {
    problems.push_back(fmt::format("{}: {} characters, at most {} are allowed", locale, length, rules.most));
  }
  const auto is_refused = [&](char32_t c) { return is_among(rules.refused, c); };
  for (const auto& one : find_characters(normal, k_problems_most, is_refused)) {
    if (problems.size() == k_problems_most) break;
    problems.push_back(fmt::format("{} line {}: {} refuses {} (U+{:04X})", locale, one.line, store.company,
                                   printable(one.bytes), static_cast<std::uint32_t>(one.point)));
  }
  return problems;
}

std::vector<std::string> test_notes_problems(const StoreFacts& store, const Notes& notes) {
  if (store.review != StoreReview::apart) return notes_problems(store, notes);
  std::vector<std::string> problems;
  for (const auto& [locale, text] : notes) {
    if (const auto why = unfit_for_testers(text); !why.empty()) problems.push_back(locale + ": " + why);
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

std::optional<std::string> not_a_locale(const StoreFacts& store, std::string_view locale) {
  const auto codes = rules_of(store).languages;
  if (has(codes, locale)) return std::nullopt;
  for (const auto& code : codes) {
    if (is_same_code(code, locale)) return std::string(code);
  }
  const auto language = locale.substr(0, locale.find_first_of("-_"));
  if (auto other = by_other_code(codes, locale)) return other;
  if (auto other = by_other_code(codes, language)) return other;
  for (const auto& code : codes) {
    if (is_same_code(code.substr(0, code.find('-')), language)) return std::string(code);
  }
  return did_you_mean(locale, codes).value_or("");
}

std::vector<std::string> notes_problems(const StoreFacts& store, const Notes& notes) {
  std::vector<std::string> problems;
  for (const auto& [locale, text] : notes) {
    if (const auto meant = not_a_locale(store, locale)) problems.push_back(unknown_language(store, locale, *meant));
    for (auto& problem : text_problems(store, printable(locale, 40), text)) problems.push_back(std::move(problem));
  }
  return problems;
}

std::string notes_digest(const Notes& notes) {
  std::string all;
  for (const auto& [locale, text] : notes) all += locale + "\n" + normal_text(text) + std::string(1, char());
  return sha256_hex(all).substr(0, 16);
}

}  // namespace train
