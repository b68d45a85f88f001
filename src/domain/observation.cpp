#include "train/domain/observation.hpp"

namespace train {

const AppObservation* Observation::find(const VersionName& version, const AppName& app) const {
  for (const auto& seen : apps) {
    if (seen.version == version && seen.app == app) return &seen;
  }
  return nullptr;
}

const AppEvidence* Evidence::find(const VersionName& version, const AppName& app) const {
  for (const auto& measured : apps) {
    if (measured.version == version && measured.app == app) return &measured.signals;
  }
  return nullptr;
}

}  // namespace train
