// The Store port on Google Play.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <future>
#include <memory>

#include "builds.hpp"
#include "edit.hpp"
#include "notes.hpp"
#include "observe.hpp"
#include "testers.hpp"
#include "track.hpp"
#include "train/base/text.hpp"
#include "train/stores/google_play.hpp"

namespace train::stores {
namespace google_play {
namespace {

using std::chrono::seconds;
using Left = Edits::Left;

constexpr std::string_view k_release_grant =
    "\"Release to production, exclude devices, and use Play App Signing\", or for other tracks \"Release apps to "
    "testing "
    "tracks\"";
constexpr int k_urgent = 5;  // a standby's update priority: nobody should stay on what it replaces
constexpr std::int64_t k_highest_code = 2100000000;  // Google's limit

Result<Done> as_result(const CallError& failed) { return tl::unexpected(failed.error); }

Result<Done> check_candidate(const Candidate& candidate) {
  const auto code = candidate.build.number();
  if (code && *code > 0 && *code <= k_highest_code) return Done{};
  return fail(ErrorKind::refused, fmt::format("Build {} is no version code.", candidate.build.text()),
              "Google Play counts builds by whole numbers from 1 to 2100000000.");
}

// Everything on another track while it lives.
class OnTrack {
 public:
  OnTrack(Edits& edits, std::string track) : edits_(edits), before_(edits.swap_track(std::move(track))) {}
  ~OnTrack() { edits_.swap_track(std::move(before_)); }
  OnTrack(const OnTrack&) = delete;
  OnTrack& operator=(const OnTrack&) = delete;

 private:
  Edits& edits_;
  std::string before_;
};

bool ends_with_apk(std::string_view path) { return path.size() > 4 && path.substr(path.size() - 4) == ".apk"; }

// Whether a release of `ours` to everybody ends all that is on the track, so that nothing need be written back.
bool gives_way(const std::vector<Summary>& listed, const Candidate& ours) {
  return std::all_of(listed.begin(), listed.end(), [&](const Summary& other) {
    // A second code may be an old build for old devices, which only the long way keeps.
    const bool served = other.lifecycle == "PUBLISHED" && other.codes.size() == 1;
    return served && std::all_of(other.codes.begin(), other.codes.end(),
                                 [&](std::int64_t code) { return code < ours.build.number().value_or(0); });
  });
}

std::vector<std::int64_t> codes_to_keep(const Releases& present, const TrackRelease& ours) {
  std::vector<std::int64_t> codes;
  for (const TrackRelease& live : present) {
    if (live.status != Status::completed) continue;
    for (const std::int64_t code : lost_codes(live, ours)) codes.push_back(code);
  }
  return codes;
}

bool are_listed(const Releases& releases, const std::vector<Summary>& listed) {
  return std::all_of(releases.begin(), releases.end(),
                     [&](const TrackRelease& release) { return find_summary(listed, release.codes) != nullptr; });
}

class GooglePlay final : public Store, Uploads, Testers, Percentages, Standbys {
 public:
  GooglePlay(GooglePlaySettings settings, std::unique_ptr<Recoveries> recoveries)
      : app_(std::move(settings.app)),
        caller_(app_.endpoint, app_.store_id, std::move(settings.account), *settings.clock),
        keep_(std::move(settings.kept_upload), app_.store_id),
        edits_(caller_, keep_, own().track, std::move(settings.told)),
        builds_(caller_, keep_, edits_, app_, settings.archives, std::move(settings.progress)),
        recoveries_(std::move(recoveries)) {}
  GooglePlay(const GooglePlay&) = delete;  // its parts name each other
  GooglePlay& operator=(const GooglePlay&) = delete;

  Result<std::vector<SeenRelease>> served() override;
  Result<StoreView> observe(const Sought& sought, Depth look) override;
  Result<Done> upload_build(const Upload& upload) override {
    if (auto good = check_candidate(upload.candidate); !good) return good;
    return builds_.upload(upload);
  }
  Result<Done> start_rollout(const Candidate& candidate, Percent to, const Notes& notes) override;
  Result<std::vector<Probe>> probe() override;

