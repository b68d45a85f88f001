// The orders whose arguments are more than words: what was typed, read.
#include <fmt/core.h>

#include <charconv>
#include <cstdint>

#include "train/base/text.hpp"
#include "train/domain/words.hpp"
#include "train/orders/command.hpp"

namespace train::orders {
namespace {

Result<std::optional<VersionName>> typed_version(const std::string& text, std::string_view example) {
  if (text.empty()) return std::optional<VersionName>();
  const auto version = VersionName::parse(text);
  if (version) return version;
  return fail(ErrorKind::usage, fmt::format("`{}` is not a version like {}.", printable(text, 60), example));
}

Result<std::vector<BuildNumber>> version_codes(const std::vector<std::string>& typed) {
  std::vector<BuildNumber> builds;
  for (const auto& text : typed) {
    const auto build = BuildNumber::parse(text);
    if (!build || !build->number())
      return fail(ErrorKind::usage, fmt::format("\"{}\" is no version code.", printable(text, 60)));
    builds.push_back(*build);
  }
  if (builds.empty()) return fail(ErrorKind::usage, "No build is named.", "Give --build.");
  return builds;
}

Result<RecoveryReach> typed_reach(const Arguments& said) {
  RecoveryReach reach{said.everybody, said.regions, {}};
  for (const auto& text : said.api_levels) {
    std::int64_t level = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), level);
    if (error != std::errc{} || end != text.data() + text.size())
      return fail(ErrorKind::usage, fmt::format("\"{}\" is no Android API level.", printable(text, 60)));
    reach.api_levels.push_back(level);
  }
  return reach;
}

}  // namespace

Result<RecoveryOrder> recovery_order(const Arguments& said, Action action) {
  auto builds = version_codes(said.builds);
  if (!builds) return tl::unexpected(builds.error());
  auto reach = typed_reach(said);
  if (!reach) return tl::unexpected(reach.error());
  const auto version = typed_version(said.version, "3.4.0");
  if (!version) return tl::unexpected(version.error());
  return RecoveryOrder{action, said.app, said.id, std::move(*builds), std::move(*reach), *version, said.why};
}

Result<ForceUpdateOrder> force_update_order(const Arguments& said) {
  ForceUpdateOrder order;
  order.app = said.app;
  order.legal = said.legal;
  order.can_update_here = !said.cannot_update_here;
  order.why = said.why;
  const auto severity = parse_severity(said.severity);
  if (!severity) {
    return fail(ErrorKind::usage,
                fmt::format("`{}` is none of low, medium, high, critical.", printable(said.severity, 60)));
  }
  order.severity = *severity;
  const auto bad = typed_version(said.version, "3.4.0");
  if (!bad) return tl::unexpected(bad.error());
  order.bad = *bad;
  order.share = Percent::parse(said.share);
  if (!said.share.empty() && !order.share)
    return fail(ErrorKind::usage, fmt::format("`{}` is not a percentage like 5%.", printable(said.share, 60)));
  const auto fix = typed_version(said.fix, "3.4.1");
  if (!fix) return tl::unexpected(fix.error());
  order.fix = *fix;
  return order;
}

}  // namespace train::orders
