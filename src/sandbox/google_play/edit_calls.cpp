#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "google_play/service.hpp"
#include "google_play/tracks.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::play {
namespace {

using Json = nlohmann::json;

constexpr Duration k_edit_life{3600};
constexpr std::size_t k_summaries_limit = 20;
constexpr std::size_t k_edits_kept = 64;  // ended ones still answer with their reason

Handled answered(const Json& body) { return {json_response(body), false, {}}; }

Handled empty_answer(int status) {
  Handled handled;
  handled.response.status = status;
  return handled;
}

Json edit_json(const Edit& edit) {
  return {{"id", edit.id}, {"expiryTimeSeconds", std::to_string(edit.expires.time_since_epoch().count())}};
}

const std::vector<TrackRelease>& list_in_edit(const Track& track, const Edit& edit) {
  const auto touched = edit.tracks.find(track.name);
  return touched == edit.tracks.end() ? track.releases : touched->second;
}

Artifacts artifacts_in_edit(const PlayApp& app, const Edit& edit) {
  Artifacts all = app.artifacts;
  all.insert(edit.artifacts.begin(), edit.artifacts.end());
  return all;
}

std::optional<Refusal> check_all(const PlayApp& app, const Edit& edit) {
  for (const auto& [name, wanted] : edit.tracks) {
    if (app.draft_app) {
      if (auto wrong = check_draft_app(wanted)) return wrong;
    }
    if (auto wrong = check_commit(app.tracks.at(name), wanted)) return wrong;
  }
  return std::nullopt;
}

// How a commit asks to be treated by the reviewers.
struct CommitWish {
  bool not_sent_for_review = false;
  bool error_if_in_review = false;
};

Answered<CommitWish> read_wish(const ServerRequest& request) {
  CommitWish wish;
  for (const auto& [name, value] : request.query) {
    if (name == "changesNotSentForReview" && (value == "true" || value == "false")) {
      wish.not_sent_for_review = value == "true";
    } else if (name == "changesInReviewBehavior" && value == "ERROR_IF_IN_REVIEW") {
      wish.error_if_in_review = true;
    } else if (name == "changesInReviewBehavior" && value == "CANCEL_IN_REVIEW_AND_SUBMIT") {
      wish.error_if_in_review = false;
    } else if (name != "alt" && name != "prettyPrint" && name != "$alt") {
      return tl::unexpected<Refusal>(bad_request(fmt::format(
          "Invalid JSON payload received. Unknown name \"{}\": Cannot bind query parameter.", printable(name, 80))));
    }
  }
  return wish;
}

bool anything_in_review(const PlayApp& app) {
  return app.listing_in_review ||
         std::any_of(app.tracks.begin(), app.tracks.end(), [](const auto& named) { return in_review(named.second); });
}

std::optional<Refusal> check_review(const PlayApp& app, const CommitWish& wish) {
  if (wish.error_if_in_review && anything_in_review(app)) {
    return Refusal{400, "FAILED_PRECONDITION", "CHANGES_ALREADY_IN_REVIEW",
                   "Changes are already in review. The edit was not committed and remains valid."};
  }
  if (app.unsent_changes && !wish.not_sent_for_review) {
    return bad_request(
        "Changes cannot be sent for review automatically. Please set the query parameter changesNotSentForReview to "
        "true. Once committed, the changes in this edit can be sent for review from the Google Play Console UI.");
  }
  if (!app.unsent_changes && wish.not_sent_for_review) {
    return bad_request(
        "Changes are sent for review automatically. The query parameter changesNotSentForReview must not be set.");
  }
  return std::nullopt;
}

std::vector<std::string> apply_edit(PlayApp& app, Edit& edit, Sending sending, Instant now) {
  std::vector<std::string> changes;
  for (const auto& [code, artifact] : edit.artifacts) {
    app.artifacts[code] = artifact;
    changes.push_back(fmt::format("play/{} {}", artifact.is_apk ? "apk" : "bundle", code));
  }
  for (const std::string& symbols : edit.symbols) changes.push_back("play/symbols " + symbols);
  for (auto& [name, wanted] : edit.tracks) {
    const auto more = commit_track(app.tracks.at(name), wanted, sending, now);
    changes.insert(changes.end(), more.begin(), more.end());
  }
  return changes;
}

}  // namespace

Handled PlayService::insert_edit(PlayApp& app, Instant now) {
  // One open edit per account: the newer ends the older.
  invalidate_edits(app);
  if (app.edits.size() >= k_edits_kept) app.edits.erase(app.edits.begin());
  Edit edit;
  edit.id = next_id("edit");
  edit.expires = now + k_edit_life;
  app.edits.push_back(edit);
  return answered(edit_json(edit));
}

