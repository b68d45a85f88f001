#include "wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::stores::google_play {
namespace {

using Json = nlohmann::json;

constexpr std::string_view k_lifecycle_prefix = "RELEASE_LIFECYCLE_STATE_";

constexpr std::array<std::pair<Status, std::string_view>, 4> k_status_words{{
    {Status::draft, "draft"},
    {Status::in_progress, "inProgress"},
    {Status::halted, "halted"},
    {Status::completed, "completed"},
}};

tl::unexpected<Error> not_what_was_promised(std::string_view what) {
  return fail(ErrorKind::invalid_answer, "Google Play's answer is not " + std::string(what) + ".",
              "Check that `endpoint` is Google's own address, and that no proxy answers in its place.");
}

std::optional<Json> parse_object(std::string_view text) {
  if (!http::is_nested_within(text)) return std::nullopt;
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return json;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A list that Google leaves out when it is empty. nullopt: there is something else in its place.
std::optional<Json> list_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return Json::array();
  if (!found->is_array()) return std::nullopt;
  return *found;
}

// int64 is a string in Google's JSON, int32 a number.
std::optional<std::int64_t> code_of(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return code;
}

Status read_status(std::string_view word) {
  for (const auto& [status, known] : k_status_words) {
    if (known == word) return status;
  }
  return Status::unknown;
}

// "DE, FR, rest of world"; empty when nothing is restricted. What cannot be read is shown, so that it restricts.
std::string countries_of(const Json& json) {
  const auto targeting = json.find("countryTargeting");
  if (targeting == json.end() || !targeting->is_object()) return {};
  std::vector<std::string> parts;
  for (const Json& country : targeting->value("countries", Json::array())) {
    parts.push_back(country.is_string() ? printable(country.get<std::string>(), 20) : "?");
  }
  if (targeting->value("includeRestOfWorld", Json()) == true) parts.emplace_back("rest of world");
  return join(parts, ", ");
}

std::optional<TrackRelease> release_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  TrackRelease release;
  release.name = text_of(json, "name");
  release.status_word = text_of(json, "status");
  release.status = read_status(release.status_word);
  release.countries = countries_of(json);
  release.document = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto codes = list_of(json, "versionCodes");
  if (!codes) return std::nullopt;
  for (const Json& item : *codes) {
    const auto code = code_of(item);
    if (!code) return std::nullopt;
    release.codes.push_back(*code);
  }
  if (const auto fraction = json.find("userFraction"); fraction != json.end()) {
    if (!fraction->is_number()) return std::nullopt;
    release.fraction = Percent::from_fraction(fraction->get<double>());
    if (!release.fraction) return std::nullopt;
  }
  return release;
}

std::optional<Summary> read_summary(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  Summary summary{text_of(json, "releaseName"), {}, text_of(json, "releaseLifecycleState")};
  if (starts_with(summary.lifecycle, k_lifecycle_prefix)) summary.lifecycle.erase(0, k_lifecycle_prefix.size());
  const auto artifacts = list_of(json, "activeArtifacts");
  if (!artifacts) return std::nullopt;
  for (const Json& artifact : *artifacts) {
    const auto code = artifact.is_object() ? code_of(artifact.value("versionCode", Json())) : std::nullopt;
    if (!code) return std::nullopt;
    summary.codes.push_back(*code);
  }
  return summary;
}

std::optional<Bundle> bundle_of(const Json& json) {
  const auto code = json.is_object() ? code_of(json.value("versionCode", Json())) : std::nullopt;
  if (!code) return std::nullopt;
  return Bundle{*code, text_of(json, "sha256")};
}

std::string first_reason(const Json& error, const char* where) {
  const auto items = list_of(error, where);
  if (!items) return {};
  for (const Json& item : *items) {
    const std::string reason = item.is_object() ? text_of(item, "reason") : std::string();
    if (!reason.empty()) return printable(reason, 80);
  }
  return {};
}

std::optional<Bundle> apk_of(const Json& json) {
  const auto code = json.is_object() ? code_of(json.value("versionCode", Json())) : std::nullopt;
  if (!code) return std::nullopt;
  const auto binary = json.find("binary");
  return Bundle{*code, binary != json.end() && binary->is_object() ? text_of(*binary, "sha256") : std::string()};
}

template <typename T, typename Read>
Result<std::vector<T>> parse_list(std::string_view text, const char* key, Read read, std::string_view what) {
  const auto json = parse_object(text);
  const auto list = json ? list_of(*json, key) : std::nullopt;
  if (!list) return not_what_was_promised(what);
  std::vector<T> all;
  for (const Json& item : *list) {
    auto one = read(item);
    if (!one) return not_what_was_promised(what);
    all.push_back(std::move(*one));
  }
  return all;
}

}  // namespace

std::string_view wire_word(Status status) {
  for (const auto& [value, word] : k_status_words) {
    if (value == status) return word;
  }
  return "statusUnspecified";
}

std::int64_t TrackRelease::highest_code() const {
  return codes.empty() ? 0 : *std::max_element(codes.begin(), codes.end());
}

