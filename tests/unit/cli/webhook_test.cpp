// train webhook verify: whether Apple sent it, and what the exit code says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "run_cli.hpp"
#include "train/base/digest.hpp"

namespace train::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string k_sent = "Hello, World!";
const std::string k_signed = "hmacsha256=7f062172b01cb00b53ca068614674a3d982a34062a0f5d37687d5e3377e54657";

std::string hex_of(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr char digits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

class WebhookVerify : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::path(testing::TempDir()) / ("webhook_" + random_id());
    std::filesystem::create_directories(directory_);
    ::setenv("TRAIN_TEST_WEBHOOK", "This is my secret", 1);
    ::setenv("TRAIN_TEST_WEBHOOK_NEXT", "the next one", 1);
    ::unsetenv("TRAIN_TEST_WEBHOOK_GONE");
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& bytes) {
    const auto path = directory_ / "body";
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }
  Ran verify(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"webhook", "verify"});
    return run_cli(std::move(arguments));
  }

  std::filesystem::path directory_;
};

TEST_F(WebhookVerify, ApplesExampleIsVerified) {
  const auto body = file(k_sent);
  const auto ran = verify({"--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", k_signed, body});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "verified\n  the body is no event of App Store Connect\n");
  EXPECT_EQ(verify({"--secret-env", "TRAIN_TEST_WEBHOOK", "--header", "X-Apple-Signature: " + k_signed, body}).code, 0);
}

TEST_F(WebhookVerify, EitherSecretServesWhileItIsRotated) {
  const auto body = file(k_sent);
  const auto second = verify(
      {"--secret", "env:TRAIN_TEST_WEBHOOK_NEXT", "--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", k_signed, body});
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("verified with secret 2 of 2"));
  // One of them is gone already: said, and the other still serves.
  const auto gone = verify(
      {"--secret", "env:TRAIN_TEST_WEBHOOK_GONE", "--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", k_signed, body});
  EXPECT_EQ(gone.code, 0);
  EXPECT_THAT(gone.out, HasSubstr("verified with secret 2 of 2"));
  EXPECT_THAT(gone.err, HasSubstr("TRAIN_TEST_WEBHOOK_GONE"));
}

TEST_F(WebhookVerify, AChangedBodyIsRefusedAndNotShown) {
  const auto ran = verify({"--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", k_signed,
                           file(R"({"data":{"type":"appStoreVersionAppVersionStateUpdated","id":"FORGED"}})")});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("not verified: no secret gives this signature"));
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("FORGED")));
}

TEST_F(WebhookVerify, SaysWhatTheEventIsAndThatItIsAHint) {
  const std::string payload =
      R"({"data":{"type":"appStoreVersionAppVersionStateUpdated","id":"E1","version":1,"attributes":{"oldValue":"WAITING_FOR_REVIEW","newValue":"IN_REVIEW","timestamp":"2026-12-01T05:00:52.745Z"},"relationships":{"instance":{"data":{"type":"appStoreVersions","id":"V1"}}}}})";
  const auto signature = "hmacsha256=" + hex_of(hmac_sha256("This is my secret", payload));
  const auto text = verify({"--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", signature, file(payload)});
  EXPECT_EQ(text.code, 0);
  EXPECT_EQ(text.out,
            "verified\n  version state WAITING_FOR_REVIEW → IN_REVIEW\n  event E1 at 2026-12-01T05:00:52Z\n"
            "  about appStoreVersions V1\n");
  EXPECT_THAT(text.err, HasSubstr("A hint, not the truth"));
  const auto json = nlohmann::json::parse(
      verify({"-o", "json", "--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", signature, file(payload)}).out);
  EXPECT_EQ(json["schema"], "train.webhook/1");
  EXPECT_EQ(json["verified"], true);
  EXPECT_EQ(json["secret"], 1);
  EXPECT_EQ(json["event"]["new"], "IN_REVIEW");
  EXPECT_EQ(json["event"]["at"], "2026-12-01T05:00:52Z");
  EXPECT_EQ(json["event"]["instance"]["id"], "V1");
}

TEST_F(WebhookVerify, JsonSaysWhyNot) {
  const auto ran =
      verify({"-o", "json", "--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", "sha256=1", file(k_sent)});
  EXPECT_EQ(ran.code, 1);
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["verified"], false);
  EXPECT_TRUE(json["secret"].is_null());
  EXPECT_TRUE(json["event"].is_null());
  EXPECT_THAT(json["why"].get<std::string>(), HasSubstr("hmacsha256=<64 hex digits>"));
}

TEST_F(WebhookVerify, ABodyOfAMebibyteIsTheMost) {
  const std::string most(1 << 20, 'x');
  const auto signature = "hmacsha256=" + hex_of(hmac_sha256("This is my secret", most));
  EXPECT_EQ(verify({"--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", signature, file(most)}).code, 0);
  EXPECT_EQ(verify({"--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", signature, file(most + "x")}).code, 2);
}

struct UsageCase {
  const char* name;
  std::vector<std::string> arguments;  // before the body
  const char* says;
};
void PrintTo(const UsageCase& row, std::ostream* out) { *out << row.name; }

class WebhookUsage : public WebhookVerify, public testing::WithParamInterface<UsageCase> {};
TEST_P(WebhookUsage, IsExitTwo) {
  auto arguments = GetParam().arguments;
  arguments.push_back(file(k_sent));
  const auto ran = verify(arguments);
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr(GetParam().says));
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("hunter2")));
}
INSTANTIATE_TEST_SUITE_P(
    , WebhookUsage,
    testing::Values(UsageCase{"no_secret", {"--signature", k_signed}, "No secret is named"},
                    UsageCase{"literal_secret",
                              {"--secret", "hunter2", "--signature", k_signed},
                              "A secret never stands on the command line"},
                    UsageCase{"unset", {"--secret", "env:TRAIN_TEST_WEBHOOK_GONE", "--signature", k_signed}, "not set"},
                    UsageCase{"no_signature", {"--secret", "env:TRAIN_TEST_WEBHOOK"}, "--signature VALUE or --header"},
                    UsageCase{"both",
                              {"--secret", "env:TRAIN_TEST_WEBHOOK", "--signature", k_signed, "--header", "x: y"},
                              "either --signature"},
                    UsageCase{"other_header",
                              {"--secret", "env:TRAIN_TEST_WEBHOOK", "--header", "x-hub-signature: a"},
                              "not a line `x-apple-signature"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::cli
