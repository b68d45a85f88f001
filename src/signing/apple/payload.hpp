// What an .ipa holds: one app, the bundles inside it, every file's hashes. Read once, in full.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apple/code_resources.hpp"
#include "train/base/error.hpp"
#include "train/zip/package.hpp"

namespace train::signing {

// Of one executable or dylib, which is held in memory. Apple takes at most 500 MB of code.
inline constexpr std::uint64_t k_code_bytes_max = 512u << 20;

struct PayloadFile {
  const zip::PackageEntry* entry = nullptr;  // null: it is new
  SealedFile hashes;                         // under its whole name; of what will be written
  bool code = false;                         // a Mach-O file
  bool changed = false;
};

struct PayloadBundle {
  enum class Kind { app, extension, framework };
  Kind kind = Kind::app;
  std::string path;        // "Payload/Train.app/PlugIns/Widget.appex"
  std::string id;          // CFBundleIdentifier
  std::string executable;  // whole name
  std::string version;     // CFBundleShortVersionString, CFBundleVersion; may be empty
  std::string build;
  std::string sdk;  // DTSDKName; may be empty

  std::string info_plist() const { return path + "/Info.plist"; }
  std::string resources() const { return path + "/_CodeSignature/CodeResources"; }
  std::string profile() const { return path + "/embedded.mobileprovision"; }
  // Apps, extensions, clips and watch apps carry the version, a profile and entitlements; frameworks do not.
  bool is_app() const { return kind != Kind::framework; }
  bool contains(std::string_view name) const {
    return name.size() > path.size() && name.substr(0, path.size()) == path && name[path.size()] == '/';
  }
};

struct Payload {
  std::map<std::string, PayloadFile, std::less<>> files;  // below Payload/NAME.app/, by whole name
  std::vector<PayloadBundle> bundles;                     // innermost first; the app itself is the last

  const PayloadBundle& app() const { return bundles.back(); }
  const PayloadFile* find(std::string_view name) const {
    const auto at = files.find(name);
    return at == files.end() ? nullptr : &at->second;
  }
  // What a bundle's CodeResources speak of: all in it but its executable and its _CodeSignature, paths from the bundle.
  std::vector<SealedFile> sealed_by(const PayloadBundle& bundle) const;
};

// refused: no app or several, an app without an executable, damaged entries, links that lead out of the app.
Result<Payload> read_payload(const zip::Package& package);

// "Cannot rebuild FILE: NAME WHY", with the kind and the hint of `why`.
tl::unexpected<Error> refuse_payload(const zip::Package& package, std::string_view name, const Error& why);

}  // namespace train::signing
