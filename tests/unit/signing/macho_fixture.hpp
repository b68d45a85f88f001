// Small Mach-O files made by hand: __TEXT with one section, __LINKEDIT, a version; whatever a test wants to be odd.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace train::signing {

struct MachoRecipe {
  bool wide = true;
  std::uint32_t kind = 2;      // MH_EXECUTE; 6 is a dylib
  std::uint32_t platform = 2;  // iOS
  std::uint32_t minimum = 13 << 16;
  std::uint32_t sdk = 17 << 16;
  std::uint32_t header_room = 64;  // bytes between the load commands and the section
  std::uint32_t text_bytes = 10'000;
  std::uint32_t linkedit_bytes = 100;
  bool encrypted = false;
  std::uint32_t signature_bytes = 0;  // room with a load command, and nothing in it
};

std::string macho_of(const MachoRecipe& recipe = {});
// Slices at multiples of 16 KiB.
std::string fat_of(const std::vector<std::string>& slices);

}  // namespace train::signing
