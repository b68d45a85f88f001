// Mach-O files: one image, or a fat file of several. Only what a signature touches is read; nothing that is read is
// trusted before it was checked against the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"

namespace train::signing {

inline constexpr std::uint32_t k_macho_executable = 2;  // MH_EXECUTE
inline constexpr std::uint32_t k_macho_dylib = 6;       // MH_DYLIB
inline constexpr std::uint32_t k_macho_bundle = 8;      // MH_BUNDLE
inline constexpr std::uint32_t k_platform_ios = 2;
inline constexpr std::uint32_t k_platform_tvos = 3;
inline constexpr std::uint32_t k_platform_watchos = 4;

// A LC_SEGMENT or LC_SEGMENT_64. Offset and size are of the file, memory is its vmsize; all in bytes.
struct MachoSegment {
  std::size_t command = 0;  // where its load command stands
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t memory = 0;
};

struct SignaturePlace {
  std::size_t command = 0;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;  // reserved, padding included
};

struct MachoImage {
  bool wide = true;  // 64-bit layout; arm64_32 and armv7 have the other
  std::uint32_t kind = 0;
  std::uint32_t command_count = 0;
  std::size_t commands_begin = 0;
  std::size_t commands_end = 0;
  std::size_t commands_room = 0;  // the first byte behind the load commands that means something
  std::optional<MachoSegment> text;
  std::optional<MachoSegment> linkedit;
  std::optional<SignaturePlace> signature;
  bool encrypted = false;                    // as the store delivers it
  std::optional<std::uint32_t> platform;     // PLATFORM_*
  std::optional<std::uint32_t> minimum_os;   // xxxx.yy.zz in 16, 8 and 8 bits
  std::optional<std::uint32_t> sdk_version;  // likewise
};

// Where one image of a fat file is; a thin file has one that spans it.
struct MachoSlice {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t align = 0;  // log2
};

struct MachoFile {
  enum class Kind { thin, fat, fat64 };
  Kind kind = Kind::thin;
  std::vector<MachoSlice> slices;  // in the header's order
};

// Whether a file begins like Mach-O code that is loaded and so is signed, fat or thin; its first 16 bytes tell. Java
// classes begin like fat files and are told apart.
bool looks_like_macho(std::string_view file);

// refused when the slices overlap or lie outside.
Result<MachoFile> read_macho_file(std::string_view file);

// One image. refused, saying what is wrong, when it breaks its own rules: a command outside, a signature that is not
// the end of __LINKEDIT and of the file.
Result<MachoImage> read_macho_image(std::string_view slice);

}  // namespace train::signing
