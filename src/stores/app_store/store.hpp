// The App Store behind the Store port. Each write looks first, is sent once, and is read back. One file per concern:
// observe.cpp, upload.cpp, versions.cpp, notes.cpp, testflight.cpp, review.cpp, rollout.cpp, availability.cpp,
// store.cpp (what remains).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api.hpp"
#include "beta.hpp"
#include "train/domain/definition.hpp"
#include "train/ports/store.hpp"
#include "train/stores/app_store.hpp"
#include "upload_wire.hpp"
#include "view.hpp"
#include "wire.hpp"

namespace train::stores::app_store {

// An app's versions as one look found them.
struct Shelf {
  std::string app_id;
  std::vector<VersionRow> rows;
};

class AppStore final : public Store, Uploads, VersionRecords, Review, Testers, OwnLadder, Standbys, Withdrawal {
 public:
  AppStore(AppStoreSettings settings, auth::AppStoreTokens tokens)
      : app_(std::move(settings.app)),
        progress_(std::move(settings.progress)),
        told_(std::move(settings.told)),
        api_(app_.endpoint, std::move(tokens), *settings.clock) {}

  Result<std::vector<SeenRelease>> served() override;
  Result<StoreView> observe(const Sought& sought, Depth look) override;
  Result<Done> upload_build(const Upload& upload) override;
  Result<Done> create_version(const Candidate& candidate) override;
  Result<Done> reuse_version(const Candidate& candidate, const VersionName& held) override;
  Result<Done> attach_build(const Candidate& candidate) override;
  Result<Done> set_release_notes(const Candidate& candidate, const Notes& notes) override;
  Result<Done> retake_release(const Candidate& candidate) override;
  Result<Done> submit(const Candidate& candidate) override;
  Result<Done> cancel_submission(const Candidate& candidate) override;
  Result<Done> distribute(const Candidate& candidate, const std::string& group, const Notes& notes) override;
  Result<Done> start_rollout(const Candidate& candidate, Percent to, const Notes& notes) override;
  Result<Done> pause(const Candidate& candidate) override;
  Result<Done> resume(const Candidate& candidate, Percent to) override;
  Result<Done> complete(const Candidate& candidate) override;
  Result<Done> halt(const Candidate& candidate) override;
  Result<Done> submit_standby(const Candidate& standby, const Notes& notes) override;
  Result<Done> release_standby(const Candidate& standby, const Candidate& bad, const Notes& notes) override;
  Result<Done> remove_from_sale(const Candidate& candidate) override;
  Result<std::vector<Probe>> probe() override;
  Capabilities offers() override;

 private:
  const AppStoreApp& own() const { return std::get<AppStoreApp>(app_.part); }

  // ---- looking (observe.cpp)
  Result<AppRow> find_app();
  Result<Shelf> look_at(const VersionName& version);  // with `version` among the rows if the store has it
  Result<VersionRow> reread(const std::string& version_id);
  Result<std::vector<BuildRow>> builds_of(const VersionName& version, const std::optional<BuildNumber>& number);
  Result<bool> notes_stand(const Shelf& shelf, const VersionRow& row, const VersionName& version);
  Result<Done> read_missing_phase(const VersionRow& row, SeenRelease& seen);
  Result<bool> has_no_texts(const VersionRow& row);
  // The version on the shelf, or a not_found that says what could not be done.
  Result<VersionRow> wanted(const Shelf& shelf, const VersionName& version, std::string_view what);

  // ---- versions.cpp
  Result<VersionRow> ensure_version(const Shelf& shelf, const Candidate& candidate);
  Result<VersionRow> rename_version(const Shelf& shelf, const VersionRow& held, const VersionName& version);
  Result<Done> make_ready(const Shelf& shelf, const VersionRow& row, const Candidate& candidate);
  // Released by us, and in phases where the ladder has stages: what makes the ladder hold. Nothing to do on a version
  // that is so already.
  Result<Done> ensure_manual_release(const VersionRow& row);
  Result<Done> ensure_phase(const Shelf& shelf, const VersionRow& row, const Candidate& candidate);
  Result<Done> remove_phase(const VersionRow& row);
  Result<Done> answer_encryption(const BuildRow& build);
  Result<BuildRow> attachable_build(const Candidate& candidate);

  // ---- notes.cpp
  Result<std::vector<TextRow>> texts_of(const std::string& version_id);
  Result<Done> write_text(const VersionRow& row, const TextRow* known, const std::string& locale,
                          const std::string& text, std::string_view what);

