#include "compose/aws_credentials.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "train/auth/aws_credentials.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/definition/load.hpp"

namespace train::cli {
namespace {

std::string aws_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string option_of(const Signal& signal, const std::string& name, std::string otherwise) {
  const auto found = signal.options.find(name);
  return found == signal.options.end() ? std::move(otherwise) : found->second;
}

std::filesystem::path shared_file() {
  std::filesystem::path named = aws_variable("AWS_SHARED_CREDENTIALS_FILE");
  const std::string home = aws_variable("HOME");
  if (named.empty() && !home.empty()) named = std::filesystem::path(home) / ".aws/credentials";
  return named;
}

Result<auth::AwsCredentials> from_shared_file(const std::string& signal, const std::string& profile) {
  const auto path = shared_file();
  std::error_code unreadable;
  if (path.empty() || !std::filesystem::exists(path, unreadable)) {
    return fail(ErrorKind::auth,
                fmt::format("signals.{} has no AWS credentials: AWS_ACCESS_KEY_ID is not set, and there is no file {}.",
                            signal, printable(path.string(), 300)),
                "Name a secret under `credentials`, set the variables, or log in with Amazon's tools.");
  }
  const auto text = read_private_file(path);
  if (!text) return tl::unexpected(text.error());
  return auth::parse_aws_credentials(Secret(*text), profile);
}

}  // namespace

Result<auth::AwsCredentials> aws_credentials(const Signal& signal, const std::filesystem::path& directory) {
  const std::string own_profile = option_of(signal, "profile", "");
  if (signal.token) {
    const auto text = definition::resolve(*signal.token, directory);
    if (!text) return tl::unexpected(text.error());
    return auth::parse_aws_credentials(*text, own_profile);
  }
  // A profile that the definition names is meant, whatever else the environment has.
  const std::string id = aws_variable("AWS_ACCESS_KEY_ID");
  if (!id.empty() && own_profile.empty()) {
    return auth::aws_credentials_of(
        {id, Secret(aws_variable("AWS_SECRET_ACCESS_KEY")), Secret(aws_variable("AWS_SESSION_TOKEN"))},
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }
  return from_shared_file(signal.name, own_profile.empty() ? aws_variable("AWS_PROFILE") : own_profile);
}

}  // namespace train::cli
