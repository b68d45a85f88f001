// App recovery: what Google's discovery document says of it, as rules. docs/stores/google-play.md tells what is ours.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "google_play/service.hpp"
#include "google_play/tracks.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::play {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t k_first_recovery_id = 4611000000000000001;
constexpr double k_devices = 100000;
constexpr double k_half_life_hours = 24;  // of the devices that are not recovered yet

std::string_view recovery_word(RecoveryState state) {
  switch (state) {
    case RecoveryState::draft:
      return "RECOVERY_STATUS_DRAFT";
    case RecoveryState::active:
      return "RECOVERY_STATUS_ACTIVE";
    case RecoveryState::canceled:
      return "RECOVERY_STATUS_CANCELED";
  }
  return "RECOVERY_STATUS_UNSPECIFIED";
}

std::optional<std::int64_t> whole_of(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// ---- what a body says ---------------------------------------------------------------------------

Refusal unknown_name(const std::string& name, std::string_view where) {
  return bad_request(fmt::format("Invalid JSON payload received. Unknown name \"{}\" at '{}': Cannot find field.",
                                 printable(name, 80), where));
}

std::optional<Refusal> read_members(const Json& value, std::string_view where,
                                    std::initializer_list<std::string_view> known) {
  if (!value.is_object()) return bad_request(fmt::format("Invalid value at '{}' (an object is expected).", where));
  for (const auto& [key, inner] : value.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) return unknown_name(key, where);
  }
  return std::nullopt;
}

std::optional<Refusal> read_wholes(const Json& value, std::string_view where, std::vector<std::int64_t>& into) {
  if (!value.is_array()) return bad_request(fmt::format("Invalid value at '{}' (a list is expected).", where));
  for (const Json& item : value) {
    const auto number = whole_of(item);
    if (!number || *number <= 0) return bad_request(fmt::format("Invalid value at '{}' (TYPE_INT64).", where));
    into.push_back(*number);
  }
  std::sort(into.begin(), into.end());
  return std::nullopt;
}

std::optional<Refusal> read_regions(const Json& value, std::vector<std::string>& into) {
  const Json list = value.is_object() ? value.value("regionCode", Json()) : Json();
  if (!list.is_array())
    return bad_request("Invalid value at 'targeting.regions' (a list of region codes is expected).");
  for (const Json& item : list) {
    const std::string code = item.is_string() ? item.get<std::string>() : std::string();
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 2 || !std::all_of(code.begin(), code.end(), capital)) {
      return bad_request("Invalid region code: " + printable(item.dump(), 40) + ".");
    }
    into.push_back(code);
  }
  return std::nullopt;
}

// allUsers, regions or androidSdks: exactly one.
std::optional<Refusal> read_reach(const Json& targeting, RecoveryAction& into) {
  int kinds = 0;
  if (targeting.contains("allUsers")) {
    ++kinds;
    const Json& all = targeting["allUsers"];
    into.everybody = all.is_object() && all.value("isAllUsersRequested", Json()) == true;
    if (!into.everybody) return bad_request("isAllUsersRequested must be true.");
  }
  if (targeting.contains("regions")) {
    ++kinds;
    if (auto wrong = read_regions(targeting["regions"], into.regions)) return wrong;
  }
  if (targeting.contains("androidSdks")) {
    ++kinds;
    const Json levels =
        targeting["androidSdks"].is_object() ? targeting["androidSdks"].value("sdkLevels", Json()) : Json();
    if (auto wrong = read_wholes(levels, "targeting.android_sdks.sdk_levels", into.sdk_levels)) return wrong;
  }
  if (kinds != 1) return bad_request("Exactly one of all_users, regions and android_sdks must be set.");
  return std::nullopt;
}

std::optional<Refusal> read_versions(const Json& targeting, RecoveryAction& into) {
  if (targeting.contains("versionList") == targeting.contains("versionRange")) {
    return bad_request("Exactly one of version_list and version_range must be set.");
  }
  if (targeting.contains("versionList")) {
    const Json& list = targeting["versionList"];
    return read_wholes(list.is_object() ? list.value("versionCodes", Json()) : Json(),
                       "targeting.version_list.version_codes", into.codes);
  }
  const Json range = targeting["versionRange"].is_object() ? targeting["versionRange"] : Json::object();
  const auto from = whole_of(range.value("versionCodeStart", Json()));
  const auto to = whole_of(range.value("versionCodeEnd", Json()));
  if (!from || !to || *from > *to) return bad_request("Invalid value at 'targeting.version_range'.");
  into.range = {*from, *to};
  return std::nullopt;
}

