#include "apple/macho.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apple/code_bytes.hpp"

namespace train::signing {
namespace {

constexpr std::uint32_t k_narrow_mark = 0xfeedface;
constexpr std::uint32_t k_wide_mark = 0xfeedfacf;
constexpr std::uint32_t k_fat_mark = 0xcafebabe;
constexpr std::uint32_t k_fat64_mark = 0xcafebabf;
constexpr std::uint32_t k_slices_max = 16;  // a Java class has its version, 45 and more, where the count would be
constexpr std::uint32_t k_commands_max = 16'384;
constexpr std::uint32_t k_align_max = 20;  // log2

constexpr std::uint32_t k_segment = 0x1;
constexpr std::uint32_t k_segment_wide = 0x19;
constexpr std::uint32_t k_code_signature = 0x1d;
constexpr std::uint32_t k_encryption = 0x21;
constexpr std::uint32_t k_encryption_wide = 0x2c;
constexpr std::uint32_t k_minimum_iphone = 0x25;
constexpr std::uint32_t k_minimum_tv = 0x2f;
constexpr std::uint32_t k_minimum_watch = 0x30;
constexpr std::uint32_t k_build_version = 0x32;

tl::unexpected<Error> bad_macho(std::string why) { return fail(ErrorKind::refused, std::move(why)); }

std::optional<MachoSegment> read_segment(const CodeBytes& image, std::size_t at, bool wide) {
  MachoSegment out;
  out.command = at;
  const std::size_t step = wide ? 8 : 4;
  const auto field = [&](std::size_t index) {
    const std::size_t place = at + 24 + index * step;
    return wide ? image.little64(place) : std::optional<std::uint64_t>(image.little32(place));
  };
  const auto memory = field(1);
  const auto offset = field(2);
  const auto size = field(3);
  if (!memory || !offset || !size) return std::nullopt;
  if (*offset > image.size() || *size > image.size() - *offset) return std::nullopt;
  out.memory = *memory;
  out.offset = *offset;
  out.size = *size;
  return out;
}

// Moves `room` down to the first section that has bytes in the file. False when the sections lie outside the command.
bool bound_room(const CodeBytes& image, std::size_t at, std::size_t length, MachoImage& out) {
  const std::size_t header = out.wide ? 72 : 56;
  const std::size_t section = out.wide ? 80 : 68;
  if (length < header) return false;
  const auto count = image.little32(at + (out.wide ? 64 : 48));
  if (!count || *count > (length - header) / section) return false;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto offset = image.little32(at + header + i * section + (out.wide ? 48 : 40));
    // Zero-filled sections have no bytes in the file and say 0.
    if (offset && *offset != 0) out.commands_room = std::min<std::size_t>(out.commands_room, *offset);
  }
  return true;
}

Result<Done> take_segment(const CodeBytes& image, std::size_t at, std::size_t length, MachoImage& out) {
  const auto name = image.slice(at + 8, 16);
  const auto segment = read_segment(image, at, out.wide);
  if (!name || !segment || !bound_room(image, at, length, out)) return bad_macho("it has a segment outside itself");
  const std::string_view plain = name->substr(0, name->find('\0'));
  if (plain != "__TEXT" && plain != "__LINKEDIT") return Done{};
  auto& place = plain == "__TEXT" ? out.text : out.linkedit;
  if (place) return bad_macho(fmt::format("it has two {} segments", plain));
  place = *segment;
  return Done{};
}

Result<Done> take_signature(const CodeBytes& image, std::size_t at, std::size_t length, MachoImage& out) {
  const auto offset = image.little32(at + 8);
  const auto size = image.little32(at + 12);
  if (length < 16 || !offset || !size) return bad_macho("its signature's load command is too short");
  if (out.signature) return bad_macho("it has two signatures");
  out.signature = SignaturePlace{at, *offset, *size};
  return Done{};
}

void take_versions(const CodeBytes& image, std::size_t at, std::uint32_t command, MachoImage& out) {
  if (command == k_build_version) {
    out.platform = image.little32(at + 8);
    out.minimum_os = image.little32(at + 12);
    out.sdk_version = image.little32(at + 16);
    return;
  }
  out.platform = command == k_minimum_iphone ? k_platform_ios
                 : command == k_minimum_tv   ? k_platform_tvos
                                             : k_platform_watchos;
  out.minimum_os = image.little32(at + 8);
  out.sdk_version = image.little32(at + 12);
}

Result<Done> take_command(const CodeBytes& image, std::size_t at, std::uint32_t command, std::size_t length,
                          MachoImage& out) {
  switch (command) {
    case k_segment:
    case k_segment_wide:
      if ((command == k_segment_wide) != out.wide) return bad_macho("it mixes 32-bit and 64-bit segments");
      return take_segment(image, at, length, out);
    case k_code_signature:
      return take_signature(image, at, length, out);
    case k_encryption:
    case k_encryption_wide:
      if (image.little32(at + 16).value_or(1) != 0) out.encrypted = true;
      return Done{};
    case k_minimum_iphone:
    case k_minimum_tv:
    case k_minimum_watch:
    case k_build_version:
      take_versions(image, at, command, out);
      return Done{};
  }
  return Done{};
}

Result<Done> walk_commands(const CodeBytes& image, MachoImage& out) {
  std::size_t at = out.commands_begin;
  for (std::uint32_t i = 0; i < out.command_count; ++i) {
    if (out.commands_end - at < 8) return bad_macho("its load commands do not fit");
    const auto command = image.little32(at);
    const auto length = image.little32(at + 4);
    if (!command || !length || *length < 8 || *length % 4 != 0 || *length > out.commands_end - at) {
      return bad_macho("its load commands do not fit");
    }
    if (const auto done = take_command(image, at, *command, *length, out); !done) return done;
    at += *length;
  }
  if (at != out.commands_end) return bad_macho("its load commands do not add up");
  return Done{};
}

// What dyld and the kernel ask of the last thing in a file.
Result<Done> check_places(std::size_t size, const MachoImage& out) {
  if (!out.linkedit || !out.text) return bad_macho("it has no __TEXT or no __LINKEDIT segment");
  if (out.commands_room < out.commands_end) return bad_macho("its first section lies within its load commands");
  if (!out.signature) return Done{};
  const std::uint64_t end = std::uint64_t{out.signature->offset} + out.signature->size;
  if (end != size) return bad_macho("its signature is not the end of it");
  if (out.linkedit->offset + out.linkedit->size != end || out.signature->offset < out.linkedit->offset ||
      out.signature->offset < out.commands_end) {
    return bad_macho("its signature is not the end of __LINKEDIT");
  }
  return Done{};
}

Result<Done> check_slices(std::vector<MachoSlice> slices, std::uint64_t header, std::uint64_t file_size) {
  std::sort(slices.begin(), slices.end(), [](const MachoSlice& a, const MachoSlice& b) { return a.offset < b.offset; });
  std::uint64_t end = header;
  for (const MachoSlice& slice : slices) {
    const bool outside = slice.offset > file_size || slice.size > file_size - slice.offset;
    if (outside || slice.offset < end || slice.align > k_align_max) {
      return bad_macho("it is a fat file whose slices overlap or lie outside");
    }
    end = slice.offset + slice.size;
  }
  return Done{};
}

}  // namespace

