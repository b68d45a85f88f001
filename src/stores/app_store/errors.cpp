#include "errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::stores::app_store {

using nlohmann::json;

namespace {

constexpr std::size_t k_errors_read = 50;

// The first row that fits any error of the answer wins, so rows by detail stand before rows by code alone.
// Apple asks to match codes by their dot-separated beginning; where one code means several things only `detail` tells.
struct ErrorRow {
  int status;  // 0: any; 3, 4, 5: every status of that hundred
  std::string_view code;
  std::string_view detail;
  ErrorKind kind;
  Next next;
  std::string_view meaning;
  std::string_view hint;
};

constexpr auto k_refused = ErrorKind::refused;
constexpr auto k_conflict = ErrorKind::conflict;
constexpr auto k_not_found = ErrorKind::not_found;
constexpr auto k_come_back = ErrorKind::rate_limited;

constexpr std::string_view k_later = "Run `train advance` again in a few minutes.";
constexpr std::string_view k_see = "Run `train status --refresh` to see where it stands.";
constexpr std::string_view k_fill_in = "Fill it in in App Store Connect, then run `train advance` again.";
constexpr std::string_view k_our_bug = "This is a fault of train: please report it with this message.";
constexpr std::string_view k_sign =
    "The Account Holder must sign it, in App Store Connect under Business or at developer.apple.com/account; no other "
    "key "
    "helps. Now and then Apple says so for some minutes without cause: then it passes by itself.";
constexpr std::string_view k_role =
    "Give the API key the App Manager role, under Users and Access, Integrations; a narrower one reads but cannot "
    "release. "
    "If the role is right, see whether the membership has lapsed.";

constexpr std::array k_table{
    ErrorRow{409, "", "cannot create a new version", k_refused, Next::person,
             "another version holds the one editable place",
             "Finish, withdraw or delete that version in App Store Connect, or wait until it is released."},
    ErrorRow{409, "", "version number has been previously used", k_refused, Next::person,
             "the version number is used up", "Start the release under a higher version."},
    ErrorRow{409, "", "not ready to be submitted yet", k_come_back, Next::later, "the version is not ready yet",
             k_later},
    ErrorRow{409, "", "ttachment uploads still in progress", k_come_back, Next::later,
             "screenshots or attachments are still being processed", k_later},
    ErrorRow{409, "", "already added to another reviewSubmission", k_conflict, Next::look,
             "the version stands in another review submission",
             "Run `train advance` again: it adopts that submission, or says who holds it."},
    ErrorRow{409, "", "another reviewSubmissions with id", k_conflict, Next::later,
             "another review submission is still in progress", k_later},
    ErrorRow{4, "", "reviewSubmissions with id", k_not_found, Next::later, "the review submission is not visible yet",
             k_later},
    ErrorRow{409, "", "not in cancellable state", k_conflict, Next::look,
             "the review has moved on and cannot be cancelled", k_see},
    ErrorRow{409, "", "phased release already has this value", k_conflict, Next::look,
             "the phased release stands there already", k_see},
    ErrorRow{409, "", "phased release that is in a final state", k_refused, Next::person,
             "the phased release is complete: everybody gets the version",
             "Only a newer version, or removing the app from sale, can stop it now."},
    ErrorRow{409, "", "cannot update when the value is already set", k_conflict, Next::look,
             "the value can be set only once and is set already",
             "Compare it with the definition in App Store Connect."},
    ErrorRow{409, "", "Another build is in review", k_conflict, Next::later,
             "another TestFlight build is in beta review", "Wait for that review to end."},
    ErrorRow{409, "", "not in a valid processing state", k_come_back, Next::later, "the build is still being processed",
             k_later},
    ErrorRow{409, "", "pre-release build could not be added", k_refused, Next::person,
             "the version takes no other build in its present state",
             "Withdraw the version from review first, or check that the build carries the same marketing version."},
    ErrorRow{409, "", "whatsNew", k_refused, Next::person, "the release notes are missing or not accepted",
             "Give a text for every locale of the app, at most 4000 characters; a first version takes none."},
    ErrorRow{409, "", "usesNonExemptEncryption", k_refused, Next::person, "export compliance is not answered",
             "Set export_compliance in the definition, or ITSAppUsesNonExemptEncryption in Info.plist."},
    ErrorRow{409, "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", "", k_conflict, Next::look, "it exists already", k_see},
    ErrorRow{409, "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE", "", k_refused, Next::person,
             "the version can no longer be changed", "Withdraw it from review in order to change it."},
    ErrorRow{409, "ENTITY_ERROR.ATTRIBUTE.REQUIRED", "", k_refused, Next::person,
             "something the review needs is missing", k_fill_in},
    ErrorRow{409, "ENTITY_ERROR.RELATIONSHIP.REQUIRED", "", k_refused, Next::person,
             "something the review needs is missing", k_fill_in},
    ErrorRow{409, "STATE_ERROR.SCREENSHOT_REQUIRED", "", k_refused, Next::person, "screenshots are missing",
             "Add them in App Store Connect, then run `train advance` again."},
    ErrorRow{409, "STATE_ERROR.VALIDATION_ERROR", "", k_refused, Next::person, "Apple's checks refused the build",
             "Mend what is listed and upload a new build."},
    ErrorRow{409, "ENTITY_ERROR.RELATIONSHIP.INVALID", "", k_refused, Next::person, "it does not go together",
             "Compare version, build and phased release in App Store Connect."},
    ErrorRow{409, "ENTITY_ERROR.ATTRIBUTE", "", k_refused, Next::person, "a value is not accepted",
             "See what Apple says above; mend the definition or the store's entry."},
    ErrorRow{409, "STATE_ERROR", "", k_refused, Next::person, "its present state does not allow that", k_see},
    ErrorRow{403, "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "", k_refused, Next::read_again,
             "an agreement with Apple is unsigned or has expired", k_sign},
    ErrorRow{403, "", "Program License Agreement", k_refused, Next::read_again,
             "an agreement with Apple is unsigned or has expired", k_sign},
    ErrorRow{403, "", "embership", ErrorKind::auth, Next::person, "the membership has lapsed",
             "The Account Holder must renew the Apple Developer Program membership; a new key does not help."},
    ErrorRow{403, "", "", ErrorKind::auth, Next::person, "the key may not do this", k_role},
    ErrorRow{
        401, "", "", ErrorKind::auth, Next::new_token, "the token was not accepted",
        "See in App Store Connect, under Users and Access, Integrations, whether the key is still active: a revoked "
        "one "
        "looks just like this. Compare key_id, issuer_id (none for an individual key), private_key and this machine's "
        "clock."},
    ErrorRow{429, "", "", k_come_back, Next::later, "too many requests with this key",
             "The hourly budget is shared by every job that uses the key; run again later, in an hour at the latest."},
    ErrorRow{404, "PATH_ERROR", "", k_not_found, Next::person, "there is no such address",
             "Check `endpoint` in the definition."},
    ErrorRow{404, "", "", k_not_found, Next::later, "there is no such thing",
             "It may have been deleted, or just been created: run `train status --refresh`."},
    ErrorRow{400, "", "", ErrorKind::internal, Next::ours, "the request was malformed", k_our_bug},
    ErrorRow{422, "", "", ErrorKind::internal, Next::ours, "the request was malformed", k_our_bug},
    ErrorRow{408, "", "", ErrorKind::unreachable, Next::later, "the request took too long on its way", k_later},
    ErrorRow{409, "", "", k_refused, Next::person, "refused", k_see},
    ErrorRow{3, "", "", k_refused, Next::person, "a redirect came back, and those are never followed with credentials",
             "Check `endpoint` in the definition, and any proxy in between."},
    ErrorRow{5, "", "", ErrorKind::unreachable, Next::read_again, "Apple has a fault of its own", k_later},
    ErrorRow{0, "", "", k_refused, Next::person, "not accepted",
             "Run it again; if it stays, look in App Store Connect."},
};

std::string text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

void read_list(const json& list, std::vector<ApiError>& into) {
  if (!list.is_array()) return;
  for (const auto& error : list) {
    if (!error.is_object() || into.size() >= k_errors_read) continue;
    into.push_back({text(error, "code"), text(error, "title"), text(error, "detail")});
    const json::json_pointer inner("/meta/associatedErrors");
    if (!error.contains(inner) || !error.at(inner).is_object()) continue;
    for (const auto& [address, associated] : error.at(inner).items()) read_list(associated, into);
  }
}

bool has_prefix(std::string_view code, std::string_view prefix) {
  if (!starts_with(code, prefix)) return false;
  return prefix.empty() || code.size() == prefix.size() || code[prefix.size()] == '.' || code[prefix.size()] == '_';
}

bool fits(const ErrorRow& row, int status, const ApiError& error) {
  const bool same_status = row.status == 0 || row.status == status || row.status == status / 100;
  return same_status && has_prefix(error.code, row.code) &&
         (error.title + " " + error.detail).find(row.detail) != std::string::npos;
}

const ErrorRow& find_row(int status, const std::vector<ApiError>& errors) {
  for (const auto& row : k_table) {
    if (std::any_of(errors.begin(), errors.end(), [&](const ApiError& error) { return fits(row, status, error); })) {
      return row;
    }
  }
  return k_table.back();
}

// A body without errors is looked up by its status alone.
const ErrorRow& row_of(const http::Outcome& outcome, std::vector<ApiError> errors) {
  if (errors.empty()) errors.push_back({});
  return find_row(outcome.status, errors);
}

}  // namespace

