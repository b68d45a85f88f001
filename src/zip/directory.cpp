#include "train/zip/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "train/base/text.hpp"
#include "train/zip/bytes.hpp"

namespace train::zip {
namespace {

constexpr std::uint32_t k_end_mark = 0x06054b50;
constexpr std::uint32_t k_end64_mark = 0x06064b50;
constexpr std::uint32_t k_locator_mark = 0x07064b50;
constexpr std::uint32_t k_local_mark = 0x04034b50;
constexpr std::uint32_t k_entry_mark = 0x02014b50;
constexpr std::uint32_t k_in_zip64 = 0xffffffff;
constexpr std::size_t k_end_size = 22;
constexpr std::size_t k_locator_size = 20;
constexpr std::size_t k_end64_size = 56;
constexpr std::size_t k_entry_size = 46;
constexpr std::size_t k_local_size = 30;
constexpr std::uint16_t k_encrypted = 1;
constexpr std::uint16_t k_encrypted_any = 1 | 1 << 6 | 1 << 13;

tl::unexpected<Error> refuse(std::string why) { return fail(ErrorKind::refused, std::move(why)); }

// From behind: the record whose comment ends with the file.
std::optional<std::size_t> find_end(const Bytes& tail) {
  if (tail.size() < k_end_size) return std::nullopt;
  for (std::size_t at = tail.size() - k_end_size + 1; at-- > 0;) {
    if (tail.u32(at) == k_end_mark && at + k_end_size + *tail.u16(at + 20) == tail.size()) return at;
  }
  return std::nullopt;
}

struct End {
  DirectoryPlace place;
  std::uint64_t begin = 0;  // of the first end record in the file: where the directory must end
};

Result<End> read_end64(const Bytes& tail, std::size_t end, std::uint64_t tail_offset) {
  if (end < k_locator_size || tail.u32(end - k_locator_size) != k_locator_mark) {
    return refuse("it needs a zip64 end record and has none");
  }
  const std::uint64_t record = *tail.u64(end - k_locator_size + 8);
  if (*tail.u32(end - k_locator_size + 4) != 0 || *tail.u32(end - k_locator_size + 16) > 1) {
    return refuse("it is one part of several");
  }
  if (record < tail_offset || record > tail_offset + end - k_locator_size)
    return refuse("its zip64 record is not at its end");
  const std::size_t at = record - tail_offset;
  if (tail.u32(at) != k_end64_mark || at + k_end64_size > end - k_locator_size)
    return refuse("its zip64 record is damaged");
  if (*tail.u32(at + 16) != 0 || *tail.u32(at + 20) != 0 || tail.u64(at + 24) != tail.u64(at + 32)) {
    return refuse("it is one part of several");
  }
  return End{{*tail.u64(at + 48), *tail.u64(at + 40), *tail.u64(at + 32), true}, record};
}

Result<End> read_end(const Bytes& tail, std::size_t at, std::uint64_t tail_offset) {
  const auto here = *tail.u16(at + 8);
  const auto entries = *tail.u16(at + 10);
  const auto size = *tail.u32(at + 12);
  const auto offset = *tail.u32(at + 16);
  if (*tail.u16(at + 4) != 0 || *tail.u16(at + 6) != 0 || here != entries) return refuse("it is one part of several");
  const bool has_locator = at >= k_locator_size && tail.u32(at - k_locator_size) == k_locator_mark;
  if (entries == 0xffff || size == k_in_zip64 || offset == k_in_zip64 || has_locator)
    return read_end64(tail, at, tail_offset);
  return End{{offset, size, entries}, tail_offset + at};
}

// Why a name must not be in an archive; empty when it may.
std::string_view fault_of_name(std::string_view name) {
  if (name.empty()) return "no name";
  if (name.size() > k_name_bytes_max) return "a name longer than 4,096 bytes";
  if (name.find('\0') != std::string_view::npos) return "a zero byte in its name";
  if (name.front() == '/' || name.front() == '\\') return "an absolute path";
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find_first_of("/\\", begin), name.size());
    if (name.substr(begin, end - begin) == "..") return "a path that leads out of the archive";
    begin = end + 1;
  }
  return {};
}

