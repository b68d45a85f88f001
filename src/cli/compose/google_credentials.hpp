// Google's credentials as the definition names them.
#pragma once

#include "train/auth/google_token.hpp"
#include "train/domain/definition.hpp"

namespace train::cli {

// `application_default`: the file of GOOGLE_APPLICATION_CREDENTIALS, else the one `gcloud auth application-default
// login` writes. `definition` when there is none, or it cannot be used.
Result<auth::GoogleCredentials> google_credentials(const GooglePlayCredentials& named,
                                                   const std::filesystem::path& directory);

}  // namespace train::cli
