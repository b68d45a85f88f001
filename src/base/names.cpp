#include "train/base/names.hpp"

#include <algorithm>
#include <vector>

#include "train/base/text.hpp"

namespace train {
namespace {

constexpr std::size_t k_part_digits_max = 18;  // fits a signed 64-bit number

std::optional<std::vector<std::int64_t>> parse_parts(std::string_view text, std::size_t parts_max) {
  std::vector<std::int64_t> out;
  for (const auto& part : split(text, '.')) {
    if (part.empty() || part.size() > k_part_digits_max || out.size() == parts_max) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : part) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    out.push_back(value);
  }
  return out;
}

// The next of the numbers between dots; 0 where there is none left. What it reads has been parsed before.
std::int64_t take_part(std::string_view& rest) {
  std::int64_t value = 0;
  std::size_t used = 0;
  for (; used < rest.size() && rest[used] != '.'; ++used) value = value * 10 + (rest[used] - '0');
  rest.remove_prefix(std::min(used + 1, rest.size()));
  return value;
}

// A fold compares names a thousand times.
std::strong_ordering compare_parts(std::string_view a, std::string_view b) {
  if (a == b) return std::strong_ordering::equal;
  while (!a.empty() || !b.empty()) {
    const auto left = take_part(a);
    const auto right = take_part(b);
    if (left != right) return left <=> right;
  }
  return std::strong_ordering::equal;
}

}  // namespace

std::optional<VersionName> VersionName::parse(std::string_view text) {
  if (!parse_parts(text, 4)) return std::nullopt;
  VersionName name;
  name.text_ = std::string(text);
  return name;
}

VersionName VersionName::next(Bump bump) const {
  auto parts = parse_parts(text_, 4).value_or(std::vector<std::int64_t>{});
  parts.resize(3);
  switch (bump) {
    case Bump::major:
      parts = {parts[0] + 1, 0, 0};
      break;
    case Bump::minor:
      parts = {parts[0], parts[1] + 1, 0};
      break;
    case Bump::patch:
      parts = {parts[0], parts[1], parts[2] + 1};
      break;
  }
  VersionName name;
  name.text_ = std::to_string(parts[0]) + "." + std::to_string(parts[1]) + "." + std::to_string(parts[2]);
  return name;
}

std::strong_ordering VersionName::operator<=>(const VersionName& other) const {
  return compare_parts(text_, other.text_);
}

std::optional<BuildNumber> BuildNumber::parse(std::string_view text) {
  if (!parse_parts(text, 4)) return std::nullopt;
  BuildNumber number;
  number.text_ = std::string(text);
  return number;
}

BuildNumber BuildNumber::from(std::int64_t number) {
  BuildNumber made;
  made.text_ = std::to_string(number < 0 ? 0 : number);
  return made;
}

std::optional<std::int64_t> BuildNumber::number() const {
  const auto parts = parse_parts(text_, 1);
  if (!parts) return std::nullopt;
  return parts->front();
}

std::strong_ordering BuildNumber::operator<=>(const BuildNumber& other) const {
  return compare_parts(text_, other.text_);
}

}  // namespace train
