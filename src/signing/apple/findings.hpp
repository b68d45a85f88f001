// What is worth knowing of an .ipa before it is rebuilt; nothing here stops anybody.
#pragma once

#include <string>
#include <vector>

#include "train/ports/signer.hpp"

namespace train::signing {

struct ExaminedPayload;
struct Profile;

std::vector<Finding> findings_of(const ExaminedPayload& examined);

// An app's entitlements against its profile's: what it claims and is not granted.
std::vector<Finding> entitlement_findings(const std::string& entitlements, const std::string& bundle_id,
                                          const Profile& profile);

}  // namespace train::signing