Handled PlayService::end_edit(PlayApp& app, Edit& edit, const ServerRequest& request, std::string_view verb,
                              Instant now) {
  if (verb.empty() && request.method == "GET") return answered(edit_json(edit));
  if (verb.empty() && request.method == "DELETE") {
    edit.state = EditState::deleted;
    return empty_answer(204);
  }
  if (verb == "validate" && request.method == "POST") {
    if (auto wrong = check_all(app, edit)) return refused(*wrong);
    return answered(edit_json(edit));
  }
  if (verb == "commit" && request.method == "POST") return commit(app, edit, request, now);
  return refused(not_found("There is no such method on an edit."));
}

Handled PlayService::commit(PlayApp& app, Edit& edit, const ServerRequest& request, Instant now) {
  const auto wish = read_wish(request);
  if (!wish) return refused(wish.error());
  if (auto wrong = check_all(app, edit)) return refused(*wrong);
  if (auto wrong = check_review(app, *wish)) return refused(*wrong);
  const bool restarts = anything_in_review(app);
  const Sending sending = wish->not_sent_for_review ? Sending::held : Sending::to_review;
  std::vector<std::string> changes = apply_edit(app, edit, sending, now);
  if (restarts) {
    // The default behaviour: what was in review is taken out of it and sent again with everything else.
    for (auto& [name, track] : app.tracks) restart_review(track, now);
    changes.push_back("play/review restarted");
  }
  edit.state = EditState::committed;
  edit.uploads.clear();
  Handled handled = answered(edit_json(edit));
  handled.effect = !changes.empty();
  handled.change = join(changes, "; ");
  return handled;
}

Handled PlayService::tracks(PlayApp& app, Edit& edit, const ServerRequest& request, const Parts& rest) {
  if (rest.empty()) {
    if (request.method != "GET") return refused(not_found("The built-in store creates no tracks."));
    Json body = {{"kind", "androidpublisher#tracksListResponse"}, {"tracks", Json::array()}};
    for (const auto& [name, track] : app.tracks) body["tracks"].push_back(track_json(name, list_in_edit(track, edit)));
    return answered(body);
  }
  const auto found = app.tracks.find(rest[0]);
  if (found == app.tracks.end()) return refused(not_found("Track not found: " + printable(rest[0], 80) + "."));
  const Track& track = found->second;
  if (request.method == "GET") return answered(track_json(track.name, list_in_edit(track, edit)));
  if (request.method != "PUT" && request.method != "PATCH") return refused(not_found("There is no such method."));
  auto wanted = parse_track(request.body, track.name);
  if (!wanted) return refused(wanted.error());
  // Google's no-op: accepted, and answered without a body.
  if (wanted->empty()) return empty_answer(200);
  auto list = updated_list(track, std::move(*wanted), artifacts_in_edit(app, edit));
  if (!list) return refused(list.error());
  edit.tracks[track.name] = *list;
  return answered(track_json(track.name, *list));
}

Handled PlayService::artifacts(const PlayApp& app, const Edit& edit, std::string_view kind) const {
  Json body;
  const bool apks = kind == "apks";
  body["kind"] = apks ? "androidpublisher#apksListResponse" : "androidpublisher#bundlesListResponse";
  for (const auto& [code, artifact] : artifacts_in_edit(app, edit)) {
    const Json digests = {{"sha1", artifact.sha1}, {"sha256", artifact.sha256}};
    if (artifact.is_apk && apks) body["apks"].push_back({{"versionCode", code}, {"binary", digests}});
    if (artifact.is_apk || apks) continue;
    body["bundles"].push_back(digests);
    body["bundles"].back()["versionCode"] = code;
  }
  return answered(body);
}

Handled PlayService::release_summaries(const PlayApp& app, const std::string& name) const {
  const auto found = app.tracks.find(name);
  if (found == app.tracks.end()) return refused(not_found("Track not found: " + printable(name, 80) + "."));
  const Track& track = found->second;
  Json body = Json::object();
  const auto add = [&](const TrackRelease& release) {
    if (body["releases"].size() < k_summaries_limit) body["releases"].push_back(summary_json(name, release));
  };
  for (const TrackRelease& release : track.releases) add(release);
  // What still serves while its successor is under review.
  for (const TrackRelease& release : track.published) {
    if (find_by_codes(track.releases, release.codes) == nullptr) add(release);
  }
  return answered(body);
}

Handled PlayService::filter_options(const PlayApp& app) const {
  Json body = {{"tracks", Json::array()}};
  for (const auto& [name, track] : app.tracks) {
    Json serving = Json::array();
    for (const TrackRelease& release : track.published) {
      Json codes = Json::array();
      for (const std::int64_t code : release.codes) codes.push_back(std::to_string(code));
      serving.push_back({{"displayName", release.name}, {"versionCodes", codes}});
    }
    body["tracks"].push_back({{"type", name}, {"displayName", name}, {"servingReleases", serving}});
  }
  return answered(body);
}

}  // namespace train::sandbox::play
