// Apple's refusals: one row a situation, as its answers read.
#include "../../../src/stores/app_store/errors.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../../../src/cli/exit_code.hpp"
#include "../../../src/stores/app_store/wire.hpp"

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

struct ErrorRow {
  std::string name;
  int status;
  std::string body;
  ErrorKind kind;
  Next next;           // what train does about it
  std::string words;   // in the message
  std::string advice;  // in the hint
  int exit;            // of `advance` when a look ends so
};

void PrintTo(const ErrorRow& row, std::ostream* out) { *out << row.name; }

std::string told(const std::string& code, const std::string& detail) { return body_of({error(code, detail)}); }

// Of an `advance` whose look at the app ended so.
int exit_code_of(const Error& error) {
  runner::Report report;
  report.failed_looks.push_back({"ios", error});
  return cli::code(cli::exit_of(report));
}

class AppStoreErrors : public testing::TestWithParam<ErrorRow> {};

TEST_P(AppStoreErrors, AreTold) {
  const auto& row = GetParam();
  const auto seen = answered(row.status, row.body);
  const auto error_told = explain(seen, "do it");
  EXPECT_EQ(error_told.kind, row.kind) << error_told.text();
  EXPECT_EQ(next_of(seen), row.next) << error_told.text();
  EXPECT_NE(error_told.message.find(row.words), std::string::npos) << error_told.text();
  EXPECT_NE(error_told.message.find("Cannot do it: "), std::string::npos) << error_told.text();
  EXPECT_NE(error_told.message.find(std::to_string(row.status)), std::string::npos) << error_told.text();
  EXPECT_NE(error_told.hint.find(row.advice), std::string::npos) << error_told.text();
  EXPECT_FALSE(row.advice.empty());
  EXPECT_EQ(exit_code_of(error_told), row.exit);
}

constexpr auto k_refuses = ErrorKind::refused;
constexpr auto k_conflicts = ErrorKind::conflict;
constexpr auto k_wait = ErrorKind::rate_limited;
constexpr auto k_absent = ErrorKind::not_found;
const std::string k_relationship = "ENTITY_ERROR.RELATIONSHIP.INVALID";
const std::string k_attribute = "ENTITY_ERROR.ATTRIBUTE.INVALID";
const std::string k_required = "ENTITY_ERROR.ATTRIBUTE.REQUIRED";
const std::string k_state = "STATE_ERROR.ENTITY_STATE_INVALID";
const std::string k_page = "<html><head><title>502 Bad Gateway</title></head></html>";

