// libFuzzer: any bytes are read as an .apk and an .aab, seals included, or refused; what can be read is copied, and the
// copy has the same entries.
// Build: cmake --preset fuzz && cmake --build --preset fuzz
// Run:   TMPDIR=/dev/shm build-fuzz/tests/fuzz/fuzz_package -max_total_time=60 -max_len=65536 SEEDS
// Seeds: small .apk and .aab files, signed and unsigned.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "train/signing/signer.hpp"
#include "train/zip/package_writer.hpp"

namespace {

namespace zip = train::zip;

std::filesystem::path place(const char* ending) {
  return std::filesystem::temp_directory_path() / ("fuzz-package-" + std::to_string(::getpid()) + ending);
}

void must(bool holds) {
  if (!holds) std::abort();
}

void check_copy(const zip::Package& source) {
  auto writer = zip::PackageWriter::create(source, place(".copy"), zip::Zip64::allowed);
  must(writer.has_value());
  for (const zip::PackageEntry& entry : source.entries()) {
    // Only extra fields that leave no room for an alignment are a reason.
    if (!writer->copy(entry, entry.method == 0 ? 4096 : 1)) return;
  }
  must(writer->finish().has_value());
  const auto copy = zip::Package::open(place(".copy"));
  must(copy && copy->entries().size() == source.entries().size());
  for (std::size_t i = 0; i < source.entries().size(); ++i) {
    const zip::PackageEntry& was = source.entries()[i];
    const zip::PackageEntry& is = copy->entries()[i];
    must(is.name == was.name && copy->raw(is) == source.raw(was) && is.crc == was.crc);
    must(is.external_attributes == was.external_attributes && is.comment == was.comment);
    must(was.method != 0 || is.data % 4096 == 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const char* ending : {".apk", ".aab"}) {
    const auto file = place(ending);
    std::ofstream(file, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    const auto seen = train::signing::make_signer()->examine(file);
    if (!seen) must(!seen.error().message.empty());
  }
  const auto package = zip::Package::open(place(".apk"));
  if (!package) return 0;
  for (const zip::PackageEntry& entry : package->entries()) {
    (void)package->peek(entry, 100);
    std::uint64_t seen = 0;
    const auto done = package->visit(entry, [&seen](std::string_view part) { seen += part.size(); });
    must(!done || seen == entry.unpacked);
  }
  check_copy(*package);
  return 0;
}
