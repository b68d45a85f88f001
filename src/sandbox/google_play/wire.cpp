#include "google_play/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "train/domain/release_notes.hpp"

namespace train::sandbox::play {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_notes_limit = 500;
constexpr std::size_t k_json_limit_bytes = 1u << 20;

Refusal unknown_field(const std::string& name, const std::string& where) {
  return bad_request(fmt::format("Invalid JSON payload received. Unknown name \"{}\" at '{}': Cannot find field.",
                                 printable(name, 80), where));
}

Refusal wrong_type(const std::string& where, std::string_view wanted) {
  return bad_request(fmt::format("Invalid value at '{}' ({}).", where, wanted));
}

template <std::size_t N>
std::optional<Refusal> only_fields(const Json& object, const std::array<std::string_view, N>& known,
                                   const std::string& where) {
  if (!object.is_object()) return wrong_type(where, "an object is expected");
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) return unknown_field(key, where);
  }
  return std::nullopt;
}

Answered<std::int64_t> parse_code(const Json& value, const std::string& where) {
  // int64 is a string in Google's JSON; a plain integer is accepted too.
  std::int64_t code = 0;
  if (value.is_number_integer()) {
    code = value.get<std::int64_t>();
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc{} || end != text.data() + text.size()) return refuse(wrong_type(where, "TYPE_INT64"));
  } else {
    return refuse(wrong_type(where, "TYPE_INT64"));
  }
  if (code <= 0) return refuse(wrong_type(where, "a version code is positive"));
  return code;
}

Answered<Note> parse_note(const Json& value, const std::string& where) {
  constexpr std::array<std::string_view, 2> known{"language", "text"};
  if (auto wrong = only_fields(value, known, where)) return refuse(std::move(*wrong));
  Note note;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) return refuse(wrong_type(where + "." + key, "TYPE_STRING"));
    (key == "text" ? note.text : note.language) = text.get<std::string>();
  }
  if (not_a_locale(facts_of(StoreKind::google_play), note.language)) {
    return refuse(bad_request("The language code '" + printable(note.language, 40) + "' is not supported."));
  }
  if (trim(note.text).empty()) {
    return refuse(bad_request("The release notes for language " + note.language + " are empty."));
  }
  if (utf8_length(note.text) > k_notes_limit) {
    return refuse(bad_request(fmt::format("The release notes for language {} are too long: at most {} characters.",
                                          note.language, k_notes_limit)));
  }
  return note;
}

Answered<Countries> parse_countries(const Json& value, const std::string& where) {
  constexpr std::array<std::string_view, 2> known{"countries", "includeRestOfWorld"};
  if (auto wrong = only_fields(value, known, where)) return refuse(std::move(*wrong));
  Countries countries;
  countries.rest_of_world = value.contains("includeRestOfWorld") && value["includeRestOfWorld"] == true;
  for (const Json& country : value.value("countries", Json::array())) {
    if (!country.is_string()) return refuse(wrong_type(where + ".countries", "TYPE_STRING"));
    countries.countries.push_back(country.get<std::string>());
  }
  return countries;
}

std::optional<Refusal> read_lists(const Json& value, const std::string& where, TrackRelease& release) {
  const Json codes = value.value("versionCodes", Json::array());
  const Json notes = value.value("releaseNotes", Json::array());
  if (!codes.is_array()) return wrong_type(where + ".version_codes", "a list is expected");
  if (!notes.is_array()) return wrong_type(where + ".release_notes", "a list is expected");
  for (const Json& item : codes) {
    auto code = parse_code(item, where + ".version_codes");
    if (!code) return code.error();
    release.codes.push_back(*code);
  }
  std::sort(release.codes.begin(), release.codes.end());
  for (const Json& item : notes) {
    auto note = parse_note(item, where + ".release_notes");
    if (!note) return note.error();
    release.notes.push_back(*note);
  }
  return std::nullopt;
}

std::optional<Refusal> read_scalars(const Json& value, const std::string& where, TrackRelease& release) {
  if (value.contains("name")) {
    if (!value["name"].is_string()) return wrong_type(where + ".name", "TYPE_STRING");
    release.name = value["name"].get<std::string>();
  }
  const Json status = value.value("status", Json("statusUnspecified"));
  const auto known = status.is_string() ? parse_status(status.get_ref<const std::string&>()) : std::nullopt;
  if (!known) return wrong_type(where + ".status", "TYPE_ENUM: draft, inProgress, halted or completed");
  release.status = *known;
  if (value.contains("userFraction")) {
    if (!value["userFraction"].is_number()) return wrong_type(where + ".user_fraction", "TYPE_DOUBLE");
    release.fraction = value["userFraction"].get<double>();
  }
  if (value.contains("inAppUpdatePriority")) {
    const Json& priority = value["inAppUpdatePriority"];
    if (!priority.is_number_integer() || priority < 0 || priority > 5) {
      return wrong_type(where + ".in_app_update_priority", "0 to 5");
    }
    release.update_priority = priority.get<int>();
  }
  return std::nullopt;
}