bool TrackRelease::has_code(std::int64_t code) const {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

Result<std::vector<TrackRelease>> parse_track(std::string_view json) {
  return parse_list<TrackRelease>(json, "releases", release_of, "a track");
}

Result<std::vector<std::string>> parse_track_names(std::string_view json) {
  const auto name_of = [](const Json& track) -> std::optional<std::string> {
    auto name = track.is_object() ? text_of(track, "track") : std::string();
    return name.empty() ? std::nullopt : std::optional(std::move(name));
  };
  return parse_list<std::string>(json, "tracks", name_of, "a list of tracks");
}

Result<std::vector<Summary>> parse_summaries(std::string_view json) {
  return parse_list<Summary>(json, "releases", read_summary, "a list of releases");
}

Result<std::vector<Bundle>> parse_bundles(std::string_view json) {
  return parse_list<Bundle>(json, "bundles", bundle_of, "a list of bundles");
}

Result<Bundle> parse_bundle(std::string_view text) {
  const auto json = parse_object(text);
  const auto bundle = json ? bundle_of(*json) : std::nullopt;
  if (!bundle) return not_what_was_promised("a bundle");
  return *bundle;
}

Result<std::vector<Bundle>> parse_apks(std::string_view json) {
  return parse_list<Bundle>(json, "apks", apk_of, "a list of APKs");
}

Result<Bundle> parse_apk(std::string_view text) {
  const auto json = parse_object(text);
  const auto apk = json ? apk_of(*json) : std::nullopt;
  if (!apk) return not_what_was_promised("an APK");
  return *apk;
}

Result<EditDocument> parse_edit(std::string_view text) {
  const auto json = parse_object(text);
  EditDocument edit{json ? text_of(*json, "id") : std::string(), std::nullopt};
  if (edit.id.empty() || edit.id.size() > 200) return not_what_was_promised("an edit");
  if (const auto expires = code_of(json->value("expiryTimeSeconds", Json()))) {
    edit.expires = Instant(std::chrono::seconds(*expires));
  }
  return edit;
}

bool is_object(std::string_view text) { return parse_object(text).has_value(); }

TrackRelease new_release(const Candidate& candidate, const Details& details) {
  const std::int64_t code = candidate.build.number().value_or(0);
  Json json = {{"name", candidate.version.text()}};
  for (const auto& [language, text] : details.notes) {
    json["releaseNotes"].push_back({{"language", language}, {"text", text}});
  }
  if (details.update_priority != 0) json["inAppUpdatePriority"] = details.update_priority;
  TrackRelease release;
  release.name = candidate.version.text();
  release.codes = details.further_codes;
  release.codes.push_back(code);
  std::sort(release.codes.begin(), release.codes.end());
  release.document = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return release;
}

void keep_countries(TrackRelease& release, const TrackRelease& from) {
  Json json = Json::parse(release.document, nullptr, false);
  const Json there = Json::parse(from.document, nullptr, false);
  if (from.countries.empty() || !json.is_object() || !there.is_object()) return;
  json["countryTargeting"] = there.value("countryTargeting", Json());
  release.countries = from.countries;
  release.document = json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TrackRelease with_status(TrackRelease release, Status status, std::optional<Percent> fraction) {
  release.status = status;
  release.status_word = std::string(wire_word(status));
  // Play refuses a fraction beside draft and completed, and one of 1 anywhere.
  const bool keeps = status == Status::in_progress || status == Status::halted;
  release.fraction = keeps && fraction && !fraction->is_all() && !fraction->is_zero() ? fraction : std::nullopt;
  return release;
}

std::string track_body(std::string_view track, const std::vector<TrackRelease>& releases) {
  Json body = {{"track", track}, {"releases", Json::array()}};
  for (const TrackRelease& release : releases) {
    Json json = Json::parse(release.document, nullptr, false);
    if (!json.is_object()) json = Json::object();
    if (!release.name.empty()) json["name"] = release.name;
    json["status"] = release.status_word;
    json["versionCodes"] = Json::array();
    for (const std::int64_t code : release.codes) json["versionCodes"].push_back(std::to_string(code));
    json.erase("userFraction");
    if (release.fraction) json["userFraction"] = release.fraction->fraction();
    // Google takes it of running rollouts only, and keeps it of halted ones.
    if (release.status != Status::in_progress) json.erase("countryTargeting");
    body["releases"].push_back(std::move(json));
  }
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ApiError parse_error(int http_status, std::string_view body) {
  ApiError seen{http_status, {}, {}, {}, {}};
  const auto json = parse_object(body);
  const auto error = json ? json->find("error") : Json::const_iterator();
  if (!json || error == json->end() || !error->is_object()) return seen;
  seen.status = printable(text_of(*error, "status"), 80);
  seen.message = printable(text_of(*error, "message"), 600);
  seen.reason = first_reason(*error, "errors");
  // "forbidden" stands in `errors` where `details` say which of many things is forbidden.
  seen.detail_reason = first_reason(*error, "details");
  if (seen.reason.empty()) seen.reason = std::exchange(seen.detail_reason, {});
  return seen;
}

std::optional<VersionName> version_in(std::string_view name, const std::vector<std::int64_t>& codes) {
  const auto is_code = [&](std::string_view text) {
    return std::any_of(codes.begin(), codes.end(), [&](std::int64_t code) { return text == std::to_string(code); });
  };
  if (const auto plain = VersionName::parse(name)) return is_code(name) ? std::nullopt : plain;
  const std::size_t open = name.find(" (");
  if (open == std::string_view::npos || name.back() != ')') return std::nullopt;
  const auto before = name.substr(0, open);
  const auto inside = name.substr(open + 2, name.size() - open - 3);
  if (is_code(before)) return VersionName::parse(inside);
  return is_code(inside) ? VersionName::parse(before) : std::nullopt;
}

}  // namespace train::stores::google_play
