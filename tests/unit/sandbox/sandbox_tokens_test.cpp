#include "../../../src/sandbox/http/tokens.hpp"

#include <functional>

#include "../../../src/sandbox/http/keys.hpp"
#include "sandbox_fakes.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::testbed {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr Instant k_issued{seconds{1796029200}};

std::int64_t after(int length) { return k_issued.time_since_epoch().count() + length; }

std::string jwt_of(const json& header, const json& claims, const KeyPair& key) {
  const auto signed_part = base64url(header.dump()) + "." + base64url(claims.dump());
  return signed_part + "." + base64url(key.sign(signed_part));
}

TEST(SandboxKeys, SignAndVerifyAndNothingElse) {
  for (const auto type : {KeyType::p256, KeyType::rsa2048}) {
    const auto key = KeyPair::generate(type);
    auto signature = key.sign("message");
    EXPECT_EQ(signature.size(), type == KeyType::p256 ? 64u : 256u);
    EXPECT_TRUE(key.verifies("message", signature));
    EXPECT_FALSE(key.verifies("massage", signature));
    EXPECT_FALSE(key.verifies("message", signature.substr(1)));
    EXPECT_FALSE(key.verifies("message", ""));
    EXPECT_FALSE(key.verifies("message", std::string(signature.size(), '\xff')));
    signature[5] = static_cast<char>(signature[5] ^ 1);
    EXPECT_FALSE(key.verifies("message", signature));
    EXPECT_EQ(key.private_pem().rfind("-----BEGIN PRIVATE KEY-----", 0), 0u);
  }
}

