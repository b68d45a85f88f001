#include "train/zip/records.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/text.hpp"
#include "train/zip/bytes.hpp"
#include "train/zip/directory.hpp"

namespace train::zip {
namespace {

constexpr std::uint16_t k_zip64_field = 0x0001;
constexpr std::uint16_t k_alignment_field = 0xd935;  // Android's: u16 alignment, zeros
constexpr std::uint64_t k_u32_full = 0xffffffff;

void put_number(std::string& out, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint16_t version_needed(const ZipRecord& record, bool far) { return record.wide() || far ? 45 : 20; }

// Up to the name's size; the two headers share these fields.
void put_common(std::string& out, const ZipRecord& record, bool far) {
  put_u16(out, version_needed(record, far));
  put_u16(out, record.flags & ~k_sizes_follow);
  put_u16(out, record.method);
  put_u16(out, record.time);
  put_u16(out, record.date);
  put_u32(out, record.crc);
  put_u32(out, record.wide() ? k_u32_full : record.packed);
  put_u32(out, record.wide() ? k_u32_full : record.unpacked);
  put_u16(out, record.name.size());
}

// Zeros alone would do for a gap of any size, but four bytes or less are no field, and readers of fields stumble.
std::string alignment_field(std::uint64_t gap, std::uint64_t alignment) {
  std::string out;
  put_u16(out, k_alignment_field);
  put_u16(out, gap - 4);
  put_u16(out, alignment);
  out.resize(gap, '\0');
  return out;
}

}  // namespace

void put_u16(std::string& out, std::uint64_t value) { put_number(out, value, 2); }
void put_u32(std::string& out, std::uint64_t value) { put_number(out, value, 4); }
void put_u64(std::string& out, std::uint64_t value) { put_number(out, value, 8); }

std::string kept_extra(std::string_view extra) {
  const Bytes bytes(extra);
  std::string out;
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const auto id = *bytes.u16(at);
    const auto field = bytes.slice(at, std::size_t{4} + *bytes.u16(at + 2));
    if (!field || id == 0) break;  // padding, as zipalign leaves it
    if (id != k_zip64_field && id != k_alignment_field) out += *field;
    at += field->size();
  }
  return out;
}

Result<std::string> local_header(const ZipRecord& record, std::string_view local_extra, std::uint64_t offset,
                                 std::uint64_t alignment) {
  std::string extra;
  if (record.wide()) {
    put_u16(extra, k_zip64_field);
    put_u16(extra, 16);
    put_u64(extra, record.unpacked);
    put_u64(extra, record.packed);
  }
  extra += kept_extra(local_extra);
  const std::uint64_t data = offset + 30 + record.name.size() + extra.size();
  if (alignment > 1 && data % alignment != 0) {
    std::uint64_t gap = alignment - data % alignment;
    while (gap < 6) gap += alignment;
    extra += alignment_field(gap, alignment);
  }
  constexpr std::size_t k_zip64_field_bytes = 28;  // what the directory's line may need beside the fields it has
  const bool fits = extra.size() <= 0xffff && record.extra.size() + k_zip64_field_bytes <= 0xffff;
  if (!fits || record.name.size() > 0xffff) {
    return fail(ErrorKind::refused,
                fmt::format("Cannot write the entry \"{}\": its extra fields leave no room for its sizes or alignment.",
                            printable(record.name, 200)));
  }
  std::string out;
  put_u32(out, 0x04034b50);
  put_common(out, record, false);
  put_u16(out, extra.size());
  out += record.name;
  out += extra;
  return out;
}

void put_directory_line(std::string& directory, const ZipRecord& record, std::uint64_t offset) {
  const bool far = offset >= k_u32_full;
  std::string extra;
  if (record.wide() || far) {
    put_u16(extra, k_zip64_field);
    put_u16(extra, (record.wide() ? 16 : 0) + (far ? 8 : 0));
    if (record.wide()) put_u64(extra, record.unpacked);
    if (record.wide()) put_u64(extra, record.packed);
    if (far) put_u64(extra, offset);
  }
  extra += kept_extra(record.extra);
  put_u32(directory, 0x02014b50);
  put_u16(directory,
          std::max<std::uint16_t>(record.made_by & 0xff, version_needed(record, far)) | (record.made_by & 0xff00));
  put_common(directory, record, far);
  put_u16(directory, extra.size());
  put_u16(directory, record.comment.size());
  put_u16(directory, 0);  // the first and only part
  put_u16(directory, record.internal_attributes);
  put_u32(directory, record.external_attributes);
  put_u32(directory, far ? k_u32_full : offset);
  directory += record.name;
  directory += extra;
  directory += record.comment;
}

std::string end_record(const DirectoryEnd& end) {
  std::string out;
  if (end.wide()) {
    put_u32(out, 0x06064b50);
    put_u64(out, 44);
    put_u16(out, 45);
    put_u16(out, 45);
    put_u64(out, 0);
    put_u64(out, end.entries);
    put_u64(out, end.entries);
    put_u64(out, end.size);
    put_u64(out, end.offset);
    put_u32(out, 0x07064b50);
    put_u32(out, 0);
    put_u64(out, end.offset + end.size);
    put_u32(out, 1);
  }
  put_u32(out, 0x06054b50);
  put_u32(out, 0);
  put_u16(out, std::min<std::uint64_t>(end.entries, 0xffff));
  put_u16(out, std::min<std::uint64_t>(end.entries, 0xffff));
  put_u32(out, std::min(end.size, k_u32_full));
  put_u32(out, std::min(end.offset, k_u32_full));
  put_u16(out, 0);
  return out;
}

}  // namespace train::zip
