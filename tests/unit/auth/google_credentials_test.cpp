// Credentials that are no service account's key: a signed-in person, and a workload that is trusted.
#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/scripted_server.hpp"
#include "train/auth/google_token.hpp"
#include "train/base/digest.hpp"

namespace train::auth {
namespace {

using nlohmann::json;
using testbed::answer;
using testbed::ScriptedServer;

const Instant k_today = *parse_rfc3339("2026-11-30T09:00:00Z");
constexpr const char* k_audience =
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/gh";

json external_file(const std::string& base, const json& source) {
  return {{"type", "external_account"},
          {"audience", k_audience},
          {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"},
          {"token_url", base + "/sts"},
          {"service_account_impersonation_url", base + "/iam/projects/-/serviceAccounts/t@x.iam:generateAccessToken"},
          {"credential_source", source}};
}

Result<Secret> token_of(const json& file, http::Client& client) {
  auto credentials = parse_google_credentials(Secret(file.dump()));
  if (!credentials) return tl::unexpected(credentials.error());
  return GoogleTokens(std::move(*credentials), "the-scope", client).bearer(k_today);
}

TEST(AuthorizedUser, RefreshesItsSignIn) {
  ScriptedServer server({answer(200, R"({"access_token":"ya29.me","expires_in":3599})")});
  http::Client client(nullptr);
  const auto token = token_of({{"type", "authorized_user"},
                               {"client_id", "id"},
                               {"client_secret", "hush"},
                               {"refresh_token", "1//again"},
                               {"token_uri", server.url("/token")}},
                              client);
  ASSERT_TRUE(token) << token.error().text();
  EXPECT_EQ(token->expose(), "ya29.me");
  EXPECT_EQ(server.requests().at(0).body,
            "grant_type=refresh_token&client_id=id&client_secret=hush&refresh_token=1%2F%2Fagain&scope=the-scope");
}

TEST(AuthorizedUser, IsToldToSignInAgain) {
  ScriptedServer server({answer(400, R"({"error":"invalid_grant","error_description":"Token has been revoked."})")});
  http::Client client(nullptr);
  const auto token = token_of({{"type", "authorized_user"},
                               {"client_id", "id"},
                               {"client_secret", "hush"},
                               {"refresh_token", "1//again"},
                               {"token_uri", server.url("/token")}},
                              client);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::auth);
  EXPECT_NE(token.error().hint.find("gcloud auth application-default login"), std::string::npos);
  EXPECT_EQ(token.error().text().find("hush"), std::string::npos);
}

TEST(WorkloadIdentity, AsksTheCiSystemExchangesAndActsAsTheAccount) {
  ScriptedServer server({answer(200, R"({"value":"the.ci.token"})"),
                         answer(200, R"({"access_token":"federated","expires_in":3600})"),
                         answer(200, R"({"accessToken":"ya29.account","expireTime":"2026-11-30T09:20:00Z"})")});
  http::Client client(nullptr);
  const json source = {{"url", server.url("/ci?audience=x")},
                       {"headers", {{"Authorization", "Bearer runner"}}},
                       {"format", {{"type", "json"}, {"subject_token_field_name", "value"}}}};
  auto credentials = parse_google_credentials(Secret(external_file(server.url(""), source).dump()));
  ASSERT_TRUE(credentials) << credentials.error().text();
  EXPECT_EQ(whom(*credentials), "t@x.iam");
  EXPECT_EQ(addresses_of(*credentials).size(), 3u);
  GoogleTokens tokens(*credentials, "the-scope", client);
  const auto token = tokens.bearer(k_today);
  ASSERT_TRUE(token) << token.error().text();
  EXPECT_EQ(token->expose(), "ya29.account");
  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].method, "GET");
  EXPECT_EQ(seen[0].header("authorization"), "Bearer runner");
  EXPECT_NE(seen[1].body.find("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"),
            std::string::npos);
  EXPECT_NE(seen[1].body.find("subject_token=the.ci.token"), std::string::npos);
  EXPECT_NE(seen[1].body.find("cloud-platform"), std::string::npos) << "the account's scope is asked for afterwards";
  EXPECT_EQ(seen[2].header("authorization"), "Bearer federated");
  EXPECT_EQ(json::parse(seen[2].body), json({{"scope", {"the-scope"}}, {"lifetime", "3600s"}}));
  // It lives until 09:20, as it was told, and is replaced five minutes before.
  EXPECT_EQ(tokens.bearer(k_today + Duration{14 * 60})->expose(), "ya29.account");
  EXPECT_FALSE(tokens.bearer(k_today + Duration{16 * 60})) << "past the script";
}

