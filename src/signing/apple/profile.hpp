// Provisioning profiles: which app may be signed by which certificates, until when.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apple/property_list.hpp"
#include "train/base/error.hpp"
#include "train/base/time.hpp"

namespace train::signing {

struct Profile {
  std::string bytes;                      // the file
  std::string shown;                      // how errors call it: a path, or the entry of the archive
  std::string name;                       // as its owner called it
  std::string prefix;                     // of its application identifier, before the first dot
  std::string app;                        // what follows; may be or end in a wildcard
  std::vector<std::string> teams;         // TeamIdentifier
  std::vector<std::string> certificates;  // DER
  Instant expires;
  bool for_devices = false;      // names devices, or all: the App Store does not take it
  bool for_all_devices = false;  // an enterprise's
  PropertyList entitlements;
};

// refused when it is not a profile. `shown` is what errors call it.
Result<Profile> read_profile(std::string bytes, std::string shown);

// Whom it must serve.
struct ProfileUse {
  std::string bundle_id;
  std::string team;
  std::string certificate;  // DER
  Instant now;
};
// definition when it is for another app, team or certificate; auth when it has expired.
Result<Done> check_profile(const Profile& profile, const ProfileUse& use);

}  // namespace train::signing
