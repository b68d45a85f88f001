#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "train/domain/words.hpp"

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

std::string exposures(const GateRule& rule) {
  if (!rule.unit.empty()) return rule.unit;
  return rule.exposure ? std::string(plural(*rule.exposure)) : "exposures";
}

std::string ratio(const RatioEvidence& ratio) {
  return fmt::format("{} the live version's, limit {}", times(ratio.estimate), times(ratio.limit));
}

std::string evidence(double ln_e) {
  constexpr double most = 1e6;
  const double value = std::exp(std::min(ln_e, std::log(2 * most)));
  if (value > most) return "over " + number(most);
  return number(value < 10 ? std::round(value * 10) / 10 : std::round(value));
}

std::string moment(Instant at) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string text = format_rfc3339(at);  // 2026-12-04T10:00:00Z
  const auto month = static_cast<std::size_t>(std::stoi(text.substr(5, 2)) - 1);
  return fmt::format("{} {} {} UTC", std::stoi(text.substr(8, 2)), months.at(month), text.substr(11, 5));
}

}  // namespace train::engine::gate_words
