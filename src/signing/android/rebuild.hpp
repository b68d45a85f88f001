// Writing the rebuilt .aab and .apk, once the source and the key are known to be good.
#pragma once

#include <filesystem>

#include "android/source.hpp"
#include "keys/keystore.hpp"
#include "train/base/time.hpp"

namespace train::signing {

struct AndroidRebuild {
  const AndroidSource& source;
  const AndroidSeal& seal;
  const KeyEntry& key;
  AndroidVersion version;
  std::filesystem::path out;
  Instant now;
};

Result<Done> write_bundle(const AndroidRebuild& rebuild);
Result<Done> write_apk(const AndroidRebuild& rebuild);

}  // namespace train::signing
