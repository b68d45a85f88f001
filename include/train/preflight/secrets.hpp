// The secrets that some command of this version needs. None of them is shown.
#pragma once

#include <string>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

// What the text behind a reference must be. A key of the wrong kind is named before it is used.
enum class SecretForm { any, google_credentials, app_store_key_id, app_store_issuer_id, app_store_private_key };

struct NeededSecret {
  std::string subject;  // "android service_account"
  SecretRef ref;
  SecretForm form = SecretForm::any;
};
std::vector<NeededSecret> needed_secrets(const Definition& definition);  // in the file's order

struct SecretAnswer {
  NeededSecret secret;
  Asked<Done> answer;
};
Lines secret_lines(const Definition& definition, const std::vector<SecretAnswer>& answers);

}  // namespace train::preflight