  Result<Done> set_percent(const Candidate& candidate, Percent to) override {
    return change(candidate, [&](const Releases& present) { return percent_list(present, candidate, to); });
  }
  Result<Done> resume(const Candidate& candidate, Percent to) override {
    return change(candidate, [&](const Releases& present) { return resume_list(present, candidate, to); });
  }
  Result<Done> complete(const Candidate& candidate) override {
    return change(candidate, [&](const Releases& present) { return complete_list(present, candidate); });
  }
  Result<Done> halt(const Candidate& candidate) override {
    return change(
        candidate, [&](const Releases& present) { return halt_list(present, candidate); }, of_a_stop());
  }
  Result<Done> release_standby(const Candidate& standby, const Candidate& bad, const Notes& notes) override;

  // The same version code, fully released on the testing track.
  Result<Done> distribute(const Candidate& candidate, const std::string& group, const Notes& notes) override {
    const OnTrack testing(edits_, group);
    auto started = start_rollout(candidate, k_percent_all, notes);
    committed_.reset();  // of another track
    return started;
  }

  Capabilities offers() override {
    Capabilities out;
    out.uploads = this;
    out.testers = this;
    out.percentages = this;
    out.standbys = this;
    out.recoveries = recoveries_.get();
    return out;
  }

 private:
  using Plan = std::function<NewList(const Releases& present)>;

  const GooglePlayApp& own() const { return std::get<GooglePlayApp>(app_.part); }

  // APKs have a list of their own; most apps have none, and are not asked about it.
  bool is_apk_app() const { return app_.has_further_archives() || (app_.artifact && ends_with_apk(*app_.artifact)); }

  InReview of_a_stop() const {
    return own().halt_in_review == HaltInReview::cancel ? InReview::cancel : InReview::error;
  }
  Result<Done> change(const Candidate& candidate, const Plan& plan, InReview in_review = InReview::error);
  Result<Done> concluded(const Called<Left>& left, const Plan& plan);
  Called<Left> commit_list(const std::string& edit, const Plan& plan, InReview in_review);
  Result<Done> look_at_testers(StoreView& view);
  enum class Tried { written, upload_under_way, nothing_to_write };
  Called<Tried> try_release();
  Called<Releases> any_release(const std::string& edit);
  Called<bool> was_rejected(const Candidate& candidate);
  Result<Done> wait_until_listed(const Candidate& candidate);

