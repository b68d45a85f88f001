#include <fmt/format.h>

#include "store.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {

using nlohmann::json;

Result<Done> same_build(const VersionRow& row, const Candidate& candidate, std::string_view what) {
  const auto build = row.build ? BuildNumber::parse(row.build->number) : std::nullopt;
  if (build == candidate.build) return Done{};
  return fail(
      ErrorKind::refused,
      fmt::format("Cannot {} {}: the store's version carries {}, this release is build {}.", what,
                  candidate.version.text(), build ? "build " + build->text() : std::string("no build"),
                  candidate.build.text()),
      "Somebody changed the build in App Store Connect, or it was never attached: run `train status --refresh`.");
}

namespace {

// Said before anything is sent: Apple's own answer names no number.
Result<Done> must_rise(const std::vector<VersionRow>& rows, const VersionName& version, std::string_view what) {
  const auto live = live_beside(rows, version);
  if (!live || version > live->version) return Done{};
  return fail(
      ErrorKind::refused,
      fmt::format("Cannot {}: {} is live, and Apple takes only version numbers that rise.", what, live->version.text()),
      "Give this release up and start one under a higher number; nothing was sent.");
}

}  // namespace

Result<VersionRow> AppStore::ensure_version(const Shelf& shelf, const Candidate& candidate) {
  const auto& version = candidate.version;
  if (const auto* row = find_version(shelf.rows, version)) return *row;
  const auto what = fmt::format("create version {}", version.text());
  if (const auto rises = must_rise(shelf.rows, version, what); !rises) return tl::unexpected(rises.error());
  if (const auto* holder = slot_holder_beside(shelf.rows, version)) {
    return fail(ErrorKind::refused,
                fmt::format("Cannot {}: version {} holds the one editable place of {} ({}).", what,
                            printable(holder->number, 40), app_.store_id, printable(holder->state, 60)),
                "Release, withdraw or delete it in App Store Connect first.");
  }
  const json attributes{{"platform", "IOS"}, {"versionString", version.text()}, {"releaseType", "MANUAL"}};
  const auto written = api_.write(http::Method::post, "/v1/appStoreVersions",
                                  create_body("appStoreVersions", attributes, {{"app", "apps", shelf.app_id}}), what);
  std::optional<VersionRow> created;
  const auto id = read_id(written.document);
  const auto shown = [&]() -> Result<bool> {
    // Lists may lag behind by minutes; the id, once we have it, does not.
    auto row = id.empty() ? look_at(version).and_then([&](const Shelf& again) { return wanted(again, version, what); })
                          : reread(id);
    if (!row && row.error().kind == ErrorKind::not_found) return false;
    if (!row) return tl::unexpected(row.error());
    created = std::move(*row);
    return true;
  };
  const auto done = api_.settle(written, shown, what);
  if (!done) return tl::unexpected(done.error());
  return *created;
}

Result<Done> AppStore::ensure_manual_release(const VersionRow& row) {
  if (row.release_type == "MANUAL") return Done{};
  const auto what = fmt::format("keep {} from releasing itself on approval", row.number);
  json attributes{{"releaseType", "MANUAL"}};
  // A date of its own would be a second calendar, and one that is past releases within minutes.
  if (row.release_type == "SCHEDULED") attributes["earliestReleaseDate"] = nullptr;
  const auto written = api_.write(http::Method::patch, "/v1/appStoreVersions/" + row.id,
                                  update_body("appStoreVersions", row.id, attributes), what);
  const auto shown = [&]() -> Result<bool> {
    return reread(row.id).map([](const VersionRow& again) { return again.release_type == "MANUAL"; });
  };
  return api_.settle(written, shown, what);
}

// A phase of seven days on what everybody shall get at once; Apple lets it be removed until it has begun.
Result<Done> AppStore::remove_phase(const VersionRow& row) {
  if (!row.phase || row.phase->state != "INACTIVE") return Done{};
  const auto what = fmt::format("make {} no phased release: its ladder starts at 100 %", row.number);
  const auto written = api_.write(http::Method::del, "/v1/appStoreVersionPhasedReleases/" + row.phase->id, "", what);
  const auto shown = [&]() -> Result<bool> {
    return reread(row.id).map([](const VersionRow& again) { return !again.phase; });
  };
  return api_.settle(written, shown, what);
}

