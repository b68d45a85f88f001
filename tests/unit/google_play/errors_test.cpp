#include <gtest/gtest.h>

#include <set>

#include "../../../src/stores/google_play/errors.hpp"

namespace train::stores::google_play {
namespace {

struct ErrorCase {
  const char* name;
  ApiError seen;
  const char* row;  // the row that takes it
  Trouble trouble;
  ErrorKind kind;
};
void PrintTo(const ErrorCase& row, std::ostream* out) { *out << row.name; }

class PlayError : public testing::TestWithParam<ErrorCase> {};

TEST_P(PlayError, IsClassified) {
  const ErrorCase& row = GetParam();
  EXPECT_EQ(classify(row.seen).name, row.row);
  const CallError error = error_of(row.seen, "Trying");
  EXPECT_EQ(error.trouble, row.trouble);
  EXPECT_EQ(error.error.kind, row.kind);
  EXPECT_NE(error.error.message.find("Trying: Google Play answered " + std::to_string(row.seen.http_status)),
            std::string::npos);
}

using K = ErrorKind;
using T = Trouble;
// As they were seen in the field: docs/stores/google-play.md says where.
const ErrorCase k_cases[] = {
    {"deleted_2023",
     {400, "FAILED_PRECONDITION", "failedPrecondition", "This Edit has been deleted."},
     "edit_deleted",
     T::edit_lost,
     K::conflict},
    {"deleted_2024",
     {400, "INVALID_ARGUMENT", "badRequest", "This Edit has been deleted."},
     "edit_deleted",
     T::edit_lost,
     K::conflict},
    {"deleted_2019", {410, "", "editDeleted", "The edit is gone."}, "edit_deleted_legacy", T::edit_lost, K::conflict},
    {"expired",
     {400, "FAILED_PRECONDITION", "", "This edit has expired, please create a new Edit"},
     "edit_expired",
     T::edit_lost,
     K::conflict},
    {"edit_unknown", {404, "NOT_FOUND", "notFound", "Edit not found: 7."}, "edit_not_found", T::edit_lost, K::conflict},
    {"edit_unknown_legacy", {404, "", "editNotFound", "no"}, "edit_not_found_legacy", T::edit_lost, K::conflict},
    {"committed",
     {400, "INVALID_ARGUMENT", "", "This edit has already been successfully committed. Please create a new Edit."},
     "edit_committed",
     T::already_committed,
     K::conflict},
    {"in_review",
     {400, "FAILED_PRECONDITION", "CHANGES_ALREADY_IN_REVIEW", "x"},
     "in_review_reason",
     T::in_review,
     K::refused},
    {"in_review_by_words",
     {400, "FAILED_PRECONDITION", "", "Changes are already in review."},
     "in_review_words",
     T::in_review,
     K::refused},
    {"flag_wanted",
     {400, "INVALID_ARGUMENT", "badRequest",
      "Changes cannot be sent for review automatically. Please set the query parameter changesNotSentForReview to "
      "true."},
     "flag_wanted",
     T::flag_wanted,
     K::refused},
    {"flag_unwanted",
     {400, "INVALID_ARGUMENT", "badRequest",
      "Changes are sent for review automatically. The query parameter changesNotSentForReview must not be set."},
     "flag_unwanted",
     T::flag_unwanted,
     K::refused},
    {"processing",
     {400, "", "", "Some of the Android App Bundle uploads are not completed yet."},
     "bundle_processing",
     T::still_processing,
     K::rate_limited},
    {"code_used",
     {403, "PERMISSION_DENIED", "forbidden", "Version code 340 has already been used."},
     "code_used",
     T::code_used,
     K::refused},
    {"code_used_apk", {403, "", "apkUpgradeVersionConflict", "x"}, "code_used_apk", T::code_used, K::refused},
    {"code_used_key",
     {403, "", "apkNotificationMessageKeyUpgradeVersionConflict", "x"},
     "code_used_notification",
     T::code_used,
     K::refused},
    {"too_low",
     {403, "", "", "Release 3.4.0 does not allow any existing users to upgrade to the newly added APKs."},
     "code_too_low",
     T::none,
     K::refused},
    {"codes_unknown",
     {404, "NOT_FOUND", "notFound", "The following APK version codes could not be found: 9."},
     "codes_not_found",
     T::none,
     K::not_found},
    {"wrong_package",
     {403, "", "", "APK has the wrong package name: expected a, found b."},
     "wrong_package",
     T::none,
     K::refused},
    {"unsigned", {400, "", "", "The Android App Bundle was not signed."}, "not_signed", T::none, K::refused},
    {"package", {404, "NOT_FOUND", "", "Package not found: com.x."}, "package_unknown", T::none, K::not_found},
    {"package_legacy",
     {404, "", "applicationNotFound", "No application was found"},
     "package_unknown_legacy",
     T::none,
     K::not_found},
    {"api_off",
     {403, "PERMISSION_DENIED", "",
      "Google Play Android Developer API has not been used in project 7 before or it is disabled."},
     "api_disabled",
     T::none,
     K::auth},
    {"scope",
     {403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "Request had insufficient authentication scopes."},
     "scope",
     T::none,
     K::auth},
    {"permission",
     {403, "PERMISSION_DENIED", "forbidden", "The caller does not have permission"},
     "no_permission",
     T::none,
     K::auth},
    {"rate", {403, "", "rateLimitExceeded", "x"}, "rate_reason", T::none, K::rate_limited},
    {"user_rate", {403, "", "userRateLimitExceeded", "x"}, "user_rate_reason", T::none, K::rate_limited},
    {"quota", {403, "", "quotaExceeded", "x"}, "quota", T::none, K::rate_limited},
    {"rate_429", {429, "RESOURCE_EXHAUSTED", "", "Quota exceeded"}, "rate", T::none, K::rate_limited},
    {"draft_app",
     {400, "", "", "Only releases with status draft may be created on draft app."},
     "draft_app",
     T::none,
     K::refused},
    {"first_staged",
     {400, "", "", "The first release on a track cannot be staged."},
     "first_staged",
     T::none,
     K::refused},
    {"full_staged", {400, "", "", "Fully released can not be staged"}, "full_staged", T::none, K::refused},
    {"halt_nothing",
     {400, "", "", "Cannot halt release, no matching in progress release found."},
     "halt_nothing",
     T::none,
     K::refused},
    {"halt_and_full",
     {400, "", "",
      "You can't halt a fully rolled out release and create a new fully rolled out release in a single edit"},
     "halt_and_full",
     T::none,
     K::refused},
    {"countries", {400, "", "", "Release in track targeting no countries"}, "no_countries", T::none, K::refused},
    {"alarms",
     {400, "", "", "You must let us know whether your app uses any exact alarm permissions."},
     "declaration",
     T::none,
     K::refused},
    {"advertising",
     {400, "", "",
      "This release includes the com.google.android.gms.permission.AD_ID permission but your declaration says it does "
      "not."},
     "advertising_id",
     T::none,
     K::refused},
    {"account", {403, "", "", "There are issues with your account"}, "account_issues", T::none, K::refused},
    {"token", {401, "UNAUTHENTICATED", "authError", "Invalid Credentials"}, "token", T::none, K::auth},
    {"forbidden", {403, "", "", "something new"}, "forbidden", T::none, K::auth},
    {"other_400", {400, "INVALID_ARGUMENT", "badRequest", "something new"}, "other", T::none, K::refused},
    {"other_404", {404, "", "", ""}, "other", T::none, K::not_found},
    {"other_409", {409, "ABORTED", "", "concurrent"}, "other", T::none, K::conflict},
    {"other_500", {500, "INTERNAL", "", "Internal error encountered."}, "other", T::none, K::unreachable},
};
INSTANTIATE_TEST_SUITE_P(, PlayError, testing::ValuesIn(k_cases), [](const auto& each) { return each.param.name; });

TEST(PlayErrorTable, EveryRowHasANameOfItsOwnAndCanBeReached) {
  std::set<std::string_view> names;
  for (const ErrorRow& row : error_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    std::string words(row.words);
    for (char& c : words) c = c == '*' ? ' ' : c;
    const ApiError exact{row.http_status == 0 ? 400 : row.http_status, std::string(row.status), std::string(row.reason),
                         words};
    EXPECT_EQ(classify(exact).name, row.name) << "an earlier row takes everything of this one";
  }
}

TEST(PlayErrorTable, TheStoresOwnWordsAreShownWithoutControlCharacters) {
  const ApiError seen = parse_error(400, "{\"error\":{\"message\":\"bad \\u001b[31mred\",\"status\":\"X\"}}");
  EXPECT_EQ(error_of(seen, "Trying").error.message.find('\x1b'), std::string::npos);
}

struct OccursCase {
  const char* name;
  const char* words;
  const char* text;
  bool found;
};
void PrintTo(const OccursCase& row, std::ostream* out) { *out << row.name; }
class Occurs : public testing::TestWithParam<OccursCase> {};
TEST_P(Occurs, FindsWords) { EXPECT_EQ(occurs(GetParam().words, GetParam().text), GetParam().found); }
const OccursCase k_occurs[] = {
    {"empty_words", "", "anything", true},
    {"empty_text", "x", "", false},
    {"any_case", "EDIT has", "This edit Has", true},
    {"star", "code * used", "version code 12 was used", true},
    {"star_in_order", "used*code", "code used", false},
    {"star_at_the_end", "used*", "used", true},
    {"longer_than_text", "abcdef", "abc", false},
};
INSTANTIATE_TEST_SUITE_P(, Occurs, testing::ValuesIn(k_occurs), [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace train::stores::google_play
