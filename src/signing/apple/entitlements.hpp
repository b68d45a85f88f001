// What an app may do, in the two forms a signature carries: a property list, and DER.
#pragma once

#include <plist/plist.h>

#include <string>
#include <string_view>
#include <vector>

#include "apple/property_list.hpp"
#include "train/base/error.hpp"

namespace train::signing {

// 70 len { 02 01 01, b0 len { 30 len { 0c key, value } … sorted by key } }. refused when a value has a type that
// entitlements do not have (a date, a real number, data).
Result<std::string> entitlements_der(const PropertyList& entitlements);

struct ResolvedEntitlements {
  PropertyList values;
  std::vector<std::string> dropped;  // keys whose wildcards only the app's owner could resolve
};
// An app's entitlements from what its profile allows, for code that has none of its own: the profile's wildcards become
// this app's names where that is plain (application-identifier, keychain-access-groups), and fall away elsewhere.
ResolvedEntitlements resolve_entitlements(plist_t allowed, const std::string& prefix, const std::string& bundle_id);

}  // namespace train::signing
