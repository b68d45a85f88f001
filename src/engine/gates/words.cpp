#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace train::engine::gate_words {

std::string number(double value) {
  if (value != std::floor(value) && std::abs(value) < 1e6) return fmt::format("{:.1f}", value);
  std::string digits = fmt::format("{:.0f}", value);
  for (auto at = static_cast<int>(digits.size()) - 3; at > 0 && digits[static_cast<std::size_t>(at) - 1] != '-';
       at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string about(double value) {
  const double scale = std::pow(10, std::max(0.0, std::floor(std::log10(std::max(value, 1.0))) - 1));
  return number(std::ceil(value / scale) * scale);
}

std::string share(double fraction) {
  if (fraction > 0 && fraction < 0.00001) return "< 0.001 %";
  return fmt::format("{:.3g} %", fraction * 100);
}

std::string times(double ratio) { return fmt::format("{:.3g} times", ratio); }

std::string level(double value, const std::string& unit) {
  return unit.empty() ? fmt::format("{:.4g}", value) : fmt::format("{:.4g} {}", value, unit);
}

std::string exposures(const GateRule& rule) { return rule.unit.empty() ? "exposures" : rule.unit; }

}  // namespace train::engine::gate_words
