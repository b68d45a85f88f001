#include "apple/rebuild.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "apple/code_hash.hpp"
#include "apple/code_signing.hpp"
#include "apple/entitlements.hpp"
#include "apple/findings.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

class Rebuild {
 public:
  Rebuild(const zip::Package& package, ExaminedPayload& examined, const SigningOrder& order, const AppleSigner& signer,
          const std::map<std::string, BundleProfile>& profiles)
      : package_(package), examined_(examined), order_(order), signer_(signer), profiles_(profiles) {}

  Result<PayloadChanges> run() {
    if (auto done = sign_libraries(); !done) return tl::unexpected(done.error());
    // Innermost first: a bundle's seal covers what lies in it.
    for (const PayloadBundle& bundle : examined_.payload.bundles) {
      if (auto done = rebuild_bundle(bundle); !done) return tl::unexpected(done.error());
    }
    return std::move(out_);
  }

 private:
  bool is_signed_by_us(const CodeReport& report) const {
    return report.seal == SealKind::by_certificate && report.by.leaf == signer_.leaf;
  }

  Result<std::string> content(const std::string& name, std::uint64_t limit = zip::Package::k_unpack_bytes_max) const {
    const auto changed = out_.contents.find(name);
    if (changed != out_.contents.end()) return changed->second;
    return package_.unpack(*examined_.payload.find(name)->entry, limit);
  }

  Result<std::optional<std::string>> content_if_any(const std::string& name) const {
    if (examined_.payload.find(name) == nullptr) return std::optional<std::string>();
    auto bytes = content(name);
    if (!bytes) return tl::unexpected(bytes.error());
    return std::optional<std::string>(std::move(*bytes));
  }

  void change(const std::string& name, std::string bytes) {
    PayloadFile& file = examined_.payload.files[name];
    file.changed = true;
    file.hashes = SealedFile{name, hash_of(HashKind::sha1, bytes), hash_of(HashKind::sha256, bytes), {}};
    out_.contents[name] = std::move(bytes);
  }

  // Dylibs and whatever other code is no bundle's executable.
  Result<Done> sign_libraries() {
    std::set<std::string> executables;
    for (const PayloadBundle& bundle : examined_.payload.bundles) executables.insert(bundle.executable);
    for (const auto& one : examined_.code) {
      if (executables.count(one.first) != 0 || is_watch_stub(one.first) || is_signed_by_us(one.second)) continue;
      CodeWish wish = wish_for(one.second);
      wish.identifier = identifier_of_library(one.first);
      if (auto done = sign(one.first, wish); !done) return done;
    }
    return Done{};
  }

  static std::string identifier_of_library(std::string_view name) {
    name.remove_prefix(name.rfind('/') + 1);
    if (name.ends_with(".dylib")) name.remove_suffix(6);
    return std::string(name);
  }

  CodeWish wish_for(const CodeReport& report) const {
    CodeWish wish;
    wish.team = signer_.team;
    wish.common_name = signer_.common_name;
    if (const CertificateHandle old = certificate_of(report.by.leaf)) {
      wish.old_common_name = subject_field(old.get(), NID_commonName);
    }
    return wish;
  }

  Result<Done> sign(const std::string& name, const CodeWish& wish) {
    auto bytes = content(name, k_code_bytes_max);
    if (!bytes) return tl::unexpected(bytes.error());
    auto signed_bytes = sign_code(*bytes, wish, signer_.key(order_.now));
    if (!signed_bytes) return cannot("be signed", name, signed_bytes.error());
    change(name, std::move(*signed_bytes));
    return Done{};
  }

  Result<Done> rebuild_bundle(const PayloadBundle& bundle) {
    if (bundle.is_app()) {
      if (auto done = set_versions(bundle); !done) return done;
      const BundleProfile& profile = profiles_.at(bundle.path);
      if (profile.given) change(bundle.profile(), profile.profile.bytes);
    } else if (is_signed_by_us(examined_.report(bundle.executable)) && !has_changes(bundle)) {
      return Done{};
    }
    if (auto done = seal_resources(bundle); !done) return done;
    return sign_executable(bundle);
  }

  Result<Done> set_versions(const PayloadBundle& bundle) {
    const std::string name = bundle.info_plist();
    const auto bytes = content(name);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto list = PropertyList::parse(*bytes);
    if (!list) return cannot("be edited", name, list.error());
    plist_dict_set_item(list->root(), "CFBundleShortVersionString", plist_new_string(order_.version.text().c_str()));
    plist_dict_set_item(list->root(), "CFBundleVersion", plist_new_string(order_.build.text().c_str()));
    auto written = list->write();
    if (!written) return tl::unexpected(written.error());
    change(name, std::move(*written));
    return Done{};
  }