Result<Done> AppStore::ensure_phase(const Shelf& shelf, const VersionRow& row, const Candidate& candidate) {
  if (!candidate.staged) return remove_phase(row);
  if (row.phase || is_first_version(shelf.rows, candidate.version)) return Done{};
  const auto what = fmt::format("make {} a phased release", row.number);
  const auto written = api_.write(http::Method::post, "/v1/appStoreVersionPhasedReleases",
                                  create_body("appStoreVersionPhasedReleases", {{"phasedReleaseState", "INACTIVE"}},
                                              {{"appStoreVersion", "appStoreVersions", row.id}}),
                                  what);
  const auto shown = [&]() -> Result<bool> {
    return reread(row.id).map([](const VersionRow& again) { return again.phase.has_value(); });
  };
  return api_.settle(written, shown, what);
}

Result<Done> AppStore::create_version(const Candidate& candidate) {
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto row = ensure_version(*shelf, candidate);
  if (!row) return tl::unexpected(row.error());
  return make_ready(*shelf, *row, candidate);
}

Result<Done> AppStore::make_ready(const Shelf& shelf, const VersionRow& row, const Candidate& candidate) {
  if (!is_editable(row.state)) return Done{};  // past the point where it could be otherwise
  if (const auto manual = ensure_manual_release(row); !manual) return manual;
  return ensure_phase(shelf, row, candidate);
}

Result<Done> AppStore::retake_release(const Candidate& candidate) {
  const auto what = fmt::format("keep {} from releasing itself", candidate.version.text());
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto row = wanted(*shelf, candidate.version, what);
  if (!row) return tl::unexpected(row.error());
  const auto manual = ensure_manual_release(*row);
  if (manual) return ensure_phase(*shelf, *row, candidate);
  return manual.error().kind == ErrorKind::refused ? cancel_submission(candidate) : manual;
}

Result<VersionRow> AppStore::rename_version(const Shelf& shelf, const VersionRow& held, const VersionName& version) {
  const auto what = fmt::format("rename version {} to {}", printable(held.number, 40), version.text());
  if (const auto rises = must_rise(shelf.rows, version, what); !rises) return tl::unexpected(rises.error());
  if (!is_editable(held.state)) {
    return fail(
        ErrorKind::refused,
        fmt::format("Cannot {}: it is {}, and a version on its way is never renamed.", what, printable(held.state, 60)),
        "Release it, or take it back from review, in App Store Connect first.");
  }
  const auto written = api_.write(http::Method::patch, "/v1/appStoreVersions/" + held.id,
                                  update_body("appStoreVersions", held.id, {{"versionString", version.text()}}), what);
  std::optional<VersionRow> renamed;
  const auto shown = [&]() -> Result<bool> {
    auto row = reread(held.id);
    if (!row) return tl::unexpected(row.error());
    const bool is_ours = VersionName::parse(row->number) == version;
    if (is_ours) renamed = std::move(*row);
    return is_ours;
  };
  const auto done = api_.settle(written, shown, what);
  if (!done) return tl::unexpected(done.error());
  return *renamed;
}

Result<Done> AppStore::reuse_version(const Candidate& candidate, const VersionName& held) {
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  if (find_version(shelf->rows, candidate.version) != nullptr) return create_version(candidate);
  const auto row = wanted(*shelf, held, fmt::format("rename it to {}", candidate.version.text()));
  if (!row) return tl::unexpected(row.error());
  const auto renamed = rename_version(*shelf, *row, candidate.version);
  if (!renamed) return tl::unexpected(renamed.error());
  return make_ready(*shelf, *renamed, candidate);
}

