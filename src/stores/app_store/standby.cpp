// The way back: a version that waits for everybody at once, reviewed before it is needed.
#include <fmt/format.h>

#include "store.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

// A phase would give the way back to one user in a hundred on its first day.
tl::unexpected<Error> is_phased(const VersionRow& row) {
  return fail(
      ErrorKind::refused,
      fmt::format("Cannot submit {} as a standby: it is a phased release, which would take a week.", row.number),
      "Remove the phased release of that version in App Store Connect.");
}

bool still_climbs(const VersionRow& row) {
  return row.state == "READY_FOR_DISTRIBUTION" && row.phase && row.phase->state == "ACTIVE";
}

}  // namespace

Result<Done> AppStore::submit_standby(const Candidate& standby, const Notes& notes) {
  const auto shelf = look_at(standby.version);
  if (!shelf) return tl::unexpected(shelf.error());
  auto row = ensure_version(*shelf, standby);
  if (!row) return tl::unexpected(row.error());
  if (!is_editable(row->state)) return same_build(*row, standby, "submit as a standby");
  if (row->phase) return is_phased(*row);
  if (const auto manual = ensure_manual_release(*row); !manual) return manual;
  if (const auto attached = attach_build(standby); !attached) return attached;
  if (!notes.empty()) {
    if (const auto written = set_release_notes(standby, notes); !written) return written;
  }
  row = reread(row->id);
  if (!row) return tl::unexpected(row.error());
  return put_into_review(*shelf, *row);
}

// The app, its versions, the request: three round trips until the way back goes out. The brake on what still climbs
// comes after it, so that it does not hold it up, and also when the request was refused.
Result<Done> AppStore::release_standby(const Candidate& standby, const Candidate& bad, const Notes&) {
  const Api::Reserve reserve(api_);
  const auto what = fmt::format("release the standby {}", standby.version.text());
  const auto shelf = look_at(standby.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto released = release_if_approved(*shelf, standby, what);
  const auto* running = find_version(shelf->rows, bad.version);
  if (running == nullptr || !still_climbs(*running)) return released;
  const auto braked = set_phase(*running, "PAUSED", fmt::format("halt {}", bad.version.text()));
  return released ? braked : released;
}

Result<Done> AppStore::release_if_approved(const Shelf& shelf, const Candidate& standby, std::string_view what) {
  const auto row = wanted(shelf, standby.version, what);
  if (!row) return tl::unexpected(row.error());
  if (const auto same = same_build(*row, standby, "release"); !same) return same;
  const auto status = status_of(*row);
  if (status == ReleaseStatus::releasing || status == ReleaseStatus::serving) return Done{};
  if (status == ReleaseStatus::approved) return request_release(*row, what);
  return fail(ErrorKind::refused, fmt::format("Cannot {}: the version is {}.", what, printable(row->state, 60)),
              "Only an approved version can be released.");
}

}  // namespace train::stores::app_store