bool looks_like_macho(std::string_view file) {
  const CodeBytes bytes(file);
  const auto mark = bytes.little32(0);
  if (mark == k_narrow_mark || mark == k_wide_mark) {
    const auto kind = bytes.little32(12);
    return kind == k_macho_executable || kind == k_macho_dylib || kind == k_macho_bundle;
  }
  const auto fat = bytes.big32(0);
  if (fat != k_fat_mark && fat != k_fat64_mark) return false;
  return bytes.big32(4).value_or(0) <= k_slices_max;
}

Result<MachoFile> read_macho_file(std::string_view file) {
  const CodeBytes bytes(file);
  MachoFile out;
  const auto mark = bytes.big32(0);
  if (mark != k_fat_mark && mark != k_fat64_mark) {
    out.slices.emplace_back();
    out.slices.back().size = file.size();
    return out;
  }
  const bool wide = mark == k_fat64_mark;
  out.kind = wide ? MachoFile::Kind::fat64 : MachoFile::Kind::fat;
  const std::uint32_t count = bytes.big32(4).value_or(0);
  if (count == 0 || count > k_slices_max) return bad_macho(fmt::format("it is a fat file of {} slices", count));
  const std::size_t step = wide ? 32 : 20;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = 8 + i * step;
    const auto offset = wide ? bytes.big64(at + 8) : std::optional<std::uint64_t>(bytes.big32(at + 8));
    const auto size = wide ? bytes.big64(at + 16) : std::optional<std::uint64_t>(bytes.big32(at + 12));
    const auto align = bytes.big32(at + (wide ? 24 : 16));
    if (!offset || !size || !align || !bytes.slice(at, step)) return bad_macho("it is a fat file that ends too soon");
    out.slices.emplace_back();
    out.slices.back().offset = *offset;
    out.slices.back().size = *size;
    out.slices.back().align = *align;
  }
  if (const auto done = check_slices(out.slices, 8 + count * step, file.size()); !done) {
    return tl::unexpected(done.error());
  }
  return out;
}

Result<MachoImage> read_macho_image(std::string_view slice) {
  const CodeBytes bytes(slice);
  const auto mark = bytes.little32(0);
  if (mark != k_narrow_mark && mark != k_wide_mark) return bad_macho("it is not a little-endian Mach-O file");
  MachoImage out;
  out.wide = mark == k_wide_mark;
  out.commands_begin = out.wide ? 32 : 28;
  out.commands_room = slice.size();
  const auto kind = bytes.little32(12);
  const auto count = bytes.little32(16);
  const auto length = bytes.little32(20);
  if (!kind || !count || !length || !bytes.slice(out.commands_begin, *length) || *count > k_commands_max) {
    return bad_macho("its load commands do not fit");
  }
  out.kind = *kind;
  out.command_count = *count;
  out.commands_end = out.commands_begin + *length;
  if (const auto done = walk_commands(bytes, out); !done) return tl::unexpected(done.error());
  if (const auto done = check_places(slice.size(), out); !done) return tl::unexpected(done.error());
  return out;
}

}  // namespace train::signing