Answered<RecoveryAction> read_draft(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return refuse(bad_request("Invalid JSON payload received. Unexpected token."));
  if (auto wrong = read_members(json, "draft", {"remoteInAppUpdate", "targeting"})) return refuse(*wrong);
  const Json update = json.value("remoteInAppUpdate", Json::object());
  if (!update.is_object() || update.value("isRemoteInAppUpdateRequested", Json()) != true) {
    return refuse(bad_request("A recovery action is required: isRemoteInAppUpdateRequested must be true."));
  }
  const Json targeting = json.value("targeting", Json::object());
  if (auto wrong =
          read_members(targeting, "targeting", {"versionList", "versionRange", "allUsers", "regions", "androidSdks"})) {
    return refuse(*wrong);
  }
  RecoveryAction action;
  if (auto wrong = read_versions(targeting, action)) return refuse(*wrong);
  if (auto wrong = read_reach(targeting, action)) return refuse(*wrong);
  return action;
}

// ---- the store's rules --------------------------------------------------------------------------

bool is_about_code(const RecoveryAction& action, std::int64_t code) {
  if (action.range) return action.range->first <= code && code <= action.range->second;
  return std::find(action.codes.begin(), action.codes.end(), code) != action.codes.end();
}

std::vector<std::int64_t> published_codes(const PlayApp& app) {
  std::vector<std::int64_t> all;
  for (const auto& [name, track] : app.tracks) {
    for (const auto* list : {&track.published, &track.past}) {
      for (const TrackRelease& release : *list) all.insert(all.end(), release.codes.begin(), release.codes.end());
    }
  }
  return all;
}

// Nobody has what was never published.
std::optional<Refusal> check_published(const PlayApp& app, const RecoveryAction& action) {
  const auto out = published_codes(app);
  for (const std::int64_t code : action.codes) {
    if (std::find(out.begin(), out.end(), code) == out.end()) {
      return bad_request(fmt::format("Version code {} has not been published.", code));
    }
  }
  const bool any = std::any_of(out.begin(), out.end(), [&](std::int64_t code) { return is_about_code(action, code); });
  if (!any) return bad_request("No published version is targeted.");
  return std::nullopt;
}

std::map<std::int64_t, double> devices_with(const PlayApp& app, const RecoveryAction& action) {
  std::map<std::int64_t, double> all;
  for (const std::int64_t code : published_codes(app)) {
    if (is_about_code(action, code)) all[code] = 0;
  }
  for (const Share& share : shares(app.tracks.at(app.setup.track))) {
    for (const std::int64_t code : share.release->codes) {
      if (is_about_code(action, code)) all[code] = k_devices * share.percent.fraction();
    }
  }
  return all;
}

// A tenth of the users for each region or level.
double reached_part(const RecoveryAction& action) {
  if (action.everybody) return 1;
  return std::min(1.0, 0.1 * static_cast<double>(action.regions.size() + action.sdk_levels.size()));
}

// Users leave for a newer release, and only where there is one.
bool has_newer(const PlayApp& app, std::int64_t code) {
  const auto& out = app.tracks.at(app.setup.track).published;
  return std::any_of(out.begin(), out.end(), [&](const TrackRelease& each) {
    return each.codes.back() > code && (each.status == Status::completed || each.status == Status::in_progress);
  });
}

std::optional<Refusal> widen_action(RecoveryAction& action, const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  if (auto wrong = read_members(json, "add_targeting", {"targetingUpdate"})) return wrong;
  const Json update = json.value("targetingUpdate", Json::object());
  if (auto wrong = read_members(update, "targeting_update", {"allUsers", "regions", "androidSdks"})) return wrong;
  RecoveryAction further;
  if (auto wrong = read_reach(update, further)) return wrong;
  const bool same_kind = further.everybody == action.everybody && further.regions.empty() == action.regions.empty() &&
                         further.sdk_levels.empty() == action.sdk_levels.empty();
  if (!same_kind) {
    return bad_request("Only the criteria selected during the creation of the recovery action can be expanded.");
  }
  for (const std::string& region : further.regions) {
    const bool known = std::find(action.regions.begin(), action.regions.end(), region) != action.regions.end();
    if (!known) action.regions.push_back(region);
  }
  for (const std::int64_t level : further.sdk_levels) {
    const auto& levels = action.sdk_levels;
    if (std::find(levels.begin(), levels.end(), level) == levels.end()) action.sdk_levels.push_back(level);
  }
  return std::nullopt;
}

// ---- answers ------------------------------------------------------------------------------------

Json targeting_json(const RecoveryAction& action) {
  Json json = Json::object();
  const auto add = [](Json& list, std::int64_t number) { list.push_back(std::to_string(number)); };
  for (const std::int64_t code : action.codes) add(json["versionList"]["versionCodes"], code);
  if (action.range) {
    json["versionRange"] = {{"versionCodeStart", std::to_string(action.range->first)},
                            {"versionCodeEnd", std::to_string(action.range->second)}};
  }
  if (action.everybody) json["allUsers"] = {{"isAllUsersRequested", true}};
  if (!action.regions.empty()) json["regions"] = {{"regionCode", action.regions}};
  for (const std::int64_t level : action.sdk_levels) add(json["androidSdks"]["sdkLevels"], level);
  return json;
}

