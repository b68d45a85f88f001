#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "google_play/service.hpp"
#include "google_play/tracks.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::play {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& act, const char* key) {
  const auto found = act.find(key);
  if (found == act.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number_integer() ? std::to_string(found->get<std::int64_t>()) : std::string();
}

tl::unexpected<Error> sentence(std::string text) { return fail(ErrorKind::refused, std::move(text)); }

std::optional<double> fraction_of(const Json& act) {
  const auto found = act.find("percent");
  if (found == act.end() || !found->is_number()) return std::nullopt;
  return found->get<double>() / 100.0;
}

TrackRelease* release_meant(PlayApp& app, Track& track, const Json& act) {
  const std::string version = text_of(act, "version");
  if (!version.empty()) {
    for (TrackRelease& release : track.releases) {
      if (release.name == version || version_of(app, release) == version) return &release;
    }
    return nullptr;
  }
  // Without a version: the newest.
  TrackRelease* newest = nullptr;
  for (TrackRelease& release : track.releases) {
    if (newest == nullptr || release.codes.back() > newest->codes.back()) newest = &release;
  }
  return newest;
}

// Through the same rules as an edit, so that a person cannot do what the store does not allow.
Result<std::string> change_list(const PlayApp& app, Track& track, std::vector<TrackRelease> wanted, Instant now) {
  auto list = updated_list(track, std::move(wanted), app.artifacts);
  if (!list) return sentence(list.error().message);
  if (auto wrong = check_commit(track, *list)) return sentence(wrong->message);
  const auto changes = commit_track(track, *list, Sending::to_review, now);
  if (changes.empty()) return sentence("Nothing to change: the release is so already.");
  return join(changes, "; ");
}

Result<std::string> set_status(const PlayApp& app, Track& track, const TrackRelease& meant, Status status,
                               std::optional<double> fraction, Instant now) {
  std::vector<TrackRelease> wanted;
  for (const TrackRelease& release : track.releases) {
    if (release.codes != meant.codes && release.status != status) wanted.push_back(release);
  }
  TrackRelease changed = meant;
  changed.status = status;
  changed.fraction = fraction;
  wanted.push_back(std::move(changed));
  return change_list(app, track, std::move(wanted), now);
}

std::int64_t code_meant(const Json& act) {
  const auto build = BuildNumber::parse(text_of(act, "build"));
  return build ? build->number().value_or(0) : 0;
}

Result<std::string> upload_by_hand(PlayApp& app, const Json& act) {
  const std::int64_t code = code_meant(act);
  const std::string version = text_of(act, "version");
  if (code <= 0 || version.empty()) return sentence("An upload needs \"version\" and a whole \"build\".");
  if (app.artifacts.count(code) != 0) return sentence(fmt::format("Version code {} has already been used.", code));
  app.artifacts[code] = made_up_artifact(app.setup, version, code);
  return fmt::format("play/bundle {}", code);
}

// A version that rolls out at a percentage, published at once: as if its review were long over.
Result<std::string> rollout_by_hand(PlayApp& app, Track& track, const Json& act, Instant now) {
  const std::int64_t code = code_meant(act);
  const std::string version = text_of(act, "version");
  const auto fraction = fraction_of(act);
  if (code <= 0 || version.empty() || !fraction || *fraction <= 0 || *fraction > 1) {
    return sentence("A rollout needs \"version\", a whole \"build\" and a \"percent\" above 0 and at most 100.");
  }
  if (app.artifacts.count(code) == 0) app.artifacts[code] = made_up_artifact(app.setup, version, code);
  TrackRelease release;
  release.name = version;
  release.codes = {code};
  release.status = *fraction < 1 ? Status::in_progress : Status::completed;
  if (*fraction < 1) release.fraction = *fraction;
  std::vector<TrackRelease> wanted;
  if (const TrackRelease* full = find_by_status(track.releases, Status::completed); full != nullptr && *fraction < 1) {
    wanted.push_back(*full);
  }
  wanted.push_back(release);
  auto change = change_list(app, track, std::move(wanted), now);
  if (!change) return change;
  TrackRelease* added = find_by_codes(track.releases, release.codes);
  added->review = Review::published;
  added->review_since = now;
  publish_allowed(track);
  return change;
}

// Restricts a running rollout to some countries; an empty list opens it again.
Result<std::string> set_countries(const PlayApp& app, Track& track, const TrackRelease& meant, const Json& act,
                                  Instant now) {
  Countries countries;
  for (const Json& each : act.value("countries", Json::array())) {
    if (each.is_string()) countries.countries.push_back(each.get<std::string>());
  }
  if (meant.status != Status::in_progress || !is_production(track.name)) {
    return sentence("Only a running rollout on production can be restricted to countries.");
  }
  std::vector<TrackRelease> wanted;
  for (const TrackRelease& release : track.releases) {
    wanted.push_back(release);
    if (release.codes != meant.codes) continue;
    wanted.back().countries = countries.countries.empty() ? std::nullopt : std::optional<Countries>(countries);
  }
  return change_list(app, track, std::move(wanted), now);
}

