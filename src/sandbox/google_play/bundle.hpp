// What an uploaded .aab says it is: package, versionCode and versionName of base/manifest/AndroidManifest.xml.
#pragma once

#include <cstdint>
#include <string>

#include "google_play/upload.hpp"
#include "train/base/error.hpp"

namespace train::sandbox::play {

struct BundleIdentity {
  std::string package;
  std::int64_t version_code = 0;
  std::string version_name;
};
// `refused`, with the store's kind of sentence, when it is not a bundle that can be read.
Result<BundleIdentity> read_bundle(const UploadBytes& file);
// The same of an .apk: its AndroidManifest.xml.
Result<BundleIdentity> read_apk(const UploadBytes& file);

}  // namespace train::sandbox::play