std::optional<Refusal> check_fraction(const TrackRelease& release) {
  const bool staged = release.status == Status::in_progress;
  if (release.fraction && !staged && release.status != Status::halted) {
    return bad_request("User fraction can only be set for releases with status inProgress or halted.");
  }
  if (release.fraction && *release.fraction >= 1.0) return bad_request("User fraction must be lower than one.");
  if (release.fraction && !(*release.fraction > 0.0)) return bad_request("User fraction must be greater than zero.");
  if (staged && !release.fraction) return bad_request("User fraction must be set for releases with status inProgress.");
  return std::nullopt;
}

Answered<TrackRelease> parse_release(const Json& value, const std::string& where, std::string_view track) {
  constexpr std::array<std::string_view, 7> known{
      "name", "versionCodes", "status", "userFraction", "releaseNotes", "countryTargeting", "inAppUpdatePriority"};
  if (auto wrong = only_fields(value, known, where)) return refuse(std::move(*wrong));
  TrackRelease release;
  if (auto wrong = read_scalars(value, where, release)) return refuse(std::move(*wrong));
  if (auto wrong = read_lists(value, where, release)) return refuse(std::move(*wrong));
  if (auto wrong = check_fraction(release)) return refuse(std::move(*wrong));
  if (value.contains("countryTargeting")) {
    auto countries = parse_countries(value["countryTargeting"], where + ".country_targeting");
    if (!countries) return refuse(countries.error());
    if (release.status != Status::in_progress || !is_production(track)) {
      return refuse(bad_request("Country targeting is only allowed for inProgress releases on the production track."));
    }
    release.countries = *countries;
  }
  if (release.codes.empty()) return refuse(bad_request("A release must contain at least one version code."));
  return release;
}

}  // namespace

Refusal bad_request(std::string message) { return {400, "INVALID_ARGUMENT", "badRequest", std::move(message)}; }
Refusal failed_precondition(std::string message) {
  return {400, "FAILED_PRECONDITION", "failedPrecondition", std::move(message)};
}
Refusal not_found(std::string message) { return {404, "NOT_FOUND", "notFound", std::move(message)}; }
Refusal forbidden(std::string message) { return {403, "PERMISSION_DENIED", "forbidden", std::move(message)}; }

Handled refused(const Refusal& refusal) { return answered(error_response(refusal)); }
tl::unexpected<Refusal> refuse(Refusal refusal) { return tl::unexpected<Refusal>(std::move(refusal)); }

ServerResponse error_response(const Refusal& refusal) {
  const Json item = {{"message", refusal.message}, {"domain", "global"}, {"reason", refusal.reason}};
  Json error = {{"code", refusal.http_status}, {"message", refusal.message}, {"status", refusal.status}};
  error["errors"] = Json::array({item});
  ServerResponse response = json_response({{"error", error}});
  response.status = refusal.http_status;
  if (refusal.http_status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

ServerResponse json_response(const Json& body) {
  ServerResponse response;
  response.body = body.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

std::string fraction_text(double fraction) { return fmt::format("{}", fraction); }

Json release_json(const TrackRelease& release) {
  Json json = {{"name", release.name}, {"status", wire_word(release.status)}, {"versionCodes", Json::array()}};
  for (const std::int64_t code : release.codes) json["versionCodes"].push_back(std::to_string(code));
  if (release.fraction) json["userFraction"] = *release.fraction;
  if (release.update_priority != 0) json["inAppUpdatePriority"] = release.update_priority;
  for (const Note& note : release.notes) {
    json["releaseNotes"].push_back({{"language", note.language}, {"text", note.text}});
  }
  if (release.countries) {
    json["countryTargeting"] = {{"countries", release.countries->countries},
                                {"includeRestOfWorld", release.countries->rest_of_world}};
  }
  return json;
}

Json track_json(std::string_view name, const std::vector<TrackRelease>& releases) {
  Json json = {{"track", name}};
  for (const TrackRelease& release : releases) json["releases"].push_back(release_json(release));
  return json;
}

Json summary_json(std::string_view track, const TrackRelease& release) {
  Json json = {{"releaseName", release.name},
               {"track", track},
               {"activeArtifacts", Json::array()},
               {"releaseLifecycleState", wire_word(release.review)}};
  for (const std::int64_t code : release.codes) json["activeArtifacts"].push_back({{"versionCode", code}});
  return json;
}

Answered<std::vector<TrackRelease>> parse_track(std::string_view body, std::string_view track) {
  constexpr std::array<std::string_view, 2> known{"track", "releases"};
  if (body.size() > k_json_limit_bytes) return refuse(bad_request("Request payload size exceeds the limit."));
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return refuse(bad_request("Invalid JSON payload received. Unexpected token."));
  if (auto wrong = only_fields(json, known, "track")) return refuse(std::move(*wrong));
  if (json.contains("track") && json["track"] != track)
    return refuse(bad_request("Track name does not match the URL."));
  const Json listed = json.value("releases", Json::array());
  if (!listed.is_array()) return refuse(wrong_type("track.releases", "a list is expected"));
  std::vector<TrackRelease> releases;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    auto release = parse_release(listed[i], fmt::format("track.releases[{}]", i), track);
    if (!release) return refuse(release.error());
    releases.push_back(std::move(*release));
  }
  return releases;
}

}  // namespace train::sandbox::play
