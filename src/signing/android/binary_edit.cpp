#include <fmt/format.h>

#include <charconv>

#include "android/binary_xml.hpp"
#include "android/manifest.hpp"
#include "train/zip/bytes.hpp"
#include "train/zip/records.hpp"

namespace train::signing {
namespace {

constexpr std::uint32_t k_no_string = 0xffffffff;
constexpr std::uint32_t k_pool_utf8 = 0x100;
constexpr std::uint32_t k_pool_sorted = 0x1;
constexpr std::size_t k_pool_header = 28;

tl::unexpected<Error> refuse_binary(std::string why) { return fail(ErrorKind::refused, std::move(why)); }

void set_u32(std::string& bytes, std::size_t at, std::uint64_t value) {
  std::string number;
  zip::put_u32(number, value);
  bytes.replace(at, 4, number);
}

// One text of the pool, in its encoding. `text` is ASCII and short: a version.
std::string pool_text(const std::string& text, bool utf8) {
  std::string out;
  if (utf8) {
    out += static_cast<char>(text.size());  // characters
    out += static_cast<char>(text.size());  // bytes
    return out + text + '\0';
  }
  zip::put_u16(out, text.size());
  for (const char c : text) zip::put_u16(out, static_cast<unsigned char>(c));
  zip::put_u16(out, 0);
  return out;
}

// {u16 1, u16 28, u32 size, u32 texts, u32 styles, u32 flags, u32 texts begin, u32 styles begin, u32 offset per text,
// u32 offset per style, texts, styles}
Result<std::string> pool_with(std::string_view pool, const std::string& text) {
  const zip::Bytes bytes(pool);
  if (pool.size() < k_pool_header || *bytes.u16(2) != k_pool_header)
    return refuse_binary("its manifest's texts are damaged");
  const std::uint64_t texts = *bytes.u32(8);
  const std::uint64_t styles = *bytes.u32(12);
  const std::uint64_t flags = *bytes.u32(16);
  const std::uint64_t begin = *bytes.u32(20);
  const std::uint64_t styles_begin = styles == 0 ? pool.size() : *bytes.u32(24);
  const bool sound =
      begin >= k_pool_header + 4 * (texts + styles) && begin <= styles_begin && styles_begin <= pool.size();
  if (!sound) return refuse_binary("its manifest's texts are damaged");
  std::string data(pool.substr(begin, styles_begin - begin));
  data.resize((data.size() + 3) / 4 * 4, '\0');
  const std::uint64_t place = data.size();
  data += pool_text(text, (flags & k_pool_utf8) != 0);
  data.resize((data.size() + 3) / 4 * 4, '\0');
  std::string out(pool.substr(0, k_pool_header + 4 * texts));
  zip::put_u32(out, place);
  out += pool.substr(k_pool_header + 4 * texts, begin - k_pool_header - 4 * texts);
  out += data;
  out += pool.substr(styles_begin);
  set_u32(out, 4, out.size());
  set_u32(out, 8, texts + 1);
  set_u32(out, 16, flags & ~std::uint64_t{k_pool_sorted});
  set_u32(out, 20, begin + 4);
  if (styles != 0) set_u32(out, 24, begin + 4 + data.size());
  return out;
}

Result<Done> reversion_one(std::string& file, const BinaryAttribute& attribute, const AndroidVersion& version,
                           std::uint32_t new_text) {
  if (attribute.resource_id == archives::k_version_code_major_id) {
    return refuse_binary("its manifest has a versionCodeMajor, which Google Play does not take");
  }
  if (attribute.resource_id == archives::k_version_code_id) {
    set_u32(file, attribute.at + 8, k_no_string);
    set_u32(file, attribute.at + 16, version.code);
  }
  if (attribute.resource_id == archives::k_version_name_id) {
    set_u32(file, attribute.at + 8, new_text);
    file[attribute.at + 15] = static_cast<char>(k_type_string);
    set_u32(file, attribute.at + 16, new_text);
  }
  return Done{};
}

std::optional<std::uint64_t> number_in(const BinaryXml& xml, const BinaryAttribute& attribute) {
  if (attribute.type >= k_type_decimal && attribute.type <= k_type_boolean) return attribute.data;
  const auto text = xml.strings.at(attribute.raw);
  std::uint64_t value = 0;
  if (!text || text->empty()) return std::nullopt;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
  if (read.ec != std::errc() || read.ptr != text->data() + text->size()) return std::nullopt;
  return value;
}

void note_attribute(const BinaryXml& xml, const BinaryElement& element, const BinaryAttribute& one,
                    ManifestFacts& facts) {
  if (element.depth == 0) {
    if (one.resource_id == 0 && xml.strings.at(one.name) == "split") {
      facts.split = xml.strings.at(one.raw).value_or("?");
    }
    if (one.resource_id == k_split_required_id) facts.needs_splits = one.data != 0;
    return;
  }
  const auto name = xml.strings.at(element.name);
  if (element.depth == 2) {
    if (name == "service" && one.resource_id == k_service_type_id)
      add_service_types(number_in(xml, one).value_or(0), facts.service_types);
    return;
  }
  const bool permission = name == "uses-permission" || name == "uses-permission-sdk-23";
  if (permission && one.resource_id == k_name_id) facts.permissions.insert(xml.strings.at(one.raw).value_or("?"));
  if (name == "uses-sdk" && one.resource_id == k_min_sdk_id) facts.min_sdk = number_in(xml, one);
  if (name == "uses-sdk" && one.resource_id == k_target_sdk_id) facts.target_sdk = number_in(xml, one);
  if (name == "application" && one.resource_id == k_debuggable_id) facts.debuggable = one.data != 0;
  if (name == "application" && one.resource_id == k_test_only_id) facts.test_only = one.data != 0;
}

}  // namespace

Result<ManifestFacts> read_binary_facts(std::string_view manifest) {
  const auto declared = archives::read_binary_manifest(manifest);
  if (!declared) return tl::unexpected(declared.error());
  const auto xml = read_binary_xml(manifest);
  if (!xml) return tl::unexpected(xml.error());
  ManifestFacts facts;
  facts.declared = *declared;
  for (const BinaryElement& element : xml->elements) {
    for (const BinaryAttribute& one : element.attributes) note_attribute(*xml, element, one, facts);
  }
  return facts;
}

Result<std::string> reversion_binary(std::string_view manifest, const AndroidVersion& version) {
  const auto was = archives::read_binary_manifest(manifest);
  if (!was) return tl::unexpected(was.error());
  if (version.name.size() > 0x7f) return refuse_binary("the new version is longer than 127 characters");
  const auto xml = read_binary_xml(manifest);
  if (!xml) return tl::unexpected(xml.error());
  std::string file(manifest);
  for (const BinaryAttribute& attribute : xml->elements.front().attributes) {
    if (auto done = reversion_one(file, attribute, version, xml->strings.count()); !done) {
      return tl::unexpected(done.error());
    }
  }
  const auto pool = pool_with(manifest.substr(xml->pool_at, xml->pool_size), version.name);
  if (!pool) return pool;
  file.replace(xml->pool_at, xml->pool_size, *pool);
  set_u32(file, 4, xml->size + pool->size() - xml->pool_size);
  const auto is = archives::read_binary_manifest(file);
  const bool right = is && is->id == was->id && is->build.value_or("") == std::to_string(version.code) &&
                     is->version.value_or("") == version.name;
  if (!right) return refuse_binary("its manifest does not say the new version after it was changed");
  return file;
}

}  // namespace train::signing
