#include "progress_line.hpp"

#include <fmt/format.h>

#include "train/base/text.hpp"

namespace train::cli {
namespace {

constexpr std::uint64_t k_mib = 1 << 20;
constexpr std::string_view k_clear = "\r\033[K";

}  // namespace

void ProgressLine::show(const std::string& app, const std::string& what, std::uint64_t stored, std::uint64_t total) {
  if (stored >= total) {
    if (!shown_.empty()) out_ << k_clear << std::flush;
    shown_.clear();
    return;
  }
  const auto line = fmt::format("{}: {} {} of {} MiB ({} %)", app, printable(what, 60), stored / k_mib,
                                (total + k_mib - 1) / k_mib, stored * 100 / total);
  if (line == shown_) return;
  shown_ = line;
  out_ << k_clear << line << std::flush;
}

}  // namespace train::cli
