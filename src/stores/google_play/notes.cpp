#include "notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

constexpr std::size_t k_notes_limit = 500;

template <typename Wanted>
bool all(std::string_view text, Wanted wanted) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return wanted(c); });
}
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// BCP 47 as Play writes it: language, optional script, optional region.
bool is_locale(std::string_view text) {
  const auto parts = split(text, '-');
  if (parts.empty() || parts.size() > 3) return false;
  if (parts[0].size() < 2 || parts[0].size() > 3 || !all(parts[0], lower)) return false;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string& part = parts[i];
    const bool script = i == 1 && part.size() == 4 && upper(part[0]) && all(std::string_view(part).substr(1), lower);
    const bool region = (part.size() == 2 && all(part, upper)) || (part.size() == 3 && all(part, digit));
    const bool last = i + 1 == parts.size();
    if (!script && !(region && last)) return false;
  }
  return true;
}

}  // namespace

Result<Done> check_notes(const Notes& notes) {
  std::vector<std::string> problems;
  for (const auto& [locale, text] : notes) {
    const std::string shown = printable(locale, 40);
    const std::size_t length = utf8_length(text);
    if (!is_locale(locale)) problems.push_back(fmt::format("\"{}\" is no language Google Play knows", shown));
    if (length > k_notes_limit) {
      problems.push_back(fmt::format("{} has {} characters, {} are the most", shown, length, k_notes_limit));
    }
    if (!is_valid_utf8(text)) problems.push_back(shown + " is not UTF-8 text");
  }
  if (problems.empty()) return Done{};
  return fail(ErrorKind::refused, "The release notes do not fit Google Play: " + join(problems, "; ") + ".",
              "Mend the files that `release_notes` names; nothing was sent.");
}

}  // namespace train::stores::google_play