Json progress_json(const PlayApp& app, const RecoveryAction& action, Instant now) {
  Json rows = Json::array();
  const Instant until = action.canceled.value_or(now);
  const double hours = static_cast<double>((until - *action.deployed).count()) / 3600;
  for (const auto& [code, devices] : action.devices) {
    const double total = std::floor(devices * reached_part(action));
    const double moved = has_newer(app, code) ? std::floor(total * (1 - std::exp2(-hours / k_half_life_hours))) : 0;
    rows.push_back({{"versionCode", std::to_string(code)},
                    {"totalDeviceCount", std::to_string(static_cast<std::int64_t>(total))},
                    {"recoveredDeviceCount", std::to_string(static_cast<std::int64_t>(moved))}});
  }
  return {{"remoteAppUpdateDataPerBundle", rows}};
}

Json action_json(const PlayApp& app, const RecoveryAction& action, Instant now) {
  Json json = {{"appRecoveryId", std::to_string(action.id)},
               {"status", recovery_word(action.state)},
               {"targeting", targeting_json(action)},
               {"createTime", format_rfc3339(action.created)},
               {"lastUpdateTime", format_rfc3339(action.updated)}};
  if (action.deployed) json["deployTime"] = format_rfc3339(*action.deployed);
  if (action.canceled) json["cancelTime"] = format_rfc3339(*action.canceled);
  if (action.deployed) json["remoteInAppUpdateData"] = progress_json(app, action, now);
  return json;
}

Handled list_actions(const PlayApp& app, const ServerRequest& request, Instant now) {
  const auto asked = request.query_value("versionCode");
  const auto code = asked ? whole_of(Json(*asked)) : std::nullopt;
  if (!code) return refused(bad_request("The version code is required."));
  Json body = Json::object();
  for (const RecoveryAction& action : app.recoveries) {
    if (is_about_code(action, *code)) body["recoveryActions"].push_back(action_json(app, action, now));
  }
  return answered(json_response(body));
}

Handled done_with(Json body, const RecoveryAction& action, std::string_view what) {
  return {json_response(body), true, fmt::format("play/recovery/{} {}", action.id, what)};
}

Handled deploy_action(PlayApp& app, RecoveryAction& action, Instant now) {
  if (action.state != RecoveryState::draft) {
    return refused(failed_precondition("Only a recovery action with status DRAFT can be deployed."));
  }
  action.state = RecoveryState::active;
  action.deployed = now;
  action.updated = now;
  action.devices = devices_with(app, action);
  return done_with(Json::object(), action, "ACTIVE");
}

Handled cancel_action(RecoveryAction& action, Instant now) {
  if (action.state != RecoveryState::active) {
    return refused(failed_precondition("Only a recovery action that is executing can be canceled."));
  }
  action.state = RecoveryState::canceled;
  action.canceled = now;
  action.updated = now;
  return done_with(Json::object(), action, "CANCELED");
}

Handled add_targeting(RecoveryAction& action, const std::string& body, Instant now) {
  if (action.state == RecoveryState::canceled) {
    return refused(failed_precondition("A canceled recovery action cannot be changed."));
  }
  RecoveryAction wider = action;
  if (auto wrong = widen_action(wider, body)) return refused(*wrong);
  const bool same = wider.regions == action.regions && wider.sdk_levels == action.sdk_levels;
  wider.updated = now;
  action = std::move(wider);
  if (same) return answered(json_response(Json::object()));
  return done_with(Json::object(), action, "targets " + targeting_json(action).dump());
}

}  // namespace

Handled PlayService::recoveries(PlayApp& app, const ServerRequest& request, const Parts& rest, Instant now) {
  if (rest.size() == 1 && request.method == "GET") return list_actions(app, request, now);
  if (request.method != "POST") return refused(not_found("There is no such method on app recoveries."));
  if (rest.size() == 1) {
    auto action = read_draft(request.body);
    if (!action) return refused(action.error());
    if (auto wrong = check_published(app, *action)) return refused(*wrong);
    action->id = k_first_recovery_id + static_cast<std::int64_t>(app.recoveries.size());
    action->created = now;
    action->updated = now;
    app.recoveries.push_back(std::move(*action));
    return done_with(action_json(app, app.recoveries.back(), now), app.recoveries.back(), "DRAFT");
  }
  const std::size_t colon = rest[1].find(':');
  const auto id = whole_of(Json(rest[1].substr(0, colon)));
  const auto found = std::find_if(app.recoveries.begin(), app.recoveries.end(),
                                  [&](const RecoveryAction& each) { return id == each.id; });
  if (found == app.recoveries.end()) return refused(not_found("App recovery action not found."));
  const std::string verb = colon == std::string::npos ? "" : rest[1].substr(colon + 1);
  if (verb == "deploy") return deploy_action(app, *found, now);
  if (verb == "cancel") return cancel_action(*found, now);
  if (verb == "addTargeting") return add_targeting(*found, request.body, now);
  return refused(not_found("There is no such method on an app recovery action."));
}

}  // namespace train::sandbox::play