std::vector<ApiError> errors_in(const json& document) {
  std::vector<ApiError> errors;
  if (document.is_object() && document.contains("errors")) read_list(document.at("errors"), errors);
  return errors;
}

std::vector<ApiError> read_errors(std::string_view body) {
  if (!http::is_nested_within(body)) return {};
  return errors_in(json::parse(body, nullptr, false));
}

std::string words_of(const std::vector<ApiError>& errors) {
  std::vector<std::string> parts;
  for (const auto& error : errors) {
    const auto& words = error.detail.empty() ? error.title : error.detail;
    auto part = error.code.empty() ? words : fmt::format("{}: {}", error.code, words);
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(std::move(part));
  }
  return printable(join(parts, "; "), 1500);
}

Next next_of(const http::Outcome& outcome) { return row_of(outcome, read_errors(outcome.body)).next; }

Error explain(const http::Outcome& outcome, std::string_view what) {
  const auto errors = read_errors(outcome.body);
  const auto& row = row_of(outcome, errors);
  const auto said = errors.empty() ? std::string() : "; " + words_of(errors);
  return {row.kind,
          fmt::format("Cannot {}: {} (App Store Connect answered {}{}).", what, row.meaning, outcome.status, said),
          std::string(row.hint)};
}

}  // namespace train::stores::app_store
