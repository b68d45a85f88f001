#include "aws_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "numbers.hpp"
#include "own_account.hpp"
#include "train/base/text.hpp"

namespace train::signals {
namespace {

constexpr std::string_view k_usual_region = "us-east-1";

// It becomes part of a host's name.
std::optional<std::string> region_fault(std::string_view region) {
  const bool plain = std::all_of(region.begin(), region.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (plain) return std::nullopt;
  return "is not a region of Amazon's, such as eu-west-1";
}

}  // namespace

std::vector<ProviderKey> with_aws_keys(std::vector<ProviderKey> own) {
  std::vector<ProviderKey> keys = {
      {.name = "region",
       .meaning = "the region that is asked",
       .need = Need::required,
       .unless = "url",
       .otherwise = "required, except beside `url`: then `us-east-1`",
       .fault = region_fault},
      {.name = "url", .kind = KeyKind::url, .meaning = "of another server", .otherwise = "the region's own"},
      {.name = "profile", .meaning = "the section of a credentials file", .otherwise = "`AWS_PROFILE`, else `default`"},
      {.name = "credentials",
       .kind = KeyKind::secret,
       .meaning = "a secret: what requests are signed with",
       .otherwise = "[the environment's](signals/cloudwatch.md#credentials)"},
  };
  keys.insert(keys.begin(), own.begin(), own.end());
  return keys;
}

void settle_aws(Signal& signal, std::string_view host) {
  keep_credentials_as_token(signal);
  const auto region = signal.options.find("region");
  if (region == signal.options.end() || !signal.url.empty()) return;
  const std::string_view end = starts_with(region->second, "cn-") ? ".cn" : "";
  signal.url = fmt::format("https://{}.{}.amazonaws.com{}", host, region->second, end);
}

Result<AwsAccess> aws_access(const Signal& signal, const Site& site) {
  auto credentials = site.aws_credentials(signal);
  if (!credentials) return tl::unexpected(credentials.error());
  AwsAccess access;
  access.region = option_named(signal, "region");
  if (access.region.empty()) access.region = k_usual_region;
  access.credentials = std::move(*credentials);
  access.sleep = site.sleep;
  return access;
}

}  // namespace train::signals
