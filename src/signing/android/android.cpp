#include <fmt/format.h>

#include <system_error>

#include "android/rebuild.hpp"
#include "ascii.hpp"
#include "kinds.hpp"
#include "train/archives/reader.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

Result<ArchiveIdentity> identity_of(const std::filesystem::path& file) {
  auto seen = archives::make_archives()->inspect(file);
  if (!seen) return tl::unexpected(seen.error());
  if (!*seen) return fail(ErrorKind::storage, "There is no file " + printable(file.string(), 400) + " any more.");
  return std::move(**seen);
}

Result<AndroidVersion> new_version(const SigningOrder& order, const AndroidSource& source) {
  const auto code = order.build.number();
  if (!code || *code < 1 || *code > k_version_code_max) {
    return fail(ErrorKind::usage,
                fmt::format("Cannot rebuild {} as version code {}: Google Play takes whole numbers from 1 to {}.",
                            printable(order.source.string(), 400), order.build.text(), k_version_code_max));
  }
  const auto was = BuildNumber::parse(*source.base().declared.build);
  if (was && order.build <= *was) {
    return fail(
        ErrorKind::usage,
        fmt::format("Cannot rebuild {} as version code {}: it is {} already, and devices only take a higher one.",
                    printable(order.source.string(), 400), order.build.text(), was->text()),
        "Give a version code above every one that was ever uploaded.");
  }
  return AndroidVersion{order.version.text(), static_cast<std::uint32_t>(*code)};
}

Result<KeyEntry> open_upload_key(const AndroidKey& named, Instant now) {
  auto key = load_key(named.keystore, named.alias, named.password);
  if (!key) return key;
  if (auto valid = check_not_expired(key->certificate.get(), now, named.keystore); !valid) {
    return tl::unexpected(valid.error());
  }
  const int kind = EVP_PKEY_get_base_id(key->key.get());
  if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC) {
    return fail(
        ErrorKind::definition,
        fmt::format("The key \"{}\" is neither an RSA key nor one on an elliptic curve.", printable(key->alias, 100)),
        "Google Play takes these two kinds.");
  }
  return key;
}

Result<KeyEntry> open_key(const SigningOrder& order) {
  const auto* named = std::get_if<AndroidKey>(&order.identity);
  if (named == nullptr) {
    return fail(ErrorKind::usage, "An .aab or .apk is signed with an upload key, not with an Apple identity.");
  }
  return open_upload_key(*named, order.now);
}

// Another signer than the source's: what installs as an update, and what Google Play takes, hangs on it.
Result<Done> check_signer(const SigningOrder& order, const AndroidSeal& seal, const KeyEntry& key,
                          std::vector<Finding>& findings) {
  if (!seal.signer) return Done{};
  const std::string was = fingerprint_of(seal.signer.get());
  const std::string is = fingerprint_of(key.certificate.get());
  if (was == is) return Done{};
  const std::string text = fmt::format("certificate {}, and the source with {}", is, was);
  if (order.accept_new_signer) {
    findings.push_back({Finding::Level::warning, "Signed with " + text + "; accepted as told."});
    return Done{};
  }
  return fail(
      ErrorKind::auth,
      fmt::format("Cannot rebuild {}: the key has {} (SHA-256).", printable(order.source.string(), 400), text),
      "Name the key that signed the source. If the upload key was replaced since, say that a new signer is meant.");
}

Result<Done> check_out(const SigningOrder& order) {
  if (same_but_for_case(order.source.extension().string(), order.out.extension().string())) return Done{};
  return fail(ErrorKind::usage, fmt::format("Cannot write {}: its name must end in {}, as that of the source does.",
                                            printable(order.out.string(), 400), order.source.extension().string()));
}

}  // namespace

Result<Done> try_android_key(const AndroidKey& key, Instant now) {
  return open_upload_key(key, now).map([](const KeyEntry&) { return Done{}; });
}

Result<Signer::Source> examine_android(const std::filesystem::path& file) {
  const auto source = open_android(file);
  if (!source) return tl::unexpected(source.error());
  const auto seal = verify_android(*source);
  if (!seal) return tl::unexpected(seal.error());
  auto identity = identity_of(file);
  if (!identity) return tl::unexpected(identity.error());
  return Signer::Source{std::move(*identity), android_findings(*source, *seal)};
}

Result<SignedBuild> rebuild_android(const SigningOrder& order) {
  if (auto fine = check_out(order); !fine) return tl::unexpected(fine.error());
  const auto source = open_android(order.source);
  if (!source) return tl::unexpected(source.error());
  const auto version = new_version(order, *source);
  if (!version) return tl::unexpected(version.error());
  const auto key = open_key(order);
  if (!key) return tl::unexpected(key.error());
  const auto seal = verify_android(*source);
  if (!seal) return tl::unexpected(seal.error());
  SignedBuild build;
  build.findings = android_findings(*source, *seal);
  if (auto same = check_signer(order, *seal, *key, build.findings); !same) return tl::unexpected(same.error());
  const AndroidRebuild rebuild{*source, *seal, *key, *version, order.out, order.now};
  const auto written = source->bundle ? write_bundle(rebuild) : write_apk(rebuild);
  if (!written) return tl::unexpected(written.error());
  auto identity = identity_of(order.out);
  if (!identity) {
    std::error_code ignored;
    std::filesystem::remove(order.out, ignored);
    return tl::unexpected(identity.error());
  }
  build.identity = std::move(*identity);
  build.signer = fingerprint_of(key->certificate.get());
  return build;
}

}  // namespace train::signing
