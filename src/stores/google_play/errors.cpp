#include "errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace train::stores::google_play {
namespace {

using K = ErrorKind;
using T = Trouble;

constexpr std::string_view k_grant =
    "Invite the service account in the Play Console (Users and permissions) and grant it releases of this app; a grant "
    "takes up to two days to spread.";

// The first row that matches counts: the narrower ones stand first.
constexpr std::array<ErrorRow, 59> k_table{{
    {"edit_deleted", 0, "", "", "edit has been deleted", T::edit_lost, K::conflict,
     "Somebody changed the app in the Play Console, or another run opened an edit; run it again."},
    {"edit_deleted_legacy", 410, "", "editDeleted", "", T::edit_lost, K::conflict, "Run it again."},
    {"edit_expired", 0, "", "", "edit has expired", T::edit_lost, K::conflict, "Run it again."},
    {"edit_not_found", 404, "", "", "edit*not found", T::edit_lost, K::conflict, "Run it again."},
    {"edit_not_found_legacy", 404, "", "editNotFound", "", T::edit_lost, K::conflict, "Run it again."},
    {"edit_committed", 0, "", "", "already been successfully committed", T::already_committed, K::conflict,
     "It had taken effect; run it again."},
    {"in_review_reason", 400, "", "CHANGES_ALREADY_IN_REVIEW", "", T::in_review, K::refused,
     "Wait until the review ends, or take the changes back in the Play Console (Publishing overview); nothing was "
     "sent."},
    {"in_review_words", 400, "", "", "already in review", T::in_review, K::refused,
     "Wait until the review ends, or take the changes back in the Play Console (Publishing overview); nothing was "
     "sent."},
    {"flag_wanted", 400, "", "", "cannot be sent for review automatically", T::flag_wanted, K::refused,
     "Send the changes for review in the Play Console (Publishing overview)."},
    {"flag_unwanted", 400, "", "", "changesNotSentForReview must not be set", T::flag_unwanted, K::refused,
     "Look at the Publishing overview in the Play Console: what it asks for has just changed; then run it again."},
    {"bundle_processing", 0, "", "", "uploads are not completed yet", T::still_processing, K::rate_limited,
     "Google is still digesting the bundle; run it again in a few minutes."},
    {"code_used", 0, "", "", "version code * has already been used", T::code_used, K::refused,
     "Build again with a higher versionCode: a code is used for ever once it was uploaded."},
    {"code_used_apk", 403, "", "apkUpgradeVersionConflict", "", T::code_used, K::refused,
     "Build again with a higher versionCode."},
    {"code_used_notification", 403, "", "apkNotificationMessageKeyUpgradeVersionConflict", "", T::code_used, K::refused,
     "Build again with a higher versionCode."},
    {"code_too_low", 0, "", "", "does not allow any existing users to upgrade", T::none, K::refused,
     "A newer version code is live already: build again with a higher versionCode."},
    {"codes_not_found", 404, "", "", "version codes could not be found", T::none, K::not_found,
     "The build is not in the store: upload it first (`train advance` does when `artifact` names it)."},
    {"wrong_package", 0, "", "", "wrong package name", T::none, K::refused,
     "`artifact` is another app's bundle: compare its package with `package` in the definition."},
    {"not_a_bundle", 400, "", "", "not a valid app bundle", T::none, K::refused,
     "`artifact` is no Android App Bundle: build it again, or correct the path."},
    {"apk_invalid", 400, "", "apkInvalid", "", T::none, K::refused,
     "`artifact` is no APK that Play can read: build it again, or correct the path."},
    {"upload_unreadable", 400, "", "", "failed to parse", T::none, K::refused,
     "`artifact` is no archive that Play can read: build it again, or correct the path."},
    {"not_signed", 0, "", "", "was not signed", T::none, K::refused, "Sign the bundle with the app's upload key."},
    {"wrong_key", 0, "", "", "signed with the wrong key", T::none, K::refused,
     "Sign the bundle with the app's upload key."},
    {"wrong_certificate", 0, "", "", "different certificate", T::none, K::refused,
     "Sign the bundle with the app's upload key."},
    {"package_unknown", 404, "", "", "package not found", T::none, K::not_found,
     "Check `package`; the first upload of a new app has to be made in the Play Console."},
    {"package_unknown_legacy", 404, "", "applicationNotFound", "", T::none, K::not_found,
     "Check `package`; the first upload of a new app has to be made in the Play Console."},
    {"api_disabled", 403, "", "", "has not been used in project", T::none, K::auth,
     "Enable the Google Play Android Developer API in the service account's Cloud project."},
    {"api_disabled_reason", 403, "", "accessNotConfigured", "", T::none, K::auth,
     "Enable the Google Play Android Developer API in the service account's Cloud project."},
    {"api_disabled_detail", 403, "", "SERVICE_DISABLED", "", T::none, K::auth,
     "Enable the Google Play Android Developer API in the service account's Cloud project."},
    {"scope", 403, "", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "", T::none, K::auth,
     "The token lacks the androidpublisher scope: use a service account key."},
    {"scope_legacy", 403, "", "insufficientPermissions", "", T::none, K::auth,
     "The token lacks the androidpublisher scope: use a service account key."},
    {"rate_reason", 403, "", "rateLimitExceeded", "", T::none, K::rate_limited, "Come back later."},
    {"rate_detail", 403, "", "RATE_LIMIT_EXCEEDED", "", T::none, K::rate_limited, "Come back later."},
    {"user_rate_reason", 403, "", "userRateLimitExceeded", "", T::none, K::rate_limited, "Come back later."},
    {"quota", 403, "", "quotaExceeded", "", T::none, K::rate_limited,
     "The day's quota is used up: come back tomorrow."},
    {"no_permission", 403, "", "", "caller does not have permission", T::none, K::auth, k_grant},
    {"draft_app", 400, "", "", "only releases with status draft may be created on draft app", T::none, K::refused,
     "Google takes only drafts of an app that was never published. The build is kept: finish the app's set-up and "
     "publish its first release in the Play Console, then run it again."},
    {"first_staged", 400, "", "", "first release on a track cannot be staged", T::none, K::refused,
     "Use `rollout: { strategy: immediate }` for the first release of a track."},
    {"full_staged", 400, "", "", "fully released can not be staged", T::none, K::refused,
     "The release is at 100 % already: halt it, or start a hotfix release."},
    {"fraction_of_one", 400, "", "", "fraction must be lower than one", T::none, K::internal,
     "100 % is `completed`, not a fraction: please report this."},
    {"fraction_falls", 400, "", "", "fraction * cannot be decreased", T::none, K::refused,
     "Play lowers no running rollout: `train halt` stops it, and a halted release resumes at any percentage."},
    {"fraction_missing", 400, "", "", "user fraction must", T::none, K::internal,
     "A staged release needs a fraction between 0 and 1: please report this."},
    {"fraction_misplaced", 400, "", "", "user fraction can only be set", T::none, K::internal,
     "Only staged and halted releases have a fraction: please report this."},
    {"priority_fixed", 400, "", "", "update priority cannot be changed", T::none, K::refused,
     "The in-app update priority is fixed once a release rolls out; it can be chosen for the next one."},
    {"duplicate_statuses", 400, "", "", "duplicate statuses", T::none, K::refused,
     "Play keeps one release per status on a track: look at the track in the Play Console."},
    {"notes_too_long", 400, "", "", "release notes * too long", T::none, K::refused,
     "At most 500 characters a language: shorten the files that `release_notes` names."},
    {"language", 400, "", "", "language code * not supported", T::none, K::refused,
     "Name the files of `release_notes` by languages Play knows, such as de-DE."},
    {"halt_nothing", 400, "", "", "no matching in progress release", T::none, K::refused,
     "Nothing is rolling out there: `train status --refresh` shows what the store serves."},
    {"halt_nothing_legacy", 400, "", "releaseToHaltNotFound", "", T::none, K::refused,
     "Nothing is rolling out there: `train status --refresh` shows what the store serves."},
    {"halt_internal", 400, "", "", "cannot be halted on the internal track", T::none, K::refused,
     "Release a newer build to the internal track instead."},
    {"halt_and_full", 400, "", "", "halt a fully rolled out release and create", T::none, K::refused,
     "Halt first; release the other version in a second step."},
    {"track_unknown", 404, "", "", "track not found", T::none, K::not_found,
     "Check `track`: a closed track has to be created in the Play Console first, and its name is taken letter by "
     "letter."},
    {"track_empty_legacy", 0, "", "trackEmpty", "", T::none, K::refused,
     "The track has no release yet: release to it once in the Play Console."},
    {"no_countries", 400, "", "", "targeting no countries", T::none, K::refused,
     "Choose the track's countries in the Play Console."},
    {"declaration", 400, "", "", "your app uses any", T::none, K::refused,
     "Answer the permission declaration in the Play Console (App content)."},
    {"advertising_id", 400, "", "", "AD_ID permission but your declaration", T::none, K::refused,
     "Correct the advertising id declaration in the Play Console (App content)."},
    {"account_issues", 0, "", "", "issues with your account", T::none, K::refused,
     "Look into the Play Console's inbox: the developer account needs attention."},
    {"token", 401, "", "", "", T::none, K::auth, "Check the service account's key and this machine's clock."},
    {"forbidden", 403, "", "", "", T::none, K::auth, k_grant},
    {"rate", 429, "", "", "", T::none, K::rate_limited, "Come back later: Google limits calls by the minute."},
}};

ErrorKind kind_of_status(int http_status) {
  if (http_status == 404 || http_status == 410) return ErrorKind::not_found;
  if (http_status == 409 || http_status == 412) return ErrorKind::conflict;
  if (http_status >= 500 || http_status == 408) return ErrorKind::unreachable;
  return ErrorKind::refused;
}

constexpr std::string_view k_other_hint =
    "Google's words above are all that is known; `train status --refresh` shows what the store serves.";
constexpr ErrorRow k_client_error{"other", 0, "", "", "", T::none, K::refused, k_other_hint};

std::string_view hint_of_status(int http_status) {
  const ErrorKind kind = kind_of_status(http_status);
  if (kind == ErrorKind::conflict) return "Somebody changed the same thing at the same moment: run it again.";
  if (kind == ErrorKind::unreachable) return "Google Play is in trouble; nothing is lost: run it again.";
  return k_other_hint;
}

bool same_letter(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

bool matches(const ErrorRow& row, const ApiError& seen) {
  if (row.http_status != 0 && row.http_status != seen.http_status) return false;
  if (!row.status.empty() && row.status != seen.status) return false;
  if (!row.reason.empty() && row.reason != seen.reason && row.reason != seen.detail_reason) return false;
  return occurs(row.words, seen.message);
}

}  // namespace

bool occurs(std::string_view words, std::string_view text) {
  while (!words.empty()) {
    const std::size_t star = std::min(words.find('*'), words.size());
    const std::string_view part = words.substr(0, star);
    const auto found = std::search(text.begin(), text.end(), part.begin(), part.end(), same_letter);
    if (found == text.end() && !part.empty()) return false;
    text.remove_prefix(static_cast<std::size_t>(found - text.begin()) + part.size());
    words.remove_prefix(std::min(words.size(), star + 1));
  }
  return true;
}

std::span<const ErrorRow> error_table() { return k_table; }

const ErrorRow& classify(const ApiError& seen) {
  const auto found =
      std::find_if(k_table.begin(), k_table.end(), [&](const ErrorRow& row) { return matches(row, seen); });
  return found == k_table.end() ? k_client_error : *found;
}

bool is_rate_limit(const ApiError& seen) {
  const ErrorRow& row = classify(seen);
  return row.name == "rate_reason" || row.name == "rate_detail" || row.name == "user_rate_reason" || row.name == "rate";
}

tl::unexpected<CallError> stop(ErrorKind kind, std::string message, std::string hint) {
  return tl::unexpected<CallError>(CallError{Error{kind, std::move(message), std::move(hint)}, Trouble::none});
}

CallError error_of(const ApiError& seen, std::string_view what_was_tried) {
  const ErrorRow& row = classify(seen);
  const bool known = &row != &k_client_error;
  std::string message = fmt::format("{}: Google Play answered {}", what_was_tried, seen.http_status);
  if (!seen.status.empty()) message += " " + seen.status;
  message += seen.message.empty() ? std::string(".") : ": " + seen.message;
  return CallError{Error{known ? row.kind : kind_of_status(seen.http_status), message,
                         std::string(known ? row.hint : hint_of_status(seen.http_status))},
                   row.trouble};
}

}  // namespace train::stores::google_play
