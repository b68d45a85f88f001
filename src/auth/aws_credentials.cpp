#include "train/auth/aws_credentials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "keys.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::auth {

namespace {

using AwsFields = std::map<std::string, std::string, std::less<>>;

tl::unexpected<Error> no_aws_keys(std::string_view from, const std::string& why) {
  return fail(ErrorKind::auth, fmt::format("The AWS credentials ({}) are not usable: {}.", from, why),
              "Wanted is JSON with `access_key_id`, `secret_access_key` and perhaps `session_token`, or the text of an "
              "AWS credentials file (`[default]`, `aws_access_key_id = …`).");
}

// A header is made of these, so nothing may stand in them that could end it.
bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

AwsCredentials keys_in(const AwsFields& fields, std::string_view prefix) {
  const auto field = [&](std::string_view name) {
    const auto found = fields.find(std::string(prefix) + std::string(name));
    return found == fields.end() ? std::string() : found->second;
  };
  return {field("access_key_id"), Secret(field("secret_access_key")), Secret(field("session_token"))};
}

// Sections of an INI text; a line that is no `name = value` is passed over, as Amazon's own readers do.
std::map<std::string, AwsFields, std::less<>> profiles_in(const std::string& text) {
  std::map<std::string, AwsFields, std::less<>> profiles;
  std::string current;
  for (const auto& raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      current = std::string(trim(line.substr(1, line.size() - 2)));
      if (starts_with(current, "profile ")) current = std::string(trim(std::string_view(current).substr(8)));
      profiles[current];
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    profiles[current][std::string(trim(line.substr(0, equals)))] = std::string(trim(line.substr(equals + 1)));
  }
  profiles.erase("");
  return profiles;
}

Result<AwsCredentials> read_profile(const std::string& text, std::string_view profile) {
  const auto profiles = profiles_in(text);
  if (profiles.empty()) return no_aws_keys("credentials", "they are neither a JSON object nor an AWS credentials file");
  const auto found = profiles.find(profile);
  if (found != profiles.end())
    return aws_credentials_of(keys_in(found->second, "aws_"), "[" + std::string(profile) + "]");
  std::vector<std::string> names;
  for (const auto& [name, fields] : profiles) names.push_back(name);
  return no_aws_keys("credentials", fmt::format("there is no profile [{}] among {}", printable(profile, 60),
                                                printable(join(names, ", "), 300)));
}

}  // namespace

Result<AwsCredentials> aws_credentials_of(AwsCredentials found, std::string_view from) {
  const std::string where = printable(from, 100);
  if (found.access_key_id.empty()) return no_aws_keys(where, "the access key id is missing");
  if (found.secret_access_key.empty()) return no_aws_keys(where, "the secret access key is missing");
  if (!is_header_text(found.access_key_id) || !is_header_text(found.session_token.expose())) {
    return no_aws_keys(where, "there are spaces or control characters in them");
  }
  return found;
}

Result<AwsCredentials> parse_aws_credentials(const Secret& text, std::string_view profile) {
  const std::string& written = text.expose();
  const bool is_json = !trim(written).empty() && trim(written).front() == '{';
  if (!is_json) return read_profile(written, profile.empty() ? "default" : profile);
  const auto document = http::is_nested_within(written) ? nlohmann::json::parse(written, nullptr, false)
                                                        : nlohmann::json(nlohmann::json::value_t::discarded);
  if (!document.is_object()) return no_aws_keys("credentials", "the JSON cannot be read");
  return aws_credentials_of({text_of(document, "access_key_id"), Secret(text_of(document, "secret_access_key")),
                             Secret(text_of(document, "session_token"))},
                            "JSON");
}

}  // namespace train::auth
