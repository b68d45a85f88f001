#include "train/auth/apple_signature.hpp"

#include <gtest/gtest.h>

#include <array>

namespace train::auth {
namespace {

// Apple's own example.
constexpr std::string_view k_example_body = "Hello, World!";
constexpr std::string_view k_example = "hmacsha256=7f062172b01cb00b53ca068614674a3d982a34062a0f5d37687d5e3377e54657";
const Secret k_example_secret("This is my secret");

std::optional<std::size_t> signer_of(std::string_view value, std::string_view body, std::vector<Secret> secrets) {
  const auto signature = parse_apple_signature(value);
  return signature ? find_apple_signer(*signature, body, secrets) : std::nullopt;
}

TEST(AppleSignature, OfApplesExampleIsFound) {
  EXPECT_EQ(signer_of(k_example, k_example_body, {k_example_secret}), 0u);
}

TEST(AppleSignature, EitherSecretServesWhileItIsRotated) {
  EXPECT_EQ(signer_of(k_example, k_example_body, {Secret("the new one"), k_example_secret}), 1u);
  EXPECT_EQ(signer_of(k_example, k_example_body, {k_example_secret, Secret("the old one")}), 0u);
}

TEST(AppleSignature, AnotherSecretOrBodyIsNot) {
  EXPECT_EQ(signer_of(k_example, k_example_body, {Secret("This is my secret ")}), std::nullopt);
  EXPECT_EQ(signer_of(k_example, "Hello, World!\n", {k_example_secret}), std::nullopt);
  EXPECT_EQ(signer_of(k_example, k_example_body, {}), std::nullopt);
}

TEST(AppleSignature, AnEmptySecretSignsNothing) {
  // HMAC-SHA256 of "" with an empty key.
  const auto value = "hmacsha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  EXPECT_EQ(signer_of(value, "", {Secret("")}), std::nullopt);
}

struct SignatureFormCase {
  const char* name;
  std::string value;
  bool good;
};
void PrintTo(const SignatureFormCase& row, std::ostream* out) { *out << row.name; }

class AppleSignatureForm : public testing::TestWithParam<SignatureFormCase> {};
TEST_P(AppleSignatureForm, IsReadStrictly) {
  EXPECT_EQ(parse_apple_signature(GetParam().value).has_value(), GetParam().good);
}
const std::string k_hex(64, 'a');
INSTANTIATE_TEST_SUITE_P(, AppleSignatureForm,
                         testing::Values(SignatureFormCase{"plain", "hmacsha256=" + k_hex, true},
                                         SignatureFormCase{"spaces", "  hmacsha256=" + k_hex + "\r\n", true},
                                         SignatureFormCase{"capitals", "hmacsha256=" + std::string(64, 'A'), true},
                                         SignatureFormCase{"empty", "", false},
                                         SignatureFormCase{"only_hex", k_hex, false},
                                         SignatureFormCase{"other_scheme", "hmacsha1=" + k_hex, false},
                                         SignatureFormCase{"short", "hmacsha256=" + k_hex.substr(2), false},
                                         SignatureFormCase{"long_one", "hmacsha256=" + k_hex + "aa", false},
                                         SignatureFormCase{"no_hex", "hmacsha256=" + std::string(64, 'g'), false},
                                         SignatureFormCase{"space_inside", "hmacsha256= " + k_hex.substr(1), false}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::auth
