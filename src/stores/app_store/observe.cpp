#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "store.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

const Query k_version_parts{
    {"include", "build,appStoreVersionPhasedRelease"},
    {"fields[appStoreVersions]",
     "versionString,appVersionState,appStoreState,releaseType,build,appStoreVersionPhasedRelease"},
    {"fields[builds]", "version,processingState"},
};

Query versions_query() {
  Query query{{"filter[platform]", "IOS"}, {"limit", "200"}};
  query.insert(query.end(), k_version_parts.begin(), k_version_parts.end());
  return query;
}

// Whether there is something to pause, halt or take back from review.
bool can_be_stopped(ReleaseStatus status) {
  switch (status) {
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
    case ReleaseStatus::releasing:
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
      return true;
    case ReleaseStatus::draft:
    case ReleaseStatus::rejected:
    case ReleaseStatus::withdrawn:
    case ReleaseStatus::approved:
    case ReleaseStatus::held_by_store:
    case ReleaseStatus::superseded:
    case ReleaseStatus::unknown:
      return false;
  }
  return false;
}

}  // namespace

std::string forms_of(const VersionName& version) {
  std::vector<std::string> forms{version.text()};
  auto parts = split(version.text(), '.');
  if (parts.size() == 2) forms.push_back(version.text() + ".0");
  while (parts.size() > 2 && parts.back() == "0") {
    parts.pop_back();
    forms.push_back(join(parts, "."));
  }
  return join(forms, ",");
}

Result<AppRow> AppStore::find_app() {
  if (known_app_) return *known_app_;
  const auto what = fmt::format("find the app {}", app_.store_id);
  // The filter finds parts of bundle ids too: an app may have many siblings before it.
  const auto document = api_.get_all("/v1/apps", {{"filter[bundleId]", app_.store_id}, {"limit", "200"}}, what);
  if (!document) return tl::unexpected(document.error());
  const auto rows = read_apps(*document);
  if (!rows) return tl::unexpected(rows.error());
  const auto found =
      std::find_if(rows->begin(), rows->end(), [&](const AppRow& row) { return row.bundle_id == app_.store_id; });
  if (found == rows->end()) {
    return fail(ErrorKind::not_found, fmt::format("App Store Connect shows this key no app {}.", app_.store_id),
                "Check bundle_id, and that the key belongs to the app's team.");
  }
  known_app_ = *found;
  return *known_app_;
}

Result<Shelf> AppStore::look_at(const VersionName& version) {
  const auto app = find_app();
  if (!app) return tl::unexpected(app.error());
  const auto path = fmt::format("/v1/apps/{}/appStoreVersions", app->id);
  const auto what = fmt::format("read the versions of {}", app_.store_id);
  const auto page = api_.get(path, versions_query(), what);
  if (!page) return tl::unexpected(page.error());
  auto rows = read_versions(*page);
  if (!rows) return tl::unexpected(rows.error());
  Shelf shelf{app->id, std::move(*rows)};
  if (!read_next(*page) || find_version(shelf.rows, version) != nullptr) return shelf;
  // More than 200 versions, and ours is not on the first page: "not there" must be Apple's answer, not a page's edge.
  auto query = versions_query();
  query.emplace_back("filter[versionString]", forms_of(version));
  const auto named = api_.get(path, query, what);
  if (!named) return tl::unexpected(named.error());
  const auto more = read_versions(*named);
  if (!more) return tl::unexpected(more.error());
  shelf.rows.insert(shelf.rows.end(), more->begin(), more->end());
  return shelf;
}

Result<VersionRow> AppStore::reread(const std::string& version_id) {
  const auto document = api_.get("/v1/appStoreVersions/" + version_id, k_version_parts, "read the version back");
  if (!document) return tl::unexpected(document.error());
  const auto row = read_version(*document);
  if (!row) return tl::unexpected(row.error());
  if (!*row) return fail(ErrorKind::not_found, "App Store Connect no longer shows the version.");
  return **row;
}

Result<VersionRow> AppStore::wanted(const Shelf& shelf, const VersionName& version, std::string_view what) {
  const auto* row = find_version(shelf.rows, version);
  if (row != nullptr) return *row;
  return fail(ErrorKind::not_found,
              fmt::format("Cannot {}: App Store Connect has no version {} of {}.", what, version.text(), app_.store_id),
              "Run `train status --refresh`; somebody may have deleted it.");
}