  // ---- testflight.cpp
  Result<std::vector<GroupRow>> groups_of_app();
  Result<GroupRow> group_named(const std::string& name);
  Probe probe_testers();
  Result<std::vector<BetaRow>> beta_builds(const VersionName& version);
  Result<BetaRow> beta_build(const Candidate& candidate);
  Result<std::vector<SeenBuild>> seen_builds(const VersionName& version);  // with testers where the definition has any
  Result<Done> ensure_compliance(const BetaRow& build);
  Result<std::vector<TextRow>> test_texts_of(const std::string& build_id);
  Result<Done> set_test_notes(const BetaRow& build, const Notes& notes);
  Result<Done> add_to_group(const Candidate& candidate, const BetaRow& build, const GroupRow& group);
  Result<Done> ask_beta_review(const Candidate& candidate);
  Result<Done> tell_testers(const Candidate& candidate);

  // ---- review.cpp
  struct Submission {
    SubmissionRow row;
    std::vector<ItemRow> items;
    bool holds(const std::string& version_id) const;
    bool holds_others(const std::string& version_id) const;
  };
  Result<std::vector<Submission>> open_submissions(const std::string& app_id);
  Result<Submission> with_items(const SubmissionRow& row);
  Result<Submission> reread_submission(const std::string& submission_id);
  Result<std::vector<Submission>> settled_submissions(const std::string& app_id);  // once nothing is being cancelled
  Result<Submission> ensure_submission(const std::string& app_id, const VersionRow& row);
  Result<Submission> create_submission(const std::string& app_id, const VersionRow& row);
  Result<Done> ensure_item(const Submission& submission, const VersionRow& row);
  Result<Done> resolve_items(const Submission& submission);
  Result<Done> send_to_review(const Submission& submission, const VersionRow& row);
  Result<Done> withdraw_approved(const Shelf& shelf, const VersionRow& row, std::string_view what);
  Result<Done> take_back(const Submission& submission, const VersionRow& row, std::string_view what);

  Result<Done> put_into_review(const Shelf& shelf, const VersionRow& row);

  // ---- standby.cpp
  Result<Done> release_if_approved(const Shelf& shelf, const Candidate& standby, std::string_view what);

  // ---- rollout.cpp
  Result<Done> request_release(const VersionRow& row, std::string_view what);
  Result<Done> set_phase(const VersionRow& row, std::string_view to, std::string_view what);
  Result<Done> move_phase(const Candidate& candidate, std::string_view to, std::string_view what);
  Result<bool> phase_shows(const std::string& version_id, std::string_view state);

  // ---- availability.cpp
  struct Storefront {
    std::string id;
    bool on_sale = false;
  };
  Result<std::vector<Storefront>> storefronts();

  // ---- upload.cpp
  struct Parcel;
  struct Place;
  Result<Done> may_upload(const Parcel& parcel);
  // Where the bytes go; nullopt: the store has them all and is past waiting.
  Result<std::optional<Place>> place_for(const Parcel& parcel);
  Result<std::optional<Place>> place_in(const Parcel& parcel, const UploadRow& row);
  Result<Place> reserve(const Parcel& parcel);
  Result<Place> describe_file(const Parcel& parcel, const std::string& upload_id);
  Result<Done> deliver(const Parcel& parcel, const Place& place, bool& reservation_gone);
  Result<Done> commit_file(const Parcel& parcel, const Place& place);
  Result<Done> delete_upload(const Parcel& parcel, const std::string& upload_id);

  // ---- upload_view.cpp
  Result<std::vector<UploadRow>> uploads_of(const VersionName& version, const std::optional<BuildNumber>& number);
  Result<UploadRow> reread_upload(const std::string& upload_id);
  Result<std::vector<UploadFileRow>> files_of(const std::string& upload_id);
  // Adds what is still on its way, and why something failed there, to the builds of a version.
  Result<Done> join_uploads(const VersionName& version, std::vector<SeenBuild>& builds);

  App app_;
  UploadProgress progress_;
  std::function<void(const std::string& sentence)> told_;
  Api api_;
  std::optional<AppRow> known_app_;  // an app's id never changes
};

// "3.4.0" and, where the last part is 0, "3.4": one version to Apple, kept under the form that came first.
std::string forms_of(const VersionName& version);
Result<Done> same_build(const VersionRow& row, const Candidate& candidate, std::string_view what);

}  // namespace train::stores::app_store
