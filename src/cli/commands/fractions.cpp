#include "fractions.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "train/base/text.hpp"

namespace train::cli {

Result<double> fraction_of(const std::string& written, const char* option) {
  std::string_view percent = trim(written);
  if (!percent.empty() && percent.back() == '%') percent = trim(percent.substr(0, percent.size() - 1));
  double number = 0;
  const auto [end, wrong] = std::from_chars(percent.data(), percent.data() + percent.size(), number);
  const bool whole = wrong == std::errc{} && end == percent.data() + percent.size();
  if (whole && std::isfinite(number) && number > 0) return number / 100;
  return fail(ErrorKind::usage, fmt::format("{} {} is no percentage above 0.", option, printable(written, 60)),
              "Such as 1% or 0.5: a number without % is in percent too.");
}

}  // namespace train::cli
