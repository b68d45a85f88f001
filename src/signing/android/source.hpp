// An .aab or .apk that is to be rebuilt: what it says, and whether it still is what was signed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "android/apk_block.hpp"
#include "android/jar_seal.hpp"
#include "android/manifest.hpp"
#include "train/ports/signer.hpp"
#include "train/zip/package.hpp"

namespace train::signing {

struct AndroidModule {
  const zip::PackageEntry* entry = nullptr;  // its manifest
  std::string manifest;
  ManifestFacts facts;
};

struct AndroidSource {
  zip::Package package;
  bool bundle = false;                 // .aab, else .apk
  std::vector<AndroidModule> modules;  // of an .apk: one; of an .aab: the base first

  const ManifestFacts& base() const { return modules.front().facts; }
};

// refused: not such an archive, damaged, a part of a split, modules of several versions, zip64 in an .apk.
Result<AndroidSource> open_android(const std::filesystem::path& file);

struct AndroidSeal {
  CertificateHandle signer;  // null: the source is not signed
  bool jar = false;          // signed by v1, the only seal of an .aab
  std::optional<ApkBlock> block;
  // What a JAR signature covers, and their digests by jar_hash(); without digests where no JAR signature will be
  // written.
  std::vector<const zip::PackageEntry*> entries;
  std::vector<std::string> digests;
};

// Whether the rebuilt file gets a JAR signature: every .aab, and an .apk that has one or runs on systems before 7.0.
bool needs_jar_seal(const AndroidSource& source, bool had_one);
// Systems before 4.3 know no SHA-256 there.
Hash jar_hash(const AndroidSource& source);

// Compares every seal the source has with what is in it; of an unsigned one, the checksums. refused when they differ,
// for a second signer, and for a rotated key.
Result<AndroidSeal> verify_android(const AndroidSource& source);

// What a person should know (docs/signing.md lists them).
std::vector<Finding> android_findings(const AndroidSource& source, const AndroidSeal& seal);

}  // namespace train::signing
