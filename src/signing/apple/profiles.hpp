// Which profile goes with which bundle of an .ipa.
#pragma once

#include <map>
#include <string>

#include "apple/apple_signer.hpp"
#include "apple/examine.hpp"
#include "apple/profile.hpp"
#include "train/ports/signer.hpp"
#include "train/zip/package.hpp"

namespace train::signing {

struct BundleProfile {
  Profile profile;
  bool given = false;  // by the order; else the one that is in the archive
};

// One for every app and extension, by bundle path; each fits its bundle, the certificate and the time. Errors as
// read_profile's and check_profile's; definition when a bundle has none, or one was given for a bundle that is not
// there.
Result<std::map<std::string, BundleProfile>> choose_profiles(const zip::Package& package,
                                                             const ExaminedPayload& examined,
                                                             const AppleIdentity& identity, const AppleSigner& signer,
                                                             Instant now);

}  // namespace train::signing