  App app_;
  Caller caller_;
  Keep keep_;
  Edits edits_;
  Builds builds_;
  std::unique_ptr<Recoveries> recoveries_;  // calls of its own, outside every edit
  std::optional<Releases> committed_;       // what the last step left on the track, for the look that follows it
};

Result<StoreView> GooglePlay::observe(const Sought& sought, Depth look) {
  Answers answers;
  // Only the look right after a step is spared an edit, whatever comes of that look.
  auto committed = std::exchange(committed_, std::nullopt);
  if (look == Depth::full) {
    const auto read = edits_.look([&](const std::string& edit) -> Called<Left> {
      auto track = edits_.read_track(edit);
      if (!track) return stop(track.error());
      auto bundles = edits_.list_bundles(edit);
      if (!bundles) return stop(bundles.error());
      answers.track = std::move(*track);
      answers.bundles = std::move(*bundles);
      if (is_apk_app()) {
        auto apks = edits_.list_apks(edit);
        if (!apks) return stop(apks.error());
        answers.bundles->insert(answers.bundles->end(), apks->begin(), apks->end());
      }
      builds_.leave_out_uncommitted(*answers.bundles);
      return Left::open;
    });
    if (!read) return tl::unexpected(read.error().error);
  }
  auto summaries = edits_.read_summaries();
  if (!summaries) return tl::unexpected(summaries.error().error);
  answers.summaries = std::move(*summaries);
  if (!answers.track && committed && are_listed(*committed, answers.summaries)) answers.track = std::move(committed);
  auto view = combine(answers, sought, caller_.clock().now());
  if (look == Depth::summary) return view;
  return look_at_testers(view).map([&](const Done&) { return view; });
}

Result<std::vector<SeenRelease>> GooglePlay::served() {
  Answers answers;
  const auto read = edits_.look([&](const std::string& edit) -> Called<Left> {
    auto track = edits_.read_track(edit);
    if (!track) return stop(track.error());
    answers.track = std::move(*track);
    return Left::open;
  });
  if (!read) return tl::unexpected(read.error().error);
  auto summaries = edits_.read_summaries();
  if (!summaries) return tl::unexpected(summaries.error().error);
  answers.summaries = std::move(*summaries);
  return all_served(answers);
}

Result<Done> GooglePlay::look_at_testers(StoreView& view) {
  for (const auto& track : app_.testers) {
    const OnTrack testing(edits_, track);
    const auto listed = edits_.read_summaries();
    if (!listed && listed.error().error.kind != ErrorKind::not_found) return as_result(listed.error());
    for (auto& build : view.builds)
      build.testers.push_back(testers_of(track, listed ? &*listed : nullptr, build.number));
  }
  return Done{};
}

// ---- exposure

Called<Left> GooglePlay::commit_list(const std::string& edit, const Plan& plan, InReview in_review) {
  const auto present = edits_.read_track(edit);
  if (!present) return stop(present.error());
  auto wanted = plan(*present);
  if (!wanted) return stop(CallError{wanted.error(), Trouble::none});
  if (!*wanted) return Left::open;
  if (auto kept = loses_nothing(*present, **wanted, own().drop); !kept) {
    return stop(CallError{kept.error(), Trouble::none});
  }
  const auto written = edits_.write_track(edit, **wanted);
  if (!written) return stop(written.error());
  const auto committed = edits_.commit(edit, in_review);
  if (!committed) return stop(committed.error());
  committed_ = std::move(**wanted);
  return Left::committed;
}

Result<Done> GooglePlay::change(const Candidate& candidate, const Plan& plan, InReview in_review) {
  if (auto good = check_candidate(candidate); !good) return good;
  return concluded(edits_.in_edit([&](const std::string& edit) { return commit_list(edit, plan, in_review); }), plan);
}

Result<Done> GooglePlay::concluded(const Called<Left>& left, const Plan& plan) {
  if (left) {
    // In the edit that followed the lost one, the track stood as wanted already.
    const bool was_lost = edits_.take_lost_answer();
    if (was_lost && *left == Left::open) edits_.tell("The answer to the commit was lost; it had taken effect.");
    return Done{};
  }
  if (left.error().trouble != Trouble::ambiguous) return as_result(left.error());
  return edits_.settle(left.error().error, [&](const std::string& edit) -> Called<bool> {
    const auto present = edits_.read_track(edit);
    if (!present) return stop(present.error());
    const auto more = plan(*present);
    return more && !*more;
  });
}

Called<bool> GooglePlay::was_rejected(const Candidate& candidate) {
  const auto summaries = edits_.read_summaries();
  if (!summaries) return stop(summaries.error());
  for (const Summary& summary : *summaries) {
    const bool ours =
        std::find(summary.codes.begin(), summary.codes.end(), candidate.build.number()) != summary.codes.end();
    if (ours && summary.lifecycle == "NOT_APPROVED") return true;
  }
  return false;
}

Result<Done> GooglePlay::wait_until_listed(const Candidate& candidate) {
  for (const seconds pause : k_looks) {
    if (pause.count() > 0 && !caller_.wait(pause)) break;
    const auto summaries = edits_.read_summaries();
    if (!summaries) continue;
    for (const Summary& summary : *summaries) {
      const bool ours =
          std::find(summary.codes.begin(), summary.codes.end(), candidate.build.number()) != summary.codes.end();
      if (ours) return Done{};
    }
  }
  // The commit was answered with success: the release is in, however long the list takes to show it.
  edits_.tell(fmt::format("Google Play accepted the release of {} ({}) and does not list it yet.",
                          candidate.version.text(), candidate.build.text()));
  return Done{};
}

Result<Done> GooglePlay::start_rollout(const Candidate& candidate, Percent to, const Notes& notes) {
  if (auto good = check_notes(app_.facts(), notes); !good) return good;
  if (to.is_zero()) return fail(ErrorKind::refused, "A rollout starts above 0 %.", "Raise the ladder's first stage.");
  const auto beside = builds_.codes_beside(candidate);
  if (!beside) return tl::unexpected(beside.error());
  Details details{notes, std::max(own().in_app_update_priority, candidate.update_priority), *beside};
  details.further_codes.insert(details.further_codes.end(), own().retain.begin(), own().retain.end());
  const Plan plan = [&](const Releases& present) -> NewList {
    auto list = start_list(present, candidate, to, details);
    if (!list || *list) return list;
    // It stands there as wanted. What was rejected goes to the reviewers once more when it is committed again.
    const auto rejected = was_rejected(candidate);
    if (!rejected) return tl::unexpected(rejected.error().error);
    if (*rejected) return std::optional<Releases>(place(present, *find_ours(present, candidate), candidate.earlier));
    return list;
  };
  if (auto started = change(candidate, plan); !started) return started;
  return wait_until_listed(candidate);
}

// The edit opens while the track is listed beside it; then the list and the commit: three round trips. One commit is
// both, the end of what went out and the release of the standby. Where the track holds what only a look inside the edit
// could keep, the long way is taken.
Result<Done> GooglePlay::release_standby(const Candidate& standby, const Candidate&, const Notes& notes) {
  if (auto good = check_notes(app_.facts(), notes); !good) return good;
  if (auto good = check_candidate(standby); !good) return good;
  const Details details{notes, k_urgent, {}};
  const Plan plan = [&](const Releases& present) {
    // The way back waits for nobody's word on old builds: it goes on serving them.
    Details whole = details;
    whole.further_codes = codes_to_keep(present, new_release(standby, details));
    return start_list(present, standby, k_percent_all, whole);
  };
  const Releases alone{with_status(new_release(standby, details), Status::completed, std::nullopt)};
  // A caller of its own: each is used by one thread at a time.
  auto listed = std::async(std::launch::async, [&] {
                  Caller beside(app_.endpoint, app_.store_id, caller_.credentials(), caller_.clock());
                  return Edits(beside, keep_, own().track, {}).read_summaries();
                }).share();
  const auto left = edits_.in_edit([&](const std::string& edit) -> Called<Left> {
    if (!listed.get() || !gives_way(*listed.get(), standby)) return commit_list(edit, plan, of_a_stop());
    if (const auto written = edits_.put_track(edit, alone); !written) return stop(written.error());
    if (const auto committed = edits_.commit(edit, of_a_stop()); !committed) return stop(committed.error());
    committed_ = alone;
    return Left::committed;
  });
  if (auto released = concluded(left, plan); !released) return released;
  return wait_until_listed(standby);
}

// ---- what the account may do

// Each permission by a call that needs it; a 403 then says which grant is missing.
Result<std::vector<Store::Probe>> GooglePlay::probe() {
  std::vector<Probe> lines;
  const auto add = [&](std::string what, const Error* failed, std::string good, std::string_view grant) {
    lines.push_back({std::move(what), failed == nullptr, failed == nullptr ? std::move(good) : failed->message, {}});
    if (failed == nullptr) return true;
    const bool forbidden = failed->kind == ErrorKind::auth && !grant.empty();
    lines.back().hint =
        forbidden ? fmt::format("Needed in the Play Console: {}. {}", grant, failed->hint) : failed->hint;
    return false;
  };
  const std::string who = auth::whom(caller_.credentials());
  const auto token = caller_.check_token();
  if (!add("Google token", token ? nullptr : &token.error(), who + " may sign in", "")) return lines;
  const auto summaries = edits_.read_summaries();
  add("releases of " + app_.store_id, summaries ? nullptr : &summaries.error().error, "readable",
      "\"View app information and download bulk reports\"");
  std::vector<TrackRelease> present;
  std::vector<std::string> tracks;
  const auto edit = edits_.look([&](const std::string& id) -> Called<Left> {
    auto names = edits_.list_track_names(id);
    if (!names) return stop(names.error());
    tracks = std::move(*names);
    auto read = edits_.read_track(id);
    if (!read) return stop(read.error());
    present = std::move(*read);
    return Left::open;
  });
  const bool opens = add("edits and track " + own().track, edit ? nullptr : &edit.error().error,
                         fmt::format("an edit opens; the track has {} release(s)", present.size()), k_release_grant);
  for (auto& line : probe_of_tracks(app_, tracks)) lines.push_back(std::move(line));
  if (!opens) return lines;
  const auto release = try_release();
  const auto said = [&]() -> std::string {
    switch (release ? *release : Tried::written) {
      case Tried::written:
        return "allowed; tried in an edit that was thrown away";
      case Tried::upload_under_way:
        return "not tried: an upload is under way, which trying would end";
      case Tried::nothing_to_write:
        break;
    }
    return "not tried: the track has no release yet, and the store no build";
  };
  add("releasing on track " + own().track, release ? nullptr : &release.error().error, said(), k_release_grant);
  if (present.empty() && lines.back().ok) {
    lines.back().worth_a_look = true;
    lines.back().hint =
        "The first release of a track goes to everybody at once (`rollout: { strategy: immediate }`), and has nothing "
        "to fall back on when it is halted.";
  }
  return lines;
}

// The track as it is; of an empty one, the newest build released to everybody.
Called<Releases> GooglePlay::any_release(const std::string& edit) {
  auto present = edits_.read_track(edit);
  if (!present || !present->empty()) return present;
  const auto bundles = is_apk_app() ? edits_.list_apks(edit) : edits_.list_bundles(edit);
  if (!bundles) return stop(bundles.error());
  std::int64_t newest = 0;
  for (const Bundle& bundle : *bundles) newest = std::max(newest, bundle.code);
  if (newest == 0) return Releases{};
  const Candidate trial{VersionName(), BuildNumber::from(newest)};
  return Releases{with_status(new_release(trial, {}), Status::completed, std::nullopt)};
}

// Written and validated in an edit that is not committed: says what a commit would.
Called<GooglePlay::Tried> GooglePlay::try_release() {
  if (keep_.edit(caller_.clock().now())) return Tried::upload_under_way;
  Tried tried = Tried::nothing_to_write;
  const auto left = edits_.in_edit([&](const std::string& id) -> Called<Left> {
    const auto list = any_release(id);
    if (!list) return stop(list.error());
    if (list->empty()) return Left::open;
    if (const auto written = edits_.write_track(id, *list); !written) return stop(written.error());
    if (const auto valid = edits_.validate(id); !valid) return stop(valid.error());
    tried = Tried::written;
    return Left::open;
  });
  if (!left) return stop(left.error());
  return tried;
}

}  // namespace
}  // namespace google_play

Result<std::unique_ptr<Store>> make_google_play(GooglePlaySettings settings) {
  if (settings.clock == nullptr) return fail(ErrorKind::internal, "Google Play needs a clock.");
  const auto* own = settings.app.google_play();
  if (own == nullptr) return fail(ErrorKind::internal, "The app " + settings.app.name + " is in another store.");
  if (settings.app.store_id.empty() || settings.app.endpoint.empty() || own->track.empty()) {
    return fail(ErrorKind::definition, "Google Play needs `package`, `endpoint` and `track`.");
  }
  while (settings.app.endpoint.back() == '/' && settings.app.endpoint.size() > 1) settings.app.endpoint.pop_back();
  auto recoveries = make_google_play_recoveries(settings);
  if (!recoveries) return tl::unexpected(recoveries.error());
  return std::unique_ptr<Store>(std::make_unique<google_play::GooglePlay>(std::move(settings), std::move(*recoveries)));
}

}  // namespace train::stores
