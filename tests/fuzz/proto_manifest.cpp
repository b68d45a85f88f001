// libFuzzer: any bytes are a manifest that gets the new version and says so, or are refused; doing it again with the
// same version changes nothing more.
// Build: cmake --preset fuzz && cmake --build --preset fuzz
// Run:   build-fuzz/tests/fuzz/fuzz_proto_manifest -max_total_time=60 -max_len=8192 SEEDS
// Seeds: the base/manifest/AndroidManifest.xml of some .aab.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "android/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view manifest(reinterpret_cast<const char*>(data), size);
  const train::signing::AndroidVersion version{"10.0.1", 300};
  const auto facts = train::signing::read_proto_facts(manifest);
  const auto once = train::signing::reversion_proto(manifest, version);
  // Damage beside the version is only seen by the one that reads it; a rebuild asks both.
  if (!once || !facts) return 0;
  const auto after = train::signing::read_proto_facts(*once);
  if (!after || after->declared.id != facts->declared.id || after->target_sdk != facts->target_sdk) std::abort();
  if (after->declared.build.has_value() != facts->declared.build.has_value()) std::abort();
  if (after->declared.build.value_or("300") != "300" || after->declared.version.value_or("10.0.1") != "10.0.1")
    std::abort();
  const auto twice = train::signing::reversion_proto(*once, version);
  if (!twice || *twice != *once) std::abort();
  return 0;
}