TEST(WorkloadIdentity, ReadsAFileAndNeedNotActAsAnybody) {
  const auto path = std::filesystem::temp_directory_path() / ("train-oidc-" + random_id());
  std::ofstream(path) << "the.file.token\n";
  ScriptedServer server({answer(200, R"({"access_token":"federated","expires_in":3600})")});
  http::Client client(nullptr);
  json file = external_file(server.url(""), {{"file", path.string()}});
  file.erase("service_account_impersonation_url");
  const auto token = token_of(file, client);
  std::filesystem::remove(path);
  ASSERT_TRUE(token) << token.error().text();
  EXPECT_EQ(token->expose(), "federated");
  EXPECT_NE(server.requests().at(0).body.find("scope=the-scope"), std::string::npos);
  EXPECT_NE(server.requests().at(0).body.find("subject_token=the.file.token"), std::string::npos);
}

struct Refused {
  const char* name;
  std::vector<testbed::Reply> script;
  const char* says;
  const char* hints;
};
class WorkloadRefused : public testing::TestWithParam<Refused> {};

TEST_P(WorkloadRefused, SaysAtWhichOfTheThreeDoors) {
  ScriptedServer server(GetParam().script);
  http::Client client(nullptr);
  const json source = {{"url", server.url("/ci")},
                       {"format", {{"type", "json"}, {"subject_token_field_name", "value"}}}};
  const auto token = token_of(external_file(server.url(""), source), client);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::auth) << token.error().text();
  EXPECT_NE(token.error().message.find(GetParam().says), std::string::npos) << token.error().text();
  EXPECT_NE(token.error().hint.find(GetParam().hints), std::string::npos) << token.error().text();
  EXPECT_EQ(token.error().text().find("ci.secret"), std::string::npos) << "no token in an error";
}
const testbed::Reply k_ci = answer(200, R"({"value":"ci.secret"})");
const testbed::Reply k_federated = answer(200, R"({"access_token":"federated","expires_in":3600})");
INSTANTIATE_TEST_SUITE_P(
    , WorkloadRefused,
    testing::Values(
        Refused{"ci", {answer(403, "{}")}, "CI system", "id-token: write"},
        Refused{"ci_other_field", {answer(200, R"({"token":"x"})")}, "no token to exchange", "credential_source"},
        Refused{"exchange",
                {k_ci, answer(400, R"({"error":"invalid_grant","error_description":"The audience is wrong."})")},
                "The audience is wrong.",
                "workloadIdentityPools/ci"},
        Refused{
            "impersonation",
            {k_ci, k_federated,
             answer(403,
                    R"({"error":{"code":403,"message":"Permission 'iam.x' denied","status":"PERMISSION_DENIED"}})")},
            "PERMISSION_DENIED: Permission 'iam.x' denied",
            "workloadIdentityUser"}),
    [](const auto& row) { return std::string(row.param.name); });

struct BadCredentials {
  const char* name;
  json (*file)();
  const char* says;
};
class GoogleCredentialFile : public testing::TestWithParam<BadCredentials> {};
TEST_P(GoogleCredentialFile, SaysWhatIsWrong) {
  const auto seen = parse_google_credentials(Secret(GetParam().file().dump()));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::definition);
  EXPECT_NE(seen.error().message.find(GetParam().says), std::string::npos) << seen.error().text();
}
json with_source(const json& source) { return external_file("https://sts.example", source); }
INSTANTIATE_TEST_SUITE_P(
    , GoogleCredentialFile,
    testing::Values(BadCredentials{"no_type", [] { return json::object(); }, "`type` is missing"},
                    BadCredentials{"strange_type",
                                   [] {
                                     return json{{"type", "gdch_service_account"}};
                                   },
                                   "gdch_service_account"},
                    BadCredentials{"user_without_token",
                                   [] {
                                     return json{{"type", "authorized_user"}, {"client_id", "x"}};
                                   },
                                   "`client_secret` and `refresh_token` are missing"},
                    BadCredentials{"no_source", [] { return with_source(nullptr); }, "credential_source"},
                    BadCredentials{"both_sources",
                                   [] {
                                     return with_source({{"file", "a"}, {"url", "https://b"}});
                                   },
                                   "one of"},
                    BadCredentials{"executable",
                                   [] {
                                     return with_source({{"executable", {{"command", "x"}}}});
                                   },
                                   "executable"},
                    BadCredentials{"plain_http",
                                   [] {
                                     return with_source({{"url", "http://ci.example/token"}});
                                   },
                                   "neither https"},
                    BadCredentials{"json_without_field",
                                   [] {
                                     return with_source({{"file", "a"}, {"format", {{"type", "json"}}}});
                                   },
                                   "format"},
                    BadCredentials{"plain_sts",
                                   [] {
                                     json file = with_source({{"file", "a"}});
                                     file["token_url"] = "http://sts.example";
                                     return file;
                                   },
                                   "token_url"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::auth
