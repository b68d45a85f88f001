// `build add`: a newer release candidate; sign-offs on the earlier one are void.
#pragma once

#include <optional>

#include "train/orders/order.hpp"

namespace train::orders {

// What was read out of an archive on this machine.
struct InspectedArchive {
  std::string id;  // bundle id or package
  VersionName version;
  std::string sha256;
  std::string path;
};

struct AddBuildOrder {
  AppName app;
  BuildNumber build;
  std::optional<InspectedArchive> archive;  // nullopt: the store has the build
};

// `refused` for an archive of another app or version, for a number that does not rise, and where the app already serves
// users.
Events add_build(const Definition& definition, const engine::State& state, const std::string& by,
                 const AddBuildOrder& order, Instant now);

}  // namespace train::orders
