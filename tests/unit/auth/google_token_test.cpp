#include "train/auth/google_token.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/scripted_server.hpp"
#include "test_keys.hpp"
#include "train/base/text.hpp"

namespace train::auth {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;

const Instant k_minted = *parse_rfc3339("2026-11-30T09:00:00Z");

EVP_PKEY* the_key() {
  static const TestKey key = make_rsa_key();
  return key.get();
}

json key_file(const std::string& token_uri) {
  return {{"type", "service_account"},
          {"client_email", "train@example.iam.gserviceaccount.com"},
          {"private_key", private_pem(the_key())},
          {"private_key_id", "0123abcd"},
          {"token_uri", token_uri}};
}

ServiceAccount account_at(const std::string& token_uri) {
  return *parse_service_account(Secret(key_file(token_uri).dump()));
}

std::string percent_decode(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string token_answer(const std::string& token) {
  return json({{"access_token", token}, {"expires_in", 3599}, {"token_type", "Bearer"}}).dump();
}

TEST(GoogleToken, PostsAnAssertionThatOpenSslVerifies) {
  ScriptedServer server({answer(200, token_answer("ya29.first"))});
  http::Client client(nullptr);
  GoogleTokens tokens(account_at(server.url("/oauth2/token")), "https://www.googleapis.com/auth/androidpublisher",
                      client);
  const auto token = tokens.bearer(k_minted);
  ASSERT_TRUE(token) << token.error().text();
  EXPECT_EQ(token->expose(), "ya29.first");
  const auto seen = server.requests().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/oauth2/token");
  EXPECT_EQ(seen.header("content-type"), "application/x-www-form-urlencoded");
  const std::string prefix = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
  ASSERT_EQ(seen.body.substr(0, prefix.size()), prefix);
  const Jwt jwt = take_apart(percent_decode(seen.body.substr(prefix.size())));
  EXPECT_EQ(json::parse(jwt.header), json({{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "0123abcd"}}));
  const json payload = json::parse(jwt.payload);
  EXPECT_EQ(payload["iss"], "train@example.iam.gserviceaccount.com");
  EXPECT_EQ(payload["aud"], server.url("/oauth2/token"));
  EXPECT_EQ(payload["scope"], "https://www.googleapis.com/auth/androidpublisher");
  EXPECT_LE(payload["iat"], k_minted.time_since_epoch().count());
  EXPECT_EQ(payload["exp"].get<long long>() - payload["iat"].get<long long>(), 3600);
  EXPECT_TRUE(verifies(the_key(), jwt.signed_part, jwt.signature));
  EXPECT_FALSE(verifies(the_key(), jwt.signed_part + "x", jwt.signature));
}

TEST(GoogleToken, IsKeptUntilFiveMinutesBeforeItsEnd) {
  ScriptedServer server(
      {answer(200, token_answer("one")), answer(200, token_answer("two")), answer(200, token_answer("three"))});
  http::Client client(nullptr);
  GoogleTokens tokens(account_at(server.url("/token")), "scope", client);
  EXPECT_EQ(tokens.bearer(k_minted)->expose(), "one");
  EXPECT_EQ(tokens.bearer(k_minted + 3299s)->expose(), "one");
  EXPECT_EQ(tokens.bearer(k_minted + 3300s)->expose(), "two");
  tokens.forget();
  EXPECT_EQ(tokens.bearer(k_minted + 3300s)->expose(), "three");
  EXPECT_EQ(server.request_count(), 3u);
}

struct RefusalCase {
  const char* name;
  std::vector<Reply> script;
  ErrorKind kind;
  const char* says;
  const char* hints;
};
class Refusal : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(Refusal, IsToldInTheEndpointsWords) {
  ScriptedServer server(GetParam().script);
  http::Client client(nullptr);
  GoogleTokens tokens(account_at(server.url("/token")), "scope", client);
  const auto token = tokens.bearer(k_minted);
  ASSERT_FALSE(token);
  EXPECT_EQ(to_string(token.error().kind), to_string(GetParam().kind)) << token.error().text();
  EXPECT_NE(token.error().message.find(GetParam().says), std::string::npos) << token.error().text();
  EXPECT_NE(token.error().hint.find(GetParam().hints), std::string::npos) << token.error().text();
  EXPECT_EQ(token.error().text().find("eyJ"), std::string::npos) << "no assertion in an error";
  EXPECT_EQ(server.request_count(), GetParam().script.size());
}

const Reply k_echo{"HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\neyJhbGciO", Reply::Then::keep};
INSTANTIATE_TEST_SUITE_P(
    , Refusal,
    ::testing::Values(
        RefusalCase{
            "clock",
            {answer(
                400,
                R"({"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token"})")},
            ErrorKind::auth,
            "invalid_grant: Invalid JWT: Token must be a short-lived token",
            "clock"},
        RefusalCase{
            "scope", {answer(400, R"({"error":"invalid_scope"})")}, ErrorKind::auth, "invalid_scope", "enabled"},
        RefusalCase{"unauthorized_not_json", {answer(401, "no")}, ErrorKind::auth, "answered 401", "exist"},
        RefusalCase{"error_of_another_type", {answer(403, R"({"error":{"code":403}})")}, ErrorKind::auth, "403", ""},
        RefusalCase{"busy_three_times", {k_echo, k_echo, k_echo}, ErrorKind::unreachable, "503", ""},
        RefusalCase{"html_page", {answer(200, "<html>", "text/html")}, ErrorKind::invalid_answer, "200", "proxy"},
        RefusalCase{"no_token_inside", {answer(200, "{}")}, ErrorKind::invalid_answer, "200", ""},
        RefusalCase{"token_of_another_type", {answer(200, R"({"access_token":7})")}, ErrorKind::invalid_answer, "", ""},
        RefusalCase{"token_with_a_line_break",
                    {answer(200, R"({"access_token":"a\r\nX-Injected: 1"})")},
                    ErrorKind::invalid_answer,
                    "",
                    ""},
        RefusalCase{"nested", {answer(200, std::string(100000, '['))}, ErrorKind::invalid_answer, "", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(GoogleToken, ComesAfterABusyEndpoint) {
  ScriptedServer server({answer(503, ""), answer(200, token_answer("late"))});
  http::Client client(nullptr);
  GoogleTokens tokens(account_at(server.url("/token")), "scope", client);
  const auto token = tokens.bearer(k_minted);
  ASSERT_TRUE(token) << token.error().text();
  EXPECT_EQ(token->expose(), "late");
}

// ---- the key file ------------------------------------------------------------------------------------------------

struct FileCase {
  const char* name;
  std::string (*text)();
  const char* says;
};
class BadFile : public ::testing::TestWithParam<FileCase> {};

TEST_P(BadFile, IsADefinitionErrorThatNamesWhatIsWrong) {
  const auto account = parse_service_account(Secret(GetParam().text()));
  ASSERT_FALSE(account);
  EXPECT_EQ(to_string(account.error().kind), to_string(ErrorKind::definition));
  EXPECT_NE(account.error().message.find(GetParam().says), std::string::npos) << account.error().message;
  EXPECT_EQ(account.error().text().find("MII"), std::string::npos) << "no key bytes in an error";
}

std::string changed(const char* name, const json& value) {
  json file = key_file("https://oauth2.googleapis.com/token");
  file[name] = value;
  return file.dump();
}

INSTANTIATE_TEST_SUITE_P(
    , BadFile,
    ::testing::Values(
        FileCase{"not_json", [] { return std::string("-----BEGIN"); }, "not a JSON object"},
        FileCase{"an_array", [] { return std::string("[]"); }, "not a JSON object"},
        FileCase{"a_path", [] { return std::string("keys/play.json"); }, "the path of a file"},
        FileCase{"oauth_client", [] { return std::string(R"({"installed":{"client_id":"1"}})"); },
                 "an OAuth client file"},
        FileCase{"oauth_web_client", [] { return std::string(R"({"web":{"client_id":"1"}})"); },
                 "an OAuth client file"},
        FileCase{"google_services", [] { return std::string(R"({"project_info":{},"client":[]})"); },
                 "google-services.json"},
        FileCase{"cut_json", [] { return std::string(R"({"type":"service_account",)"); }, "JSON that was cut"},
        FileCase{"api_key", [] { return std::string("AIzaSyA-1234567890abcdefghijklmnopqrstu"); }, "an API key"},
        FileCase{"apple_key", [] { return private_pem(make_ec_key("P-256").get()); }, "a PEM private key"},
        FileCase{"empty_object", [] { return std::string("{}"); }, "`type` is missing"},
        FileCase{"user", [] { return changed("type", "authorized_user"); }, "authorized_user"},
        FileCase{"only_type", [] { return std::string(R"({"type":"service_account"})"); },
                 "`client_email` and `private_key` are missing"},
        FileCase{"no_email", [] { return changed("client_email", ""); }, "`client_email` is missing"},
        FileCase{"number_as_key", [] { return changed("private_key", 7); }, "`private_key` is missing"},
        FileCase{"garbage_key", [] { return changed("private_key", "x"); }, "not a PEM file"},
        FileCase{"ec_key", [] { return changed("private_key", private_pem(make_ec_key("P-256").get())); },
                 "not an RSA key"},
        FileCase{"http_endpoint", [] { return changed("token_uri", "http://example.com/token"); }, "token_uri"},
        FileCase{"file_endpoint", [] { return changed("token_uri", "file:///etc/passwd"); }, "token_uri"},
        FileCase{"nested", [] { return std::string(100000, '['); }, "too deeply"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ServiceAccountFile, IsReadAsCiKeepsIt) {
  const auto plain = key_file("https://example.com/token").dump(2);
  std::string lines = base64(plain);
  for (std::size_t at = 76; at < lines.size(); at += 77) lines.insert(at, "\n");
  for (const auto& text : {plain + "\n", "\xef\xbb\xbf" + plain, base64(plain), lines, "'" + plain + "'",
                           "\"" + plain + "\"", json(plain).dump(), base64("\xef\xbb\xbf" + plain)}) {
    const auto account = parse_google_credentials(Secret(text));
    ASSERT_TRUE(account) << account.error().text() << text.substr(0, 20);
  }
}

TEST(ServiceAccountFile, IsReadAndTheEndpointHasADefault) {
  json file = key_file("https://example.com/token");
  const auto account = parse_service_account(Secret(file.dump()));
  ASSERT_TRUE(account) << account.error().text();
  EXPECT_EQ(account->client_email, "train@example.iam.gserviceaccount.com");
  EXPECT_EQ(account->private_key_id, "0123abcd");
  EXPECT_EQ(account->token_uri, "https://example.com/token");
  file.erase("token_uri");
  EXPECT_EQ(parse_service_account(Secret(file.dump()))->token_uri, "https://oauth2.googleapis.com/token");
}

TEST(SignRs256, NeedsAnRsaKey) {
  EXPECT_TRUE(verifies(the_key(), "words", *sign_rs256(Secret(private_pem(the_key())), "words")));
  EXPECT_FALSE(sign_rs256(Secret(private_pem(make_ec_key("P-256").get())), "words"));
}

}  // namespace
}  // namespace train::auth
