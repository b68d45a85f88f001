#include "errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
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
struct Row {
  int status;  // 0: any
  std::string_view code;
  std::string_view detail;
  ErrorKind kind;
  std::string_view meaning;
  std::string_view hint;
};

constexpr std::string_view k_later = "Run `train advance` again in a few minutes.";
constexpr std::string_view k_our_bug = "This is a fault of train: please report it with this message.";

constexpr std::string_view k_redirect = "a redirect came back, and those are never followed with credentials";
constexpr std::string_view k_redirect_hint = "Check `endpoint` in the definition, and any proxy in between.";

constexpr std::array k_table{
    Row{409, "", "cannot create a new version", ErrorKind::refused, "another version holds the one editable place",
        "Finish, withdraw or delete that version in App Store Connect, or wait until it is released."},
    Row{409, "", "version number has been previously used", ErrorKind::refused, "the version number is used up",
        "Start the release under a higher version."},
    Row{409, "", "not ready to be submitted yet", ErrorKind::rate_limited, "the version is not ready yet", k_later},
    Row{409, "", "ttachment uploads still in progress", ErrorKind::rate_limited,
        "screenshots or attachments are still being processed", k_later},
    Row{409, "", "already added to another reviewSubmission", ErrorKind::conflict,
        "the version stands in another review submission",
        "Run `train advance` again: it adopts that submission, or says who holds it."},
    Row{409, "", "another reviewSubmissions with id", ErrorKind::conflict,
        "another review submission is still in progress", k_later},
    Row{0, "", "reviewSubmissions with id", ErrorKind::not_found, "the review submission is not visible yet", k_later},
    Row{409, "", "not in cancellable state", ErrorKind::conflict, "the review has moved on and cannot be cancelled",
        "Run `train status --refresh` to see where it stands."},
    Row{409, "", "phased release already has this value", ErrorKind::conflict,
        "the phased release stands there already", "Run `train status --refresh`."},
    Row{409, "", "phased release that is in a final state", ErrorKind::refused,
        "the phased release is complete: everybody gets the version",
        "Only a newer version, or removing the app from sale, can stop it now."},
    Row{409, "", "cannot update when the value is already set", ErrorKind::conflict,
        "the value can be set only once and is set already", "Compare it with the definition in App Store Connect."},
    Row{409, "", "Another build is in review", ErrorKind::conflict, "another TestFlight build is in beta review",
        "Wait for that review to end."},
    Row{409, "", "not in a valid processing state", ErrorKind::rate_limited, "the build is still being processed",
        k_later},
    Row{409, "", "pre-release build could not be added", ErrorKind::refused,
        "the version takes no other build in its present state",
        "Withdraw the version from review first, or check that the build carries the same marketing version."},
    Row{409, "", "whatsNew", ErrorKind::refused, "the release notes are missing or not accepted",
        "Give a text for every locale of the app, at most 4000 characters; a first version takes none."},
    Row{409, "", "usesNonExemptEncryption", ErrorKind::refused, "export compliance is not answered",
        "Set export_compliance in the definition, or ITSAppUsesNonExemptEncryption in Info.plist."},
    Row{409, "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", "", ErrorKind::conflict, "it exists already",
        "Run `train status --refresh`."},
    Row{409, "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE", "", ErrorKind::refused,
        "the version can no longer be changed", "Withdraw it from review in order to change it."},
    Row{409, "ENTITY_ERROR.ATTRIBUTE.REQUIRED", "", ErrorKind::refused, "something the review needs is missing",
        "Fill it in in App Store Connect, then run `train advance` again."},
    Row{409, "ENTITY_ERROR.RELATIONSHIP.REQUIRED", "", ErrorKind::refused, "something the review needs is missing",
        "Fill it in in App Store Connect, then run `train advance` again."},
    Row{409, "STATE_ERROR.SCREENSHOT_REQUIRED", "", ErrorKind::refused, "screenshots are missing",
        "Add them in App Store Connect, then run `train advance` again."},
    Row{409, "STATE_ERROR.VALIDATION_ERROR", "", ErrorKind::refused, "Apple's checks refused the build",
        "Mend what is listed and upload a new build."},
    Row{409, "ENTITY_ERROR.RELATIONSHIP.INVALID", "", ErrorKind::refused, "it does not go together",
        "Compare version, build and phased release in App Store Connect."},
    Row{409, "ENTITY_ERROR.ATTRIBUTE", "", ErrorKind::refused, "a value is not accepted",
        "See what Apple says above; mend the definition or the store's entry."},
    Row{409, "STATE_ERROR", "", ErrorKind::refused, "its present state does not allow that",
        "Run `train status --refresh` to see where it stands."},
    Row{403, "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "", ErrorKind::refused,
        "an agreement with Apple is unsigned or has expired",
        "The Account Holder must sign it in App Store Connect under Business; until then every call fails."},
    Row{403, "", "", ErrorKind::auth, "the key may not do this",
        "Give the API key the App Manager role, and check that the membership has not lapsed."},
    Row{401, "", "", ErrorKind::auth, "the token was not accepted",
        "Check key_id, issuer_id and the private key, that the key is not revoked, and this machine's clock."},
    Row{429, "", "", ErrorKind::rate_limited, "too many requests with this key",
        "The hourly budget is shared by every job that uses the key; run again later."},
    Row{404, "PATH_ERROR", "", ErrorKind::not_found, "there is no such address", "Check `endpoint` in the definition."},
    Row{404, "", "", ErrorKind::not_found, "there is no such thing",
        "It may have been deleted, or just been created: run `train status --refresh`."},
    Row{400, "", "", ErrorKind::internal, "the request was malformed", k_our_bug},
    Row{422, "", "", ErrorKind::internal, "the request was malformed", k_our_bug},
    Row{409, "", "", ErrorKind::refused, "refused", "Run `train status --refresh` to see where it stands."},
    Row{301, "", "", ErrorKind::refused, k_redirect, k_redirect_hint},
    Row{302, "", "", ErrorKind::refused, k_redirect, k_redirect_hint},
    Row{307, "", "", ErrorKind::refused, k_redirect, k_redirect_hint},
    Row{308, "", "", ErrorKind::refused, k_redirect, k_redirect_hint},
    Row{0, "", "", ErrorKind::refused, "not accepted", "Run it again; if it stays, look in App Store Connect."},
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

bool fits(const Row& row, int status, const ApiError& error) {
  return (row.status == 0 || row.status == status) && has_prefix(error.code, row.code) &&
         (error.title + " " + error.detail).find(row.detail) != std::string::npos;
}

const Row& find_row(int status, const std::vector<ApiError>& errors) {
  for (const auto& row : k_table) {
    if (std::any_of(errors.begin(), errors.end(), [&](const ApiError& error) { return fits(row, status, error); })) {
      return row;
    }
  }
  return k_table.back();
}

std::string said(const std::vector<ApiError>& errors) {
  std::vector<std::string> parts;
  for (const auto& error : errors) {
    const auto& words = error.detail.empty() ? error.title : error.detail;
    auto part = error.code.empty() ? words : fmt::format("{}: {}", error.code, words);
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(std::move(part));
  }
  return printable(join(parts, "; "), 1500);
}

}  // namespace

