// The text files of a JAR signature, Android's scheme v1 and the seal of an .aab: a main section and one per entry,
// each of "Name: value" lines of at most 72 bytes that go on behind a line break and a space, and ended by an empty
// line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "package_digests.hpp"

namespace train::signing {

struct JarSection {
  std::string_view raw;                                         // its bytes, the empty line at its end included
  std::string name;                                             // empty: the main section
  std::vector<std::pair<std::string, std::string>> attributes;  // without Name

  const std::string* find(std::string_view attribute) const;  // whatever the case; nullptr: there is none
};

struct JarManifest {
  JarSection main;
  std::vector<JarSection> entries;
};

// `text` must outlive the result. refused, as a sentence's end, when it is not such a file.
Result<JarManifest> read_jar_manifest(std::string_view text);

// The strongest digest among the attributes that end in `suffix` ("-Digest", "-Digest-Manifest", …), decoded.
struct JarDigest {
  Hash hash = Hash::sha256;
  std::string raw;
};
std::optional<JarDigest> strongest_digest(const JarSection& section, std::string_view suffix);

// The new files. `digests` are raw, of each entry's unpacked bytes; entries in the order they shall be listed in.
struct JarEntryDigest {
  std::string name;
  std::string digest;
};
struct JarTexts {
  std::string manifest;   // MANIFEST.MF
  std::string signature;  // NAME.SF
};
// `android_schemes`: "2, 3" where those seal the file too, so that dropping them is noticed; else empty.
JarTexts write_jar_texts(const std::vector<JarEntryDigest>& entries, Hash hash, std::string_view android_schemes);

// Whether an entry belongs to a signature: MANIFEST.MF, *.SF, *.RSA, *.DSA, *.EC and SIG-* in META-INF/ itself.
bool is_jar_signature_file(std::string_view name);

}  // namespace train::signing
