#include <algorithm>
#include <filesystem>

#include "train/base/files.hpp"
#include "train/base/placeholders.hpp"
#include "train/base/text.hpp"
#include "train/runner/runner.hpp"

namespace train::runner {
namespace {

constexpr std::size_t k_notes_bytes_max = 64 << 10;  // far above what any store takes
constexpr std::string_view k_locale = "{locale}";

}  // namespace

Result<Notes> read_notes(const std::string& pattern, const VersionName& version) {
  const std::filesystem::path path = with_version(pattern, version);
  const std::string name = path.filename().string();
  const auto at = name.find(k_locale);
  if (at == std::string::npos) return fail(ErrorKind::definition, "Notes need {locale} in their file name: " + pattern);
  const auto head = name.substr(0, at);
  const auto tail = name.substr(at + k_locale.size());
  Notes notes;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path.parent_path(), error)) {
    const auto file = entry.path().filename().string();
    if (file.size() <= head.size() + tail.size() || !starts_with(file, head) ||
        file.substr(file.size() - tail.size()) != tail)
      continue;
    const auto locale = file.substr(head.size(), file.size() - head.size() - tail.size());
    if (locale.front() == '.' || !entry.is_regular_file(error)) continue;
    auto text = read_file(entry.path(), k_notes_bytes_max);
    if (!text) return tl::unexpected(text.error());
    if (!is_valid_utf8(*text))
      return fail(ErrorKind::refused, entry.path().string() + " is not UTF-8 text.", "Save it as UTF-8.");
    notes[locale] = normal_text(*text);
  }
  if (notes.empty()) {
    return fail(ErrorKind::not_found, "There are no notes at " + path.string() + ".",
                "Write one file per locale, for example en-US.");
  }
  return notes;
}

}  // namespace train::runner