  bool has_changes(const PayloadBundle& bundle) const {
    return std::any_of(out_.contents.begin(), out_.contents.end(),
                       [&bundle](const auto& one) { return bundle.contains(one.first); });
  }

  // What the seal speaks of and is new; all of it when there was no seal.
  Result<Done> seal_resources(const PayloadBundle& bundle) {
    const auto old = content_if_any(bundle.resources());
    if (!old) return tl::unexpected(old.error());
    auto list = *old ? CodeResources::parse(**old) : CodeResources::make(old_systems(bundle));
    if (!list) return cannot("be used", bundle.resources(), list.error());
    bool touched = !*old;
    for (const SealedFile& file : examined_.payload.sealed_by(bundle)) {
      const bool changed = out_.contents.count(bundle.path + "/" + file.path) != 0;
      if (*old && !changed) continue;
      list->seal(file);
      touched = true;
    }
    if (!touched) return Done{};
    auto written = list->write();
    if (!written) return tl::unexpected(written.error());
    change(bundle.resources(), std::move(*written));
    return Done{};
  }

  bool old_systems(const PayloadBundle& bundle) const { return examined_.report(bundle.executable).old_systems; }

  Result<Done> sign_executable(const PayloadBundle& bundle) {
    const CodeReport& report = examined_.report(bundle.executable);
    CodeWish wish = wish_for(report);
    wish.identifier = bundle.id;
    const auto info = content(bundle.info_plist());
    if (!info) return tl::unexpected(info.error());
    const auto resources = content(bundle.resources());
    if (!resources) return tl::unexpected(resources.error());
    wish.beside.bundle = true;
    wish.beside.info_plist = *info;
    wish.beside.resources = *resources;
    if (bundle.is_app()) {
      if (auto done = choose_entitlements(bundle, report, wish); !done) return done;
    }
    return sign(bundle.executable, wish);
  }

  Result<Done> choose_entitlements(const PayloadBundle& bundle, const CodeReport& report, CodeWish& wish) {
    const Profile& profile = profiles_.at(bundle.path).profile;
    if (profile.for_devices) {
      out_.findings.emplace_back();
      out_.findings.back().level = Finding::Level::warning;
      out_.findings.back().text =
          fmt::format("The profile {} is for named devices: the App Store does not take what it signs.", profile.shown);
    }
    if (!report.entitlements.empty()) {
      auto found = entitlement_findings(report.entitlements, bundle.id, profile);
      out_.findings.insert(out_.findings.end(), found.begin(), found.end());
      return Done{};
    }
    // A build that somebody signed without entitlements stays without.
    if (report.seal == SealKind::by_certificate) return Done{};
    const auto made = resolve_entitlements(profile.entitlements.root(), profile.prefix, bundle.id);
    auto list = made.values.write();
    if (!list) return tl::unexpected(list.error());
    auto der = entitlements_der(made.values);
    if (!der) return cannot("be signed", bundle.executable, der.error());
    wish.entitlements = std::move(*list);
    wish.entitlements_der = std::move(*der);
    tell_entitlements(bundle, profile, made.dropped);
    return Done{};
  }

  void tell_entitlements(const PayloadBundle& bundle, const Profile& profile, const std::vector<std::string>& dropped) {
    std::string text =
        fmt::format("{} carried no entitlements; it got what the profile {} allows", bundle.id, profile.shown);
    if (!dropped.empty()) {
      text += fmt::format(", but not {}, whose wildcards only you can fill in", printable(join(dropped, ", "), 400));
    }
    out_.findings.emplace_back();
    out_.findings.back().level = Finding::Level::warning;
    out_.findings.back().text = text + ".";
  }

  tl::unexpected<Error> cannot(std::string_view what, const std::string& name, const Error& why) const {
    return refuse_payload(package_, name, Error{why.kind, fmt::format("cannot {}: {}", what, why.message), why.hint});
  }

  const zip::Package& package_;
  ExaminedPayload& examined_;
  const SigningOrder& order_;
  const AppleSigner& signer_;
  const std::map<std::string, BundleProfile>& profiles_;
  PayloadChanges out_;
};

}  // namespace

Result<PayloadChanges> rebuild_payload(const zip::Package& package, ExaminedPayload& examined,
                                       const SigningOrder& order, const AppleSigner& signer,
                                       const std::map<std::string, BundleProfile>& profiles) {
  return Rebuild(package, examined, order, signer, profiles).run();
}

}  // namespace train::signing