TEST(SandboxKeys, TheWellKnownKeyIsAnHonestRsaKey) {
  const auto key = KeyPair::well_known_rsa();
  const auto read = KeyPair::from_pem(key.private_pem());
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(key.verifies("message", read->sign("message")));
  EXPECT_FALSE(key.verifies("massage", read->sign("message")));
  EXPECT_EQ(key.private_pem(), KeyPair::well_known_rsa().private_pem());
  EXPECT_FALSE(KeyPair::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").has_value());
}

// The credentials' own keys, read back from what the sandbox hands out.
KeyPair app_store_key(const Tokens& tokens) { return *KeyPair::from_pem(tokens.credentials().app_store_private_key); }
json service_account(const Tokens& tokens) { return json::parse(tokens.credentials().service_account_json); }
KeyPair google_key(const Tokens& tokens) {
  return *KeyPair::from_pem(service_account(tokens)["private_key"].get<std::string>());
}

struct AppleCase {
  const char* name;
  std::function<void(json& header, json& claims)> change;
  const char* said;  // empty: accepted
};
class AppStoreToken : public ::testing::TestWithParam<AppleCase> {};

TEST_P(AppStoreToken, IsJudgedAsAppleDoes) {
  Tokens tokens("http://127.0.0.1:1/oauth2/token");
  json header = {{"alg", "ES256"}, {"kid", tokens.credentials().app_store_key_id}, {"typ", "JWT"}};
  json claims = {{"iss", tokens.credentials().app_store_issuer_id},
                 {"iat", after(-60)},
                 {"exp", after(600)},
                 {"aud", "appstoreconnect-v1"}};
  GetParam().change(header, claims);
  const auto verdict = tokens.verify_app_store(jwt_of(header, claims, app_store_key(tokens)), k_issued);
  const std::string said = GetParam().said;
  EXPECT_EQ(verdict.has_value(), said.empty());
  const auto message = verdict ? std::string() : verdict.error().message;
  EXPECT_NE(message.find(said), std::string::npos) << message;
}

const AppleCase k_apple[] = {
    {"good", [](json&, json&) {}, ""},
    {"twenty_minutes", [](json&, json& claims) { claims["exp"] = after(1140); }, ""},
    {"a_minute_fast", [](json&, json& claims) { claims["iat"] = after(60); }, ""},
    {"longer_than_twenty_minutes", [](json&, json& claims) { claims["exp"] = after(1141); }, "20m"},
    {"two_minutes_fast", [](json&, json& claims) { claims["iat"] = after(61); }, "future"},
    {"expired", [](json&, json& claims) { claims["exp"] = after(0); }, "expired"},
    {"no_exp", [](json&, json& claims) { claims.erase("exp"); }, "iat and exp"},
    {"exp_as_text", [](json&, json& claims) { claims["exp"] = "soon"; }, "iat and exp"},
    {"other_issuer", [](json&, json& claims) { claims["iss"] = "me"; }, "iss"},
    {"other_audience", [](json&, json& claims) { claims["aud"] = "appstoreconnect-v2"; }, "aud"},
    {"other_key_id", [](json& header, json&) { header["kid"] = "X"; }, "kid"},
    {"individual",
     [](json& header, json& claims) {
       header["kid"] = "SANDBOXONE";
       claims.erase("iss");
       claims["sub"] = "user";
     },
     ""},
    {"individual_with_an_issuer",
     [](json& header, json& claims) {
       header["kid"] = "SANDBOXONE";
       claims["sub"] = "user";
     },
     "iss must not"},
    {"individual_without_a_subject",
     [](json& header, json& claims) {
       header["kid"] = "SANDBOXONE";
       claims.erase("iss");
     },
     "sub must be"},
    {"a_teams_key_without_issuer", [](json&, json& claims) { claims.erase("iss"); }, "iss must be"},
    {"no_algorithm", [](json& header, json&) { header["alg"] = "none"; }, "ES256"},
};

INSTANTIATE_TEST_SUITE_P(, AppStoreToken, ::testing::ValuesIn(k_apple),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SandboxTokens, AnotherKeyABrokenSignatureAndRubbishAreRefused) {
  Tokens tokens("http://127.0.0.1:1/oauth2/token");
  const json header = {{"alg", "ES256"}, {"kid", tokens.credentials().app_store_key_id}};
  const json claims = {{"iss", tokens.credentials().app_store_issuer_id},
                       {"iat", after(0)},
                       {"exp", after(600)},
                       {"aud", "appstoreconnect-v1"}};
  const auto good = jwt_of(header, claims, app_store_key(tokens));
  EXPECT_FALSE(tokens.verify_app_store(jwt_of(header, claims, KeyPair::generate(KeyType::p256)), k_issued));
  EXPECT_TRUE(tokens.verify_app_store(good, k_issued));
  EXPECT_TRUE(tokens.verify_app_store(good, k_issued + seconds(599)));
  EXPECT_FALSE(tokens.verify_app_store(good, k_issued + seconds(600))) << "a token seen before expires all the same";
  EXPECT_FALSE(tokens.verify_app_store(good.substr(0, good.size() - 4), k_issued));
  for (const auto* rubbish : {"", ".", "..", "a.b.c", "a.b.c.d", "e30.e30.", "W10.W10.W10"}) {
    EXPECT_FALSE(tokens.verify_app_store(rubbish, k_issued)) << rubbish;
  }
  EXPECT_FALSE(tokens.verify_app_store(std::string(9000, 'a'), k_issued));
}

struct AssertionCase {
  const char* name;
  std::function<void(json& claims)> change;
  const char* error;  // empty: a token is issued
};
class Assertion : public ::testing::TestWithParam<AssertionCase> {};

json assertion_claims(const Tokens& tokens) {
  return {{"iss", service_account(tokens)["client_email"]},
          {"scope", std::string(k_scope_publisher)},
          {"aud", "http://127.0.0.1:1/oauth2/token"},
          {"iat", after(0)},
          {"exp", after(3600)}};
}

ServerResponse post_assertion(Tokens& tokens, const std::string& assertion, Instant now = k_issued) {
  ServerRequest request;
  request.method = "POST";
  request.body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion;
  return tokens.issue(request, now);
}

TEST_P(Assertion, IsJudgedAsGoogleDoes) {
  Tokens tokens("http://127.0.0.1:1/oauth2/token");
  auto claims = assertion_claims(tokens);
  GetParam().change(claims);
  const auto response = post_assertion(tokens, jwt_of({{"alg", "RS256"}, {"typ", "JWT"}}, claims, google_key(tokens)));
  const auto body = json::parse(response.body);
  if (GetParam().error[0] != '\0') {
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(body["error"], GetParam().error);
    EXPECT_TRUE(body["error_description"].is_string());
    return;
  }
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(body["token_type"], "Bearer");
  EXPECT_EQ(body["expires_in"], 3600);
  EXPECT_TRUE(tokens.verify_google(body["access_token"].get<std::string>(), k_issued));
}

const AssertionCase k_assertions[] = {
    {"good", [](json&) {}, ""},
    {"too_long", [](json& claims) { claims["exp"] = after(3601); }, "invalid_grant"},
    {"expired", [](json& claims) { claims["iat"] = after(-3600), claims["exp"] = after(0); }, "invalid_grant"},
    {"future", [](json& claims) { claims["iat"] = after(61); }, "invalid_grant"},
    {"other_account", [](json& claims) { claims["iss"] = "me@example.com"; }, "invalid_grant"},
    {"other_audience", [](json& claims) { claims["aud"] = "https://oauth2.googleapis.com/token"; }, "invalid_grant"},
    {"no_scope", [](json& claims) { claims.erase("scope"); }, "invalid_scope"},
    {"empty_scope", [](json& claims) { claims["scope"] = " "; }, "invalid_scope"},
};

INSTANTIATE_TEST_SUITE_P(, Assertion, ::testing::ValuesIn(k_assertions),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SandboxTokens, TheTokenEndpointRefusesOtherKeysAndOtherGrants) {
  Tokens tokens("http://127.0.0.1:1/oauth2/token");
  const auto foreign = jwt_of({{"alg", "RS256"}}, assertion_claims(tokens), KeyPair::generate(KeyType::rsa2048));
  EXPECT_EQ(json::parse(post_assertion(tokens, foreign).body)["error"], "invalid_grant");
  ServerRequest request;
  request.method = "POST";
  request.body = "grant_type=password";
  EXPECT_EQ(json::parse(tokens.issue(request, k_issued).body)["error"], "unsupported_grant_type");
  request.body = "%zz";
  EXPECT_EQ(json::parse(tokens.issue(request, k_issued).body)["error"], "invalid_request");
}

TEST(SandboxTokens, AccessTokensLiveAnHourOfTheSandboxsTime) {
  Tokens tokens("http://127.0.0.1:1/oauth2/token");
  const auto response =
      post_assertion(tokens, jwt_of({{"alg", "RS256"}}, assertion_claims(tokens), google_key(tokens)));
  const auto token = json::parse(response.body)["access_token"].get<std::string>();
  EXPECT_TRUE(tokens.verify_google(token, k_issued + seconds(3599)));
  EXPECT_FALSE(tokens.verify_google(token, k_issued + seconds(3600)));
  EXPECT_FALSE(tokens.verify_google(token + "x", k_issued));
  EXPECT_TRUE(tokens.has_scope(token, k_scope_publisher));
  EXPECT_FALSE(tokens.has_scope(token, k_scope_remote_config));
}

TEST(SandboxTokens, ATokenWithoutTheScopeIsForbidden) {
  const auto sandbox = start_counting();
  const auto account = json::parse(sandbox->credentials().service_account_json);
  EXPECT_EQ(account["token_uri"], sandbox->url() + "/oauth2/token");
  const json claims = {{"iss", account["client_email"]},
                       {"scope", std::string(k_scope_publisher)},
                       {"aud", account["token_uri"]},
                       {"iat", after(0)},
                       {"exp", after(3600)}};
  const auto assertion =
      jwt_of({{"alg", "RS256"}}, claims, *KeyPair::from_pem(account["private_key"].get<std::string>()));
  const auto issued = ask(*sandbox, "POST", "/oauth2/token",
                          "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion);
  ASSERT_EQ(issued.status, 200) << issued.body;
  const HeaderList bearer = {{"Authorization", "Bearer " + issued.json()["access_token"].get<std::string>()}};
  EXPECT_EQ(ask(*sandbox, "GET", "/play/androidpublisher/v3/x", "", bearer).status, 200);
  EXPECT_EQ(ask(*sandbox, "GET", "/play/v1beta1/apps/x", "", bearer).status, 403);
  const auto config = ask(*sandbox, "GET", "/firebase/v1/projects/p/remoteConfig", "", bearer);
  EXPECT_EQ(config.status, 403);
  EXPECT_EQ(config.json()["error"]["status"], "PERMISSION_DENIED");
  sandbox->advance_to(sandbox->now() + seconds(3600));
  EXPECT_EQ(ask(*sandbox, "GET", "/play/androidpublisher/v3/x", "", bearer).status, 401);
}

}  // namespace
}  // namespace train::sandbox::testbed
