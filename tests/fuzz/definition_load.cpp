// libFuzzer: any bytes load or end in problems, each with a place when there is a text at all.
// Build: cmake --preset fuzz && cmake --build --preset fuzz
// Run:   build-fuzz/tests/fuzz/fuzz_definition_load -max_total_time=60 SEEDS
// Seeds: config/*.yaml.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "compose/catalog.hpp"
#include "train/definition/load.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  const auto loaded = train::definition::load_text(yaml, "/trains/train.yaml", train::cli::catalog());
  if (loaded) {
    if (loaded->apps.empty() || loaded->train.empty()) std::abort();
    return 0;
  }
  if (loaded.error().empty()) std::abort();
  for (const auto& problem : loaded.error()) {
    if (problem.text.empty() || problem.line < 0) std::abort();
  }
  return 0;
}
