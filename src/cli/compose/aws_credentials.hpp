// The keys that requests to Amazon are signed with.
#pragma once

#include <filesystem>

#include "train/auth/aws_signature.hpp"
#include "train/domain/definition.hpp"
#include "train/http/client.hpp"

namespace train::cli {

// The signal's own `credentials`; else AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; else the profile
// `profile`, AWS_PROFILE or "default" of AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials. `auth` when there are none.
Result<auth::AwsCredentials> aws_credentials(const Signal& signal, const std::filesystem::path& directory);

}  // namespace train::cli
