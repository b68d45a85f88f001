#include "google_play/tracks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "train/base/text.hpp"

namespace train::sandbox::play {
namespace {

std::optional<Refusal> check_codes(const TrackRelease& release, const Artifacts& artifacts) {
  for (const std::int64_t code : release.codes) {
    if (artifacts.count(code) == 0) {
      return not_found(fmt::format("The following APK version codes could not be found: {}.", code));
    }
  }
  return std::nullopt;
}

std::optional<Refusal> check_new(const TrackRelease& release) {
  if (release.status == Status::halted) {
    return bad_request("Cannot halt release, no matching in progress release found.");
  }
  return std::nullopt;
}

std::optional<Refusal> check_transition(const Track& track, const TrackRelease& before, const TrackRelease& after) {
  if (before.status == Status::draft) return check_new(after);
  if (after.status == Status::draft) return bad_request("A release that was rolled out cannot become a draft.");
  if (after.update_priority != before.update_priority) {
    return bad_request("In-app update priority cannot be changed once the release is rolled out.");
  }
  const bool was_full = before.status == Status::completed;
  if (was_full && after.status == Status::in_progress) return bad_request("Fully released can not be staged.");
  if (was_full && after.status == Status::halted && track.name == "internal") {
    return bad_request("A fully rolled out release cannot be halted on the internal track.");
  }
  const bool running = before.status == Status::in_progress && after.status == Status::in_progress;
  if (running && after.fraction < before.fraction)
    return bad_request("User fraction of a running rollout cannot be decreased.");
  return std::nullopt;
}

bool duplicate_statuses(const std::vector<TrackRelease>& releases) {
  std::set<Status> seen;
  return !std::all_of(releases.begin(), releases.end(),
                      [&](const TrackRelease& r) { return seen.insert(r.status).second; });
}

// The release that serves everybody again when the present one is halted.
const TrackRelease* fallback_of(const Track& track, const TrackRelease& halted) {
  for (auto at = track.past.rbegin(); at != track.past.rend(); ++at) {
    if (at->codes != halted.codes) return &*at;
  }
  return nullptr;
}

const TrackRelease* newly_halted_full(const std::vector<TrackRelease>& before,
                                      const std::vector<TrackRelease>& wanted) {
  const TrackRelease* full = find_by_status(before, Status::completed);
  const TrackRelease* after = full == nullptr ? nullptr : find_by_codes(wanted, full->codes);
  return after != nullptr && after->status == Status::halted ? after : nullptr;
}

void keep_fully_released(const Track& track, std::vector<TrackRelease>& wanted) {
  if (find_by_status(wanted, Status::completed) != nullptr) return;
  const TrackRelease* full = find_by_status(track.releases, Status::completed);
  if (const TrackRelease* halted = newly_halted_full(track.releases, wanted)) full = fallback_of(track, *halted);
  if (full != nullptr && find_by_codes(wanted, full->codes) == nullptr) wanted.insert(wanted.begin(), *full);
}

bool same_words(const TrackRelease& a, const TrackRelease& b) {
  const auto same_note = [](const Note& x, const Note& y) { return x.language == y.language && x.text == y.text; };
  const auto where = [](const TrackRelease& r) { return r.countries.value_or(Countries{}); };
  return a.name == b.name && a.status == b.status && a.fraction == b.fraction &&
         where(a).countries == where(b).countries && where(a).rest_of_world == where(b).rest_of_world &&
         a.update_priority == b.update_priority &&
         std::equal(a.notes.begin(), a.notes.end(), b.notes.begin(), b.notes.end(), same_note);
}

void remember_past(Track& track, const TrackRelease& release) {
  const auto same = [&](const TrackRelease& r) { return r.codes == release.codes; };
  track.past.erase(std::remove_if(track.past.begin(), track.past.end(), same), track.past.end());
  track.past.push_back(release);
}

Review review_of_new(const Track& track, const TrackRelease& release, Sending sending) {
  if (release.status == Status::draft) return Review::draft;
  if (!is_production(track.name)) return Review::published;  // testers get theirs at once here
  return sending == Sending::held ? Review::not_sent : Review::in_review;
}

// Takes over where `release` stands with the reviewers, or sends it to them. True when it is sent now.
bool settle_review(const Track& track, TrackRelease& release, Sending sending, Instant now) {
  const TrackRelease* before = find_by_codes(track.releases, release.codes);
  if (before == nullptr) before = find_by_codes(track.past, release.codes);
  const bool known = before != nullptr && before->review != Review::draft && before->review != Review::not_approved &&
                     !(before->review == Review::not_sent && sending == Sending::to_review);
  release.review = known ? before->review : review_of_new(track, release, sending);
  release.review_since = known ? before->review_since : now;
  return !known;
}

}  // namespace

std::string change_text(const Track& track, const TrackRelease& release) {
  std::string text = fmt::format("play/{}/{} {}", track.name, codes_text(release), wire_word(release.status));
  if (release.fraction) text += " " + fraction_text(*release.fraction);
  if (release.countries) text += " in " + join(release.countries->countries, ",");
  return text;
}

Answered<std::vector<TrackRelease>> updated_list(const Track& track, std::vector<TrackRelease> wanted,
                                                 const Artifacts& artifacts) {
  if (wanted.empty()) return track.releases;
  if (duplicate_statuses(wanted)) return refuse(bad_request("Releases with duplicate statuses are not allowed."));
  for (TrackRelease& release : wanted) {
    if (auto wrong = check_codes(release, artifacts)) return refuse(std::move(*wrong));
    if (release.name.empty()) release.name = artifacts.at(release.codes.back()).version;
    const TrackRelease* before = find_by_codes(track.releases, release.codes);
    if (before == nullptr) before = find_by_codes(track.past, release.codes);
    auto wrong = before == nullptr ? check_new(release) : check_transition(track, *before, release);
    // Of a halted release it cannot be said, and stays.
    if (before != nullptr && release.status == Status::halted) release.countries = before->countries;
    // A release that served everybody once may be listed as completed again beside the one that is halted.
    if (wrong) return refuse(std::move(*wrong));
  }
  keep_fully_released(track, wanted);
  if (duplicate_statuses(wanted)) return refuse(bad_request("Releases with duplicate statuses are not allowed."));
  return wanted;
}

std::optional<Refusal> check_draft_app(const std::vector<TrackRelease>& wanted) {
  const bool drafts =
      std::all_of(wanted.begin(), wanted.end(), [](const TrackRelease& r) { return r.status == Status::draft; });
  if (drafts) return std::nullopt;
  return bad_request("Only releases with status draft may be created on draft app.");
}

std::optional<Refusal> check_commit(const Track& track, const std::vector<TrackRelease>& wanted) {
  const TrackRelease* full = find_by_status(wanted, Status::completed);
  const TrackRelease* staged = find_by_status(wanted, Status::in_progress);
  if (const TrackRelease* halted = newly_halted_full(track.releases, wanted)) {
    if (full != nullptr && find_by_codes(track.past, full->codes) == nullptr) {
      return bad_request(
          "You can't halt a fully rolled out release and create a new fully rolled out release in a single edit.");
    }
    // What Google answers when nothing is left to serve says nothing of the cause.
    if (fallback_of(track, *halted) == nullptr)
      return Refusal{500, "INTERNAL", "backendError", "Internal error encountered."};
  }
  if (staged != nullptr && full == nullptr) return bad_request("The first release on a track cannot be staged.");
  const bool staged_is_new = staged != nullptr && find_by_codes(track.releases, staged->codes) == nullptr;
  if (staged_is_new && full != nullptr && staged->codes.back() <= full->codes.back()) {
    return forbidden(
        fmt::format("Release {} does not allow any existing users to upgrade to the newly added APKs.", staged->name));
  }
  return std::nullopt;
}

std::vector<std::string> commit_track(Track& track, std::vector<TrackRelease> wanted, Sending sending, Instant now) {
  std::vector<std::string> changes;
  for (TrackRelease& release : wanted) {
    const TrackRelease* before = find_by_codes(track.releases, release.codes);
    const bool resent = before != nullptr && same_words(*before, release);
    const bool sent = settle_review(track, release, sending, now);
    if (before == nullptr || !same_words(*before, release)) changes.push_back(change_text(track, release));
    if (resent && sent && release.review != before->review) {
      changes.push_back(fmt::format("play/{}/{} {}", track.name, codes_text(release), wire_word(release.review)));
    }
  }
  for (const TrackRelease& old : track.releases) {
    const bool gone = find_by_codes(wanted, old.codes) == nullptr;
    // A completed release that a newer one takes the place of is no news of its own.
    if (gone && old.status != Status::completed) {
      changes.push_back(fmt::format("play/{}/{} superseded", track.name, codes_text(old)));
    }
  }
  track.releases = std::move(wanted);
  publish_allowed(track);
  return changes;
}

void publish_allowed(Track& track) {
  const auto live = [](const TrackRelease& r) { return r.review == Review::published || r.status == Status::draft; };
  const bool all = std::all_of(track.releases.begin(), track.releases.end(), live);
  std::vector<TrackRelease> next;
  for (const TrackRelease& old : track.published) {
    const TrackRelease* now_says = find_by_codes(track.releases, old.codes);
    if (now_says == nullptr && old.status == Status::completed && all) remember_past(track, old);
    if (now_says == nullptr && !all) next.push_back(old);
  }
  for (const TrackRelease& release : track.releases) {
    if (release.review == Review::published) next.push_back(release);
  }
  track.published = std::move(next);
}

bool in_review(const Track& track) {
  return std::any_of(track.releases.begin(), track.releases.end(),
                     [](const TrackRelease& r) { return r.review == Review::in_review; });
}

void restart_review(Track& track, Instant now) {
  for (TrackRelease& release : track.releases) {
    if (release.review == Review::in_review) release.review_since = now;
  }
}

std::vector<Share> shares(const Track& track) {
  const auto staged_share = [](const TrackRelease& r) {
    // Halted after 100 %: everybody has it.
    if (!r.fraction) return r.status == Status::halted ? k_percent_all : Percent{};
    return Percent::from_fraction(*r.fraction).value_or(Percent{});
  };
  const TrackRelease* running = find_by_status(track.published, Status::in_progress);
  const TrackRelease* halted = find_by_status(track.published, Status::halted);
  const TrackRelease* full = find_by_status(track.published, Status::completed);
  const int new_bp = running == nullptr ? 0 : staged_share(*running).basis_points();
  const int old_bp = halted == nullptr ? 0 : staged_share(*halted).basis_points();
  // The same group of users is taken for a newer rollout: what it has, the halted one has lost.
  const int halted_bp = std::max(0, old_bp - new_bp);
  std::vector<Share> all;
  const auto add = [&](const TrackRelease* release, int bp) {
    if (release != nullptr) all.push_back({release, Percent::from_basis_points(bp).value_or(Percent{})});
  };
  add(full, 10000 - new_bp - halted_bp);
  add(halted, halted_bp);
  add(running, new_bp);
  return all;
}

}  // namespace train::sandbox::play
