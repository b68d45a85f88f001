// AWS Signature Version 4 in its header form. Pure: no clock, no network.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "train/base/secret.hpp"
#include "train/base/time.hpp"

namespace train::auth {

struct AwsCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;  // empty: long-lived keys
};

struct AwsRequest {
  std::string method = "POST";
  std::string target = "/";  // path and query as they are sent
  // All of these are signed; Host must be among them. A header that a library changes on its way must not.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct AwsScope {
  std::string region;
  std::string service;
  Instant at;
  bool normalize = true;           // false as S3 wants it: dots and double slashes of the path stay
  bool sign_body = false;          // x-amz-content-sha256 goes out, and is signed
  bool sign_session_token = true;  // false: it goes out, and is not signed
};

struct AwsSignature {
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;  // 64 hexadecimal digits
  // To be added to the request, in this order; Authorization is the last.
  std::vector<std::pair<std::string, std::string>> headers;
};
AwsSignature sign_aws(const AwsRequest& request, const AwsCredentials& credentials, const AwsScope& scope);

}  // namespace train::auth
