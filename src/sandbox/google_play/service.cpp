#include "google_play/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "google_play/reporting.hpp"
#include "google_play/tracks.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::sandbox {
namespace play {
namespace {

constexpr Duration k_review_time{24 * 3600};

TrackRelease live_release(const AppSetup& setup, Instant start) {
  TrackRelease release;
  release.name = setup.live->text();
  release.codes = {setup.live_build.number().value_or(1)};
  release.status = Status::completed;
  release.review = Review::published;
  release.review_since = start;
  return release;
}

PlayApp make_app(const AppSetup& setup, Instant start) {
  PlayApp app;
  app.setup = setup;
  for (const std::string& name :
       {std::string("production"), std::string("beta"), std::string("alpha"), std::string("internal"), setup.track}) {
    app.tracks[name].name = name;
  }
  for (const std::string& name : setup.testers) app.tracks[name].name = name;
  if (setup.live) {
    Track& track = app.tracks[setup.track];
    const TrackRelease release = live_release(setup, start);
    app.artifacts[release.codes.front()] = made_up_artifact(setup, release.name, release.codes.front());
    track.releases = {release};
    track.published = {release};
  }
  if (setup.uploaded) {
    const std::int64_t code = setup.uploaded_build.number().value_or(1);
    app.artifacts[code] = made_up_artifact(setup, setup.uploaded->text(), code);
  }
  return app;
}

struct DueReview {
  Instant at;
  PlayApp* app;
  Track* track;
  TrackRelease* release;
};

std::optional<DueReview> first_due_review(std::map<std::string, PlayApp>& apps, Instant now) {
  std::optional<DueReview> first;
  for (auto& [package, app] : apps) {
    for (auto& [name, track] : app.tracks) {
      for (TrackRelease& release : track.releases) {
        const Instant due = release.review_since + k_review_time;
        if (release.review != Review::in_review || due > now) continue;
        if (!first || due < first->at) first = DueReview{due, &app, &track, &release};
      }
    }
  }
  return first;
}

void end_review(PlayApp& app, Track& track, TrackRelease& release, bool approved, Instant at) {
  release.review = !approved                ? Review::not_approved
                   : app.managed_publishing ? Review::approved_not_published
                                            : Review::published;
  release.review_since = at;
  publish_allowed(track);
}

AppReport::Side side_of(const PlayApp& app, const Track& track, const TrackRelease& release) {
  AppReport::Side side{version_of(app, release), codes_text(release), std::string(wire_word(release.status)), 0};
  constexpr std::string_view prefix = "RELEASE_LIFECYCLE_STATE_";
  if (release.review != Review::published) side.state = wire_word(release.review).substr(prefix.size());
  if (find_by_codes(track.published, release.codes) == nullptr) return side;
  // Through Percent: 0.07 * 100 is not 7. Without a fraction everybody has it, halted or not.
  side.percent = Percent::from_fraction(release.fraction.value_or(1)).value_or(Percent{}).percent();
  return side;
}

}  // namespace

std::string version_of(const PlayApp& app, const TrackRelease& release) {
  const auto artifact = app.artifacts.find(release.codes.back());
  const bool named = artifact != app.artifacts.end() && !artifact->second.version.empty();
  return named ? artifact->second.version : release.name;
}

Artifact made_up_artifact(const AppSetup& setup, const std::string& version, std::int64_t code) {
  const std::string what = fmt::format("{} {} {}", setup.store_id, version, code);
  return {code, version, sha256_hex("sha1 " + what).substr(0, 40), sha256_hex(what)};
}

void invalidate_edits(PlayApp& app) {
  for (Edit& edit : app.edits) {
    if (edit.state == EditState::open) edit.state = EditState::deleted;
  }
}

void expire_edits(PlayApp& app, Instant now) {
  for (Edit& edit : app.edits) {
    if (edit.state == EditState::open && edit.expires <= now) edit.state = EditState::expired;
  }
}

PlayService::PlayService(std::vector<AppSetup> setups, VerifyToken verify, std::uint64_t seed, std::string base_url,
                         Instant start)
    : verify_(std::move(verify)), seed_(seed), base_url_(std::move(base_url)), now_(start) {
  for (const AppSetup& setup : setups) {
    if (setup.store != StoreKind::google_play) continue;
    apps_[setup.store_id] = make_app(setup, start);
    feedbacks_[setup.store_id] = past_feedback(apps_[setup.store_id], start);
  }
}

std::unique_ptr<Service> PlayService::clone() const {
  auto copy = std::make_unique<PlayService>(*this);
  copy->listener_ = nullptr;
  copy->usage_ = nullptr;
  return copy;
}

void PlayService::set_share_listener(ShareChanged listener) {
  listener_ = std::move(listener);
  announced_.clear();
  for (const auto& [package, app] : apps_) announce_shares(app, now_);
}

std::map<std::string, Percent> PlayService::served(const PlayApp& app) const {
  std::map<std::string, Percent> by_version;
  for (const Share& share : shares(app.tracks.at(app.setup.track))) {
    by_version[version_of(app, *share.release)] = share.percent;
  }
  return by_version;
}

void PlayService::announce_shares(const PlayApp& app, Instant at) {
  std::map<std::string, Percent> next = served(app);
  auto& before = announced_[app.setup.store_id];
  for (const auto& [version, percent] : before) next.emplace(version, Percent{});  // served no longer
  for (const auto& [version, percent] : next) {
    const auto old = before.find(version);
    const bool changed = old == before.end() || old->second != percent;
    const auto name = VersionName::parse(version);
    if (changed && name && listener_) listener_(app.setup.name, *name, percent, at);
  }
  before = std::move(next);
}

void PlayService::hear_back(Instant until) {
  for (const auto& [package, app] : apps_) accrue_feedback(feedbacks_[package], app, usage_, until);
}

void PlayService::pass_time(Instant now) {
  while (auto due = first_due_review(apps_, now)) {
    hear_back(due->at);
    end_review(*due->app, *due->track, *due->release, true, due->at);
    announce_shares(*due->app, due->at);
  }
  hear_back(now);
  for (auto& [package, app] : apps_) expire_edits(app, now);
  now_ = std::max(now_, now);
}

Handled PlayService::handle(const ServerRequest& request, Instant now) {
  pass_time(now);
  const auto header = request.headers.find("authorization");
  constexpr std::string_view bearer = "Bearer ";
  const bool given = header != request.headers.end() && starts_with(header->second, bearer);
  const auto good = given ? verify_(std::string_view(header->second).substr(bearer.size()), now)
                          : Result<Done>(fail(ErrorKind::auth, "no bearer token was sent"));
  if (!good) {
    return refused({401, "UNAUTHENTICATED", "authError",
                    "Request had invalid authentication credentials. Expected OAuth 2 access token. (" +
                        good.error().message + ")"});
  }
  Handled handled = route(request, now);
  if (handled.effect) {
    for (const auto& [package, app] : apps_) announce_shares(app, now);
  }
  return handled;
}

Handled PlayService::route(const ServerRequest& request, Instant now) {
  Parts parts = split(std::string_view(request.path).substr(request.path.empty() ? 0 : 1), '/');
  const bool is_upload = !parts.empty() && parts.front() == "upload";
  if (is_upload) parts.erase(parts.begin());
  if (!is_upload && parts.size() >= 3 && parts[0] == "v1beta1" && parts[1] == "apps")
    return route_reporting(request, parts, now);
  const bool known =
      parts.size() >= 5 && parts[0] == "androidpublisher" && parts[1] == "v3" && parts[2] == "applications";
  if (!known) return refused(not_found("The requested URL " + printable(request.path, 200) + " was not found."));
  PlayApp* app = find_app(parts[3]);
  if (app == nullptr) {
    return refused({404, "NOT_FOUND", "applicationNotFound", "Package not found: " + printable(parts[3], 120) + "."});
  }
  const Parts rest(parts.begin() + 4, parts.end());
  const bool build = rest.size() == 3 && (rest[2] == "bundles" || rest[2] == "apks");
  const bool symbols = rest.size() == 6 && rest[2] == "apks" && rest[4] == "deobfuscationFiles";
  const bool upload_path = (build || symbols) && rest[0] == "edits";
  if (is_upload && !upload_path) return refused(not_found("There is no such upload."));
  return route_application(*app, request, rest, now);
}

Handled PlayService::route_reporting(const ServerRequest& request, const Parts& parts, Instant now) {
  const std::size_t colon = parts[2].find(':');
  const PlayApp* app = find_app(parts[2].substr(0, colon));
  if (app == nullptr) return refused(not_found("Requested entity was not found."));
  const std::string verb = colon == std::string::npos ? "" : parts[2].substr(colon);
  if (parts.size() == 3 && verb == ":fetchReleaseFilterOptions") return filter_options(*app);
  if (parts.size() != 4 || !verb.empty()) return refused(not_found("Requested entity was not found."));
  const IsSilent is_silent = [&](const std::string& version) {
    const auto name = VersionName::parse(version);
    return usage_ && name && usage_(app->setup.name, *name, now).silent;
  };
  return answer_reporting(*app, feedbacks_.at(app->setup.store_id), is_silent, request, parts[3], now);
}

Handled PlayService::route_application(PlayApp& app, const ServerRequest& request, const Parts& rest, Instant now) {
  if (rest.size() == 3 && rest[0] == "tracks" && rest[2] == "releases" && request.method == "GET") {
    return release_summaries(app, rest[1]);
  }
  if (rest.size() == 1 && rest[0] == "reviews" && request.method == "GET")
    return list_reviews(feedbacks_.at(app.setup.store_id), request, now);
  if (!rest.empty() && rest.size() <= 2 && rest[0] == "appRecoveries") return recoveries(app, request, rest, now);
  if (rest.size() == 1 && rest[0] == "edits" && request.method == "POST") return insert_edit(app, now);
  if (rest.size() >= 2 && rest[0] == "edits") return route_edit(app, request, Parts(rest.begin() + 1, rest.end()), now);
  return refused(not_found("The built-in store does not serve " + printable(request.path, 200) + "."));
}

Handled PlayService::route_edit(PlayApp& app, const ServerRequest& request, const Parts& rest, Instant now) {
  const std::size_t colon = rest[0].find(':');
  const std::string id = rest[0].substr(0, colon);
  const std::string verb = colon == std::string::npos ? "" : rest[0].substr(colon + 1);
  const auto found = std::find_if(app.edits.begin(), app.edits.end(), [&](const Edit& e) { return e.id == id; });
  if (found == app.edits.end()) return refused(not_found("Edit not found: " + printable(id, 80) + "."));
  switch (found->state) {
    case EditState::open:
      break;
    case EditState::deleted:
      return refused(failed_precondition("This Edit has been deleted."));
    case EditState::expired:
      return refused(failed_precondition("This edit has expired, please create a new Edit."));
    case EditState::committed:
      return refused(failed_precondition("This edit has already been successfully committed."));
  }
  if (rest.size() == 1) return end_edit(app, *found, request, verb, now);
  if (starts_with(request.path, "/upload/")) {
    return upload(app, *found, request, join(std::span<const std::string>(rest).subspan(1), "/"));
  }
  const bool list = rest.size() == 2 && request.method == "GET";
  if (list && (rest[1] == "bundles" || rest[1] == "apks")) return artifacts(app, *found, rest[1]);
  if (rest[1] == "tracks" && rest.size() <= 3) return tracks(app, *found, request, Parts(rest.begin() + 2, rest.end()));
  return refused(not_found("The built-in store does not serve " + printable(request.path, 200) + "."));
}

PlayApp* PlayService::find_app(std::string_view package) {
  const auto found = apps_.find(std::string(package));
  return found == apps_.end() ? nullptr : &found->second;
}

PlayApp* PlayService::find_app_named(std::string_view name) {
  for (auto& [package, app] : apps_) {
    if (app.setup.name == name) return &app;
  }
  return nullptr;
}

std::string PlayService::next_id(std::string_view kind) {
  ++ids_;
  return sha256_hex(fmt::format("{} {} {}", kind, seed_, ids_)).substr(0, 20);
}

std::vector<AppReport> PlayService::report() const {
  std::vector<AppReport> all;
  for (const auto& [package, app] : apps_) {
    AppReport report;
    report.app = app.setup.name;
    const Track& track = app.tracks.at(app.setup.track);
    if (const TrackRelease* live = find_by_status(track.published, Status::completed)) {
      report.live = side_of(app, track, *live);
    }
    const TrackRelease* newest = nullptr;
    for (const TrackRelease& release : track.releases) {
      report.versions.push_back(side_of(app, track, release));
      if (newest == nullptr || release.codes.back() > newest->codes.back()) newest = &release;
    }
    const bool is_the_first =
        newest != nullptr && app.setup.live && newest->codes.back() == app.setup.live_build.number().value_or(1);
    if (newest != nullptr && !is_the_first) report.candidate = side_of(app, track, *newest);
    all.push_back(std::move(report));
  }
  return all;
}

bool PlayService::review(const AppName& name, const VersionName& version, bool approved, Instant now) {
  pass_time(now);
  PlayApp* app = find_app_named(name);
  if (app == nullptr) return false;
  for (auto& [track_name, track] : app->tracks) {
    for (TrackRelease& release : track.releases) {
      const bool same = VersionName::parse(version_of(*app, release)) == version || release.name == version.text();
      if (!same || release.review != Review::in_review) continue;
      end_review(*app, track, release, approved, now);
      announce_shares(*app, now);
      return true;
    }
  }
  return false;
}

namespace {

// Google's own trouble, and none of the console: it ends nobody's edit.
std::optional<std::string> stall_or_resume(Feedback& feedback, const nlohmann::json& act, Instant now) {
  const auto action = act.value("action", nlohmann::json());
  if (action == "stall_reporting") {
    if (!feedback.stalled_at) feedback.stalled_at = now;
    return "play/reporting stalled";
  }
  if (action != "resume_reporting") return std::nullopt;
  feedback.stalled_at.reset();
  return "play/reporting resumed";
}

}  // namespace

Result<std::string> PlayService::person(const nlohmann::json& act, Instant now) {
  pass_time(now);
  const bool named = act.is_object() && act.contains("app") && act["app"].is_string();
  PlayApp* app = named ? find_app_named(act["app"].get<std::string>()) : nullptr;
  if (app == nullptr) return fail(ErrorKind::usage, "no such app at Google Play", "\"app\" is the key under `apps`.");
  if (const auto change = stall_or_resume(feedbacks_.at(app->setup.store_id), act, now)) return *change;
  auto change = person_act(*app, act, now);
  if (!change) return change;
  // Any change in the console ends what others have open.
  invalidate_edits(*app);
  announce_shares(*app, now);
  return change;
}

}  // namespace play

std::unique_ptr<Service> make_play_service(std::vector<AppSetup> apps, VerifyToken verify, std::uint64_t seed,
                                           std::string base_url, Instant start) {
  return std::make_unique<play::PlayService>(std::move(apps), std::move(verify), seed, std::move(base_url), start);
}

}  // namespace train::sandbox
