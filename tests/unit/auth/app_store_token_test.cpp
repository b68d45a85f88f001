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

std::string with_line_ends(const std::string& pem, const std::string& end) {
  std::string out;
  for (const char c : pem) out += c == '\n' ? end : std::string(1, c);
  return out;
}
std::string on_one_line(const std::string& pem) { return with_line_ends(pem, " "); }
std::string indented(const std::string& pem) { return "  " + with_line_ends(pem, "\n  "); }
std::string without_armour(const std::string& pem) {
  const auto body = pem.find('\n') + 1;
  return pem.substr(body, pem.find("-----END") - body);
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
INSTANTIATE_TEST_SUITE_P(
    , KeyForm,
    ::testing::Values(
        FormCase{"as_downloaded", [](const std::string& pem) { return pem; }},
        FormCase{"without_the_last_newline", [](const std::string& pem) { return std::string(trim(pem)); }},
        FormCase{"base64", [](const std::string& pem) { return base64(pem); }},
        FormCase{"base64_in_lines",
                 [](const std::string& pem) {
                   std::string text = base64(pem);
                   for (std::size_t at = 76; at < text.size(); at += 77) text.insert(at, "\n");
                   return text + "\n";
                 }},
        FormCase{"escaped_newlines", escape_newlines},
        FormCase{"base64_of_escaped", [](const std::string& pem) { return base64(escape_newlines(pem)); }},
        FormCase{"byte_order_mark", [](const std::string& pem) { return "\xef\xbb\xbf" + pem; }},
        FormCase{"in_quotes", [](const std::string& pem) { return "\"" + pem + "\""; }},
        FormCase{"escaped_and_quoted", [](const std::string& pem) { return "'" + escape_newlines(pem) + "'"; }},
        FormCase{"on_one_line_by_spaces", on_one_line}, FormCase{"indented", indented},
        FormCase{"line_ends_of_windows", [](const std::string& pem) { return with_line_ends(pem, "\r\n"); }},
        FormCase{"without_its_armour", without_armour}),
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
        BadCase{"a_google_key", [] { return std::string(R"({"type":"service_account"})"); },
                "Google credential file of type service_account"},
        BadCase{"a_path", [] { return std::string("keys/AuthKey_ABC123DEFG.p8"); }, "the path of a file"},
        BadCase{"a_certificate",
                [] { return std::string("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"); },
                "a certificate"},
        BadCase{"a_p12", [] { return base64(std::string("\x30\x82\x05\x01\x02\x01\x03", 7)); }, "a binary key file"},
        BadCase{"garbage", [] { return std::string("this is not the key you are looking for"); }, "not a PEM file"},
        BadCase{"empty", [] { return std::string(); }, "empty"},
        BadCase{"huge", [] { return std::string(1 << 20, 'A'); }, "too large"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AppStoreToken, TakesIdsInQuotesAndNamesTheWrongOne) {
  const TestKey key = make_ec_key("P-256");
  AppStoreKey quoted = key_with(private_pem(key.get()));
  quoted.key_id = " \"ABC123DEFG\"\n";
  auto tokens = AppStoreTokens::create(std::move(quoted));
  ASSERT_TRUE(tokens) << tokens.error().text();
  EXPECT_EQ(tokens->key_id(), "ABC123DEFG");
  const auto swapped = check_app_store_key_id("69a6de70-03db-47e3-e053-5b8c7c11a4d1");
  ASSERT_FALSE(swapped);
  EXPECT_NE(swapped.error().message.find("issuer id"), std::string::npos);
  EXPECT_FALSE(check_app_store_key_id("ABC123 DEFG"));
  EXPECT_FALSE(check_app_store_issuer_id("69a6de70 03db"));
  EXPECT_TRUE(check_app_store_issuer_id("69a6de70-03db-47e3-e053-5b8c7c11a4d1\n"));
}

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
