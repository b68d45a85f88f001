// Room for a signature in an image, and images laid out anew in a fat file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apple/macho.hpp"

namespace train::signing {

// Makes `bytes` of room for a signature at the end of an image and says so in its load commands: the command is added
// where there is none, __LINKEDIT grows or shrinks with it. The room is filled with zeros. The new image is read back.
// refused when there is no room for a load command, or something lies behind __LINKEDIT.
Result<MachoImage> reserve_signature(std::string& image_bytes, const MachoImage& image, std::uint32_t bytes);

// A fat file's slices with new contents, in its order and at its alignments; a thin file's only slice as it is.
Result<std::string> join_slices(std::string_view file, const MachoFile& layout, const std::vector<std::string>& slices);

}  // namespace train::signing
