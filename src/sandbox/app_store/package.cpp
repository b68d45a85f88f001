#include "app_store/package.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "train/base/text.hpp"

namespace train::sandbox::app_store {
namespace {

constexpr std::uint64_t k_zip_tail_bytes = 22 + 65535;
constexpr std::uint64_t k_zip_directory_most = 64u << 20;
constexpr std::uint64_t k_plist_most = 4u << 20;
constexpr std::size_t k_zip_row_bytes = 46;
constexpr std::string_view k_plist_end = ".app/Info.plist";

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

tl::unexpected<Error> no_app(std::string why) {
  return fail(ErrorKind::refused, "The package is invalid: " + std::move(why) + ".");
}

Result<std::string> directory_of(const UploadFile& file) {
  const auto tail_bytes = std::min(file.size, k_zip_tail_bytes);
  const auto tail = file.read(file.size - tail_bytes, tail_bytes);
  const auto end = tail.rfind("PK\x05\x06");
  if (end == std::string::npos || tail.size() - end < 22) return no_app("it is not a zip archive");
  const auto size = number_at(tail, end + 12, 4);
  const auto offset = number_at(tail, end + 16, 4);
  if (size > k_zip_directory_most || offset + size > file.size) return no_app("its zip directory is damaged");
  return file.read(offset, size);
}

bool is_the_plist(std::string_view name) {
  constexpr std::string_view begin = "Payload/";
  if (!starts_with(name, begin) || name.size() <= begin.size() + k_plist_end.size()) return false;
  if (name.substr(name.size() - k_plist_end.size()) != k_plist_end) return false;
  const auto app = name.substr(begin.size(), name.size() - begin.size() - k_plist_end.size());
  return app.find('/') == std::string_view::npos;
}

// The row of the directory that describes the app's Info.plist; empty when there is none.
std::string_view plist_row(std::string_view directory) {
  while (directory.size() >= k_zip_row_bytes && directory.substr(0, 4) == "PK\x01\x02") {
    const auto name_bytes = number_at(directory, 28, 2);
    const auto rest = number_at(directory, 30, 2) + number_at(directory, 32, 2);
    if (is_the_plist(directory.substr(k_zip_row_bytes, name_bytes))) return directory;
    directory.remove_prefix(std::min<std::size_t>(directory.size(), k_zip_row_bytes + name_bytes + rest));
  }
  return {};
}

// "<key>NAME</key> <string>VALUE</string>"
std::string value_of(std::string_view plist, std::string_view name) {
  const auto key = plist.find(fmt::format("<key>{}</key>", name));
  if (key == std::string_view::npos) return {};
  constexpr std::string_view open = "<string>";
  const auto begin = plist.find(open, key);
  const auto end = plist.find("</string>", key);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return std::string(plist.substr(begin + open.size(), end - begin - open.size()));
}

}  // namespace

Result<Package> read_package(const UploadFile& file) {
  const auto directory = directory_of(file);
  if (!directory) return tl::unexpected(directory.error());
  const auto row = plist_row(*directory);
  if (row.empty()) return no_app("it has no Payload/NAME.app/Info.plist");
  const auto stored = number_at(row, 10, 2) == 0;
  const auto size = number_at(row, 24, 4);
  if (!stored || size > k_plist_most) return Package{};
  const auto at = number_at(row, 42, 4);
  const auto header = file.read(at, 30);
  const auto plist = file.read(at + 30 + number_at(header, 26, 2) + number_at(header, 28, 2), size);
  if (plist.size() != size) return no_app("its Info.plist is cut short");
  if (!starts_with(plist, "<?xml")) return Package{};
  return Package{value_of(plist, "CFBundleIdentifier"), value_of(plist, "CFBundleShortVersionString"),
                 value_of(plist, "CFBundleVersion")};
}

}  // namespace train::sandbox::app_store
