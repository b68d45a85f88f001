// Makes a rollback build: the archive that is live, under a new version and number, signed again. Offline: it reads the
// archive and the keys, and writes one new file. The source is never touched; a failure leaves no output behind.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/names.hpp"
#include "train/base/secret.hpp"
#include "train/base/time.hpp"
#include "train/domain/archive_facts.hpp"
#include "train/ports/archives.hpp"

namespace train {

// An upload key for Google Play, in a PKCS#12 or JKS file.
struct AndroidKey {
  std::filesystem::path keystore;
  std::string alias;  // may be empty when the file holds one key
  Secret password;
};

// A distribution identity for the App Store, in a PKCS#12 file.
struct AppleIdentity {
  std::filesystem::path identity;
  Secret password;
  std::map<std::string, std::filesystem::path>
      profiles;  // bundle id → file; the embedded ones stay where none is given
};

using SigningKey = std::variant<AndroidKey, AppleIdentity>;

struct SigningOrder {
  std::filesystem::path source;  // .aab, .apk or .ipa
  std::filesystem::path out;     // written whole or not at all; never the source
  VersionName version;
  BuildNumber build;
  SigningKey identity;
  Instant now;                     // the signing time, and what certificates and profiles must still serve at
  bool accept_new_signer = false;  // Android: the source was signed with another key than this one
};

// What a person should know before it serves anybody: nothing here stops the build.
struct Finding {
  enum class Level { note, warning };
  Level level = Level::note;
  std::string text;
  bool operator==(const Finding&) const = default;
};

struct SignedBuild {
  ArchiveIdentity identity;  // of the new file
  std::string signer;        // the certificate's SHA-256, in hex
  std::vector<Finding> findings;
};

class Signer {
 public:
  virtual ~Signer() = default;
  // What the source is and what is worth knowing before it is rebuilt. `refused` when it cannot be: damaged (it does
  // not match its own seal), from the store (encrypted), a part of a split, signed with a rotated key.
  struct Source {
    ArchiveIdentity identity;
    std::vector<Finding> findings;
  };
  virtual Result<Source> examine(const std::filesystem::path& source) = 0;
  // As above; `definition` or `auth` when the keys do not open, have expired or belong to somebody else; `usage` when
  // the number is none the store takes, or not above the source's.
  virtual Result<SignedBuild> rebuild(const SigningOrder& order) = 0;
  // Opens the key with its password and alias, and signs nothing. Errors as of `rebuild`.
  virtual Result<Done> try_key(const SigningKey& key, Instant now) = 0;
  // What the archive holds that decides whether its store takes it. `refused` when it cannot be read.
  virtual Result<ArchiveFacts> contents(const std::filesystem::path& file) = 0;
};

}  // namespace train
