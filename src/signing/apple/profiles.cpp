#include "apple/profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "train/base/files.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::size_t k_profile_bytes_max = 4u << 20;

Result<BundleProfile> find_profile(const zip::Package& package, const ExaminedPayload& examined,
                                   const PayloadBundle& bundle, const AppleIdentity& identity) {
  const auto given = identity.profiles.find(bundle.id);
  std::string bytes;
  std::string shown;
  if (given != identity.profiles.end()) {
    auto read = read_file(given->second, k_profile_bytes_max);
    if (!read) return tl::unexpected(read.error());
    bytes = std::move(*read);
    shown = printable(given->second.string(), 400);
  } else if (const PayloadFile* const there = examined.payload.find(bundle.profile()); there != nullptr) {
    auto read = package.unpack(*there->entry, k_profile_bytes_max);
    if (!read) return tl::unexpected(read.error());
    bytes = std::move(*read);
    shown = printable(bundle.profile(), 400) + " of the archive";
  } else {
    return fail(ErrorKind::definition,
                fmt::format("{} in {} has no provisioning profile, and none was given.", bundle.id,
                            printable(package.path().string(), 400)),
                fmt::format("Name one for {} under `profiles`.", bundle.id));
  }
  auto profile = read_profile(std::move(bytes), std::move(shown));
  if (!profile) return tl::unexpected(profile.error());
  return BundleProfile{std::move(*profile), given != identity.profiles.end()};
}

Result<Done> check_given(const zip::Package& package, const ExaminedPayload& examined, const AppleIdentity& identity) {
  std::vector<std::string> ids;
  for (const PayloadBundle& bundle : examined.payload.bundles) {
    if (bundle.is_app()) ids.push_back(bundle.id);
  }
  for (const auto& given : identity.profiles) {
    if (std::find(ids.begin(), ids.end(), given.first) != ids.end()) continue;
    return fail(ErrorKind::definition,
                fmt::format("A profile was given for {}, which is not in {}. It holds {}.", printable(given.first, 200),
                            printable(package.path().string(), 400), join(ids, ", ")),
                "Give profiles by the bundle ids that the archive holds.");
  }
  return Done{};
}

}  // namespace

Result<std::map<std::string, BundleProfile>> choose_profiles(const zip::Package& package,
                                                             const ExaminedPayload& examined,
                                                             const AppleIdentity& identity, const AppleSigner& signer,
                                                             Instant now) {
  if (const auto done = check_given(package, examined, identity); !done) return tl::unexpected(done.error());
  std::map<std::string, BundleProfile> out;
  for (const PayloadBundle& bundle : examined.payload.bundles) {
    if (!bundle.is_app()) continue;
    auto found = find_profile(package, examined, bundle, identity);
    if (!found) return tl::unexpected(found.error());
    const ProfileUse use{bundle.id, signer.team, signer.leaf, now};
    if (const auto fits = check_profile(found->profile, use); !fits) return tl::unexpected(fits.error());
    out.emplace(bundle.path, std::move(*found));
  }
  return out;
}

}  // namespace train::signing
