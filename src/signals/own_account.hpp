// Google's account of a signal's own, as its `credentials` name it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "train/signals/catalog.hpp"

namespace train::signals {

Result<auth::GoogleCredentials> google_account(const SecretRef& key_file, const Site& site);
// Every address that signing in with it speaks to; none where the signal has no account of its own.
Result<std::vector<std::string>> google_sign_in(const std::optional<SecretRef>& key_file, const Site& site);

// The parts of a description of Google Play's own sources: an account of the signal's, or else that of each app.
ProviderKey play_credentials();
Result<std::vector<std::string>> play_sign_in(const Signal& signal, const Site& site);
template <auto make_source>
Result<std::unique_ptr<SignalSource>> wire_play(const Signal& signal, const Site& site) {
  auto readers = site.play_readers(signal.token);
  if (!readers) return tl::unexpected(readers.error());
  return make_source(std::move(*readers));
}

// `credentials` stand in the signal's `token`, as any source's own.
void keep_credentials_as_token(Signal& signal);

}  // namespace train::signals
