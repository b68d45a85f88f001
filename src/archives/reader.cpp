#include "train/archives/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "train/archives/manifest.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"
#include "train/zip/reader.hpp"

namespace train::archives {
namespace {

enum class Kind { ipa, aab, apk };

constexpr std::string_view k_aab_manifest = "base/manifest/AndroidManifest.xml";
constexpr std::string_view k_apk_manifest = "AndroidManifest.xml";
constexpr std::string_view k_payload = "Payload/";
constexpr std::string_view k_app_plist = ".app/Info.plist";

std::optional<Kind> kind_by_name(const std::filesystem::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (extension == ".ipa") return Kind::ipa;
  if (extension == ".aab") return Kind::aab;
  if (extension == ".apk") return Kind::apk;
  return std::nullopt;
}

// Payload/NAME.app/Info.plist, and nothing deeper.
bool is_app_plist(std::string_view name) {
  if (name.size() <= k_payload.size() + k_app_plist.size() || !starts_with(name, k_payload)) return false;
  if (name.substr(name.size() - k_app_plist.size()) != k_app_plist) return false;
  const auto app = name.substr(k_payload.size(), name.size() - k_payload.size() - k_app_plist.size());
  return app.find('/') == std::string_view::npos;
}

Result<const zip::ZipEntry*> find_manifest(const zip::Reader& archive, Kind kind) {
  if (kind == Kind::ipa) {
    const zip::ZipEntry* found = nullptr;
    for (const zip::ZipEntry& entry : archive.entries()) {
      if (!is_app_plist(entry.name)) continue;
      if (found != nullptr) return fail(ErrorKind::refused, "it holds two apps under Payload/");
      found = &entry;
    }
    if (found == nullptr) return fail(ErrorKind::refused, "it has no Payload/NAME.app/Info.plist: it is not an .ipa");
    return found;
  }
  const std::string_view wanted = kind == Kind::aab ? k_aab_manifest : k_apk_manifest;
  const zip::ZipEntry* found = archive.find(wanted);
  if (found != nullptr) return found;
  const std::string_view other = kind == Kind::aab ? k_apk_manifest : k_aab_manifest;
  const std::string_view looks = archive.find(other) == nullptr ? ""
                                 : kind == Kind::aab            ? "; it looks like an .apk"
                                                                : "; it looks like an .aab";
  return fail(ErrorKind::refused, fmt::format("it has no {}{}", wanted, looks));
}

Result<Declared> read_manifest(Kind kind, std::string_view bytes) {
  switch (kind) {
    case Kind::ipa:
      return read_info_plist(bytes);
    case Kind::aab:
      return read_proto_manifest(bytes);
    case Kind::apk:
      return read_binary_manifest(bytes);
  }
  return fail(ErrorKind::internal, "an archive of no kind");
}

bool is_id(std::string_view id) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_'; };
  return !id.empty() && id.size() <= 255 && std::all_of(id.begin(), id.end(), plain);
}

struct Names {
  std::string_view id;
  std::string_view version;
  std::string_view build;
};

Names names_of(Kind kind) {
  if (kind == Kind::ipa) return {"CFBundleIdentifier", "CFBundleShortVersionString", "CFBundleVersion"};
  return {"package", "versionName", "versionCode"};
}

Result<ArchiveIdentity> judge(const Declared& declared, Kind kind) {
  const Names names = names_of(kind);
  const auto missing = [](std::string_view what) {
    return fail(ErrorKind::refused, fmt::format("it names no {}", what));
  };
  const auto odd = [](std::string_view what, const std::string& value, std::string_view wanted) {
    return fail(ErrorKind::refused,
                fmt::format("its {} is \"{}\", which is not {}", what, printable(value, 100), wanted));
  };
  if (!declared.id) return missing(names.id);
  if (!declared.version) return missing(names.version);
  if (!declared.build) return missing(names.build);
  if (!is_id(*declared.id)) return odd(names.id, *declared.id, "an app's name");
  const auto version = VersionName::parse(*declared.version);
  if (!version) return odd(names.version, *declared.version, "a version of one to four numbers");
  const auto build = BuildNumber::parse(*declared.build);
  if (!build) return odd(names.build, *declared.build, "a build number");
  return ArchiveIdentity{*declared.id, *version, *build, {}};
}

Result<ArchiveIdentity> identify(const zip::Reader& archive, Kind kind) {
  const auto entry = find_manifest(archive, kind);
  if (!entry) return tl::unexpected(entry.error());
  const auto bytes = archive.read(**entry);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto declared = read_manifest(kind, *bytes);
  if (!declared) return tl::unexpected(declared.error());
  return judge(*declared, kind);
}

tl::unexpected<Error> about(const std::filesystem::path& file, const Error& why) {
  std::string hint = why.hint;
  if (hint.empty() && why.kind == ErrorKind::refused) hint = "Build the archive again, or name another file.";
  return fail(why.kind, fmt::format("cannot use {}: {}", printable(file.string(), 400), why.message), std::move(hint));
}

class ZipArchives final : public Archives {
 public:
  Result<std::optional<ArchiveIdentity>> inspect(const std::filesystem::path& file) override {
    const auto kind = kind_by_name(file);
    if (!kind) {
      return about(file, Error{ErrorKind::refused, "its name ends neither in .ipa nor in .aab or .apk", {}});
    }
    const auto archive = zip::Reader::open(file);
    if (!archive && archive.error().kind == ErrorKind::not_found) return std::optional<ArchiveIdentity>();
    if (!archive) return about(file, archive.error());
    auto identity = identify(*archive, *kind);
    if (!identity) return about(file, identity.error());
    auto digest = sha256_hex_of_file(file);
    if (!digest) return about(file, digest.error());
    identity->sha256 = std::move(*digest);
    return std::optional<ArchiveIdentity>(std::move(*identity));
  }
};

}  // namespace

std::unique_ptr<Archives> make_archives() { return std::make_unique<ZipArchives>(); }

}  // namespace train::archives
