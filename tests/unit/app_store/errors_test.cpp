// Apple's refusals: one row a situation, as its answers read.
#include "../../../src/stores/app_store/errors.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace train::stores::app_store {
namespace {

using nlohmann::json;

http::Outcome answered(int status, std::string body) {
  http::Outcome outcome;
  outcome.transport = http::Transport::answered;
  outcome.status = status;
  outcome.body = std::move(body);
  return outcome;
}

json error(const std::string& code, const std::string& detail) {
  return {{"status", "409"}, {"code", code}, {"title", "A title"}, {"detail", detail}};
}

std::string body_of(const std::vector<json>& errors) { return json{{"errors", errors}}.dump(); }

struct Row {
  std::string name;
  int status;
  std::string code;
  std::string detail;
  ErrorKind kind;
  std::string words;  // in the message
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class AppStoreErrors : public testing::TestWithParam<Row> {};

TEST_P(AppStoreErrors, AreTold) {
  const auto& row = GetParam();
  const auto error_told = explain(answered(row.status, body_of({error(row.code, row.detail)})), "do it");
  EXPECT_EQ(error_told.kind, row.kind) << error_told.text();
  EXPECT_NE(error_told.message.find(row.words), std::string::npos) << error_told.text();
  EXPECT_NE(error_told.message.find("do it"), std::string::npos) << error_told.text();
  EXPECT_NE(error_told.hint, "");
}

constexpr auto k_refused = ErrorKind::refused;
constexpr auto k_conflict = ErrorKind::conflict;
constexpr auto k_later = ErrorKind::rate_limited;
const std::string k_relationship = "ENTITY_ERROR.RELATIONSHIP.INVALID";
const std::string k_attribute = "ENTITY_ERROR.ATTRIBUTE.INVALID";
const std::string k_required = "ENTITY_ERROR.ATTRIBUTE.REQUIRED";
const std::string k_state = "STATE_ERROR.ENTITY_STATE_INVALID";

INSTANTIATE_TEST_SUITE_P(
    , AppStoreErrors,
    testing::Values(
        Row{"slot_taken", 409, k_relationship, "You cannot create a new version of the App in the current state.",
            k_refused, "holds the one editable place"},
        Row{"number_burnt", 409, k_attribute, "The version number has been previously used.", k_refused, "used up"},
        Row{"not_ready", 409, "STATE_ERROR", "Version is not ready to be submitted yet", k_later, "not ready yet"},
        Row{"attachments", 409, "STATE_ERROR", "Attachment uploads still in progress", k_later, "being processed"},
        Row{"in_another_submission", 409, k_relationship,
            "appStoreVersions with id 1 was already added to another reviewSubmission with id 2", k_conflict,
            "another review submission"},
        Row{"submission_in_progress", 409, "STATE_ERROR",
            "There is another reviewSubmissions with id 9 still in progress", k_conflict, "still in progress"},
        Row{"submission_lags", 404, "NOT_FOUND", "Resource reviewSubmissions with id 9 cannot be found",
            ErrorKind::not_found, "not visible yet"},
        Row{"not_cancellable", 409, "STATE_ERROR", "Resource is not in cancellable state", k_conflict, "moved on"},
        Row{"same_phase", 409, k_attribute, "The phased release already has this value.", k_conflict, "there already"},
        Row{"final_phase", 409, k_attribute,
            "You cannot change the state of a phased release that is in a final state.", k_refused, "everybody gets"},
        Row{"set_once", 409, k_attribute,
            "You cannot update when the value is already set. - /data/attributes/usesNonExemptEncryption", k_conflict,
            "set only once"},
        Row{"beta_review_taken", 409, "STATE_ERROR", "Another build is in review", k_conflict, "beta review"},
        Row{"build_processing", 409, k_relationship, "The build is not in a valid processing state for this operation.",
            k_later, "still being processed"},
        Row{"build_not_addable", 409, k_relationship, "The specified pre-release build could not be added.", k_refused,
            "takes no other build"},
        Row{"notes_missing", 409, k_required, "You must provide a value for the attribute 'whatsNew' with this request",
            k_refused, "release notes"},
        Row{"compliance_missing", 409, k_required,
            "You must provide a value for the attribute 'usesNonExemptEncryption' with this request", k_refused,
            "export compliance"},
        Row{"duplicate", 409, "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", "The bundle version must be higher.",
            k_conflict, "exists already"},
        Row{"locked_field", 409, "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE",
            "The attribute 'releaseType' can not be modified.", k_refused, "no longer be changed"},
        Row{"something_missing", 409, k_required, "You must provide a value for the attribute 'description'", k_refused,
            "is missing"},
        Row{"related_missing", 409, "ENTITY_ERROR.RELATIONSHIP.REQUIRED", "You must choose an age rating.", k_refused,
            "is missing"},
        Row{"screenshots", 409, "STATE_ERROR.SCREENSHOT_REQUIRED.APP_IPHONE_65", "A screenshot is required.", k_refused,
            "screenshots"},
        Row{"validation", 409, "STATE_ERROR.VALIDATION_ERROR.90062", "Invalid bundle.", k_refused, "Apple's checks"},
        Row{"mismatch", 409, k_relationship, "The relationship is not valid.", k_refused, "go together"},
        Row{"bad_value", 409, k_attribute, "The value is not a URL.", k_refused, "not accepted"},
        Row{"unknown_attribute", 409, "ENTITY_ERROR.ATTRIBUTE.UNKNOWN", "'colour' is no attribute.", k_refused,
            "not accepted"},
        Row{"wrong_state", 409, k_state, "Not in a valid state.", k_refused, "state does not allow"},
        Row{"agreements", 403, "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "A required agreement is missing.",
            k_refused, "agreement"},
        Row{"role", 403, "FORBIDDEN_ERROR", "The API key in use does not allow this request.", ErrorKind::auth,
            "may not do this"},
        Row{"token", 401, "NOT_AUTHORIZED", "Provide a properly configured and signed bearer token.", ErrorKind::auth,
            "token was not accepted"},
        Row{"too_many", 429, "RATE_LIMIT_EXCEEDED", "Too many requests.", k_later, "too many requests"},
        Row{"path", 404, "PATH_ERROR", "The URL path is not valid.", ErrorKind::not_found, "no such address"},
        Row{"gone", 404, "NOT_FOUND", "There is no resource of type 'appStoreVersions' with id '7'",
            ErrorKind::not_found, "no such thing"},
        Row{"our_parameter", 400, "PARAMETER_ERROR.ILLEGAL", "The parameter 'x' can not be used.", ErrorKind::internal,
            "malformed"},
        Row{"our_shape", 422, "ENTITY_UNPROCESSABLE", "Not a valid document.", ErrorKind::internal, "malformed"},
        Row{"new_conflict", 409, "SOMETHING_NEW", "Apple thought of something.", k_refused, "Apple thought of"},
        Row{"apples_fault", 500, "UNEXPECTED_ERROR", "An unexpected error occurred.", ErrorKind::unreachable,
            "fault of its own"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreErrorBodies, AssociatedErrorsAreTheTrueReasons) {
  auto outer = error(k_state, "This resource cannot be reviewed, please check associated errors to see why.");
  outer["meta"]["associatedErrors"]["/v1/appStoreVersions/7"] = {
      error("ENTITY_ERROR.ATTRIBUTE.REQUIRED", "You must provide a value for the attribute 'supportUrl'"),
      error("STATE_ERROR.SCREENSHOT_REQUIRED.APP_IPHONE_65", "A screenshot is required.")};
  const auto told = explain(answered(409, body_of({outer})), "submit 3.4.0");
  EXPECT_NE(told.message.find("'supportUrl'"), std::string::npos) << told.text();
  EXPECT_NE(told.message.find("SCREENSHOT_REQUIRED"), std::string::npos) << told.text();
  EXPECT_EQ(read_errors(body_of({outer})).size(), 3u);
}

TEST(AppStoreErrorBodies, TheMoreTellingOfTwoErrorsIsExplained) {
  const auto body = body_of(
      {error(k_relationship, "It is not valid."), error(k_attribute, "The version number has been previously used.")});
  EXPECT_NE(explain(answered(409, body), "create 3.4.0").message.find("used up"), std::string::npos);
}

TEST(AppStoreErrorBodies, APrefixEndsAtADot) {
  const auto told = explain(answered(409, body_of({error("STATE_ERRORS", "New words.")})), "do it");
  EXPECT_EQ(told.message.find("state does not allow"), std::string::npos) << told.text();
}

class AppStoreOddBodies : public testing::TestWithParam<std::string> {};

TEST_P(AppStoreOddBodies, AreNeverFatal) {
  EXPECT_TRUE(read_errors(GetParam()).empty());
  const auto told = explain(answered(409, GetParam()), "do it");
  EXPECT_EQ(told.kind, ErrorKind::refused);
  EXPECT_NE(told.message.find("409"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(, AppStoreOddBodies,
                         testing::Values("", "<html>Bad Gateway</html>", "[]", "null", R"({"errors":{}})",
                                         R"({"errors":["text",5]})", R"({"statusCode":"ERROR"})",
                                         std::string(200, '[')));

TEST(AppStoreErrorBodies, ControlCharactersDoNotReachATerminal) {
  const auto told = explain(answered(409, body_of({error("X", "red \x1b[31m text")})), "do it");
  EXPECT_EQ(told.message.find('\x1b'), std::string::npos);
}

struct RateRow {
  std::string name;
  std::string header;
  int limit;
  int left;
};

void PrintTo(const RateRow& row, std::ostream* out) { *out << row.name; }

class AppStoreRate : public testing::TestWithParam<RateRow> {};

TEST_P(AppStoreRate, IsRead) {
  const auto rate = read_rate_limit(GetParam().header);
  EXPECT_EQ(rate.limit, GetParam().limit);
  EXPECT_EQ(rate.left, GetParam().left);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreRate,
    testing::Values(RateRow{"documented", "user-hour-lim:3500;user-hour-rem:500;", 3500, 500},
                    RateRow{"with_minutes", "user-hour-lim:3600;user-hour-rem:9;user-minute-lim:150;user-minute-rem:1",
                            3600, 9},
                    RateRow{"joined_lines", "user-minute-lim:150, user-hour-lim:3600, user-hour-rem:7", 3600, 7},
                    RateRow{"nonsense", "user-hour-lim:many", -1, -1}, RateRow{"empty", "", -1, -1}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::stores::app_store