Result<Done> check_entry(const ZipEntry& entry, std::uint64_t directory_offset) {
  const auto refuse_entry = [&entry](const std::string& why) {
    return refuse(fmt::format("the entry \"{}\" {}", printable(entry.name, 200), why));
  };
  if (const auto fault = fault_of_name(entry.name); !fault.empty()) return refuse_entry(fmt::format("has {}", fault));
  if ((entry.flags & k_encrypted_any) != 0) return refuse_entry("is encrypted");
  if (entry.method == 0 && entry.packed != entry.unpacked) return refuse_entry("is stored with two different sizes");
  if (entry.unpacked / k_ratio_max > entry.packed) {
    return refuse_entry(fmt::format("claims to unpack to {} bytes out of {}: more than {}:1", entry.unpacked,
                                    entry.packed, k_ratio_max));
  }
  const std::uint64_t least = 30 + entry.name.size();
  const bool inside = entry.offset <= directory_offset && entry.packed <= directory_offset &&
                      least + entry.packed <= directory_offset - entry.offset;
  if (!inside) return refuse_entry("lies outside of the file");
  return Done{};
}

// One record of the directory; `at` moves behind it.
Result<ZipEntry> read_entry(const Bytes& directory, std::size_t& at) {
  if (directory.u32(at) != k_entry_mark || !directory.slice(at, k_entry_size))
    return refuse("its directory is damaged");
  ZipEntry entry;
  entry.record = at;
  entry.flags = *directory.u16(at + 8);
  entry.method = *directory.u16(at + 10);
  entry.crc = *directory.u32(at + 16);
  entry.packed = *directory.u32(at + 20);
  entry.unpacked = *directory.u32(at + 24);
  entry.offset = *directory.u32(at + 42);
  const bool made_on_unix = *directory.u16(at + 4) >> 8 == 3;
  entry.symlink = made_on_unix && (*directory.u32(at + 38) >> 16 & 0170000) == 0120000;
  const std::size_t name_size = *directory.u16(at + 28);
  const std::size_t extra_size = *directory.u16(at + 30);
  const std::size_t comment_size = *directory.u16(at + 32);
  const auto name = directory.slice(at + k_entry_size, name_size);
  const auto extra = directory.slice(at + k_entry_size + name_size, extra_size);
  if (!name || !extra) return refuse("its directory is cut short");
  if (*directory.u16(at + 34) != 0) return refuse("it is one part of several");
  entry.name = *name;
  if (!apply_zip64(*extra, entry)) return refuse("an entry's zip64 sizes are damaged");
  at += k_entry_size + name_size + extra_size + comment_size;
  return entry;
}

// Sets each entry's limit; refuses two that share bytes.
Result<Done> check_overlaps(std::vector<ZipEntry>& entries, std::uint64_t directory_offset) {
  std::vector<ZipEntry*> by_offset;
  by_offset.reserve(entries.size());
  for (ZipEntry& entry : entries) by_offset.push_back(&entry);
  std::sort(by_offset.begin(), by_offset.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
  for (std::size_t i = 0; i < by_offset.size(); ++i) {
    ZipEntry& entry = *by_offset[i];
    entry.limit = i + 1 < by_offset.size() ? by_offset[i + 1]->offset : directory_offset;
    if (entry.offset + 30 + entry.name.size() + entry.packed > entry.limit) {
      return refuse(fmt::format("the entry \"{}\" overlaps another", printable(entry.name, 200)));
    }
  }
  return Done{};
}

tl::unexpected<Error> refuse_local(const ZipEntry& entry, std::string_view why) {
  return refuse(fmt::format("the entry \"{}\" {}", printable(entry.name, 200), why));
}

}  // namespace

