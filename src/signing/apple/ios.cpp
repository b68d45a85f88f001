#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "apple/apple_signer.hpp"
#include "apple/examine.hpp"
#include "apple/profiles.hpp"
#include "apple/rebuild.hpp"
#include "kinds.hpp"
#include "train/archives/reader.hpp"
#include "train/base/text.hpp"
#include "train/zip/package_writer.hpp"

namespace train::signing {
namespace {

// As the reader sees it that also guards uploads.
Result<ArchiveIdentity> ipa_identity(const std::filesystem::path& file) {
  auto seen = archives::make_archives()->inspect(file);
  if (!seen) return tl::unexpected(seen.error());
  if (!*seen) return fail(ErrorKind::storage, "There is no file " + printable(file.string(), 400) + " any more.");
  return std::move(**seen);
}

Result<Done> check_order(const SigningOrder& order, const ExaminedPayload& examined) {
  const std::string shown = printable(order.source.string(), 400);
  if (order.out.extension() != ".ipa") {
    return fail(ErrorKind::usage,
                fmt::format("Cannot write {}: its name must end in .ipa.", printable(order.out.string(), 400)));
  }
  const auto was = VersionName::parse(examined.version);
  if (!was || order.version > *was) return Done{};
  return fail(
      ErrorKind::usage,
      fmt::format("Cannot rebuild {} as version {}: it is {} already, and the App Store only takes a higher one.",
                  shown, order.version.text(), was->text()),
      "Give a version above the one that is to be replaced.");
}

// Apple binds an app to its team for ever: another team's signature would be another app.
Result<Done> check_team(const zip::Package& package, const ExaminedPayload& examined, const AppleSigner& signer) {
  for (const auto& one : examined.code) {
    if (one.second.seal != SealKind::by_certificate || is_watch_stub(one.first)) continue;
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
Result<Done> put_new_entries(zip::PackageWriter& writer, const ExaminedPayload& examined, const PayloadChanges& changes,
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

Result<Done> write_payload(const zip::Package& package, const ExaminedPayload& examined, const PayloadChanges& changes,
                           const std::filesystem::path& out) {
  auto writer = zip::PackageWriter::create(package, out, zip::Zip64::allowed);
  if (!writer) return tl::unexpected(writer.error());
  for (const zip::PackageEntry& entry : package.entries()) {
    const auto content = changes.contents.find(std::string(entry.name));
    zip::PutOptions options;
    options.like = &entry;
    auto done =
        content == changes.contents.end() ? writer->copy(entry) : writer->put(entry.name, content->second, options);
    if (done) done = put_new_entries(*writer, examined, changes, entry.name);
    if (!done) return done;
  }
  return writer->finish();
}

Finding no_root() {
  return Finding{Finding::Level::warning,
                 "The certificates in the signature do not reach a root: the .p12 and the live build lack it."};
}

// What the live build carries may hold the issuers that a .p12 lacks.
std::vector<std::string> known_certificates(const ExaminedPayload& examined) {
  return examined.report(examined.payload.app().executable).by.certificates;
}

}  // namespace

Result<Signer::Source> examine_ios(const std::filesystem::path& source) {
  const auto package = zip::Package::open(source);
  if (!package) return tl::unexpected(package.error());
  const auto examined = examine_payload(*package);
  if (!examined) return tl::unexpected(examined.error());
  auto identity = ipa_identity(source);
  if (!identity) return tl::unexpected(identity.error());
  return Signer::Source{std::move(*identity), examined->findings};
}

Result<SignedBuild> rebuild_ios(const SigningOrder& order) {
  const auto* const identity = std::get_if<AppleIdentity>(&order.identity);
  if (identity == nullptr)
    return fail(ErrorKind::usage, "An .ipa is signed with an Apple identity, not with an upload key.");
  const auto package = zip::Package::open(order.source);
  if (!package) return tl::unexpected(package.error());
  auto examined = examine_payload(*package);
  if (!examined) return tl::unexpected(examined.error());
  if (const auto done = check_order(order, *examined); !done) return tl::unexpected(done.error());
  const auto signer = open_apple_signer(*identity, order.now, known_certificates(*examined));
  if (!signer) return tl::unexpected(signer.error());
  if (const auto done = check_team(*package, *examined, *signer); !done) return tl::unexpected(done.error());
  const auto profiles = choose_profiles(*package, *examined, *identity, *signer, order.now);
  if (!profiles) return tl::unexpected(profiles.error());
  auto changes = rebuild_payload(*package, *examined, order, *signer, *profiles);
  if (!changes) return tl::unexpected(changes.error());
  if (const auto done = write_payload(*package, *examined, *changes, order.out); !done) {
    return tl::unexpected(done.error());
  }
  auto written = ipa_identity(order.out);
  if (!written) {
    std::error_code ignored;
    std::filesystem::remove(order.out, ignored);
    return tl::unexpected(written.error());
  }
  SignedBuild out{std::move(*written), fingerprint_of(signer->entry.certificate.get()), std::move(examined->findings)};
  out.findings.insert(out.findings.end(), changes->findings.begin(), changes->findings.end());
  if (!signer->has_root) out.findings.push_back(no_root());
  return out;
}

}  // namespace train::signing
