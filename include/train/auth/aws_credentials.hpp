// AWS access keys as people keep them.
#pragma once

#include <string_view>

#include "train/auth/aws_signature.hpp"
#include "train/base/error.hpp"
#include "train/base/secret.hpp"

namespace train::auth {

// Either JSON with `access_key_id`, `secret_access_key` and perhaps `session_token`, or the text of an AWS shared
// credentials file, of which `profile` is taken ("default" when empty). `auth` when it is neither, or lacks a key;
// the error names what is missing and never repeats the text.
Result<AwsCredentials> parse_aws_credentials(const Secret& text, std::string_view profile);

// The same from single values, as the environment has them; `from` says in an error where they were looked for.
Result<AwsCredentials> aws_credentials_of(AwsCredentials found, std::string_view from);

}  // namespace train::auth
