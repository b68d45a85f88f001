#include "unit/signing/macho_fixture.hpp"

#include "apple/code_bytes.hpp"

namespace train::signing {
namespace {

void little(std::string& out, std::uint64_t value, std::size_t width) {
  out.resize(out.size() + width);
  put_number(out, out.size() - width, width, value, ByteOrder::little);
}

std::string name16(std::string name) {
  name.resize(16);
  return name;
}

struct SegmentRecipe {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t section_offset = 0;  // 0: no section
};

std::string segment_command(const MachoRecipe& recipe, const SegmentRecipe& segment) {
  const std::size_t width = recipe.wide ? 8 : 4;
  const bool has_section = segment.section_offset != 0;
  std::string out;
  little(out, recipe.wide ? 0x19 : 0x1, 4);
  little(out, (recipe.wide ? 72 : 56) + (has_section ? (recipe.wide ? 80 : 68) : 0), 4);
  out += name16(segment.name);
  little(out, 0, width);
  little(out, round_up(segment.size, 0x4000), width);
  little(out, segment.offset, width);
  little(out, segment.size, width);
  for (const std::uint32_t value : {5u, 5u, has_section ? 1u : 0u, 0u}) little(out, value, 4);
  if (!has_section) return out;
  out += name16("__text") + name16(segment.name);
  little(out, 0, width);
  little(out, 16, width);
  for (int i = 0; i < (recipe.wide ? 8 : 7); ++i) little(out, i == 0 ? segment.section_offset : 0, 4);
  return out;
}

std::string commands_of(const MachoRecipe& recipe, std::uint32_t section, std::uint64_t linkedit) {
  std::string out = segment_command(recipe, {"__TEXT", 0, linkedit, section});
  const std::uint64_t signature = round_up(linkedit + recipe.linkedit_bytes, 16);
  const std::uint64_t end =
      recipe.signature_bytes == 0 ? linkedit + recipe.linkedit_bytes : signature + recipe.signature_bytes;
  out += segment_command(recipe, {"__LINKEDIT", linkedit, end - linkedit, 0});
  for (const std::uint32_t value : {0x32u, 24u, recipe.platform, recipe.minimum, recipe.sdk, 0u}) little(out, value, 4);
  if (recipe.encrypted) {
    for (const std::uint32_t value : {recipe.wide ? 0x2cu : 0x21u, 24u, 0x1000u, 0x1000u, 1u, 0u})
      little(out, value, 4);
  }
  if (recipe.signature_bytes == 0) return out;
  for (const std::uint64_t value : {std::uint64_t{0x1d}, std::uint64_t{16}, signature}) little(out, value, 4);
  little(out, recipe.signature_bytes, 4);
  return out;
}

}  // namespace

std::string macho_of(const MachoRecipe& recipe) {
  const std::uint64_t linkedit = round_up(recipe.text_bytes, 0x1000);
  const std::size_t header = recipe.wide ? 32 : 28;
  const std::size_t length = commands_of(recipe, 1, linkedit).size();
  const std::string commands =
      commands_of(recipe, static_cast<std::uint32_t>(header + length + recipe.header_room), linkedit);
  const std::uint32_t count = 3 + (recipe.encrypted ? 1 : 0) + (recipe.signature_bytes != 0 ? 1 : 0);
  std::string out;
  little(out, recipe.wide ? 0xfeedfacf : 0xfeedface, 4);
  for (const std::uint32_t value : {0x0100000cu, 0u, recipe.kind, count}) little(out, value, 4);
  little(out, commands.size(), 4);
  little(out, 0, 4);
  if (recipe.wide) little(out, 0, 4);
  out += commands;
  out.resize(out.size() + recipe.header_room);
  while (out.size() < linkedit) out += static_cast<char>(out.size() * 7 >> 3);
  out.resize(linkedit + recipe.linkedit_bytes, 'L');
  if (recipe.signature_bytes != 0) out.resize(round_up(out.size(), 16) + recipe.signature_bytes);
  return out;
}

std::string fat_of(const std::vector<std::string>& slices) {
  constexpr std::uint32_t align = 14;
  std::string head;
  append_big32(head, 0xcafebabe);
  append_big32(head, slices.size());
  std::string out(round_up(8 + 20 * slices.size(), 1u << align), '\0');
  for (const std::string& slice : slices) {
    out.resize(round_up(out.size(), 1u << align));
    for (const std::uint64_t value : {std::uint64_t{12}, std::uint64_t{0}, std::uint64_t{out.size()},
                                      std::uint64_t{slice.size()}, std::uint64_t{align}}) {
      append_big32(head, value);
    }
    out += slice;
  }
  out.replace(0, head.size(), head);
  return out;
}

}  // namespace train::signing
