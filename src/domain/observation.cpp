#include "train/domain/observation.hpp"

namespace train {

const AppObservation* Observation::find(const VersionName& version, const AppName& app) const {
  for (const auto& seen : apps) {
    if (seen.version == version && seen.app == app) return &seen;
  }
  return nullptr;
}

const MeasuredApp* Evidence::find_app(const VersionName& version, const AppName& app) const {
  const auto found = std::find_if(apps.begin(), apps.end(), [&](const MeasuredApp& measured) {
    return measured.version == version && measured.app == app;
  });
  return found == apps.end() ? nullptr : &*found;
}

const AppEvidence* Evidence::find(const VersionName& version, const AppName& app) const {
  const auto* measured = find_app(version, app);
  return measured == nullptr ? nullptr : &measured->signals;
}

Tally tally_of(const Measurement& seen) {
  if (!seen.between) return {seen.counts, {}};
  const auto& [least, most] = *seen.between;
  return {least, {most.events - least.events, most.exposures - least.exposures}};
}

}  // namespace train
