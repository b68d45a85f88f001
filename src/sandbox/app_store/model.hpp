// What the built-in App Store keeps, and the rules by which it changes. Plain values: copied whole when the sandbox
// wants to remember the past. States are Apple's own words. What it knows and leaves out: docs/stores/app-store.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app_store/feedback.hpp"
#include "app_store/upload.hpp"
#include "app_store/webhooks.hpp"
#include "train/base/time.hpp"
#include "world/service.hpp"

namespace train::sandbox::app_store {

inline constexpr std::string_view k_draft = "PREPARE_FOR_SUBMISSION";
inline constexpr std::string_view k_ready_for_review = "READY_FOR_REVIEW";
inline constexpr std::string_view k_waiting = "WAITING_FOR_REVIEW";
inline constexpr std::string_view k_in_review = "IN_REVIEW";
inline constexpr std::string_view k_rejected = "REJECTED";
inline constexpr std::string_view k_withdrawn = "DEVELOPER_REJECTED";
inline constexpr std::string_view k_approved = "PENDING_DEVELOPER_RELEASE";
inline constexpr std::string_view k_releasing = "PROCESSING_FOR_DISTRIBUTION";
inline constexpr std::string_view k_live = "READY_FOR_DISTRIBUTION";
inline constexpr std::string_view k_replaced = "REPLACED_WITH_NEW_VERSION";

inline constexpr std::string_view k_unresolved = "UNRESOLVED_ISSUES";
inline constexpr std::string_view k_canceling = "CANCELING";
inline constexpr std::string_view k_complete = "COMPLETE";

inline constexpr std::string_view k_inactive = "INACTIVE";
inline constexpr std::string_view k_active = "ACTIVE";
inline constexpr std::string_view k_paused = "PAUSED";

inline constexpr Duration k_day{24 * 3600};
inline constexpr Duration k_queue_time{3600};          // submitted → IN_REVIEW
inline constexpr Duration k_review_time = k_day;       // submitted → decided
inline constexpr Duration k_distribution_time{600};    // release request → live
inline constexpr Duration k_cancel_time{5};            // canceled:true → COMPLETE
inline constexpr Duration k_processing_time{15 * 60};  // an uploaded build → VALID

struct Storefront {
  std::string id;
  std::string territory;  // DEU
  bool on_sale = true;
};

struct AppRow {
  std::string id;
  AppName name;
  std::string bundle_id;
  std::vector<Storefront> storefronts;
  bool of_another_team = false;  // the key does not see it

  bool is_removed() const;  // sold nowhere
};

// The account behind the key: what it may do stands before every request.
struct Account {
  bool key_revoked = false;
  bool agreements_missing = false;
  bool membership_lapsed = false;
  bool role_narrow = false;  // may read, not write
};

struct Localization {
  std::string id;
  std::string locale;
  std::string whats_new;
  std::map<std::string, std::string> others;  // description, keywords, …
};

// A build's place in TestFlight.
struct Beta {
  bool auto_notify = false;
  bool told = false;   // external testers were told by a request
  std::string review;  // betaReviewState; empty: never submitted
  std::optional<Instant> submitted;
  std::optional<Instant> due;  // when time alone moves its review on
  std::vector<Localization> texts;
};

struct BetaGroup {
  std::string id;
  std::string app_id;
  std::string name;
  bool internal = false;
  bool all_builds = false;
  std::vector<std::string> build_ids;
};

struct Build {
  std::string id;
  std::string app_id;
  std::string marketing;  // CFBundleShortVersionString
  std::string number;     // CFBundleVersion
  std::string state = "VALID";
  Instant uploaded;
  std::optional<Instant> processed_at;  // while PROCESSING
  std::optional<bool> uses_encryption;  // nullopt: export compliance not answered
  bool expired = false;
  Beta beta;
};

struct Phase {
  std::string id;
  std::string state{k_inactive};
  int day = 0;  // 1..7 on the ladder; 8 once it ran out
  std::optional<Instant> started;
  std::optional<Instant> active_since;  // of the present day
  Duration active_before{0};            // active time of the present day before the last pause
  std::optional<Instant> paused_since;
  Duration paused_before{0};
};

struct Version {
  std::string id;
  std::string app_id;
  std::string number;
  std::string state{k_draft};
  std::string release_type = "AFTER_APPROVAL";
  std::optional<Instant> earliest;            // of a SCHEDULED release
  std::map<std::string, std::string> others;  // copyright, reviewType
  Instant created;
  std::optional<Instant> due;  // when time alone moves it on
  std::optional<Instant> submitted;
  std::string build_id;  // may be empty
  std::vector<Localization> localizations;
  std::optional<Phase> phase;
  std::string replaces_id;          // the version that was live before it
  bool from_the_beginning = false;  // live when the sandbox started
};

struct Item {
  std::string id;
  std::string version_id;
  std::string state{k_ready_for_review};
};

struct Submission {
  std::string id;
  std::string app_id;
  std::string state{k_ready_for_review};
  std::optional<Instant> submitted;
  std::optional<Instant> cancel_due;
  std::vector<Item> items;
};

struct Model {
  std::uint64_t seed = 1;
  std::uint64_t last_id = 0;
  Account account;
  std::vector<AppRow> apps;
  std::vector<AppRow> siblings;  // only in a list of apps by bundle id, before the others
  std::vector<Build> builds;
  std::vector<BetaGroup> groups;
  std::vector<Version> versions;  // in the order of their creation
  std::vector<Submission> submissions;
  Feedbacks feedback;
  Webhooks webhooks;
  std::vector<BuildUpload> uploads;