Result<std::string> remove_release(Track& track, const TrackRelease& meant, Instant now) {
  if (meant.status == Status::completed) return sentence("A fully rolled out release cannot be removed.");
  std::vector<TrackRelease> wanted;
  for (const TrackRelease& release : track.releases) {
    if (release.codes != meant.codes) wanted.push_back(release);
  }
  return join(commit_track(track, std::move(wanted), Sending::to_review, now), "; ");
}

Result<std::string> review_button(PlayApp& app, Track& track, TrackRelease& meant, std::string_view action,
                                  Instant now) {
  if (action == "withdraw") {
    if (meant.review != Review::in_review) return sentence("The release is not in review.");
    meant.review = Review::not_sent;
    app.unsent_changes = true;
  } else if (meant.review == Review::not_sent) {
    meant.review = Review::in_review;
    app.unsent_changes = false;
  } else if (meant.review == Review::approved_not_published) {
    meant.review = Review::published;
  } else {
    return sentence("The release waits for no button in the console.");
  }
  meant.review_since = now;
  publish_allowed(track);
  return fmt::format("play/{}/{} {}", track.name, codes_text(meant), wire_word(meant.review));
}

// The name is free text, on every track and in every state.
Result<std::string> rename_release(Track& track, const TrackRelease& meant, const Json& act) {
  const std::string name = text_of(act, "name");
  if (name.size() > 50) return sentence("A release's name has at most 50 characters.");
  for (auto* list : {&track.releases, &track.published}) {
    for (TrackRelease& release : *list) {
      if (release.codes == meant.codes) release.name = name;
    }
  }
  return fmt::format("play/{}/{} named '{}'", track.name, codes_text(meant), name);
}

// An old build for old devices, served beside the release's own.
Result<std::string> serve_beside(PlayApp& app, Track& track, const TrackRelease& meant, const Json& act) {
  const std::int64_t code = code_meant(act);
  if (code <= 0) return sentence("Say which \"build\" is served beside it.");
  if (app.artifacts.count(code) == 0) app.artifacts[code] = made_up_artifact(app.setup, "1.0.0", code);
  const auto codes = meant.codes;
  for (auto* list : {&track.releases, &track.published}) {
    for (TrackRelease& release : *list) {
      if (release.codes != codes) continue;
      release.codes.push_back(code);
      std::sort(release.codes.begin(), release.codes.end());
    }
  }
  return fmt::format("play/{}/{} is served beside {}", track.name, code, codes_text(meant));
}

}  // namespace

Result<std::string> person_act(PlayApp& app, const Json& act, Instant now) {
  const std::string action = text_of(act, "action");
  Track& track = app.tracks.at(app.setup.track);
  if (action == "upload") return upload_by_hand(app, act);
  if (action == "rollout") return rollout_by_hand(app, track, act, now);
  if (action == "managed_publishing") {
    app.managed_publishing = !act.contains("on") || act["on"] != false;
    return std::string(app.managed_publishing ? "play/managed publishing on" : "play/managed publishing off");
  }
  if (action == "listing") {
    app.listing_in_review = !act.contains("on") || act["on"] != false;
    return std::string(app.listing_in_review ? "play/listing in review" : "play/listing published");
  }
  if (action == "draft_app") {
    app.draft_app = !act.contains("on") || act["on"] != false;
    return std::string(app.draft_app ? "play/draft app" : "play/app is published");
  }
  constexpr std::array<std::string_view, 11> known{"halt",      "pause",  "resume",      "complete",
                                                   "countries", "remove", "set_percent", "withdraw",
                                                   "release",   "rename", "serve_beside"};
  if (std::find(known.begin(), known.end(), action) == known.end()) {
    return sentence("Google Play's console has no action '" + printable(action, 40) + "'.");
  }
  TrackRelease* meant = release_meant(app, track, act);
  if (meant == nullptr) return sentence("The track has no such release.");
  const TrackRelease before = *meant;
  if (action == "rename") return rename_release(track, before, act);
  if (action == "serve_beside") return serve_beside(app, track, before, act);
  if (action == "withdraw" || action == "release") return review_button(app, track, *meant, action, now);
  if (action == "countries") return set_countries(app, track, before, act, now);
  if (action == "remove") return remove_release(track, before, now);
  if (action == "complete") return set_status(app, track, before, Status::completed, std::nullopt, now);
  if (action == "halt" || action == "pause") {
    return set_status(app, track, before, Status::halted, before.fraction, now);
  }
  const auto fraction = action == "resume" && !act.contains("percent") ? before.fraction : fraction_of(act);
  if (!fraction) return sentence("Say the \"percent\" to go to.");
  if (*fraction >= 1) return set_status(app, track, before, Status::completed, std::nullopt, now);
  return set_status(app, track, before, Status::in_progress, fraction, now);
}

}  // namespace train::sandbox::play
