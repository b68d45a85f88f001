// What an uploaded .ipa says of itself, as far as the built-in App Store reads it: the zip directory always, the
// Info.plist when it is stored and XML. A packed or binary one is taken as it is told.
#pragma once

#include <string>

#include "app_store/upload.hpp"
#include "train/base/error.hpp"

namespace train::sandbox::app_store {

struct Package {
  std::string bundle_id;  // empty: not read
  std::string version;
  std::string build;
};
// The sentence when it is no archive of an app.
Result<Package> read_package(const UploadFile& file);

}  // namespace train::sandbox::app_store
