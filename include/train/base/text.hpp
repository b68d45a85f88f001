// Text from elsewhere, made fit for a terminal; and the few string forms several rooms share.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace train {

// Control characters (C0, C1, DEL), bidirectional overrides and zero-width characters become \u{XX};
// newlines and tabs become spaces; bad UTF-8 bytes become U+FFFD. At most `limit` bytes, then "…".
std::string printable(std::string_view foreign, std::size_t limit = 2000);

std::size_t utf8_length(std::string_view text);  // code points; bad bytes count one each
bool is_valid_utf8(std::string_view text);

// The candidate nearest to `word` by edit distance, when near enough to be a likely slip.
std::optional<std::string> did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);
bool starts_with(std::string_view text, std::string_view prefix);

// Replaces {name} by values; unknown names are left as they are.
struct Substitution {
  std::string_view name;
  std::string_view value;
};
std::string substitute(std::string_view pattern, std::span<const Substitution> values);

std::string base64url(std::string_view bytes);  // no padding
std::string base64(std::string_view bytes);
std::optional<std::string> decode_base64(std::string_view text);  // standard or url alphabet, padding optional
std::string percent_encode(std::string_view text);                // RFC 3986 unreserved kept

}  // namespace train