Result<std::size_t> check_local_header(std::string_view bytes, const ZipEntry& entry) {
  const Bytes local(bytes);
  const auto name = local.slice(k_local_size, entry.name.size());
  const bool same = local.u32(0) == k_local_mark && name == entry.name && (*local.u16(6) & k_encrypted) == 0 &&
                    local.u16(8) == entry.method && *local.u16(26) == entry.name.size();
  if (!same) return refuse_local(entry, "has two headers that differ");
  const std::size_t extra_size = *local.u16(28);
  const std::size_t data = k_local_size + entry.name.size() + extra_size;
  const auto extra = local.slice(k_local_size + entry.name.size(), extra_size);
  if (!extra || entry.offset + data + entry.packed > entry.limit) return refuse_local(entry, "overlaps another");
  ZipEntry own;
  own.packed = *local.u32(18);
  own.unpacked = *local.u32(22);
  if (!apply_zip64(*extra, own)) return refuse_local(entry, "has damaged zip64 sizes");
  const bool may_be_zero = (*local.u16(6) & k_sizes_follow) != 0;
  const auto agrees = [may_be_zero](std::uint64_t here, std::uint64_t there) {
    return here == there || (may_be_zero && here == 0);
  };
  const bool sizes_agree =
      agrees(*local.u32(14), entry.crc) && agrees(own.packed, entry.packed) && agrees(own.unpacked, entry.unpacked);
  if (!sizes_agree) return refuse_local(entry, "has two headers that differ");
  return data;
}

bool apply_zip64(std::string_view extra, ZipEntry& entry) {
  const Bytes bytes(extra);
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::size_t size = *bytes.u16(at + 2);
    const auto field = bytes.slice(at + 4, size);
    if (!field) return true;  // padding behind the fields, as zipalign leaves it
    if (*bytes.u16(at) == 1) {
      const Bytes numbers(*field);
      std::size_t next = 0;
      for (std::uint64_t* value : {&entry.unpacked, &entry.packed, &entry.offset}) {
        if (*value != k_in_zip64) continue;
        const auto number = numbers.u64(next);
        if (!number || *number >> 62 != 0) return false;
        *value = *number;
        next += 8;
      }
      return true;
    }
    at += 4 + size;
  }
  return true;
}

Result<DirectoryPlace> find_directory(std::string_view tail, std::uint64_t file_size) {
  const Bytes bytes(tail);
  const auto at = find_end(bytes);
  if (!at) return refuse("it is not a zip file, or it was cut short");
  const auto end = read_end(bytes, *at, file_size - tail.size());
  if (!end) return tl::unexpected(end.error());
  const DirectoryPlace& place = end->place;
  if (place.entries > k_entries_max) {
    return refuse(fmt::format("it has {} entries, more than {}", place.entries, k_entries_max));
  }
  if (place.size > k_directory_bytes_max) return refuse(fmt::format("its directory is {} bytes long", place.size));
  if (place.offset > end->begin || place.offset + place.size != end->begin) {
    return refuse("its directory is not where its end record says");
  }
  return place;
}

Result<std::vector<ZipEntry>> read_directory(std::string_view directory, const DirectoryPlace& place) {
  const Bytes bytes(directory);
  std::vector<ZipEntry> entries;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < place.entries; ++i) {
    auto entry = read_entry(bytes, at);
    if (!entry) return tl::unexpected(entry.error());
    if (const auto fine = check_entry(*entry, place.offset); !fine) return tl::unexpected(fine.error());
    entries.push_back(std::move(*entry));
  }
  if (at != directory.size()) return refuse("its directory holds more than its entries");
  if (const auto apart = check_overlaps(entries, place.offset); !apart) return tl::unexpected(apart.error());
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto twice =
      std::adjacent_find(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
  if (twice != entries.end()) {
    return refuse(fmt::format("it has the entry \"{}\" twice", printable(twice->name, 200)));
  }
  return entries;
}

}  // namespace train::zip