Result<BuildRow> AppStore::attachable_build(const Candidate& candidate) {
  const auto builds = builds_of(candidate.version, candidate.build);
  if (!builds) return tl::unexpected(builds.error());
  const auto named = fmt::format("build {} of {}", candidate.build.text(), candidate.version.text());
  for (const auto& build : *builds) {
    if (BuildNumber::parse(build.number) != candidate.build) continue;
    const auto seen = seen_build(build);
    switch (seen.state) {
      case BuildState::ready:
        return build;
      case BuildState::processing:
        return fail(ErrorKind::refused, fmt::format("Cannot attach {}: Apple is still processing it.", named),
                    "Run `train advance` again in a few minutes.");
      case BuildState::failed:
        return fail(ErrorKind::refused, fmt::format("Cannot attach {}: {}.", named, seen.detail),
                    "Upload another build and name it with `train build add`.");
    }
  }
  return fail(ErrorKind::not_found, fmt::format("Cannot attach {}: App Store Connect has no such build.", named),
              "A build appears some minutes after its upload.");
}

Result<Done> AppStore::answer_encryption(const BuildRow& build) {
  const auto wanted_value = own().uses_non_exempt_encryption;
  const auto named = fmt::format("build {}", printable(build.number, 40));
  if (build.uses_encryption) {
    if (!wanted_value || *wanted_value == *build.uses_encryption) return Done{};
    return fail(ErrorKind::refused,
                fmt::format("Cannot attach {}: it declares usesNonExemptEncryption {}, the definition says {}.", named,
                            *build.uses_encryption, *wanted_value),
                "It is a legal statement and can be made only once a build: correct the one that is wrong.");
  }
  if (!wanted_value) {
    return fail(ErrorKind::refused, fmt::format("Cannot attach {}: export compliance is not answered.", named),
                "Set export_compliance.uses_non_exempt_encryption, or ITSAppUsesNonExemptEncryption in Info.plist.");
  }
  if (*wanted_value) {
    return fail(ErrorKind::refused,
                fmt::format("Cannot attach {}: non-exempt encryption needs an approved declaration.", named),
                "Answer export compliance for this build in App Store Connect, where the document can be chosen.");
  }
  const auto what = fmt::format("answer export compliance of {}", named);
  const auto written = api_.write(http::Method::patch, "/v1/builds/" + build.id,
                                  update_body("builds", build.id, {{"usesNonExemptEncryption", false}}), what);
  const auto shown = [&]() -> Result<bool> {
    const auto document = api_.get("/v1/builds/" + build.id, {}, what);
    if (!document) return tl::unexpected(document.error());
    return read_build(*document).map(
        [](const std::optional<BuildRow>& row) { return row && row->uses_encryption == false; });
  };
  return api_.settle(written, shown, what);
}

Result<Done> AppStore::attach_build(const Candidate& candidate) {
  const auto what = fmt::format("attach build {} to {}", candidate.build.text(), candidate.version.text());
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto row = wanted(*shelf, candidate.version, what);
  if (!row) return tl::unexpected(row.error());
  if (row->build && BuildNumber::parse(row->build->number) == candidate.build) return Done{};
  if (!is_editable(row->state)) {
    return fail(ErrorKind::refused, fmt::format("Cannot {}: the version is {}.", what, printable(row->state, 60)),
                "A build can be changed only before review: cancel the submission first.");
  }
  const auto build = attachable_build(candidate);
  if (!build) return tl::unexpected(build.error());
  if (const auto answered = answer_encryption(*build); !answered) return answered;
  const auto written =
      api_.write(http::Method::patch, fmt::format("/v1/appStoreVersions/{}/relationships/build", row->id),
                 linkage_body("builds", build->id), what);
  const auto shown = [&]() -> Result<bool> {
    const auto document = api_.get(fmt::format("/v1/appStoreVersions/{}/build", row->id), {}, what);
    if (!document && document.error().kind == ErrorKind::not_found) return false;
    if (!document) return tl::unexpected(document.error());
    return read_build(*document).map(
        [&](const std::optional<BuildRow>& seen) { return seen && seen->id == build->id; });
  };
  return api_.settle(written, shown, what);
}

}  // namespace train::stores::app_store