  std::string new_id();
  AppRow* find_app(std::string_view id);  // that the key sees
  AppRow* find_app_named(const AppName& name);
  Build* find_build(std::string_view id);
  Version* find_version(std::string_view id);
  Version* find_version_numbered(std::string_view app_id, const VersionName& number);
  Version* find_version_of_phase(std::string_view phase_id);
  Version* find_version_of_localization(std::string_view localization_id);
  Submission* find_submission(std::string_view id);
  Submission* find_submission_of_item(std::string_view item_id);
  // The open submission that holds the version, or null.
  Submission* find_submission_of_version(std::string_view version_id);
  Version* live_version(std::string_view app_id);
  const Build* find_build(std::string_view id) const;
  const Version* find_version(std::string_view id) const;
};

Model make_model(const std::vector<AppSetup>& apps, std::uint64_t seed, Instant start);

// ---- rules (app_store_rules.cpp). Each `…` that moves something returns what stops it, or nullopt once it is done.
bool is_editable(std::string_view version_state);     // metadata and build may change
bool holds_the_slot(std::string_view version_state);  // neither live nor replaced: no second one beside it
bool is_open(std::string_view submission_state);
bool is_first_version(const Model& model, const Version& version);  // nothing of this app was ever live
int percent_of(const Version& version);  // the ladder's share while live; 0 before, 0 once replaced

using Refusal = std::optional<std::string>;
Version& add_version(Model& model, const AppRow& app, std::string number, Instant now);
std::vector<std::string> missing_for_review(const Model& model, const Version& version);  // Apple's sentences
void enter_review(Model& model, Submission& submission, Instant now);
Refusal cancel(Model& model, Submission& submission, Instant now);
bool decide_review(Model& model, Version& version, bool approved, Instant now);  // false: not in review
Refusal request_release(Version& version, Instant now);
Refusal set_phase_state(Version& version, std::string_view state, Instant now);  // false steps in Apple's words
int pause_days(const Phase& phase, Instant now);
void leave_the_store(Model& model, AppRow& app, Instant now);  // sold nowhere any more; a phase ends for good

// ---- time (app_store_time.cpp)
// The instant of the next change that time alone makes, and making it. Nothing changes before it.
std::optional<Instant> next_due(const Model& model);
void apply_due(Model& model, Instant at);

// What became of the time since the last call: reviews, TestFlight use, what metrics are made of.
void accrue_feedback(Model& model, const UsageOf& usage_of, Instant now);
// Tells the webhooks of every version whose state is another than when it was asked last.
void note_events(Model& model, Instant at);

// Shares served, by version number, of one app: what the metrics accrue by.
std::map<std::string, int> shares_of(const Model& model, const AppRow& app);

}  // namespace train::sandbox::app_store
