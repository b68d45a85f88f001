// Google's account of a signal's own, as its `credentials` name it.
#pragma once

#include <string>
#include <vector>

#include "train/signals/catalog.hpp"

namespace train::signals {

Result<auth::GoogleCredentials> google_account(const SecretRef& key_file, const Site& site);
// Every address that signing in with it speaks to; none where the signal has no account of its own.
Result<std::vector<std::string>> google_sign_in(const std::optional<SecretRef>& key_file, const Site& site);

// `credentials` stand in the signal's `token`, as any source's own.
void keep_credentials_as_token(Signal& signal);

}  // namespace train::signals
