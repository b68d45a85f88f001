#include <fmt/format.h>

#include <algorithm>

#include "store.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

Result<Done> check_notes(const StoreFacts& store, const Notes& notes, const VersionName& version) {
  const auto problems = notes_problems(store, notes);
  if (problems.empty()) return Done{};
  return fail(ErrorKind::refused,
              fmt::format("Cannot set the release notes of {}: {}.", version.text(), join(problems, "; ")),
              "Mend the files named by `release_notes`; nothing was sent.");
}

const TextRow* find_text(const std::vector<TextRow>& rows, const std::string& locale) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const TextRow& row) { return row.locale == locale; });
  return found == rows.end() ? nullptr : &*found;
}

bool stands(const std::vector<TextRow>& rows, const std::string& locale, const std::string& text) {
  const auto* row = find_text(rows, locale);
  return row != nullptr && normal_text(row->text) == normal_text(text);
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
  if (const auto fit = check_notes(app_.facts(), notes, candidate.version); !fit) return fit;
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
    const auto done = write_text(*row, find_text(*texts, locale), locale, normal_text(text), what);
    if (!done) return done;
  }
  return Done{};
}

Result<Done> AppStore::write_text(const VersionRow& row, const TextRow* known, const std::string& locale,
                                  const std::string& text, std::string_view what) {
  const std::string type = "appStoreVersionLocalizations";
  const auto written = known != nullptr ? api_.write(http::Method::patch, fmt::format("/v1/{}/{}", type, known->id),
                                                     update_body(type, known->id, {{"whatsNew", text}}), what)
                                        : api_.write(http::Method::post, "/v1/" + type,
                                                     create_body(type, {{"locale", locale}, {"whatsNew", text}},
                                                                 {{"appStoreVersion", "appStoreVersions", row.id}}),
                                                     what);
  const auto id = known != nullptr ? known->id : read_id(written.document);
  const auto shown = [&]() -> Result<bool> {
    // Lists may lag behind by minutes; the id, once we have it, does not.
    if (id.empty()) return texts_of(row.id).map([&](const auto& rows) { return stands(rows, locale, text); });
    const auto document = api_.get(fmt::format("/v1/{}/{}", type, id), {}, what);
    if (!document && document.error().kind == ErrorKind::not_found) return false;
    if (!document) return tl::unexpected(document.error());
    return read_texts({{"data", nlohmann::json::array({document->at("data")})}}).map([&](const auto& rows) {
      return stands(rows, locale, text);
    });
  };
  return api_.settle(written, shown, what);
}

}  // namespace train::stores::app_store