std::vector<ApiError> read_errors(std::string_view body) {
  std::vector<ApiError> errors;
  if (!http::is_nested_within(body)) return errors;
  const auto document = json::parse(body, nullptr, false);
  if (document.is_object() && document.contains("errors")) read_list(document.at("errors"), errors);
  return errors;
}

Error explain(const http::Outcome& outcome, std::string_view what) {
  auto errors = read_errors(outcome.body);
  const bool silent = errors.empty();
  if (silent) errors.push_back({});
  const auto& row = find_row(outcome.status, errors);
  Error error;
  error.kind = outcome.status >= 500 ? ErrorKind::unreachable : row.kind;
  if (outcome.status >= 500) {
    error.message = fmt::format("Cannot {}: App Store Connect has a fault of its own ({}).", what, outcome.status);
    error.hint = std::string(k_later);
    return error;
  }
  error.message = fmt::format("Cannot {}: {} (App Store Connect answered {}{}{}).", what, row.meaning, outcome.status,
                              silent ? "" : "; ", silent ? "" : said(errors));
  error.hint = std::string(row.hint);
  return error;
}

RateLimit read_rate_limit(std::string_view header) {
  RateLimit rate;
  std::string one_separator(header);
  std::replace(one_separator.begin(), one_separator.end(), ',', ';');
  for (const auto& part : split(one_separator, ';')) {
    const auto colon = part.find(':');
    if (colon == std::string::npos) continue;
    const auto key = trim(std::string_view(part).substr(0, colon));
    const auto value = trim(std::string_view(part).substr(colon + 1));
    int number = -1;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc{} || end != value.data() + value.size()) continue;
    if (key == "user-hour-lim") rate.limit = number;
    if (key == "user-hour-rem") rate.left = number;
  }
  return rate;
}

}  // namespace train::stores::app_store
