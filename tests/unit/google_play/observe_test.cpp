#include <gtest/gtest.h>

#include "../../../src/stores/google_play/observe.hpp"

namespace train::stores::google_play {
namespace {

const VersionName k_version = *VersionName::parse("3.4.0");
const Sought k_sought(k_version, {BuildNumber::from(340), BuildNumber::from(339)});

TrackRelease on_track(std::int64_t code, Status status, int percent = 0) {
  TrackRelease made;
  made.name = code == 330 ? "3.3.0" : code == 341 ? "3.4.1" : "3.4.0";
  made.codes = {code};
  return with_status(std::move(made), status,
                     percent > 0 ? std::optional<Percent>(Percent::whole(percent)) : std::nullopt);
}
Summary listed(std::int64_t code, const std::string& lifecycle) {
  return {code == 330 ? "3.3.0" : code == 341 ? "3.4.1" : "3.4.0", {code}, lifecycle};
}

struct LookCase {
  const char* name;
  std::vector<Summary> summaries;
  std::optional<std::vector<TrackRelease>> track;
  std::optional<ReleaseStatus> status;  // nullopt: not there
  int percent;                          // -1: not known
};
void PrintTo(const LookCase& row, std::ostream* out) { *out << row.name; }

class PlayLook : public testing::TestWithParam<LookCase> {};
TEST_P(PlayLook, CombinesReviewAndRollout) {
  const LookCase& row = GetParam();
  const StoreView view = combine({row.summaries, row.track, {}}, k_sought, Instant{});
  ASSERT_EQ(view.release.has_value(), row.status.has_value());
  if (!row.status) return;
  EXPECT_EQ(to_string(view.release->status), to_string(*row.status));
  EXPECT_EQ(view.release->percent_known, row.percent >= 0);
  if (row.percent >= 0) {
    EXPECT_EQ(view.release->percent, Percent::whole(row.percent));
  }
}

using R = ReleaseStatus;
using Track = std::vector<TrackRelease>;
const Summary k_live = listed(330, "PUBLISHED");
const TrackRelease k_full = on_track(330, Status::completed);
const LookCase k_looks[] = {
    {"full_in_review",
     {k_live, listed(340, "IN_REVIEW")},
     Track{k_full, on_track(340, Status::in_progress, 5)},
     R::in_review,
     0},
    {"full_rejected",
     {k_live, listed(340, "NOT_APPROVED")},
     Track{k_full, on_track(340, Status::in_progress, 5)},
     R::rejected,
     0},
    {"full_not_sent",
     {k_live, listed(340, "NOT_SENT_FOR_REVIEW")},
     Track{k_full, on_track(340, Status::in_progress, 5)},
     R::held_by_store,
     0},
    {"full_managed_publishing",
     {k_live, listed(340, "APPROVED_NOT_PUBLISHED")},
     Track{k_full, on_track(340, Status::in_progress, 5)},
     R::held_by_store,
     0},
    {"full_serving",
     {k_live, listed(340, "PUBLISHED")},
     Track{k_full, on_track(340, Status::in_progress, 5)},
     R::serving,
     5},
    {"full_halted", {k_live, listed(340, "PUBLISHED")}, Track{k_full, on_track(340, Status::halted, 5)}, R::halted, 5},
    {"full_halted_after_all",
     {k_live, listed(340, "PUBLISHED")},
     Track{k_full, on_track(340, Status::halted)},
     R::halted,
     100},
    {"full_completed", {listed(340, "PUBLISHED")}, Track{on_track(340, Status::completed)}, R::serving, 100},
    {"full_completed_but_in_review",
     {k_live, listed(340, "IN_REVIEW")},
     Track{on_track(340, Status::completed)},
     R::in_review,
     0},
    {"full_draft", {k_live, listed(340, "DRAFT")}, Track{k_full, on_track(340, Status::draft)}, R::draft, 0},
    {"full_draft_not_listed", {k_live}, Track{k_full, on_track(340, Status::draft)}, R::draft, 0},
    {"full_word_we_do_not_know",
     {k_live, listed(340, "PAUSED_BY_POLICY")},
     Track{k_full, on_track(340, Status::in_progress, 5)},
     R::unknown,
     -1},
    {"full_status_we_do_not_know",
     {k_live, listed(340, "PUBLISHED")},
     Track{k_full, on_track(340, Status::unknown)},
     R::unknown,
     -1},
    {"full_listed_but_not_on_the_track", {k_live, listed(340, "PUBLISHED")}, Track{k_full}, R::serving, -1},
    {"full_none", {k_live}, Track{k_full}, std::nullopt, 0},
    {"full_superseded",
     {k_live, listed(341, "PUBLISHED")},
     Track{k_full, on_track(341, Status::in_progress, 5)},
     R::superseded,
     -1},
    {"full_newest_candidate_counts",
     {k_live, listed(339, "NOT_APPROVED"), listed(340, "PUBLISHED")},
     Track{k_full, on_track(339, Status::draft), on_track(340, Status::in_progress, 5)},
     R::serving,
     5},
    {"glance_serving", {k_live, listed(340, "PUBLISHED")}, std::nullopt, R::serving, -1},
    {"glance_alone_is_no_proof_of_everybody", {listed(340, "PUBLISHED")}, std::nullopt, R::serving, -1},
    {"glance_in_review", {k_live, listed(340, "IN_REVIEW")}, std::nullopt, R::in_review, 0},
    {"glance_rejected", {k_live, listed(340, "NOT_APPROVED")}, std::nullopt, R::rejected, 0},
    {"glance_draft", {k_live, listed(340, "DRAFT")}, std::nullopt, R::draft, 0},
    {"glance_unknown", {k_live, listed(340, "")}, std::nullopt, R::unknown, -1},
    {"glance_none", {k_live}, std::nullopt, std::nullopt, 0},
    {"glance_newer_draft_supersedes_nothing", {k_live, listed(341, "DRAFT")}, std::nullopt, std::nullopt, 0},
    {"glance_superseded", {listed(341, "IN_REVIEW"), k_live}, std::nullopt, R::superseded, -1},
};
INSTANTIATE_TEST_SUITE_P(, PlayLook, testing::ValuesIn(k_looks), [](const auto& each) { return each.param.name; });

TEST(PlayView, LiveIsTheFullyReleasedOneBesideOurs) {
  const std::vector<Summary> summaries{k_live, listed(340, "PUBLISHED")};
  const StoreView full = combine({summaries, Track{k_full, on_track(340, Status::halted, 5)}, {}}, k_sought, Instant{});
  ASSERT_TRUE(full.live);
  EXPECT_EQ(full.live->build, BuildNumber::from(330));
  EXPECT_EQ(combine({summaries, {}, {}}, k_sought, Instant{}).live, full.live) << "a glance tells the same";
  EXPECT_FALSE(combine({{listed(340, "PUBLISHED")}, {}, {}}, k_sought, Instant{}).live);
}

TEST(PlayView, ListsThatDisagreeSaySo) {
  const StoreView behind =
      combine({{k_live}, Track{k_full, on_track(340, Status::in_progress, 5)}, {}}, k_sought, Instant{});
  ASSERT_TRUE(behind.release);
  EXPECT_FALSE(behind.release->status_known) << "the list is behind the commit";
  EXPECT_NE(behind.release->status, R::unknown) << "no word that this version does not know";
  EXPECT_EQ(behind.release->percent, Percent::whole(5));
  const StoreView ahead = combine({{k_live, listed(340, "PUBLISHED")}, Track{k_full}, {}}, k_sought, Instant{});
  ASSERT_TRUE(ahead.release);
  EXPECT_FALSE(ahead.release->status_known);
}

TEST(PlayView, NothingNewerEndsWhatTheLogHasNoBuildOf) {
  EXPECT_FALSE(combine({{listed(341, "PUBLISHED")}, {}, {}}, k_version, Instant{}).release);
}

// Names are free text: the console's own, CI's, and people's.
struct NamedCase {
  const char* name;
  const char* release;
  const char* version;  // of what is live; "0": nobody can tell
};
void PrintTo(const NamedCase& row, std::ostream* out) { *out << row.name; }
class PlayLive : public testing::TestWithParam<NamedCase> {};
TEST_P(PlayLive, IsKnownByItsCodesWhateverItsName) {
  TrackRelease live = k_full;
  live.name = GetParam().release;
  const StoreView view = combine({{{live.name, {330}, "PUBLISHED"}}, Track{live}, {}}, k_sought, Instant{});
  ASSERT_TRUE(view.live) << "no first release";
  EXPECT_EQ(view.live->build, BuildNumber::from(330));
  EXPECT_EQ(view.live->version.text(), GetParam().version);
  EXPECT_FALSE(view.release) << "nothing is superseded by a name";
}
const NamedCase k_live_names[] = {
    {"code", "330", "0"},
    {"code_and_flavour", "330 (3.3.0-prod)", "0"},
    {"console", "330 (3.3.0)", "3.3.0"},
    {"plain", "3.3.0", "3.3.0"},
    {"v", "v3.3.0", "0"},
    {"flavour", "3.3.0-prod", "0"},
    {"date", "Nov 30, 2026", "0"},
    {"words", "Release 3.3.0", "0"},
    {"empty", "", "0"},
    {"ours", "3.4.0", "3.4.0"},
    {"higher_number", "2026.11", "2026.11"},
};
INSTANTIATE_TEST_SUITE_P(, PlayLive, testing::ValuesIn(k_live_names), [](const auto& row) { return row.param.name; });

TEST(PlayView, ALiveReleaseTellsItsOlderCodes) {
  TrackRelease live = k_full;
  live.codes = {330, 12, 14};
  const StoreView view = combine({{{live.name, {330, 12, 14}, "PUBLISHED"}}, Track{live}, {}}, k_sought, Instant{});
  ASSERT_TRUE(view.live);
  EXPECT_EQ(view.live->build, BuildNumber::from(330));
  EXPECT_EQ(view.live->further, (std::vector<BuildNumber>{BuildNumber::from(12), BuildNumber::from(14)}));
}

TEST(PlayView, OfSeveralReleasedToEverybodyTheNewestPublishedIsLive) {
  const StoreView view = combine(
      {{k_live, listed(335, "IN_REVIEW")}, Track{k_full, on_track(335, Status::completed)}, {}}, k_sought, Instant{});
  ASSERT_TRUE(view.live);
  EXPECT_EQ(view.live->build, BuildNumber::from(330)) << "the other is in review";
}

TEST(PlayView, BuildsAreThoseOfTheReleaseAndNewer) {
  const std::vector<Bundle> bundles{{329, "a"}, {330, "b"}, {340, "c"}, {341, "d"}};
  const StoreView none = combine({{k_live}, Track{k_full}, bundles}, k_version, Instant{});
  ASSERT_EQ(none.builds.size(), 2u);
  EXPECT_EQ(none.builds[0].number, BuildNumber::from(341)) << "newest first";
  EXPECT_EQ(none.builds[1].sha256, "c");
  EXPECT_EQ(none.highest_build, BuildNumber::from(341));
  const StoreView shown =
      combine({{k_live, listed(341, "PUBLISHED")}, Track{k_full, on_track(341, Status::in_progress, 5)}, bundles},
              *VersionName::parse("3.4.1"), Instant{});
  ASSERT_EQ(shown.builds.size(), 1u);
}

}  // namespace
}  // namespace train::stores::google_play
