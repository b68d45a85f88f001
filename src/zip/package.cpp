#include "train/zip/package.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "train/base/text.hpp"
#include "train/zip/bytes.hpp"
#include "train/zip/directory.hpp"

namespace train::zip {
namespace {

constexpr std::size_t k_record_size = 46;

bool in_zip64(std::uint64_t value) { return value == 0xffffffff; }

// `record`: the entry's line in the directory, already read once by archives: what lies in it is there.
PackageEntry entry_of(std::string_view record, std::string_view local, const ZipEntry& from, std::size_t data) {
  const Bytes line(record);
  const std::size_t name_size = from.name.size();
  const std::size_t extra_size = *line.u16(30);
  PackageEntry entry;
  entry.name = record.substr(k_record_size, name_size);
  entry.made_by = *line.u16(4);
  entry.flags = from.flags;
  entry.method = from.method;
  entry.time = *line.u16(12);
  entry.date = *line.u16(14);
  entry.crc = from.crc;
  entry.packed = from.packed;
  entry.unpacked = from.unpacked;
  entry.data = from.offset + data;
  entry.internal_attributes = *line.u16(36);
  entry.external_attributes = *line.u32(38);
  entry.local_extra = local.substr(30 + name_size, data - 30 - name_size);
  entry.extra = record.substr(k_record_size + name_size, extra_size);
  entry.comment = record.substr(k_record_size + name_size + extra_size, *line.u16(32));
  entry.symlink = from.symlink;
  return entry;
}

}  // namespace

Result<Package> Package::open(const std::filesystem::path& path) {
  auto file = MappedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  Package package(path, std::move(*file));
  if (auto read = package.read_entries(); !read) return package.refuse(read.error().message);
  return package;
}

Result<Done> Package::read_entries() {
  const std::string_view all = bytes();
  const auto place =
      find_directory(all.substr(all.size() - std::min<std::size_t>(all.size(), k_end_bytes)), all.size());
  if (!place) return tl::unexpected(place.error());
  const std::string_view directory = all.substr(place->offset, place->size);
  auto found = read_directory(directory, *place);
  if (!found) return tl::unexpected(found.error());
  std::sort(found->begin(), found->end(), [](const auto& a, const auto& b) { return a.record < b.record; });
  directory_offset_ = place->offset;
  directory_size_ = place->size;
  zip64_ = place->zip64;
  entries_.reserve(found->size());
  for (const ZipEntry& entry : *found) {
    const std::string_view record = directory.substr(entry.record);
    const std::string_view local = all.substr(entry.offset, entry.limit - entry.offset);
    const auto data = check_local_header(local, entry);
    if (!data) return tl::unexpected(data.error());
    const Bytes line(record);
    zip64_ = zip64_ || in_zip64(*line.u32(20)) || in_zip64(*line.u32(24)) || in_zip64(*line.u32(42));
    entries_.push_back(entry_of(record, local, entry, *data));
    // Whoever unpacks by the length of the name alone would see another entry.
    if (entries_.back().directory() && entry.unpacked != 0) {
      return fail(ErrorKind::refused,
                  fmt::format("the directory entry \"{}\" has contents", printable(entry.name, 200)));
    }
  }
  by_name_.resize(entries_.size());
  std::iota(by_name_.begin(), by_name_.end(), 0u);
  std::sort(by_name_.begin(), by_name_.end(),
            [this](std::uint32_t a, std::uint32_t b) { return entries_[a].name < entries_[b].name; });
  return Done{};
}

const PackageEntry* Package::find(std::string_view name) const {
  const auto found =
      std::lower_bound(by_name_.begin(), by_name_.end(), name,
                       [this](std::uint32_t i, const auto& wanted) { return entries_[i].name < wanted; });
  return found != by_name_.end() && entries_[*found].name == name ? &entries_[*found] : nullptr;
}

tl::unexpected<Error> Package::refuse(std::string_view why) const {
  return fail(ErrorKind::refused, fmt::format("Cannot rebuild {}: {}.", printable(path_.string(), 400), why),
              "Name the archive that was built and released, as your build system kept it.");
}

tl::unexpected<Error> Package::refuse(const PackageEntry& entry, std::string_view why) const {
  return refuse(fmt::format("the entry \"{}\" {}", printable(entry.name, 200), why));
}

}  // namespace train::zip
