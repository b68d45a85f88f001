#include "apple/macho_edit.hpp"

#include <algorithm>
#include <limits>

#include "apple/code_bytes.hpp"

namespace train::signing {
namespace {

constexpr std::uint32_t k_signature_command = 0x1d;
constexpr std::uint32_t k_signature_command_bytes = 16;
constexpr std::uint64_t k_signature_step = 16;
constexpr std::uint64_t k_memory_page = 0x4000;
constexpr std::uint64_t k_u32_max = std::numeric_limits<std::uint32_t>::max();

void put_little(std::string& out, std::size_t at, std::size_t width, std::uint64_t value) {
  put_number(out, at, width, value, ByteOrder::little);
}

// Behind the last load command, in bytes that nothing uses.
Result<std::size_t> add_command(std::string& bytes, const MachoImage& image) {
  if (image.commands_room - image.commands_end < k_signature_command_bytes) {
    return fail(ErrorKind::refused,
                "it has no signature, and no room between its load commands and its first section for the command that "
                "would name one",
                "Link it again with -headerpad, or archive a build that Xcode signed.");
  }
  const std::size_t at = image.commands_end;
  const std::size_t length = image.commands_end - image.commands_begin;
  put_little(bytes, at, 4, k_signature_command);
  put_little(bytes, at + 4, 4, k_signature_command_bytes);
  put_little(bytes, 16, 4, image.command_count + 1);
  put_little(bytes, 20, 4, length + k_signature_command_bytes);
  return at;
}

Result<std::uint64_t> signature_offset(const std::string& bytes, const MachoImage& image) {
  if (image.signature) return image.signature->offset;
  const std::uint64_t end = image.linkedit->offset + image.linkedit->size;
  // Tools pad to the next step; more than that is something nobody here knows.
  if (bytes.size() - end >= k_signature_step ||
      bytes.find_first_not_of('\0', static_cast<std::size_t>(end)) != std::string::npos) {
    return fail(ErrorKind::refused, "it has bytes behind its __LINKEDIT segment");
  }
  return round_up(end, k_signature_step);
}

void resize_linkedit(std::string& bytes, const MachoImage& image, std::uint64_t size) {
  const std::size_t at = image.linkedit->command;
  const std::size_t width = image.wide ? 8 : 4;
  const std::uint64_t memory = std::max(image.linkedit->memory, round_up(size, k_memory_page));
  put_little(bytes, at + 24 + width, width, memory);
  put_little(bytes, at + 24 + 3 * width, width, size);
}

}  // namespace

Result<MachoImage> reserve_signature(std::string& bytes, const MachoImage& image, std::uint32_t room) {
  const auto offset = signature_offset(bytes, image);
  if (!offset) return tl::unexpected(offset.error());
  if (*offset + room > k_u32_max) return fail(ErrorKind::refused, "it would be larger than 4 GiB");
  std::size_t command = image.signature ? image.signature->command : 0;
  if (!image.signature) {
    const auto added = add_command(bytes, image);
    if (!added) return tl::unexpected(added.error());
    command = *added;
  }
  bytes.resize(static_cast<std::size_t>(*offset));
  bytes.resize(static_cast<std::size_t>(*offset) + room);
  put_little(bytes, command + 8, 4, *offset);
  put_little(bytes, command + 12, 4, room);
  resize_linkedit(bytes, image, *offset + room - image.linkedit->offset);
  return read_macho_image(bytes);
}

Result<std::string> join_slices(std::string_view file, const MachoFile& layout,
                                const std::vector<std::string>& slices) {
  if (layout.kind == MachoFile::Kind::thin) return slices.front();
  const bool wide = layout.kind == MachoFile::Kind::fat64;
  const std::size_t step = wide ? 32 : 20;
  std::string out(file.substr(0, 8 + layout.slices.size() * step));
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const std::uint64_t offset = round_up(out.size(), std::uint64_t{1} << layout.slices[i].align);
    if (!wide && offset + slices[i].size() > k_u32_max) {
      return fail(ErrorKind::refused, "it would be a fat file larger than 4 GiB");
    }
    const std::size_t at = 8 + i * step;
    put_number(out, at + 8, wide ? 8 : 4, offset, ByteOrder::big);
    put_number(out, at + (wide ? 16 : 12), wide ? 8 : 4, slices[i].size(), ByteOrder::big);
    out.resize(static_cast<std::size_t>(offset));
    out += slices[i];
  }
  return out;
}

}  // namespace train::signing
