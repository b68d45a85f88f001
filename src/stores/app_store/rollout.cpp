#include <fmt/format.h>

#include "store.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

constexpr std::string_view k_only_newer =
    "Only a newer version, or removing the whole app from sale in App Store Connect, can stop it now.";

tl::unexpected<Error> cannot(std::string_view what, std::string_view why, std::string_view hint) {
  return fail(ErrorKind::refused, fmt::format("Cannot {}: {}.", what, why), std::string(hint));
}

}  // namespace

Result<Done> AppStore::start_rollout(const Candidate& candidate, Percent to, const Notes&) {
  const auto what = fmt::format("release {}", candidate.version.text());
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto row = wanted(*shelf, candidate.version, what);
  if (!row) return tl::unexpected(row.error());
  if (const auto same = same_build(*row, candidate, "release"); !same) return same;
  const auto status = status_of(*row);
  const bool released =
      status == ReleaseStatus::releasing || status == ReleaseStatus::serving || status == ReleaseStatus::halted;
  if (released) return Done{};
  if (status != ReleaseStatus::approved) {
    return cannot(what, fmt::format("the version is {}", printable(row->state, 60)),
                  "Only an approved version can be released.");
  }
  if (!to.is_all() && is_first_version(shelf->rows, candidate.version)) {
    return cannot(what, "a first release cannot be phased, everybody would get it at once",
                  "If that is meant, give the app `rollout: [100]` for this release.");
  }
  if (const auto phase = ensure_phase(*shelf, *row, candidate); !phase) return phase;
  const bool was_taken = candidate.staged && !row->phase && !is_first_version(shelf->rows, candidate.version);
  if (was_taken && told_)
    told_(fmt::format("somebody had taken the phased release of {} away; it was made again before the release",
                      candidate.version.text()));
  return request_release(*row, what);
}

Result<Done> AppStore::request_release(const VersionRow& row, std::string_view what) {
  const auto written = api_.write(http::Method::post, "/v1/appStoreVersionReleaseRequests",
                                  create_body("appStoreVersionReleaseRequests", nlohmann::json::object(),
                                              {{"appStoreVersion", "appStoreVersions", row.id}}),
                                  what);
  const auto shown = [&]() -> Result<bool> {
    return reread(row.id).map([](const VersionRow& again) { return again.state != "PENDING_DEVELOPER_RELEASE"; });
  };
  return api_.settle(written, shown, what);
}

Result<bool> AppStore::phase_shows(const std::string& version_id, std::string_view state) {
  const auto document = api_.get(fmt::format("/v1/appStoreVersions/{}/appStoreVersionPhasedRelease", version_id), {},
                                 "read the phased release back");
  if (!document) return tl::unexpected(document.error());
  return read_phase(*document).map([&](const std::optional<PhaseRow>& row) { return row && row->state == state; });
}

Result<Done> AppStore::move_phase(const Candidate& candidate, std::string_view to, std::string_view what) {
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto row = wanted(*shelf, candidate.version, what);
  if (!row) return tl::unexpected(row.error());
  if (row->state != "READY_FOR_DISTRIBUTION") {
    return cannot(what, fmt::format("the version is {}", printable(row->state, 60)),
                  row->state == "PROCESSING_FOR_DISTRIBUTION" ? "It is on its way out: run `train advance` again soon."
                                                              : "There is no exposure to change.");
  }
  const bool is_complete = !row->phase || row->phase->state == "COMPLETE";
  if (is_complete)
    return to == "COMPLETE" ? Result<Done>(Done{}) : cannot(what, "everybody gets it already", k_only_newer);
  if (was_paused_meanwhile(*row, candidate)) {
    return cannot(what, "somebody has paused it since this was decided",
                  "Nothing was changed. `train advance` looks again and decides on what it sees.");
  }
  if (row->phase->state == to) return Done{};
  if (row->phase->state == "INACTIVE") {
    return cannot(what, "its phased release has not begun", "Run `train advance` again in a few minutes.");
  }
  return set_phase(*row, to, what);
}

Result<Done> AppStore::set_phase(const VersionRow& row, std::string_view to, std::string_view what) {
  const auto written =
      api_.write(http::Method::patch, "/v1/appStoreVersionPhasedReleases/" + row.phase->id,
                 update_body("appStoreVersionPhasedReleases", row.phase->id, {{"phasedReleaseState", to}}), what);
  return api_.settle(
      written, [&] { return phase_shows(row.id, to); }, what);
}

Result<Done> AppStore::pause(const Candidate& candidate) {
  const Api::Reserve reserve(api_);
  return move_phase(candidate, "PAUSED", fmt::format("pause {} on its rung", candidate.version.text()));
}

Result<Done> AppStore::resume(const Candidate& candidate, Percent) {
  return move_phase(candidate, "ACTIVE", fmt::format("let {} climb on", candidate.version.text()));
}

Result<Done> AppStore::complete(const Candidate& candidate) {
  return move_phase(candidate, "COMPLETE", fmt::format("give {} to everybody", candidate.version.text()));
}

// Apple's only brake. Who has the version keeps it, and anybody can still update by hand.
Result<Done> AppStore::halt(const Candidate& candidate) {
  const Api::Reserve reserve(api_);
  return move_phase(candidate, "PAUSED", fmt::format("halt {}", candidate.version.text()));
}

}  // namespace train::stores::app_store
