#include "android/rebuild.hpp"

#include <fmt/format.h>

#include <map>

#include "android/apk_signature.hpp"
#include "train/base/text.hpp"
#include "train/zip/package_writer.hpp"

namespace train::signing {
namespace {

constexpr std::uint64_t k_stored_alignment = 4;
constexpr std::uint64_t k_page_bytes = 4096;
constexpr std::uint64_t k_large_page = 16384;
constexpr std::string_view k_stamp_certificate = "stamp-cert-sha256";

using NewManifests = std::map<const zip::PackageEntry*, std::string>;

Result<NewManifests> new_manifests(const AndroidRebuild& rebuild) {
  NewManifests out;
  for (const AndroidModule& module : rebuild.source.modules) {
    auto manifest = rebuild.source.bundle ? reversion_proto(module.manifest, rebuild.version)
                                          : reversion_binary(module.manifest, rebuild.version);
    if (!manifest) {
      return rebuild.source.package.refuse(
          fmt::format("of \"{}\", {}", printable(module.entry->name, 200), manifest.error().message));
    }
    out.emplace(module.entry, std::move(*manifest));
  }
  return out;
}

// Entries that do not go into the rebuilt file: they belong to the old signature.
bool is_left_out(const AndroidRebuild& rebuild, const zip::PackageEntry& entry) {
  return is_jar_signature_file(entry.name) || (!rebuild.source.bundle && entry.name == k_stamp_certificate);
}

Result<Done> put_jar_seal(const AndroidRebuild& rebuild, const NewManifests& manifests, zip::PackageWriter& writer) {
  const Hash hash = jar_hash(rebuild.source);
  std::vector<JarEntryDigest> digests;
  for (std::size_t i = 0; i < rebuild.seal.entries.size(); ++i) {
    const zip::PackageEntry& entry = *rebuild.seal.entries[i];
    if (is_left_out(rebuild, entry)) continue;
    const auto changed = manifests.find(&entry);
    digests.push_back({std::string(entry.name),
                       changed == manifests.end() ? rebuild.seal.digests[i] : digest(hash, changed->second)});
  }
  const auto files = make_jar_seal(digests, rebuild.key, {hash, rebuild.source.bundle ? "" : "2, 3", rebuild.now});
  if (!files) return tl::unexpected(files.error());
  for (const JarFile& file : *files) {
    // As jarsigner writes them: without a mode, of which it warns.
    if (auto put = writer.put(file.name, file.bytes, {.mode = 0}); !put) return put;
  }
  return Done{};
}

// Libraries that the system maps from the file itself begin at a page; a source made for large pages keeps that.
std::uint64_t alignment_of(const AndroidRebuild& rebuild, const zip::PackageEntry& entry) {
  if (rebuild.source.bundle || entry.method != 0) return 1;
  if (!entry.name.ends_with(".so")) return k_stored_alignment;
  return entry.data % k_large_page == 0 ? k_large_page : k_page_bytes;
}

Result<Done> put_entries(const AndroidRebuild& rebuild, const NewManifests& manifests, zip::PackageWriter& writer) {
  for (const zip::PackageEntry& entry : rebuild.source.package.entries()) {
    if (is_left_out(rebuild, entry)) continue;
    const auto changed = manifests.find(&entry);
    const std::uint64_t alignment = alignment_of(rebuild, entry);
    const auto done = changed == manifests.end()
                          ? writer.copy(entry, alignment)
                          : writer.put(entry.name, changed->second, {entry.method != 0, k_stored_alignment, 0, &entry});
    if (!done) return done;
  }
  return Done{};
}

Result<zip::PackageWriter> begin(const AndroidRebuild& rebuild, bool jar) {
  const auto manifests = new_manifests(rebuild);
  if (!manifests) return tl::unexpected(manifests.error());
  auto writer = zip::PackageWriter::create(rebuild.source.package, rebuild.out,
                                           rebuild.source.bundle ? zip::Zip64::allowed : zip::Zip64::refused);
  if (!writer) return writer;
  if (jar) {
    if (auto put = put_jar_seal(rebuild, *manifests, *writer); !put) return tl::unexpected(put.error());
  }
  if (auto put = put_entries(rebuild, *manifests, *writer); !put) return tl::unexpected(put.error());
  return writer;
}

Result<Done> insert_block(const AndroidRebuild& rebuild, zip::PackageWriter& writer) {
  const std::uint64_t gap = writer.offset() % k_block_alignment;
  if (gap != 0) {
    if (auto padded = writer.insert(std::string(k_block_alignment - gap, '\0')); !padded) return padded;
  }
  const auto written = writer.written();
  if (!written) return tl::unexpected(written.error());
  const std::string end = writer.end(writer.offset());
  auto pairs = make_apk_seal({written->bytes(), writer.directory(), end}, rebuild.key);
  if (!pairs) return tl::unexpected(pairs.error());
  if (rebuild.seal.block) {
    if (const ApkPair* kept = rebuild.seal.block->find(k_block_dependencies)) {
      pairs->push_back({kept->id, std::string(kept->value)});
    }
  }
  return writer.insert(write_apk_block(*pairs));
}

}  // namespace

Result<Done> write_bundle(const AndroidRebuild& rebuild) {
  auto writer = begin(rebuild, true);
  if (!writer) return tl::unexpected(writer.error());
  return writer->finish();
}

Result<Done> write_apk(const AndroidRebuild& rebuild) {
  auto writer = begin(rebuild, needs_jar_seal(rebuild.source, rebuild.seal.jar));
  if (!writer) return tl::unexpected(writer.error());
  if (auto inserted = insert_block(rebuild, *writer); !inserted) return inserted;
  return writer->finish();
}

}  // namespace train::signing
