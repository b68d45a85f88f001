// The built-in Google Play: routes requests to the rules. Inside of the sandbox; see service.hpp for the border.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "google_play/feedback.hpp"
#include "google_play/model.hpp"
#include "google_play/wire.hpp"
#include "world/service.hpp"

namespace train::sandbox::play {

class PlayService final : public Service {
 public:
  PlayService(std::vector<AppSetup> setups, VerifyToken verify, std::uint64_t seed, std::string base_url,
              Instant start);

  std::unique_ptr<Service> clone() const override;
  void set_share_listener(ShareChanged listener) override;
  void set_usage(UsageOf usage) override { usage_ = std::move(usage); }
  void pass_time(Instant now) override;
  Handled handle(const ServerRequest& request, Instant now) override;
  std::vector<AppReport> report() const override;
  bool review(const AppName& app, const VersionName& version, bool approved, Instant now) override;
  Result<std::string> person(const nlohmann::json& act, Instant now) override;

 private:
  using Parts = std::vector<std::string>;

  // Routing (play_service.cpp).
  Handled route(const ServerRequest& request, Instant now);
  Handled route_reporting(const ServerRequest& request, const Parts& parts, Instant now);
  Handled route_application(PlayApp& app, const ServerRequest& request, const Parts& rest, Instant now);
  Handled route_edit(PlayApp& app, const ServerRequest& request, const Parts& rest, Instant now);
  PlayApp* find_app(std::string_view package);
  PlayApp* find_app_named(std::string_view name);

  // Calls on an edit (play_edit_calls.cpp).
  Handled insert_edit(PlayApp& app, Instant now);
  Handled end_edit(PlayApp& app, Edit& edit, const ServerRequest& request, std::string_view verb, Instant now);
  Handled commit(PlayApp& app, Edit& edit, const ServerRequest& request, Instant now);
  Handled tracks(PlayApp& app, Edit& edit, const ServerRequest& request, const Parts& rest);
  Handled artifacts(const PlayApp& app, const Edit& edit, std::string_view kind) const;
  Handled release_summaries(const PlayApp& app, const std::string& track) const;
  Handled filter_options(const PlayApp& app) const;

  // App recovery (play_recovery.cpp).
  Handled recoveries(PlayApp& app, const ServerRequest& request, const Parts& rest, Instant now);

  // Uploads (play_upload_calls.cpp).
  Handled upload(PlayApp& app, Edit& edit, const ServerRequest& request, const std::string& place);
  Handled upload_at_once(const PlayApp& app, Edit& edit, const ServerRequest& request, const std::string& place);
  Handled start_upload(Edit& edit, const ServerRequest& request, const std::string& place);
  Handled continue_upload(PlayApp& app, Edit& edit, UploadSession& session, const ServerRequest& request);
  Answered<Artifact> take_build(const PlayApp& app, const Edit& edit, const UploadSession& session) const;
  // The finished upload's JSON.
  Answered<nlohmann::json> finish_upload(const PlayApp& app, Edit& edit, const UploadSession& session) const;
  static Answered<nlohmann::json> take_symbols(const PlayApp& app, Edit& edit, const Parts& place);

  void hear_back(Instant until);  // of all apps, in the shares served so far
  void announce_shares(const PlayApp& app, Instant at);
  std::map<std::string, Percent> served(const PlayApp& app) const;
  std::string next_id(std::string_view kind);

  std::map<std::string, PlayApp> apps_;        // by package
  std::map<std::string, Feedback> feedbacks_;  // by package
  VerifyToken verify_;
  std::uint64_t seed_;
  std::string base_url_;
  Instant now_;
  std::uint64_t ids_ = 0;
  ShareChanged listener_;
  UsageOf usage_;
  std::map<std::string, std::map<std::string, Percent>> announced_;  // package → version → share
};

// What a person changes in the console (play_person.cpp). Returns the change in words.
Result<std::string> person_act(PlayApp& app, const nlohmann::json& act, Instant now);
// The version people see of a release: its newest artifact's versionName.
std::string version_of(const PlayApp& app, const TrackRelease& release);
Artifact made_up_artifact(const AppSetup& setup, const std::string& version, std::int64_t code);
void invalidate_edits(PlayApp& app);
// Edits whose hour is over.
void expire_edits(PlayApp& app, Instant now);

}  // namespace train::sandbox::play
