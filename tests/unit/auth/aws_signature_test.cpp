// AWS Signature Version 4: Amazon's own suite of 38 cases where it is there, and a few of ours that always run.
#include "train/auth/aws_signature.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "train/base/text.hpp"

namespace train::auth {
namespace {

using SuiteJson = nlohmann::json;
const std::filesystem::path k_suite = TRAIN_SOURCE_DIR "/../shared/vectors/aws-sigv4/v4";

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

AwsRequest parse_request(const std::string& text) {
  AwsRequest request;
  const auto blank = text.find("\n\n");
  const std::string head = text.substr(0, blank);
  if (blank != std::string::npos) request.body = text.substr(blank + 2);
  const auto lines = split(head, '\n');
  const auto first = lines[0].find(' ');
  request.method = lines[0].substr(0, first);
  request.target = lines[0].substr(first + 1, lines[0].rfind(' ') - first - 1);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    if (!lines[i].empty() && lines[i][0] == ' ') {
      request.headers.back().second += "\n" + lines[i];
    } else if (colon != std::string::npos) {
      request.headers.emplace_back(lines[i].substr(0, colon), lines[i].substr(colon + 1));
    }
  }
  return request;
}

void hold_against(const std::filesystem::path& folder) {
  const auto context = SuiteJson::parse(contents(folder / "context.json"));
  const auto& keys = context.at("credentials");
  AwsCredentials credentials{keys.at("access_key_id"), Secret(keys.at("secret_access_key").get<std::string>()),
                             Secret(keys.value("token", ""))};
  AwsScope scope;
  scope.region = context.at("region");
  scope.service = context.at("service");
  scope.at = *parse_rfc3339(context.at("timestamp").get<std::string>());
  scope.normalize = context.at("normalize");
  scope.sign_body = context.at("sign_body");
  scope.sign_session_token = !context.value("omit_session_token", false);
  const auto seen = sign_aws(parse_request(contents(folder / "request.txt")), credentials, scope);
  EXPECT_EQ(seen.canonical_request, contents(folder / "header-canonical-request.txt"));
  EXPECT_EQ(seen.string_to_sign, contents(folder / "header-string-to-sign.txt"));
  EXPECT_EQ(seen.signature, contents(folder / "header-signature.txt"));
  const std::string whole = contents(folder / "header-signed-request.txt");
  for (const auto& [name, value] : seen.headers) {
    EXPECT_NE(whole.find("\n" + name + ":" + value + "\n"), std::string::npos) << name;
  }
}

TEST(AwsSignature, AgreesWithAmazonsOwnSuite) {
  if (!std::filesystem::is_directory(k_suite)) GTEST_SKIP() << "Amazon's suite is not at " << k_suite;
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(k_suite)) {
    SCOPED_TRACE(entry.path().filename().string());
    hold_against(entry.path());
    ++cases;
  }
  std::cout << cases << " cases\n";
  EXPECT_EQ(cases, 38);
}

AwsScope our_scope() {
  AwsScope scope;
  scope.region = "eu-west-1";
  scope.service = "monitoring";
  scope.at = *parse_rfc3339("2026-11-30T10:00:00Z");
  return scope;
}

std::string line_of(const std::string& text, std::size_t number) { return split(text, '\n').at(number); }

struct CanonicalCase {
  const char* name;
  const char* target;
  bool normalize;
  const char* path;
  const char* query;
};
class AwsCanonical : public ::testing::TestWithParam<CanonicalCase> {};

TEST_P(AwsCanonical, Request) {
  AwsScope scope = our_scope();
  scope.normalize = GetParam().normalize;
  AwsRequest request;
  request.target = GetParam().target;
  request.headers = {{"Host", "h"}};
  const auto seen = sign_aws(request, {"AKID", Secret("s"), {}}, scope);
  EXPECT_EQ(line_of(seen.canonical_request, 1), GetParam().path);
  EXPECT_EQ(line_of(seen.canonical_request, 2), GetParam().query);
}

INSTANTIATE_TEST_SUITE_P(, AwsCanonical,
                         ::testing::Values(CanonicalCase{"root", "/", true, "/", ""},
                                           CanonicalCase{"empty", "", true, "/", ""},
                                           CanonicalCase{"above_the_root", "/../a/./b//", true, "/a/b/", ""},
                                           CanonicalCase{"kept", "//a/../b", false, "//a/../b", ""},
                                           CanonicalCase{"encoded_again", "/a%20b", true, "/a%2520b", ""},
                                           CanonicalCase{"sorted", "/?b=2&a=1&a=0", true, "/", "a=0&a=1&b=2"},
                                           CanonicalCase{"no_value", "/?acl&b", true, "/", "acl=&b="},
                                           CanonicalCase{"bare_signs", "/?t=a:b/c+d", true, "/", "t=a%3Ab%2Fc%2Bd"},
                                           CanonicalCase{"lower_case_digits", "/?t=%2f%3a", true, "/", "t=%2F%3A"},
                                           CanonicalCase{"half_a_code", "/?t=%2", true, "/", "t=%252"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(AwsSignature, SignsWhatGoesOutAndNothingElse) {
  AwsRequest request;
  request.headers = {{"Host", "monitoring.eu-west-1.amazonaws.com"}, {"Content-Type", "  a \t b "}, {"X-Empty", ""}};
  request.body = "{}";
  AwsScope scope = our_scope();
  scope.sign_body = true;
  const auto seen = sign_aws(request, {"AKIDEXAMPLE", Secret("canary-secret"), Secret("canary-token")}, scope);
  EXPECT_EQ(seen.canonical_request,
            "POST\n/\n\ncontent-type:a b\nhost:monitoring.eu-west-1.amazonaws.com\n"
            "x-amz-content-sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n"
            "x-amz-date:20261130T100000Z\nx-amz-security-token:canary-token\nx-empty:\n\n"
            "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-empty\n"
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  ASSERT_EQ(seen.headers.size(), 4u);
  EXPECT_EQ(seen.headers.back().first, "Authorization");
  EXPECT_EQ(seen.headers.back().second.find("canary"), std::string::npos);
  EXPECT_NE(seen.headers.back().second.find(
                "Credential=AKIDEXAMPLE/20261130/eu-west-1/monitoring/aws4_request, SignedHeaders=content-type;host;"),
            std::string::npos);
}

TEST(AwsSignature, ChangesWithEachThingItCovers) {
  AwsRequest request;
  request.headers = {{"Host", "h"}};
  const AwsCredentials credentials{"AKID", Secret("s"), {}};
  const auto plain = sign_aws(request, credentials, our_scope()).signature;
  EXPECT_EQ(plain.size(), 64u);
  AwsRequest other = request;
  other.body = "x";
  EXPECT_NE(sign_aws(other, credentials, our_scope()).signature, plain);
  AwsScope later = our_scope();
  later.at += Duration(1);
  EXPECT_NE(sign_aws(request, credentials, later).signature, plain);
  AwsScope elsewhere = our_scope();
  elsewhere.region = "us-east-1";
  EXPECT_NE(sign_aws(request, credentials, elsewhere).signature, plain);
  EXPECT_NE(sign_aws(request, {"AKID", Secret("t"), {}}, our_scope()).signature, plain);
}

}  // namespace
}  // namespace train::auth
