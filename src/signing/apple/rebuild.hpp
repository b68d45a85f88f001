// The app under its new version, sealed from the inside out. In memory: only what changes is held.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apple/apple_signer.hpp"
#include "apple/examine.hpp"
#include "apple/profiles.hpp"
#include "train/ports/signer.hpp"
#include "train/zip/package.hpp"

namespace train::signing {

// New contents of entries, by whole name; those that the source lacks are to be added behind their bundle's Info.plist.
struct PayloadChanges {
  std::map<std::string, std::string> contents;
  std::vector<Finding> findings;
};

// Sets both versions in every app and extension, puts given profiles in place, and signs whatever that touches or was
// not signed by this certificate. `examined` is brought up to date with what changed.
Result<PayloadChanges> rebuild_payload(const zip::Package& package, ExaminedPayload& examined,
                                       const SigningOrder& order, const AppleSigner& signer,
                                       const std::map<std::string, BundleProfile>& profiles);

}  // namespace train::signing
