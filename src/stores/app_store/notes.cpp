#include <fmt/format.h>

#include <algorithm>

#include "store.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

constexpr std::size_t k_notes_most = 4000;  // characters

// Apple trims texts and keeps one kind of line end; comparing the raw file would write for ever.
std::string normal(std::string_view text) {
  std::string out(trim(text));
  out.erase(std::remove(out.begin(), out.end(), '\r'), out.end());
  return out;
}

Result<Done> check_notes(const Notes& notes, const VersionName& version) {
  for (const auto& [locale, text] : notes) {
    const auto length = utf8_length(normal(text));
    if (length > 0 && length <= k_notes_most && is_valid_utf8(text)) continue;
    const auto why = length == 0 ? std::string("the text is empty")
                     : length > k_notes_most
                         ? fmt::format("{} characters, at most {} are allowed", length, k_notes_most)
                         : std::string("the text is not UTF-8");
    return fail(ErrorKind::refused,
                fmt::format("Cannot set the release notes of {} in {}: {}.", version.text(), locale, why),
                "Mend the file named by `release_notes`; nothing was sent.");
  }
  return Done{};
}

const TextRow* find_text(const std::vector<TextRow>& rows, const std::string& locale) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const TextRow& row) { return row.locale == locale; });
  return found == rows.end() ? nullptr : &*found;
}

bool stands(const std::vector<TextRow>& rows, const std::string& locale, const std::string& text) {
  const auto* row = find_text(rows, locale);
  return row != nullptr && normal(row->text) == normal(text);
}

// Apple copies the locales of the version before; one without a text blocks the submission.
Result<Done> check_all_have_texts(const std::vector<TextRow>& rows, const Notes& notes, const VersionName& version) {
  std::vector<std::string> bare;
  for (const auto& row : rows) {
    if (row.text.empty() && notes.count(row.locale) == 0) bare.push_back(printable(row.locale, 20));
  }
  if (bare.empty()) return Done{};
  return fail(ErrorKind::refused,
              fmt::format("Cannot set the release notes of {}: the app also has {}, and there is no text for it.",
                          version.text(), join(bare, ", ")),
              "Add the file, or remove the localization in App Store Connect; nothing was sent.");
}

}  // namespace

Result<std::vector<TextRow>> AppStore::texts_of(const std::string& version_id) {
  const auto path = fmt::format("/v1/appStoreVersions/{}/appStoreVersionLocalizations", version_id);
  const auto document = api_.get_all(path, {{"limit", "200"}}, "read the release notes");
  if (!document) return tl::unexpected(document.error());
  return read_texts(*document);
}

Result<Done> AppStore::set_release_notes(const Candidate& candidate, const Notes& notes) {
  if (const auto fit = check_notes(notes, candidate.version); !fit) return fit;
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto row = wanted(*shelf, candidate.version, "set the release notes");
  if (!row) return tl::unexpected(row.error());
  if (is_first_version(shelf->rows, candidate.version)) return Done{};
  const auto texts = texts_of(row->id);
  if (!texts) return tl::unexpected(texts.error());
  if (const auto whole = check_all_have_texts(*texts, notes, candidate.version); !whole) return whole;
  for (const auto& [locale, text] : notes) {
    if (stands(*texts, locale, text)) continue;
    const auto what = fmt::format("set the release notes of {} in {}", candidate.version.text(), locale);
    const auto* known = find_text(*texts, locale);
    const std::string_view type = "appStoreVersionLocalizations";
    const auto wished = normal(text);
    const auto written = known != nullptr ? api_.write(http::Method::patch, fmt::format("/v1/{}/{}", type, known->id),
                                                       update_body(type, known->id, {{"whatsNew", wished}}), what)
                                          : api_.write(http::Method::post, fmt::format("/v1/{}", type),
                                                       create_body(type, {{"locale", locale}, {"whatsNew", wished}},
                                                                   {{"appStoreVersion", "appStoreVersions", row->id}}),
                                                       what);
    const auto shown = [&, &locale = locale]() -> Result<bool> {
      return texts_of(row->id).map([&](const std::vector<TextRow>& rows) { return stands(rows, locale, wished); });
    };
    if (const auto done = api_.settle(written, shown, what); !done) return done;
  }
  return Done{};
}

}  // namespace train::stores::app_store
