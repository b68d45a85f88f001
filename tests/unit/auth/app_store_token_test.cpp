#include "train/auth/app_store_token.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "test_keys.hpp"
#include "train/base/text.hpp"

namespace train::auth {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const Instant k_now = *parse_rfc3339("2026-11-30T09:00:00Z");

AppStoreKey key_with(std::string pem) { return AppStoreKey{"ABC123DEFG", "issuer-uuid", Secret(std::move(pem))}; }

std::string escape_newlines(const std::string& pem) {
  std::string text;
  for (const char c : pem) text += c == '\n' ? std::string("\\n") : std::string(1, c);
  return text;
}

TEST(AppStoreToken, HasApplesPartsAndASignatureOpenSslAccepts) {
  const TestKey key = make_ec_key("P-256");
  auto tokens = AppStoreTokens::create(key_with(private_pem(key.get())));
  ASSERT_TRUE(tokens) << tokens.error().text();
  const Jwt jwt = take_apart(tokens->bearer(k_now)->expose());
  EXPECT_EQ(json::parse(jwt.header), json({{"alg", "ES256"}, {"kid", "ABC123DEFG"}, {"typ", "JWT"}}));
  const long long now = k_now.time_since_epoch().count();
  EXPECT_EQ(json::parse(jwt.payload),
            json({{"iss", "issuer-uuid"}, {"aud", "appstoreconnect-v1"}, {"iat", now - 60}, {"exp", now + 600}}));
  ASSERT_EQ(jwt.signature.size(), 64u) << "raw r‖s, not DER";
  EXPECT_TRUE(verifies(key.get(), jwt.signed_part, der_from_raw(jwt.signature)));
  EXPECT_FALSE(verifies(key.get(), jwt.signed_part + "x", der_from_raw(jwt.signature)));
}

TEST(AppStoreToken, AnIndividualKeyHasASubjectAndNoIssuer) {
  const TestKey key = make_ec_key("P-256");
  AppStoreKey individual = key_with(private_pem(key.get()));
  individual.issuer_id.reset();
  auto tokens = AppStoreTokens::create(std::move(individual));
  ASSERT_TRUE(tokens);
  const json payload = json::parse(take_apart(tokens->bearer(k_now)->expose()).payload);
  EXPECT_EQ(payload["sub"], "user");
  EXPECT_FALSE(payload.contains("iss"));
}

// One signature in 128 has an r or s that is short: it must be padded on the left.
TEST(AppStoreToken, EveryOneOfManySignaturesVerifies) {
  const TestKey key = make_ec_key("P-256");
  auto tokens = AppStoreTokens::create(key_with(private_pem(key.get())));
  ASSERT_TRUE(tokens);
  int padded = 0;
  for (int i = 0; i < 3000; ++i) {
    tokens->forget();
    const Jwt jwt = take_apart(tokens->bearer(k_now + Duration(i))->expose());
    ASSERT_EQ(jwt.signature.size(), 64u);
    ASSERT_TRUE(verifies(key.get(), jwt.signed_part, der_from_raw(jwt.signature)));
    if (jwt.signature[0] == '\0' || jwt.signature[32] == '\0') ++padded;
  }
  EXPECT_GT(padded, 0);
}

TEST(AppStoreToken, StaysTheSameUntilTwoMinutesBeforeItsEnd) {
  const TestKey key = make_ec_key("P-256");
  auto tokens = AppStoreTokens::create(key_with(private_pem(key.get())));
  ASSERT_TRUE(tokens);
  const std::string first = tokens->bearer(k_now)->expose();
  EXPECT_EQ(tokens->bearer(k_now + 480s)->expose(), first);
  const std::string second = tokens->bearer(k_now + 481s)->expose();
  EXPECT_NE(second, first);
  EXPECT_NE(tokens->bearer(k_now - 1h)->expose(), second) << "the clock went back: that token is of the future";
  const std::string third = tokens->bearer(k_now)->expose();
  tokens->forget();
  EXPECT_NE(tokens->bearer(k_now)->expose(), third) << "ES256 is randomised, so another token differs";
}

struct FormCase {
  const char* name;
  std::string (*form)(const std::string&);
};
class KeyForm : public ::testing::TestWithParam<FormCase> {};
TEST_P(KeyForm, IsAccepted) {
  const TestKey key = make_ec_key("P-256");
  auto tokens = AppStoreTokens::create(key_with(GetParam().form(private_pem(key.get()))));
  ASSERT_TRUE(tokens) << tokens.error().text();
  const Jwt jwt = take_apart(tokens->bearer(k_now)->expose());
  EXPECT_TRUE(verifies(key.get(), jwt.signed_part, der_from_raw(jwt.signature)));
}
INSTANTIATE_TEST_SUITE_P(, KeyForm,
                         ::testing::Values(FormCase{"as_downloaded", [](const std::string& pem) { return pem; }},
                                           FormCase{"without_the_last_newline",
                                                    [](const std::string& pem) { return std::string(trim(pem)); }},
                                           FormCase{"base64", [](const std::string& pem) { return base64(pem); }},
                                           FormCase{"base64_in_lines",
                                                    [](const std::string& pem) {
                                                      std::string text = base64(pem);
                                                      for (std::size_t at = 76; at < text.size(); at += 77)
                                                        text.insert(at, "\n");
                                                      return text + "\n";
                                                    }},
                                           FormCase{"escaped_newlines", escape_newlines},
                                           FormCase{
                                               "base64_of_escaped",
                                               [](const std::string& pem) { return base64(escape_newlines(pem)); }}),
                         [](const auto& row) { return std::string(row.param.name); });

struct BadCase {
  const char* name;
  std::string (*text)();
  const char* says;
};
class BadKey : public ::testing::TestWithParam<BadCase> {};
TEST_P(BadKey, IsRefusedSayingWhatItIs) {
  const std::string text = GetParam().text();
  const auto tokens = AppStoreTokens::create(key_with(text));
  ASSERT_FALSE(tokens);
  EXPECT_EQ(to_string(tokens.error().kind), to_string(ErrorKind::auth));
  EXPECT_NE(tokens.error().message.find(GetParam().says), std::string::npos) << tokens.error().message;
  EXPECT_NE(tokens.error().message.find("ABC123DEFG"), std::string::npos);
  if (text.size() > 20) {
    EXPECT_EQ(tokens.error().text().find(text.substr(text.size() / 2, 20)), std::string::npos);
  }
}
INSTANTIATE_TEST_SUITE_P(
    , BadKey,
    ::testing::Values(
        BadCase{"rsa", [] { return private_pem(make_rsa_key().get()); }, "this is an RSA key"},
        BadCase{"p384", [] { return private_pem(make_ec_key("P-384").get()); }, "EC key on secp384r1"},
        BadCase{"ed25519", [] { return private_pem(TestKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")).get()); },
                "ED25519"},
        BadCase{"encrypted", [] { return encrypted_pem(make_ec_key("P-256").get()); }, "password"},
        BadCase{"public", [] { return public_pem(make_ec_key("P-256").get()); }, "public key"},
        BadCase{"truncated",
                [] {
                  const std::string pem = private_pem(make_ec_key("P-256").get());
                  return pem.substr(0, pem.size() / 2);
                },
                "damaged"},
        BadCase{"garbage", [] { return std::string("this is not the key you are looking for"); }, "not a PEM file"},
        BadCase{"empty", [] { return std::string(); }, "empty"},
        BadCase{"huge", [] { return std::string(1 << 20, 'A'); }, "too large"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AppStoreToken, NeedsAKeyIdAndARealIssuer) {
  const TestKey key = make_ec_key("P-256");
  AppStoreKey no_id = key_with(private_pem(key.get()));
  no_id.key_id = " \n";
  EXPECT_FALSE(AppStoreTokens::create(std::move(no_id)));
  AppStoreKey no_issuer = key_with(private_pem(key.get()));
  no_issuer.issuer_id = "";
  EXPECT_FALSE(AppStoreTokens::create(std::move(no_issuer)));
  AppStoreKey spaced = key_with(private_pem(key.get()));
  spaced.key_id = "ABC123DEFG\n";
  auto tokens = AppStoreTokens::create(std::move(spaced));
  ASSERT_TRUE(tokens);
  EXPECT_EQ(json::parse(take_apart(tokens->bearer(k_now)->expose()).header)["kid"], "ABC123DEFG");
}

}  // namespace
}  // namespace train::auth
