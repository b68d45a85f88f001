#include "train/zip/package_writer.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <utility>

#include "package_file.hpp"
#include "train/base/text.hpp"

namespace train::zip {
namespace {

constexpr std::uint16_t k_made_by_unix = 0x0314;
constexpr std::uint16_t k_utf8_name = 1 << 11;
// 1981-01-01 01:01:02, the date Android's build tools give to every entry.
constexpr std::uint16_t k_fixed_date = 0x0221;
constexpr std::uint16_t k_fixed_time = 0x0821;
constexpr int k_level = 6;

// Empty when it would not become smaller.
std::string deflate(std::string_view bytes) {
  if (bytes.empty()) return {};
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> packer(
      libdeflate_alloc_compressor(k_level), &libdeflate_free_compressor);
  if (!packer) return {};
  std::string out(bytes.size() - 1, '\0');
  out.resize(libdeflate_deflate_compress(packer.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

ZipRecord record_like(const PackageEntry& entry) {
  ZipRecord record;
  record.name = entry.name;
  record.made_by = entry.made_by;
  record.flags = entry.flags;
  record.method = entry.method;
  record.time = entry.time;
  record.date = entry.date;
  record.crc = entry.crc;
  record.packed = entry.packed;
  record.unpacked = entry.unpacked;
  record.internal_attributes = entry.internal_attributes;
  record.external_attributes = entry.external_attributes;
  record.extra = entry.extra;
  record.comment = entry.comment;
  return record;
}

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

ZipRecord new_record(std::string_view name, std::uint32_t mode) {
  ZipRecord record;
  record.name = name;
  record.made_by = mode == 0 ? 0 : k_made_by_unix;
  record.flags = is_ascii(name) ? 0 : k_utf8_name;
  record.time = k_fixed_time;
  record.date = k_fixed_date;
  record.external_attributes = mode << 16;
  return record;
}

}  // namespace

Result<PackageWriter> PackageWriter::create(const Package& source, const std::filesystem::path& out, Zip64 zip64) {
  if (source.file().is(out)) {
    return fail(ErrorKind::refused,
                fmt::format("Cannot write {}: it is the archive that is to be rebuilt, by this or another name.",
                            printable(out.string(), 400)),
                "Give the new archive a name of its own.");
  }
  auto file = File::create(out);
  if (!file) return tl::unexpected(file.error());
  return PackageWriter(source, std::move(*file), zip64);
}

PackageWriter::PackageWriter(const Package& source, std::unique_ptr<File> file, Zip64 zip64)
    : source_(&source), file_(std::move(file)), zip64_(zip64) {}
PackageWriter::PackageWriter(PackageWriter&&) noexcept = default;
PackageWriter::~PackageWriter() = default;

Result<Done> PackageWriter::add(const ZipRecord& record, std::string_view local_extra, std::uint64_t alignment) {
  const std::uint64_t offset = file_->size();
  const auto header = local_header(record, local_extra, offset, alignment);
  if (!header) return tl::unexpected(header.error());
  put_directory_line(directory_, record, offset);
  ++entries_;
  return file_->append(*header);
}

Result<Done> PackageWriter::copy(const PackageEntry& entry, std::uint64_t alignment) {
  if (auto added = add(record_like(entry), entry.local_extra, alignment); !added) return added;
  return file_->append_from(source_->file(), entry.data, entry.packed);
}

Result<Done> PackageWriter::put(std::string_view name, std::string_view bytes, const PutOptions& options) {
  ZipRecord record = options.like != nullptr ? record_like(*options.like) : new_record(name, options.mode);
  record.name = name;
  record.crc = libdeflate_crc32(0, bytes.data(), bytes.size());
  record.unpacked = bytes.size();
  const std::string packed = options.deflated ? deflate(bytes) : std::string();
  record.method = packed.empty() ? 0 : 8;
  const std::string_view data = packed.empty() ? bytes : std::string_view(packed);
  record.packed = data.size();
  const std::string_view local_extra = options.like != nullptr ? options.like->local_extra : std::string_view();
  if (auto added = add(record, local_extra, record.method == 0 ? options.alignment : 1); !added) return added;
  return file_->append(data);
}

std::uint64_t PackageWriter::offset() const { return file_->size(); }
Result<Done> PackageWriter::insert(std::string_view bytes) { return file_->append(bytes); }
Result<MappedFile> PackageWriter::written() { return file_->map(); }
const std::string& PackageWriter::directory() const { return directory_; }

std::string PackageWriter::end(std::uint64_t directory_offset) const {
  return end_record({entries_, directory_.size(), directory_offset});
}

Result<Done> PackageWriter::finish() {
  const DirectoryEnd end{entries_, directory_.size(), file_->size()};
  if (zip64_ == Zip64::refused && end.wide()) {
    return source_->refuse("the result would need zip64, which Android does not read in an .apk");
  }
  if (auto appended = file_->append(directory_); !appended) return appended;
  if (auto appended = file_->append(end_record(end)); !appended) return appended;
  return file_->commit();
}

}  // namespace train::zip
