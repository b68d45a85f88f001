#include "train/domain/recovery.hpp"

#include <algorithm>
#include <charconv>

#include "train/base/text.hpp"

namespace train {
namespace {

template <typename T>
bool includes_all(const std::vector<T>& whole, const std::vector<T>& part) {
  return std::all_of(part.begin(), part.end(),
                     [&](const T& each) { return std::find(whole.begin(), whole.end(), each) != whole.end(); });
}

std::vector<std::string> level_texts(const RecoveryReach& reach) {
  std::vector<std::string> levels;
  for (const std::int64_t level : reach.api_levels) levels.push_back(std::to_string(level));
  return levels;
}

constexpr std::string_view k_everybody = "everybody";
constexpr std::string_view k_regions = "regions ";
constexpr std::string_view k_android = "android ";

std::optional<std::vector<std::int64_t>> levels_in(std::string_view text) {
  std::vector<std::int64_t> out;
  for (const auto& part : split(text, ',')) {
    std::int64_t level = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), level);
    if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
    out.push_back(level);
  }
  return out;
}

}  // namespace

bool is_finished(const Recovery& recovery) {
  return recovery.status == RecoveryStatus::cancelled || recovery.status == RecoveryStatus::failed;
}

bool is_deployed(const Recovery& recovery) {
  return recovery.status == RecoveryStatus::active ||
         (recovery.status == RecoveryStatus::preparing && recovery.deployed.has_value());
}

bool is_about(const Recovery& recovery, const std::vector<BuildNumber>& builds) {
  return std::is_permutation(recovery.builds.begin(), recovery.builds.end(), builds.begin(), builds.end());
}

bool is_same_kind(const RecoveryReach& a, const RecoveryReach& b) {
  return a.everybody == b.everybody && a.regions.empty() == b.regions.empty() &&
         a.api_levels.empty() == b.api_levels.empty();
}

bool covers(const RecoveryReach& whole, const RecoveryReach& part) {
  return is_same_kind(whole, part) && includes_all(whole.regions, part.regions) &&
         includes_all(whole.api_levels, part.api_levels);
}

std::string describe_reach(const RecoveryReach& reach) {
  if (reach.everybody) return std::string(k_everybody);
  if (!reach.regions.empty()) return join(reach.regions, ", ");
  const auto levels = level_texts(reach);
  return levels.empty() ? "nobody" : "Android API " + join(levels, ", ");
}

std::string stored_reach(const RecoveryReach& reach) {
  if (reach.everybody) return std::string(k_everybody);
  if (!reach.regions.empty()) return std::string(k_regions) + join(reach.regions, ",");
  return std::string(k_android) + join(level_texts(reach), ",");
}

std::optional<RecoveryReach> parse_stored_reach(std::string_view text) {
  if (text == k_everybody) return RecoveryReach{true, {}, {}};
  if (starts_with(text, k_regions)) return RecoveryReach{false, split(text.substr(k_regions.size()), ','), {}};
  if (!starts_with(text, k_android)) return std::nullopt;
  auto levels = levels_in(text.substr(k_android.size()));
  if (!levels) return std::nullopt;
  return RecoveryReach{false, {}, std::move(*levels)};
}

}  // namespace train
