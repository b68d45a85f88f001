// A provider's own keys, read as its descriptor says (train/domain/provider_keys.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/domain/provider_keys.hpp"
#include "value.hpp"

namespace train::definition {

// Text in which only the query variables stand after a `$`.
std::optional<std::string> read_query(const Value& value);

// Headers whose values are secrets.
void read_secret_headers(const Value& value, std::vector<std::pair<std::string, SecretRef>>& headers);

// Each key that stands in the file, or its fallback. Keys of other providers are left to `check_foreign_keys`.
void read_own_keys(const Fields& fields, const SignalKeys& known, Signal& signal);
void read_own_keys(const Fields& fields, const FlagKeys& known, Flag& flag);

// What a message calls a provider: "the source sentry", "the provider unleash".
struct ProviderName {
  std::string_view noun;
  std::string_view name;
};
// Required keys that are missing, and keys whose companion is.
void check_needs(const Fields& fields, const std::vector<ProviderKey>& keys, ProviderName who);
// Keys of `section` that this provider does not use: neither `shared` nor its own.
void check_foreign_keys(const Fields& fields, const Section& section, std::vector<std::string_view> shared,
                        const std::vector<ProviderKey>& keys, ProviderName who);

}  // namespace train::definition