Result<std::vector<BuildRow>> AppStore::builds_of(const VersionName& version,
                                                  const std::optional<BuildNumber>& number) {
  const auto app = find_app();
  if (!app) return tl::unexpected(app.error());
  Query query{{"filter[app]", app->id},
              {"filter[preReleaseVersion.version]", forms_of(version)},
              {"filter[preReleaseVersion.platform]", "IOS"},
              {"include", "preReleaseVersion,buildBetaDetail"},
              {"sort", "-uploadedDate"},
              {"limit", "50"}};
  if (number) query.emplace_back("filter[version]", number->text());
  const auto document = api_.get("/v1/builds", query, fmt::format("read the builds of {}", version.text()));
  if (!document) return tl::unexpected(document.error());
  return read_builds(*document);
}

Result<bool> AppStore::notes_stand(const Shelf& shelf, const VersionRow& row, const VersionName& version) {
  if (!app_.release_notes || !is_editable(row.state) || is_first_version(shelf.rows, version)) return true;
  const auto texts = texts_of(row.id);
  if (!texts) return tl::unexpected(texts.error());
  return !texts->empty() &&
         std::all_of(texts->begin(), texts->end(), [](const TextRow& text) { return !text.text.empty(); });
}

Result<bool> AppStore::has_no_texts(const VersionRow& row) {
  return texts_of(row.id).map([](const std::vector<TextRow>& texts) {
    return std::all_of(texts.begin(), texts.end(), [](const TextRow& text) { return text.text.empty(); });
  });
}

// "No phase" means 100 %, so a close look asks for the phase by its own address where the list has none.
Result<Done> AppStore::read_missing_phase(const VersionRow& row, SeenRelease& seen) {
  if (row.phase || !is_live_word(row.state) || seen.status != ReleaseStatus::serving) return Done{};
  const auto document = api_.get(fmt::format("/v1/appStoreVersions/{}/appStoreVersionPhasedRelease", row.id), {},
                                 "read its phased release");
  const bool none = !document && document.error().kind == ErrorKind::not_found;
  if (!document && !none) return tl::unexpected(document.error());
  VersionRow whole = row;
  whole.phase_told = true;
  if (document) {
    auto phase = read_phase(*document);
    if (!phase) return tl::unexpected(phase.error());
    whole.phase = std::move(*phase);
  }
  const auto again = release_of(whole);
  seen.status = again.status;
  seen.raw = again.raw;
  seen.percent = again.percent;
  seen.percent_known = again.percent_known;
  seen.phased = again.phased;
  return Done{};
}

Result<StoreView> AppStore::observe(const Sought& sought, Depth look) {
  const VersionName& version = sought.version;
  StoreView view;
  view.as_of = api_.now();
  // Without a glance nobody knows whether a halt is due, so it may spend what is kept for one.
  std::optional<Api::Reserve> reserve(std::in_place, api_);
  const auto shelf = look_at(version);
  if (!shelf) return tl::unexpected(shelf.error());
  view.live = live_beside(shelf->rows, version);
  const auto* holder = slot_holder_beside(shelf->rows, version);
  if (holder != nullptr) view.slot_held_by = holder_of(*holder);
  const auto* row = find_version(shelf->rows, version);
  view.budget = api_.budget().told();
  if (row != nullptr) {
    view.release = release_of(*row);
    view.release->detail = detail_of(*row, shelf->app_id);
  }
  if (look == Depth::summary) return view;
  if (row == nullptr || !can_be_stopped(status_of(*row))) reserve.reset();
  if (holder != nullptr && view.slot_held_by->empty) {
    const auto bare = has_no_texts(*holder);
    if (!bare) return tl::unexpected(bare.error());
    view.slot_held_by->empty = *bare;
  }
  auto builds = seen_builds(version);
  if (!builds) return tl::unexpected(builds.error());
  view.builds = std::move(*builds);
  if (const auto joined = join_uploads(version, view.builds); !joined) return tl::unexpected(joined.error());
  if (row == nullptr) return view;
  if (const auto told = read_missing_phase(*row, *view.release); !told) return tl::unexpected(told.error());
  const auto notes = notes_stand(*shelf, *row, version);
  if (!notes) return tl::unexpected(notes.error());
  view.release->notes_set = *notes;
  view.budget = api_.budget().told();
  return view;
}

Result<std::vector<SeenRelease>> AppStore::served() {
  const Api::Reserve reserve(api_);
  const auto shelf = look_at(VersionName());
  if (!shelf) return tl::unexpected(shelf.error());
  std::vector<SeenRelease> out;
  for (const auto& row : shelf->rows) {
    if (can_be_stopped(status_of(row)) || status_of(row) == ReleaseStatus::approved) out.push_back(release_of(row));
  }
  std::sort(out.begin(), out.end(), [](const SeenRelease& a, const SeenRelease& b) { return a.version > b.version; });
  return out;
}

}  // namespace train::stores::app_store
