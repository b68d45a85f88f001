// Every signal source that this version speaks to: its keys in the definition, its addresses, its maker. The list
// itself stands in src/signals/catalog.cpp; each entry is described in its source's own file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/auth/aws_signature.hpp"
#include "train/domain/provider_keys.hpp"
#include "train/http/client.hpp"
#include "train/ports/signal_source.hpp"
#include "train/signals/app_store.hpp"
#include "train/signals/google_play.hpp"
#include "train/signals/providers.hpp"

namespace train::signals {

// What a source is made with. The functions are called while it is made and never later; an error of theirs is the
// maker's answer.
struct Site {
  std::filesystem::path directory;  // the definition's
  http::Sleep sleep;
  std::function<Result<Secret>(const SecretRef& ref)> resolve;
  std::function<Result<auth::AwsCredentials>(const Signal& signal)> aws_credentials;
  std::function<Result<AppStoreReaders>()> app_store_readers;
  // For the apps' own accounts, or for the account of a signal that has one.
  std::function<Result<PlayReaders>(const std::optional<SecretRef>& account)> play_readers;

  Link link() const { return {sleep}; }
  Result<Secret> token(const Signal& signal) const;                    // empty when the signal has none
  Result<Secret> secret(const Signal& signal, const char* key) const;  // the same, of a key other than `token`
};

struct Descriptor {
  SignalKeys keys;
  // `definition` when a secret cannot be resolved.
  Result<std::unique_ptr<SignalSource>> (*make)(const Signal& signal, const Site& site) = nullptr;
  // Where it signs in, besides the signal's `url`; null: nowhere.
  Result<std::vector<std::string>> (*sign_in_addresses)(const Signal& signal, const Site& site) = nullptr;
};

const std::vector<Descriptor>& catalog();
const Descriptor* find(std::string_view source);  // nullptr: there is none of that name

// Every address that the signal's source speaks to.
Result<std::vector<std::string>> addresses_of(const Signal& signal, const Site& site);

}  // namespace train::signals
