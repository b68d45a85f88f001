#include "android/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ascii.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::uint64_t k_manifest_bytes_max = 8u << 20;
constexpr std::string_view k_apk_manifest = "AndroidManifest.xml";
constexpr std::string_view k_base_manifest = "base/manifest/AndroidManifest.xml";
constexpr std::string_view k_module_manifest = "/manifest/AndroidManifest.xml";

// NAME/manifest/AndroidManifest.xml
bool is_module_manifest(std::string_view name) {
  if (!name.ends_with(k_module_manifest)) return false;
  const std::string_view module = name.substr(0, name.size() - k_module_manifest.size());
  return !module.empty() && module.find('/') == std::string_view::npos;
}

Result<bool> is_bundle(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (same_but_for_case(ending, ".aab")) return true;
  if (same_but_for_case(ending, ".apk")) return false;
  const std::string shown = printable(file.string(), 400);
  if (same_but_for_case(ending, ".apks") || same_but_for_case(ending, ".xapk") || same_but_for_case(ending, ".apkm")) {
    return fail(ErrorKind::refused, fmt::format("Cannot rebuild {}: it is a set of split packages.", shown),
                "Name the .aab they were made from.");
  }
  return fail(ErrorKind::refused, fmt::format("Cannot rebuild {}: its name ends neither in .aab nor in .apk.", shown),
              "Name the archive that was built and released.");
}

Result<Done> read_module(AndroidSource& source, const zip::PackageEntry& entry) {
  auto manifest = source.package.unpack(entry, k_manifest_bytes_max);
  if (!manifest) return tl::unexpected(manifest.error());
  auto facts = source.bundle ? read_proto_facts(*manifest) : read_binary_facts(*manifest);
  if (!facts)
    return source.package.refuse(fmt::format("of \"{}\", {}", printable(entry.name, 200), facts.error().message));
  source.modules.push_back({&entry, std::move(*manifest), std::move(*facts)});
  return Done{};
}

// A line break in a name would begin a line of its own in a signature.
Result<Done> check_names(const zip::Package& package) {
  for (const zip::PackageEntry& entry : package.entries()) {
    if (entry.name.find_first_of("\r\n") != std::string_view::npos) {
      return package.refuse(entry, "has a line break in its name");
    }
  }
  return Done{};
}

Result<Done> read_modules(AndroidSource& source) {
  const std::string_view wanted = source.bundle ? k_base_manifest : k_apk_manifest;
  const zip::PackageEntry* base = source.package.find(wanted);
  if (base == nullptr) return source.package.refuse(fmt::format("it has no {}", wanted));
  if (auto read = read_module(source, *base); !read) return read;
  if (!source.bundle) return Done{};
  for (const zip::PackageEntry& entry : source.package.entries()) {
    if (&entry == base || !is_module_manifest(entry.name)) continue;
    if (auto read = read_module(source, entry); !read) return read;
  }
  return Done{};
}

Result<Done> check_base(const AndroidSource& source) {
  const ManifestFacts& base = source.base();
  const auto& declared = base.declared;
  if (!declared.id || !declared.build || !declared.version) {
    return source.package.refuse("its manifest has no package, no versionCode or no versionName");
  }
  if (!source.bundle && !base.split.empty()) {
    return source.package.refuse(fmt::format("it is a part of a split package, \"{}\": name the .aab it was made from",
                                             printable(base.split, 100)));
  }
  if (!source.bundle && base.needs_splits) {
    return source.package.refuse("it does not run without its split packages: name the .aab it was made from");
  }
  return Done{};
}

// What a module says must be what the base says; an asset pack may say nothing.
Result<Done> check_agreement(const AndroidSource& source) {
  const auto& base = source.base().declared;
  for (const AndroidModule& module : source.modules) {
    const auto& own = module.facts.declared;
    const bool same = own.build.value_or(*base.build) == *base.build &&
                      own.version.value_or(*base.version) == *base.version && own.id.value_or(*base.id) == *base.id;
    if (same) continue;
    return source.package.refuse(fmt::format("its modules do not agree: \"{}\" is {} {} ({}), the base {} {} ({})",
                                             printable(module.entry->name, 200), printable(own.id.value_or("-"), 100),
                                             printable(own.version.value_or("-"), 100), own.build.value_or("-"),
                                             printable(*base.id, 100), printable(*base.version, 100), *base.build));
  }
  return Done{};
}

}  // namespace

Result<AndroidSource> open_android(const std::filesystem::path& file) {
  const auto bundle = is_bundle(file);
  if (!bundle) return tl::unexpected(bundle.error());
  auto package = zip::Package::open(file);
  if (!package) return tl::unexpected(package.error());
  AndroidSource source{std::move(*package), *bundle, {}};
  if (!source.bundle && source.package.zip64()) {
    return source.package.refuse("it uses zip64, which Android does not read in an .apk");
  }
  if (auto read = read_modules(source); !read) return tl::unexpected(read.error());
  if (auto fine = check_names(source.package); !fine) return tl::unexpected(fine.error());
  if (auto fine = check_base(source); !fine) return tl::unexpected(fine.error());
  if (auto fine = check_agreement(source); !fine) return tl::unexpected(fine.error());
  return source;
}

bool needs_jar_seal(const AndroidSource& source, bool had_one) {
  constexpr std::uint64_t k_first_with_v2 = 24;
  return source.bundle || had_one || source.base().min_sdk.value_or(1) < k_first_with_v2;
}

Hash jar_hash(const AndroidSource& source) {
  constexpr std::uint64_t k_first_with_sha256 = 18;
  const bool old = !source.bundle && source.base().min_sdk.value_or(1) < k_first_with_sha256;
  return old ? Hash::sha1 : Hash::sha256;
}

}  // namespace train::signing
