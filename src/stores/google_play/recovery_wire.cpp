#include "recovery_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::stores::google_play {
namespace {

using RecoveryJson = nlohmann::json;

constexpr std::string_view k_recovery_prefix = "RECOVERY_STATUS_";
constexpr std::array<std::pair<std::string_view, RecoveryStatus>, 5> k_recovery_words{{
    {"DRAFT", RecoveryStatus::draft},
    {"GENERATION_IN_PROGRESS", RecoveryStatus::preparing},
    {"GENERATION_FAILED", RecoveryStatus::failed},
    {"ACTIVE", RecoveryStatus::active},
    {"CANCELED", RecoveryStatus::cancelled},
}};

tl::unexpected<Error> no_recovery() {
  return fail(ErrorKind::invalid_answer, "Google Play's answer is no app recovery action.",
              "Check that `endpoint` is Google's own address, and that no proxy answers in its place.");
}

// int64 is a string in Google's JSON.
std::optional<std::int64_t> whole_in(const RecoveryJson& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

const RecoveryJson& member_of(const RecoveryJson& object, const char* key) {
  static const RecoveryJson none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::optional<std::vector<std::int64_t>> wholes_in(const RecoveryJson& list) {
  std::vector<std::int64_t> all;
  if (list.is_null()) return all;
  if (!list.is_array()) return std::nullopt;
  for (const RecoveryJson& item : list) {
    const auto number = whole_in(item);
    if (!number) return std::nullopt;
    all.push_back(*number);
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::optional<Instant> time_in(const RecoveryJson& value) {
  return value.is_string() ? parse_rfc3339(value.get_ref<const std::string&>()) : std::nullopt;
}

bool read_targeting(const RecoveryJson& targeting, Recovery& into) {
  const auto codes = wholes_in(member_of(member_of(targeting, "versionList"), "versionCodes"));
  const auto levels = wholes_in(member_of(member_of(targeting, "androidSdks"), "sdkLevels"));
  if (!codes || !levels) return false;
  for (const std::int64_t code : *codes) into.builds.push_back(BuildNumber::from(code));
  into.reach.api_levels = *levels;
  into.reach.everybody = member_of(member_of(targeting, "allUsers"), "isAllUsersRequested") == true;
  for (const RecoveryJson& region : member_of(member_of(targeting, "regions"), "regionCode")) {
    if (!region.is_string()) return false;
    into.reach.regions.push_back(printable(region.get<std::string>(), 20));
  }
  std::sort(into.reach.regions.begin(), into.reach.regions.end());
  const RecoveryJson& range = member_of(targeting, "versionRange");
  const auto from = whole_in(member_of(range, "versionCodeStart"));
  const auto to = whole_in(member_of(range, "versionCodeEnd"));
  if (from && to) into.range = {BuildNumber::from(*from), BuildNumber::from(*to)};
  return true;
}

bool read_progress(const RecoveryJson& data, Recovery& into) {
  const RecoveryJson& rows = member_of(data, "remoteAppUpdateDataPerBundle");
  if (!rows.is_null() && !rows.is_array()) return false;
  for (const RecoveryJson& row : rows) {
    const auto code = whole_in(member_of(row, "versionCode"));
    if (!code) return false;
    // Google leaves a count of 0 out.
    into.progress.push_back({BuildNumber::from(*code), whole_in(member_of(row, "totalDeviceCount")).value_or(0),
                             whole_in(member_of(row, "recoveredDeviceCount")).value_or(0)});
  }
  return true;
}

std::optional<Recovery> recovery_of(const RecoveryJson& json) {
  const auto id = whole_in(member_of(json, "appRecoveryId"));
  const RecoveryJson& status = member_of(json, "status");
  if (!id || !status.is_string()) return std::nullopt;
  Recovery recovery;
  recovery.id = std::to_string(*id);
  std::string word = status.get<std::string>();
  if (starts_with(word, k_recovery_prefix)) word.erase(0, k_recovery_prefix.size());
  recovery.raw = printable(word, 60);
  for (const auto& [known, value] : k_recovery_words) {
    if (known == word) recovery.status = value;
  }
  if (!read_targeting(member_of(json, "targeting"), recovery)) return std::nullopt;
  if (!read_progress(member_of(json, "remoteInAppUpdateData"), recovery)) return std::nullopt;
  recovery.created = time_in(member_of(json, "createTime"));
  recovery.deployed = time_in(member_of(json, "deployTime"));
  recovery.cancelled = time_in(member_of(json, "cancelTime"));
  return recovery;
}

RecoveryJson reach_json(const RecoveryReach& reach) {
  RecoveryJson json = RecoveryJson::object();
  if (reach.everybody) json["allUsers"] = {{"isAllUsersRequested", true}};
  if (!reach.regions.empty()) json["regions"] = {{"regionCode", reach.regions}};
  for (const std::int64_t level : reach.api_levels) json["androidSdks"]["sdkLevels"].push_back(std::to_string(level));
  return json;
}

template <typename T>
std::vector<T> without(const std::vector<T>& wanted, const std::vector<T>& present) {
  std::vector<T> rest;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(rest),
               [&](const T& each) { return std::find(present.begin(), present.end(), each) == present.end(); });
  return rest;
}

}  // namespace

Result<std::vector<Recovery>> parse_recoveries(std::string_view text) {
  if (!http::is_nested_within(text)) return no_recovery();
  const RecoveryJson json = RecoveryJson::parse(text, nullptr, false);
  const RecoveryJson& list = member_of(json, "recoveryActions");
  if (!json.is_object() || (!list.is_null() && !list.is_array())) return no_recovery();
  std::vector<Recovery> all;
  for (const RecoveryJson& item : list) {
    auto recovery = recovery_of(item);
    if (!recovery) return no_recovery();
    all.push_back(std::move(*recovery));
  }
  std::stable_sort(all.begin(), all.end(), [](const Recovery& a, const Recovery& b) { return a.created > b.created; });
  return all;
}

Result<Recovery> parse_recovery(std::string_view text) {
  if (!http::is_nested_within(text)) return no_recovery();
  auto recovery = recovery_of(RecoveryJson::parse(text, nullptr, false));
  if (!recovery) return no_recovery();
  return std::move(*recovery);
}

std::string recovery_body(const RecoveryWish& wish) {
  RecoveryJson targeting = reach_json(wish.reach);
  for (const BuildNumber& build : wish.builds) targeting["versionList"]["versionCodes"].push_back(build.text());
  return RecoveryJson{{"remoteInAppUpdate", {{"isRemoteInAppUpdateRequested", true}}}, {"targeting", targeting}}.dump();
}

std::string further_targeting_body(const RecoveryReach& further) {
  return RecoveryJson{{"targetingUpdate", reach_json(further)}}.dump();
}

RecoveryReach missing_in(const RecoveryReach& present, const RecoveryReach& wanted) {
  return {wanted.everybody && !present.everybody, without(wanted.regions, present.regions),
          without(wanted.api_levels, present.api_levels)};
}

}  // namespace train::stores::google_play
