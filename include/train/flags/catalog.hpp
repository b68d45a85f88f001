// Every flag provider that this version speaks to: its keys in the definition, its addresses, its maker. The list
// itself stands in src/flags/descriptors.hpp; each entry is described in its provider's own file.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/domain/provider_keys.hpp"
#include "train/flags/providers.hpp"

namespace train::flags {

// What a provider is made with. The functions are called while it is made and never later; an error of theirs is the
// maker's answer. `clock` outlives the provider.
struct Site {
  std::filesystem::path directory;  // the definition's
  http::Sleep sleep;
  Clock* clock = nullptr;
  std::function<Result<Secret>(const SecretRef& ref)> resolve;
  // The account that is named, or the one that Google's own tools would use.
  std::function<Result<auth::GoogleCredentials>(const std::optional<SecretRef>& key_file)> google_account;

  Result<Secret> token(const Flag& flag) const;  // `definition` when the flag has no `credentials`
};

struct Descriptor {
  FlagKeys keys;
  // `definition` when a secret cannot be resolved.
  Result<std::unique_ptr<FlagProvider>> (*make)(const Flag& flag, const Site& site) = nullptr;
  // Every address that is spoken to, signing in included; null: a file, a command.
  Result<std::vector<std::string>> (*addresses)(const Flag& flag, const Site& site) = nullptr;
};

const std::vector<Descriptor>& catalog();
const Descriptor* find(std::string_view provider);  // nullptr: there is none of that name

}  // namespace train::flags
