// The two families of archives, each with its own seal.
#pragma once

#include "train/ports/signer.hpp"

namespace train::signing {

// .aab and .apk
Result<Signer::Source> examine_android(const std::filesystem::path& source);
Result<SignedBuild> rebuild_android(const SigningOrder& order);

// .ipa
Result<Signer::Source> examine_ios(const std::filesystem::path& source);
Result<SignedBuild> rebuild_ios(const SigningOrder& order);

}  // namespace train::signing
