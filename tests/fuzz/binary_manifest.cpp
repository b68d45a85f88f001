// libFuzzer: any bytes are a manifest that gets the new version and says so, or are refused; the texts it
// had keep their numbers.
// Build: cmake --preset fuzz && cmake --build --preset fuzz
// Run:   build-fuzz/tests/fuzz/fuzz_binary_manifest -max_total_time=60 -max_len=8192 SEEDS
// Seeds: the AndroidManifest.xml of some .apk.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "android/binary_xml.hpp"
#include "android/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view manifest(reinterpret_cast<const char*>(data), size);
  const train::signing::AndroidVersion version{"10.0.1", 300};
  const auto facts = train::signing::read_binary_facts(manifest);
  const auto once = train::signing::reversion_binary(manifest, version);
  if (!once) return 0;
  const auto was = train::signing::read_binary_xml(manifest);
  const auto is = train::signing::read_binary_xml(*once);
  if (!facts || !was || !is || is->strings.count() != was->strings.count() + 1) std::abort();
  if (is->elements.size() != was->elements.size()) std::abort();
  for (std::uint32_t i = 0; i < was->strings.count() && i < 1000; ++i) {
    // A text that led outside of its place may read otherwise once there is more behind it.
    const auto text = was->strings.at(i);
    if (text && text->size() < 100 && is->strings.at(i) != text) std::abort();
  }
  const auto after = train::signing::read_binary_facts(*once);
  if (!after || after->declared.build != "300" || after->declared.version != "10.0.1") std::abort();
  if (after->declared.id != facts->declared.id) std::abort();
  const auto twice = train::signing::reversion_binary(*once, version);
  if (!twice || twice->size() <= once->size()) std::abort();
  return 0;
}
