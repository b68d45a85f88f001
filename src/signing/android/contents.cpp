// What an .aab or .apk holds that decides whether Google Play takes it.
#include "android/native_code.hpp"
#include "android/source.hpp"
#include "kinds.hpp"

namespace train::signing {
namespace {

// "arm64-v8a" of "lib/arm64-v8a/libx.so", in an .aab behind the module's name; empty: no native library.
std::string_view abi_of(std::string_view name) {
  constexpr std::string_view folder = "lib/";
  if (!name.ends_with(".so")) return {};
  const auto at = name.starts_with(folder)                       ? 0
                  : name.find("/lib/") == std::string_view::npos ? name.size()
                                                                 : name.find("/lib/") + 1;
  if (at >= name.size()) return {};
  const auto rest = name.substr(at + folder.size());
  const auto slash = rest.find('/');
  return slash == std::string_view::npos ? std::string_view() : rest.substr(0, slash);
}

void add_native_code(const zip::Package& package, AndroidContents& out) {
  for (const zip::PackageEntry& entry : package.entries()) {
    const auto abi = abi_of(entry.name);
    if (abi.empty()) continue;
    out.abis.insert(std::string(abi));
    if (has_small_pages(package, entry)) out.not_aligned.emplace_back(entry.name);
  }
}

}  // namespace

Result<ArchiveFacts> android_contents(const std::filesystem::path& file) {
  const auto source = open_android(file);
  if (!source) return tl::unexpected(source.error());
  ArchiveFacts facts;
  facts.bytes = source->package.bytes().size();
  AndroidContents& android = facts.android.emplace();
  const ManifestFacts& base = source->base();
  android.debuggable = base.debuggable;
  android.test_only = base.test_only;
  if (base.target_sdk) android.target_sdk = static_cast<int>(*base.target_sdk);
  for (const AndroidModule& module : source->modules) {
    android.permissions.insert(module.facts.permissions.begin(), module.facts.permissions.end());
    android.service_types.insert(module.facts.service_types.begin(), module.facts.service_types.end());
  }
  add_native_code(source->package, android);
  return facts;
}

}  // namespace train::signing
