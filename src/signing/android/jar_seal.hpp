// A JAR signature as a whole: checking the one a source has, making a new one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "android/jar_manifest.hpp"
#include "keys/keystore.hpp"
#include "train/base/time.hpp"
#include "train/zip/package.hpp"

namespace train::signing {

// What the source's own signature says, read and its CMS signature verified; the entries are not compared yet.
struct JarSeal {
  std::unique_ptr<const std::string> text;  // MANIFEST.MF; `manifest` looks into it, so it must not move
  JarManifest manifest;
  CertificateHandle signer;
  bool names_android_schemes = false;  // its .SF says that v2 or v3 seal the file too
  std::vector<Hash> hashes;            // those its entries use
};
// nullopt: the source has none. refused: damaged, or two signers.
Result<std::optional<JarSeal>> read_jar_seal(const zip::Package& package);

// The entries a signature covers: no directories, no files of a signature.
std::vector<const zip::PackageEntry*> sealed_entries(const zip::Package& package);

// Compares: refused, naming the entry, when one is not what was signed, is missing, or was added later. `digests`: of
// `entries`, one per element of `hashes`, as digest_entries gives them.
Result<Done> compare_with_seal(const zip::Package& package, const JarSeal& seal,
                               const std::vector<const zip::PackageEntry*>& entries,
                               const std::vector<EntryDigests>& digests, const std::vector<Hash>& hashes);

struct JarFile {
  std::string name;
  std::string bytes;
};
struct JarOrder {
  Hash hash = Hash::sha256;
  std::string android_schemes;  // "2, 3" for an .apk, else nothing
  Instant now;                  // left out of an .apk's: systems before 4.4 get signed attributes wrong
};
// The three files, in the order they shall stand in: MANIFEST.MF, .SF and the signature, named by the key's alias.
Result<std::vector<JarFile>> make_jar_seal(const std::vector<JarEntryDigest>& entries, const KeyEntry& key,
                                           const JarOrder& order);

}  // namespace train::signing
