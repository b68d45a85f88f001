#include "train/auth/aws_credentials.hpp"

#include <gtest/gtest.h>

namespace train::auth {
namespace {

struct AwsKeysCase {
  const char* name;
  const char* text;
  const char* profile;
  const char* id;     // empty: an error
  const char* token;  // or what the error says
};
class AwsKeys : public ::testing::TestWithParam<AwsKeysCase> {};

TEST_P(AwsKeys, AreReadOrNamedMissing) {
  const auto& row = GetParam();
  const auto found = parse_aws_credentials(Secret(row.text), row.profile);
  if (*row.id != '\0') {
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, row.id);
    EXPECT_EQ(found->secret_access_key.expose(), "canary/secret+=");
    EXPECT_EQ(found->session_token.expose(), row.token);
    return;
  }
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::auth);
  EXPECT_NE(found.error().message.find(row.token), std::string::npos) << found.error().message;
  EXPECT_FALSE(found.error().hint.empty());
  EXPECT_EQ(found.error().text().find("canary"), std::string::npos) << found.error().text();
}

constexpr const char* k_file =
    "# people's own\n[default]\naws_access_key_id = AKID1\r\naws_secret_access_key=canary/secret+=\n\n"
    "[release]\n  aws_access_key_id=AKID2\n aws_secret_access_key = canary/secret+=\naws_session_token = tok==\n"
    "region = eu-west-1\n[sso]\nsso_start_url = https://example.com\n[profile ops]\naws_access_key_id=AKID3\n"
    "aws_secret_access_key=canary/secret+=\n";

INSTANTIATE_TEST_SUITE_P(
    , AwsKeys,
    ::testing::Values(
        AwsKeysCase{"json", R"({"access_key_id":"AKID","secret_access_key":"canary/secret+="})", "", "AKID", ""},
        AwsKeysCase{"json_with_token",
                    R"( {"access_key_id":"AKID","secret_access_key":"canary/secret+=","session_token":"tok"})", "",
                    "AKID", "tok"},
        AwsKeysCase{"json_without_secret", R"({"access_key_id":"canary"})", "", "", "secret access key is missing"},
        AwsKeysCase{"json_of_numbers", R"({"access_key_id":1,"secret_access_key":"canary"})", "", "",
                    "key id is missing"},
        AwsKeysCase{"half_json", R"({"access_key_id":"canary)", "", "", "cannot be read"},
        AwsKeysCase{"default_profile", k_file, "", "AKID1", ""},
        AwsKeysCase{"another_profile", k_file, "release", "AKID2", "tok=="},
        AwsKeysCase{"profile_word", k_file, "ops", "AKID3", ""},
        AwsKeysCase{"profile_without_keys", k_file, "sso", "", "([sso]) are not usable: the access key id is missing"},
        AwsKeysCase{"no_such_profile", k_file, "relaese", "", "no profile [relaese] among default, ops, release, sso"},
        AwsKeysCase{"something_else", "canary", "", "", "neither a JSON object nor an AWS credentials file"},
        AwsKeysCase{"nothing", "", "", "", "neither a JSON object nor"},
        AwsKeysCase{"a_line_in_the_id", R"({"access_key_id":"AKID\r\ncanary: 1","secret_access_key":"canary"})", "", "",
                    "spaces or control characters"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::auth
