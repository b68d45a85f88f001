#include "apple/code_signature.hpp"

#include <algorithm>

#include "apple/code_bytes.hpp"

namespace train::signing {
namespace {

constexpr std::uint32_t k_superblob_mark = 0xfade0cc0;
constexpr std::uint32_t k_requirement_set = 0xfade0c01;
constexpr std::uint32_t k_requirement = 0xfade0c00;
constexpr std::uint32_t k_blobs_max = 64;

tl::unexpected<Error> bad_signature(std::string_view why) {
  return fail(ErrorKind::refused, std::string("its signature ") + std::string(why));
}

void append_counted(std::string& out, std::string_view text) {
  append_big32(out, text.size());
  out += text;
  out.resize(static_cast<std::size_t>(round_up(out.size(), 4)));
}

}  // namespace

bool is_directory_slot(std::uint32_t slot) {
  return slot == k_slot_directory || (slot >= k_slot_alternate && slot < k_slot_alternate + 5);
}

const SignatureBlob* CodeSignature::find(std::uint32_t slot) const {
  const auto at = std::find_if(blobs.begin(), blobs.end(), [slot](const SignatureBlob& b) { return b.slot == slot; });
  return at == blobs.end() ? nullptr : &*at;
}

SignatureBlob* CodeSignature::find(std::uint32_t slot) {
  return const_cast<SignatureBlob*>(static_cast<const CodeSignature*>(this)->find(slot));
}

void CodeSignature::set(std::uint32_t slot, std::string bytes) {
  if (SignatureBlob* const there = find(slot); there != nullptr) {
    there->bytes = std::move(bytes);
    return;
  }
  const auto behind =
      std::find_if(blobs.begin(), blobs.end(), [slot](const SignatureBlob& blob) { return blob.slot > slot; });
  blobs.insert(behind, SignatureBlob{slot, std::move(bytes)});
}

std::string_view CodeSignature::cms() const {
  const SignatureBlob* const blob = find(k_slot_cms);
  return blob == nullptr ? std::string_view() : std::string_view(blob->bytes).substr(8);
}

std::string_view CodeSignature::entitlements() const {
  const SignatureBlob* const blob = find(static_cast<std::uint32_t>(SpecialSlot::entitlements));
  return blob == nullptr ? std::string_view() : std::string_view(blob->bytes).substr(8);
}

Result<CodeSignature> read_code_signature(std::string_view room) {
  const CodeBytes bytes(room);
  const auto length = bytes.big32(4);
  const auto count = bytes.big32(8);
  if (bytes.big32(0) != k_superblob_mark || !length || !count || *length > room.size() || *count > k_blobs_max) {
    return bad_signature("is damaged");
  }
  const CodeBytes frame(room.substr(0, *length));
  CodeSignature out;
  std::size_t total = 0;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto slot = frame.big32(12 + std::size_t{8} * i);
    const auto offset = frame.big32(16 + std::size_t{8} * i);
    if (!slot || !offset || *offset < 12 + std::size_t{8} * *count) return bad_signature("has a blob outside itself");
    const auto size = frame.big32(std::size_t{*offset} + 4);
    const auto blob = size ? frame.slice(*offset, *size) : std::nullopt;
    if (!blob || blob->size() < 8) return bad_signature("has a blob outside itself");
    if (out.find(*slot) != nullptr) return bad_signature("has a slot twice");
    // Several entries may name the same bytes; copying them must stay within the file's size.
    total += blob->size();
    if (total > room.size()) return bad_signature("has blobs that overlap");
    out.blobs.emplace_back();
    out.blobs.back().slot = *slot;
    out.blobs.back().bytes = std::string(*blob);
  }
  if (out.find(k_slot_directory) == nullptr) return bad_signature("has no CodeDirectory");
  return out;
}

Result<std::vector<ParsedDirectory>> read_directories(const CodeSignature& signature) {
  std::vector<ParsedDirectory> out;
  for (const SignatureBlob& blob : signature.blobs) {
    if (!is_directory_slot(blob.slot)) continue;
    auto fields = read_code_directory(blob.bytes);
    if (!fields) return tl::unexpected(fields.error());
    out.emplace_back();
    out.back().slot = blob.slot;
    out.back().fields = std::move(*fields);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.slot < b.slot; });
  return out;
}

std::string write_code_signature(const CodeSignature& signature) {
  std::string out;
  std::size_t at = 12 + 8 * signature.blobs.size();
  std::size_t length = at;
  for (const SignatureBlob& blob : signature.blobs) length += blob.bytes.size();
  append_big32(out, k_superblob_mark);
  append_big32(out, length);
  append_big32(out, signature.blobs.size());
  for (const SignatureBlob& blob : signature.blobs) {
    append_big32(out, blob.slot);
    append_big32(out, at);
    at += blob.bytes.size();
  }
  for (const SignatureBlob& blob : signature.blobs) out += blob.bytes;
  return out;
}

std::string make_blob(std::uint32_t magic, std::string_view content) {
  std::string out;
  append_big32(out, magic);
  append_big32(out, content.size() + 8);
  out += content;
  return out;
}

std::string make_requirements(std::string_view identifier, std::string_view common_name) {
  constexpr std::uint32_t op_ident = 2;
  constexpr std::uint32_t op_and = 6;
  constexpr std::uint32_t op_certificate_field = 11;
  constexpr std::uint32_t op_certificate_extension = 14;
  constexpr std::uint32_t op_apple_anchor = 15;
  constexpr std::uint32_t match_exists = 0;
  constexpr std::uint32_t match_equal = 1;
  constexpr std::string_view worldwide_developer_relations("\x2a\x86\x48\x86\xf7\x63\x64\x06\x02\x01", 10);
  std::string rule;
  append_big32(rule, 1);  // an expression follows
  append_big32(rule, op_and);
  append_big32(rule, op_ident);
  append_counted(rule, identifier);
  append_big32(rule, op_and);
  append_big32(rule, op_apple_anchor);
  append_big32(rule, op_and);
  append_big32(rule, op_certificate_field);
  append_big32(rule, 0);  // the leaf
  append_counted(rule, "subject.CN");
  append_big32(rule, match_equal);
  append_counted(rule, common_name);
  append_big32(rule, op_certificate_extension);
  append_big32(rule, 1);  // who issued the leaf
  append_counted(rule, worldwide_developer_relations);
  append_big32(rule, match_exists);
  std::string index;
  append_big32(index, 1);   // one requirement
  append_big32(index, 3);   // the designated one
  append_big32(index, 20);  // where it stands
  return make_blob(k_requirement_set, index + make_blob(k_requirement, rule));
}

}  // namespace train::signing
