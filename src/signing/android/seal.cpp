#include <algorithm>

#include "android/apk_signature.hpp"
#include "android/source.hpp"

namespace train::signing {
namespace {

std::vector<std::string> column(std::vector<EntryDigests>& digests, std::size_t place) {
  std::vector<std::string> out;
  out.reserve(digests.size());
  for (EntryDigests& one : digests) out.push_back(std::move(one[place]));
  return out;
}

// Digests every entry, compares them with the JAR signature if there is one, and keeps those a new one needs.
Result<Done> verify_entries(const AndroidSource& source, const std::optional<JarSeal>& jar, AndroidSeal& seal) {
  const bool new_jar = needs_jar_seal(source, jar.has_value());
  std::vector<Hash> hashes;
  if (new_jar) hashes.push_back(jar_hash(source));
  if (jar) {
    for (const Hash one : jar->hashes) {
      if (std::find(hashes.begin(), hashes.end(), one) == hashes.end()) hashes.push_back(one);
    }
  }
  seal.entries = sealed_entries(source.package);
  auto digests = digest_entries(source.package, seal.entries, hashes);
  if (!digests) return tl::unexpected(digests.error());
  if (jar) {
    if (auto same = compare_with_seal(source.package, *jar, seal.entries, *digests, hashes); !same) return same;
  }
  if (new_jar) seal.digests = column(*digests, 0);
  return Done{};
}

Result<Done> verify_block(const AndroidSource& source, AndroidSeal& seal, bool& sealed) {
  auto block = read_apk_block(source.package);
  if (!block) return tl::unexpected(block.error());
  if (!*block) return Done{};
  auto found = verify_apk_seal(source.package, **block);
  if (!found) return tl::unexpected(found.error());
  seal.block = std::move(*block);
  if (!*found) return Done{};
  sealed = true;
  if (seal.signer && X509_cmp(seal.signer.get(), (*found)->signer.get()) != 0) {
    return source.package.refuse("it has a second signer, whose key is not at hand");
  }
  seal.signer = std::move((*found)->signer);
  return Done{};
}

}  // namespace

Result<AndroidSeal> verify_android(const AndroidSource& source) {
  AndroidSeal seal;
  auto jar = read_jar_seal(source.package);
  if (!jar) return tl::unexpected(jar.error());
  seal.jar = jar->has_value();
  if (seal.jar) seal.signer.reset(X509_dup((*jar)->signer.get()));
  bool block_seals = false;
  if (!source.bundle) {
    if (auto fine = verify_block(source, seal, block_seals); !fine) return tl::unexpected(fine.error());
    if (seal.jar && (*jar)->names_android_schemes && !block_seals) {
      return source.package.refuse("its v2 and v3 signatures were taken out: the file is damaged");
    }
  }
  // Under v2 alone the entries need no second look.
  if (!block_seals || needs_jar_seal(source, seal.jar)) {
    if (auto fine = verify_entries(source, *jar, seal); !fine) return tl::unexpected(fine.error());
  }
  return seal;
}

}  // namespace train::signing
