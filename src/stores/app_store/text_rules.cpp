#include "text_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

constexpr std::size_t k_text_most = 4000;  // characters
constexpr std::size_t k_problems_most = 4;

struct Range {
  char32_t first;
  char32_t last;
};

// Named by Apple's answers: emoji and older pictographs, angle brackets, and the modifier letter circumflex.
constexpr std::array k_refused{Range{0x00, 0x08},      Range{0x0B, 0x1F},     Range{'<', '<'},
                               Range{'>', '>'},        Range{0x7F, 0x9F},     Range{0x2C6, 0x2C6},
                               Range{0x20E3, 0x20E3},  Range{0x2600, 0x27BF}, Range{0x2B00, 0x2BFF},
                               Range{0xFE0F, 0xFE0F},  Range{0xFFFE, 0xFFFF}, Range{0x1F000, 0x1FAFF},
                               Range{0xE0000, 0xE007F}};

constexpr std::array<std::string_view, 50> k_locales{
    "ar-SA", "bn-BD", "ca",    "cs",    "da", "de-DE", "el",    "en-AU", "en-CA", "en-GB",   "en-US",  "es-ES", "es-MX",
    "fi",    "fr-CA", "fr-FR", "gu-IN", "he", "hi",    "hr",    "hu",    "id",    "it",      "ja",     "kn-IN", "ko",
    "ml-IN", "mr-IN", "ms",    "nl-NL", "no", "or-IN", "pa-IN", "pl",    "pt-BR", "pt-PT",   "ro",     "ru",    "sk",
    "sl-SI", "sv",    "ta-IN", "te-IN", "th", "tr",    "uk",    "ur-PK", "vi",    "zh-Hans", "zh-Hant"};

bool is_refused(char32_t c) {
  return std::any_of(k_refused.begin(), k_refused.end(),
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

void find_characters(const std::string& locale, const std::string& text, std::vector<std::string>& problems) {
  int line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const auto bytes = std::string_view(text).substr(at, width_at(static_cast<unsigned char>(text[at])));
    at += bytes.size();
    if (bytes == "\n") ++line;
    const auto c = decode(bytes);
    if (!is_refused(c)) continue;
    if (problems.size() >= k_problems_most) return;
    problems.push_back(fmt::format("{} line {}: Apple refuses {} (U+{:04X})", locale, line, printable(bytes),
                                   static_cast<std::uint32_t>(c)));
  }
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
  find_characters(locale, normal, problems);
  return problems;
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