INSTANTIATE_TEST_SUITE_P(
    Conflicts, AppStoreErrors,
    testing::Values(
        ErrorRow{"slot_taken", 409,
                 told(k_relationship, "You cannot create a new version of the App in the current state."), k_refuses,
                 Next::person, "holds the one editable place", "Finish, withdraw or delete", 1},
        ErrorRow{"number_burnt", 409, told(k_attribute, "The version number has been previously used."), k_refuses,
                 Next::person, "used up", "higher version", 1},
        ErrorRow{"not_ready", 409, told("STATE_ERROR", "Version is not ready to be submitted yet"), k_wait, Next::later,
                 "not ready yet", "in a few minutes", 1},
        ErrorRow{"attachments", 409, told("STATE_ERROR", "Attachment uploads still in progress"), k_wait, Next::later,
                 "being processed", "in a few minutes", 1},
        ErrorRow{
            "in_another_submission", 409,
            told(k_relationship, "appStoreVersions with id 1 was already added to another reviewSubmission with id 2"),
            k_conflicts, Next::look, "another review submission", "adopts that submission", 1},
        ErrorRow{"submission_in_progress", 409,
                 told("STATE_ERROR", "There is another reviewSubmissions with id 9 still in progress"), k_conflicts,
                 Next::later, "still in progress", "in a few minutes", 1},
        ErrorRow{"not_cancellable", 409, told("STATE_ERROR", "Resource is not in cancellable state"), k_conflicts,
                 Next::look, "moved on", "--refresh", 1},
        ErrorRow{"same_phase", 409, told(k_attribute, "The phased release already has this value."), k_conflicts,
                 Next::look, "there already", "--refresh", 1},
        ErrorRow{"final_phase", 409,
                 told(k_attribute, "You cannot change the state of a phased release that is in a final state."),
                 k_refuses, Next::person, "everybody gets", "Only a newer version", 1},
        ErrorRow{"set_once", 409,
                 told(k_attribute,
                      "You cannot update when the value is already set. - /data/attributes/usesNonExemptEncryption"),
                 k_conflicts, Next::look, "set only once", "definition", 1},
        ErrorRow{"beta_review_taken", 409, told("STATE_ERROR", "Another build is in review"), k_conflicts, Next::later,
                 "beta review", "Wait for that review", 1},
        ErrorRow{"build_processing", 409,
                 told(k_relationship, "The build is not in a valid processing state for this operation."), k_wait,
                 Next::later, "still being processed", "in a few minutes", 1},
        ErrorRow{"build_not_addable", 409, told(k_relationship, "The specified pre-release build could not be added."),
                 k_refuses, Next::person, "takes no other build", "Withdraw the version", 1},
        ErrorRow{"notes_missing", 409,
                 told(k_required, "You must provide a value for the attribute 'whatsNew' with this request"), k_refuses,
                 Next::person, "release notes", "every locale", 1},
        ErrorRow{
            "compliance_missing", 409,
            told(k_required, "You must provide a value for the attribute 'usesNonExemptEncryption' with this request"),
            k_refuses, Next::person, "export compliance", "export_compliance", 1},
        ErrorRow{"duplicate", 409,
                 told("ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", "The bundle version must be higher."), k_conflicts,
                 Next::look, "exists already", "--refresh", 1},
        ErrorRow{
            "locked_field", 409,
            told("ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE", "The attribute 'releaseType' can not be modified."),
            k_refuses, Next::person, "no longer be changed", "Withdraw it", 1},
        ErrorRow{"something_missing", 409, told(k_required, "You must provide a value for the attribute 'description'"),
                 k_refuses, Next::person, "is missing", "Fill it in", 1},
        ErrorRow{"related_missing", 409, told("ENTITY_ERROR.RELATIONSHIP.REQUIRED", "You must choose an age rating."),
                 k_refuses, Next::person, "is missing", "Fill it in", 1},
        ErrorRow{"screenshots", 409, told("STATE_ERROR.SCREENSHOT_REQUIRED.APP_IPHONE_65", "A screenshot is required."),
                 k_refuses, Next::person, "screenshots", "Add them", 1},
        ErrorRow{"validation", 409, told("STATE_ERROR.VALIDATION_ERROR.90062", "Invalid bundle."), k_refuses,
                 Next::person, "Apple's checks", "upload a new build", 1},
        ErrorRow{"mismatch", 409, told(k_relationship, "The relationship is not valid."), k_refuses, Next::person,
                 "go together", "Compare version", 1},
        ErrorRow{"bad_value", 409, told(k_attribute, "The value is not a URL."), k_refuses, Next::person,
                 "not accepted", "mend the definition", 1},
        ErrorRow{"unknown_attribute", 409, told("ENTITY_ERROR.ATTRIBUTE.UNKNOWN", "'colour' is no attribute."),
                 k_refuses, Next::person, "not accepted", "mend the definition", 1},
        ErrorRow{"wrong_state", 409, told(k_state, "Not in a valid state."), k_refuses, Next::person,
                 "state does not allow", "--refresh", 1},
        ErrorRow{"new_conflict", 409, told("SOMETHING_NEW", "Apple thought of something."), k_refuses, Next::person,
                 "Apple thought of", "--refresh", 1},
        ErrorRow{"silent_conflict", 409, "", k_refuses, Next::person, "refused", "--refresh", 1}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Others, AppStoreErrors,
    testing::Values(
        ErrorRow{"agreements", 403,
                 told("FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED",
                      "This request requires an in-effect agreement that has not been signed or has expired."),
                 k_refuses, Next::read_again, "an agreement with Apple", "The Account Holder must sign", 1},
        ErrorRow{"agreements_as_of_old", 403,
                 told("FORBIDDEN",
                      "The Account Holder must agree to the latest Program License Agreement in their account."),
                 k_refuses, Next::read_again, "an agreement with Apple", "passes by itself", 1},
        ErrorRow{"membership", 403,
                 told("FORBIDDEN_ERROR", "The team's Apple Developer Program membership has expired."), ErrorKind::auth,
                 Next::person, "membership has lapsed", "must renew", 5},
        ErrorRow{"role", 403, told("FORBIDDEN_ERROR", "The API key in use does not allow this request"),
                 ErrorKind::auth, Next::person, "may not do this", "App Manager role", 5},
        ErrorRow{"role_without_detail", 403, told("FORBIDDEN_ERROR", ""), ErrorKind::auth, Next::person,
                 "may not do this", "App Manager role", 5},
        ErrorRow{"silent_403", 403, "", ErrorKind::auth, Next::person, "may not do this", "App Manager role", 5},
        ErrorRow{"token", 401, told("NOT_AUTHORIZED", "Provide a properly configured and signed bearer token."),
                 ErrorKind::auth, Next::new_token, "token was not accepted", "still active", 5},
        ErrorRow{"silent_401", 401, "", ErrorKind::auth, Next::new_token, "token was not accepted", "issuer_id", 5},
        ErrorRow{"too_many", 429, told("RATE_LIMIT_EXCEEDED", "Too many requests."), k_wait, Next::later,
                 "too many requests", "shared by every job", 1},
        ErrorRow{"submission_lags", 404, told("NOT_FOUND", "Resource reviewSubmissions with id 9 cannot be found"),
                 k_absent, Next::later, "not visible yet", "in a few minutes", 1},
        ErrorRow{"path", 404, told("PATH_ERROR", "The URL path is not valid."), k_absent, Next::person,
                 "no such address", "endpoint", 1},
        ErrorRow{"gone", 404, told("NOT_FOUND", "There is no resource of type 'appStoreVersions' with id '7'"),
                 k_absent, Next::later, "no such thing", "just been created", 1},
        ErrorRow{"our_parameter", 400, told("PARAMETER_ERROR.ILLEGAL", "The parameter 'x' can not be used."),
                 ErrorKind::internal, Next::ours, "malformed", "report it", 1},
        ErrorRow{"our_shape", 422, told("ENTITY_UNPROCESSABLE", "Not a valid document."), ErrorKind::internal,
                 Next::ours, "malformed", "report it", 1},
        ErrorRow{"slow_way", 408, "", ErrorKind::unreachable, Next::later, "too long", "in a few minutes", 1},
        ErrorRow{"apples_fault", 500, told("UNEXPECTED_ERROR", "An unexpected error occurred."), ErrorKind::unreachable,
                 Next::read_again, "fault of its own", "in a few minutes", 1},
        ErrorRow{"apples_fault_about_a_submission", 500,
                 told("UNEXPECTED_ERROR", "reviewSubmissions with id 9 failed."), ErrorKind::unreachable,
                 Next::read_again, "fault of its own", "in a few minutes", 1},
        ErrorRow{"bad_gateway_page", 502, k_page, ErrorKind::unreachable, Next::read_again, "fault of its own",
                 "in a few minutes", 1},
        ErrorRow{"unavailable_and_silent", 503, "", ErrorKind::unreachable, Next::read_again, "fault of its own",
                 "in a few minutes", 1},
        ErrorRow{"gateway_timeout", 504, "", ErrorKind::unreachable, Next::read_again, "fault of its own",
                 "in a few minutes", 1},
        ErrorRow{"moved", 301, "", k_refuses, Next::person, "redirect", "endpoint", 1},
        ErrorRow{"moved_for_now", 307, k_page, k_refuses, Next::person, "redirect", "proxy", 1},
        ErrorRow{"proxy_wants_a_login", 407, k_page, k_refuses, Next::person, "not accepted",
                 "look in App Store Connect", 1},
        ErrorRow{"teapot", 418, told("NEW_STATUS", "I am a teapot."), k_refuses, Next::person, "I am a teapot",
                 "look in App Store Connect", 1}),
    [](const auto& row) { return row.param.name; });

// ---- answers of 200 that are no answers: (status, body) again
struct Success {
  std::string name;
  std::string body;
  std::string words;
  std::string advice;
};

void PrintTo(const Success& row, std::ostream* out) { *out << row.name; }

class AppStoreFalseSuccess : public testing::TestWithParam<Success> {};

TEST_P(AppStoreFalseSuccess, IsNoAnswer) {
  const auto document = parse_document(GetParam().body, "read the versions");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().kind, ErrorKind::invalid_answer);
  EXPECT_EQ(exit_code_of(document.error()), 1);
  EXPECT_NE(document.error().message.find("Cannot read the versions: "), std::string::npos);
  EXPECT_NE(document.error().message.find(GetParam().words), std::string::npos) << document.error().text();
  EXPECT_NE(document.error().hint.find(GetParam().advice), std::string::npos) << document.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreFalseSuccess,
    testing::Values(Success{"html", "\n<!doctype html><title>Sign in</title>", "a page of HTML", "captive portal"},
                    Success{"empty", " \n", "the body is empty", "captive portal"},
                    Success{"legacy", R"({"data":null,"messages":{"error":["Unexpected"]},"statusCode":"ERROR"})",
                            "statusCode ERROR", "look in App Store Connect"},
                    Success{"legacy_without_data", R"({"statusCode":"ERROR"})", "statusCode ERROR", "Run it again"},
                    Success{
                        "data_and_errors",
                        R"({"data":[],"errors":[{"code":"UNEXPECTED_ERROR","detail":"One of the apps is missing."}]})",
                        "One of the apps is missing", "Run it again"},
                    Success{"errors_alone", R"({"errors":[{"code":"NOT_FOUND","title":"Gone"}]})", "NOT_FOUND: Gone",
                            "Run it again"},
                    Success{"cut", R"({"data":[{"id":)", "not a JSON:API document", "proxy"},
                    Success{"a_list", "[]", "not a JSON:API document", "proxy"},
                    Success{"too_deep", R"({"data":)" + std::string(200, '[') + std::string(200, ']') + "}",
                            "nested too deeply", "Run it again"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreSuccess, MayHaveAnEmptyListOfErrors) {
  EXPECT_TRUE(parse_document(R"({"data":[],"errors":[]})", "read the versions"));
}

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

}  // namespace
}  // namespace train::stores::app_store
