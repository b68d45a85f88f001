#include <fmt/format.h>

#include <utility>

#include "apple_signer.hpp"
#include "ios_examine.hpp"
#include "ios_profiles.hpp"
#include "ios_rebuild.hpp"
#include "kinds.hpp"
#include "package_writer.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

Result<ArchiveIdentity> identity_of(const Package& package, const ExaminedPayload& examined) {
  const PayloadBundle& app = examined.payload.app();
  const auto version = VersionName::parse(examined.version);
  const auto build = BuildNumber::parse(examined.build);
  if (!version || !build) {
    return refuse_payload(package, app.info_plist(),
                          Error{ErrorKind::refused,
                                fmt::format("says version \"{}\" and build \"{}\", which are not numbers with dots",
                                            printable(examined.version, 60), printable(examined.build, 60)),
                                "Build the archive with versions that Apple takes."});
  }
  auto digest = sha256_hex_of_file(package.path());
  if (!digest) return tl::unexpected(digest.error());
  return ArchiveIdentity{app.id, *version, *build, std::move(*digest)};
}

// Apple binds an app to its team for ever: another team's signature would be another app.
Result<Done> check_team(const Package& package, const ExaminedPayload& examined, const AppleSigner& signer) {
  for (const auto& one : examined.code) {
    if (one.second.seal != SealKind::signed_ || is_watch_stub(one.first)) continue;
    if (one.second.team.empty() || one.second.team == signer.team) continue;
    return fail(ErrorKind::definition,
                fmt::format("Cannot rebuild {}: \"{}\" was signed by team {}, the certificate is of team {}.",
                            printable(package.path().string(), 400), printable(one.first, 300),
                            printable(one.second.team, 60), printable(signer.team, 60)),
                "Name a distribution identity of the team that owns the app.");
  }
  return Done{};
}

// New entries stand behind the Info.plist of the innermost bundle that they are in.
Result<Done> put_new_entries(PackageWriter& writer, const ExaminedPayload& examined, const PayloadChanges& changes,
                             std::string_view info_plist) {
  for (const PayloadBundle& bundle : examined.payload.bundles) {
    if (bundle.info_plist() != info_plist) continue;
    for (const std::string& name : {bundle.resources(), bundle.profile()}) {
      const auto content = changes.contents.find(name);
      if (content == changes.contents.end() || examined.payload.find(name)->entry != nullptr) continue;
      if (auto done = writer.put(name, content->second); !done) return done;
    }
  }
  return Done{};
}

Result<Done> write_payload(const Package& package, const ExaminedPayload& examined, const PayloadChanges& changes,
                           const std::filesystem::path& out) {
  auto writer = PackageWriter::create(package, out, Zip64::allowed);
  if (!writer) return tl::unexpected(writer.error());
  for (const PackageEntry& entry : package.entries()) {
    const auto content = changes.contents.find(std::string(entry.name));
    PutOptions options;
    options.like = &entry;
    auto done =
        content == changes.contents.end() ? writer->copy(entry) : writer->put(entry.name, content->second, options);
    if (done) done = put_new_entries(*writer, examined, changes, entry.name);
    if (!done) return done;
  }
  return writer->finish();
}

// What the live build carries may hold the issuers that a .p12 lacks.
std::vector<std::string> known_certificates(const ExaminedPayload& examined) {
  return examined.report(examined.payload.app().executable).by.certificates;
}

}  // namespace

Result<Signer::Source> examine_ios(const std::filesystem::path& source) {
  const auto package = Package::open(source);
  if (!package) return tl::unexpected(package.error());
  const auto examined = examine_payload(*package);
  if (!examined) return tl::unexpected(examined.error());
  auto identity = identity_of(*package, *examined);
  if (!identity) return tl::unexpected(identity.error());
  return Signer::Source{std::move(*identity), examined->findings};
}

Result<SignedBuild> rebuild_ios(const SigningOrder& order) {
  const auto* const identity = std::get_if<AppleIdentity>(&order.identity);
  if (identity == nullptr) {
    return fail(ErrorKind::definition,
                fmt::format("Cannot sign {}: an .ipa needs an Apple identity, and an Android key was given.",
                            printable(order.source.string(), 400)));
  }
  const auto package = Package::open(order.source);
  if (!package) return tl::unexpected(package.error());
  auto examined = examine_payload(*package);
  if (!examined) return tl::unexpected(examined.error());
  const auto signer = open_apple_signer(*identity, order.now, known_certificates(*examined));
  if (!signer) return tl::unexpected(signer.error());
  if (const auto done = check_team(*package, *examined, *signer); !done) return tl::unexpected(done.error());
  const auto profiles = choose_profiles(*package, *examined, *identity, *signer, order.now);
  if (!profiles) return tl::unexpected(profiles.error());
  const auto changes = rebuild_payload(*package, *examined, order, *signer, *profiles);
  if (!changes) return tl::unexpected(changes.error());
  if (const auto done = write_payload(*package, *examined, *changes, order.out); !done) {
    return tl::unexpected(done.error());
  }
  SignedBuild out;
  out.identity.id = examined->payload.app().id;
  out.identity.version = order.version;
  out.identity.build = order.build;
  auto digest = sha256_hex_of_file(order.out);
  if (!digest) return tl::unexpected(digest.error());
  out.identity.sha256 = std::move(*digest);
  out.signer = fingerprint_of(signer->entry.certificate.get());
  out.findings = examined->findings;
  out.findings.insert(out.findings.end(), changes->findings.begin(), changes->findings.end());
  if (!signer->has_root) {
    out.findings.emplace_back();
    out.findings.back().level = Finding::Level::warning;
    out.findings.back().text =
        "The certificates in the signature do not reach a root: the .p12 and the live build lack it.";
  }
  return out;
}

}  // namespace train::signing
