#include "train/base/percent.hpp"

#include <cmath>

#include "train/base/check.hpp"
#include "train/base/text.hpp"

namespace train {

Percent Percent::whole(int percent) {
  const auto made = from_basis_points(percent * 100);
  TRAIN_CHECK(made.has_value(), "a percentage is between 0 and 100");
  return *made;
}

std::optional<Percent> Percent::from_fraction(double fraction) {
  if (!std::isfinite(fraction) || fraction < 0 || fraction > 1) return std::nullopt;
  return from_basis_points(static_cast<int>(std::lround(fraction * 10000)));
}

namespace {

// The digits behind the point as hundredths; nullopt when they are not digits or finer than a basis point.
std::optional<int> hundredths(std::string_view digits) {
  int value = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] < '0' || digits[i] > '9') return std::nullopt;
    if (i < 2) value = value * 10 + (digits[i] - '0');
    if (i >= 2 && digits[i] != '0') return std::nullopt;
  }
  return digits.size() == 1 ? value * 10 : value;
}

}  // namespace

std::optional<Percent> Percent::parse(std::string_view text) {
  text = trim(text);
  if (!text.empty() && text.back() == '%') text = trim(text.substr(0, text.size() - 1));
  const auto point = text.find('.');
  const auto head = text.substr(0, point);
  if (head.empty() || head.size() > 3) return std::nullopt;
  int whole_part = 0;
  for (const char c : head) {
    if (c < '0' || c > '9') return std::nullopt;
    whole_part = whole_part * 10 + (c - '0');
  }
  int rest = 0;
  if (point != std::string_view::npos) {
    const auto tail = text.substr(point + 1);
    const auto parsed = tail.empty() ? std::nullopt : hundredths(tail);
    if (!parsed) return std::nullopt;
    rest = *parsed;
  }
  return from_basis_points(whole_part * 100 + rest);
}

std::string Percent::text() const {
  std::string out = std::to_string(bp_ / 100);
  if (const int rest = bp_ % 100; rest != 0) {
    out += '.';
    out += static_cast<char>('0' + rest / 10);
    if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
  }
  return out + " %";
}

}  // namespace train
