// The two families of archives, each with its own seal.
#pragma once

#include "train/ports/signer.hpp"

namespace train::signing {

// .aab and .apk
Result<Signer::Source> examine_android(const std::filesystem::path& source);
Result<SignedBuild> rebuild_android(const SigningOrder& order);

// Opens the key and judges its certificate, as rebuild_android does.
Result<Done> try_android_key(const AndroidKey& key, Instant now);
Result<ArchiveFacts> android_contents(const std::filesystem::path& file);

// .ipa
Result<Signer::Source> examine_ios(const std::filesystem::path& source);
Result<SignedBuild> rebuild_ios(const SigningOrder& order);
// Without its issuers: the build that is rebuilt may bring them.
Result<Done> try_apple_identity(const AppleIdentity& identity, Instant now);
Result<ArchiveFacts> ios_contents(const std::filesystem::path& file);

}  // namespace train::signing
