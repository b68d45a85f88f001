// Apple's words as the domain's, and documents as rows.
#include "../../../src/stores/app_store/view.hpp"

#include <gtest/gtest.h>

namespace train::stores::app_store {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

VersionRow row(const std::string& number, const std::string& state) {
  VersionRow out;
  out.id = "id-" + number;
  out.number = number;
  out.state = state;
  return out;
}

VersionRow phased(const std::string& state, int day, const std::string& version_state = "READY_FOR_DISTRIBUTION") {
  auto out = row("3.4.0", version_state);
  out.phase = PhaseRow{"p", state, day, 0, Instant{1000h}};
  return out;
}

struct WordRow {
  std::string word;
  ReleaseStatus status;
};

class AppStoreWords : public testing::TestWithParam<WordRow> {};

TEST_P(AppStoreWords, HaveOneMeaning) {
  const auto seen = release_of(row("3.4.0", GetParam().word));
  EXPECT_EQ(seen.status, GetParam().status);
  EXPECT_EQ(seen.raw, GetParam().word);
}

INSTANTIATE_TEST_SUITE_P(, AppStoreWords,
                         testing::Values(WordRow{"PREPARE_FOR_SUBMISSION", ReleaseStatus::draft},
                                         WordRow{"READY_FOR_REVIEW", ReleaseStatus::draft},
                                         WordRow{"WAITING_FOR_REVIEW", ReleaseStatus::waiting_for_review},
                                         WordRow{"WAITING_FOR_EXPORT_COMPLIANCE", ReleaseStatus::waiting_for_review},
                                         WordRow{"IN_REVIEW", ReleaseStatus::in_review},
                                         WordRow{"ACCEPTED", ReleaseStatus::in_review},
                                         WordRow{"PENDING_DEVELOPER_RELEASE", ReleaseStatus::approved},
                                         WordRow{"PENDING_APPLE_RELEASE", ReleaseStatus::releasing},
                                         WordRow{"PROCESSING_FOR_DISTRIBUTION", ReleaseStatus::releasing},
                                         WordRow{"READY_FOR_DISTRIBUTION", ReleaseStatus::serving},
                                         WordRow{"REPLACED_WITH_NEW_VERSION", ReleaseStatus::superseded},
                                         WordRow{"REJECTED", ReleaseStatus::rejected},
                                         WordRow{"METADATA_REJECTED", ReleaseStatus::rejected},
                                         WordRow{"INVALID_BINARY", ReleaseStatus::rejected},
                                         WordRow{"DEVELOPER_REJECTED", ReleaseStatus::withdrawn},
                                         WordRow{"SOMETHING_APPLE_ADDED", ReleaseStatus::unknown}),
                         [](const auto& word) { return word.param.word; });

struct RungRow {
  std::string name;
  VersionRow version;
  int percent;
  ReleaseStatus status;
};

void PrintTo(const RungRow& rung, std::ostream* out) { *out << rung.name; }

class AppStoreRungs : public testing::TestWithParam<RungRow> {};

TEST_P(AppStoreRungs, ServeTheirShare) {
  const auto seen = release_of(GetParam().version);
  EXPECT_EQ(seen.percent, Percent::whole(GetParam().percent));
  EXPECT_EQ(seen.status, GetParam().status);
}

constexpr auto k_serving = ReleaseStatus::serving;
INSTANTIATE_TEST_SUITE_P(
    , AppStoreRungs,
    testing::Values(
        RungRow{"no_phase", row("3.4.0", "READY_FOR_DISTRIBUTION"), 100, k_serving},
        RungRow{"not_begun", phased("INACTIVE", 0), 0, k_serving},
        RungRow{"day_0_is_the_first", phased("ACTIVE", 0), 1, k_serving},
        RungRow{"day_1", phased("ACTIVE", 1), 1, k_serving}, RungRow{"day_2", phased("ACTIVE", 2), 2, k_serving},
        RungRow{"day_3", phased("ACTIVE", 3), 5, k_serving}, RungRow{"day_4", phased("ACTIVE", 4), 10, k_serving},
        RungRow{"day_5", phased("ACTIVE", 5), 20, k_serving}, RungRow{"day_6", phased("ACTIVE", 6), 50, k_serving},
        RungRow{"day_7", phased("ACTIVE", 7), 100, k_serving},
        RungRow{"day_8_is_the_last", phased("ACTIVE", 8), 100, k_serving},
        RungRow{"paused", phased("PAUSED", 3), 5, ReleaseStatus::halted},
        RungRow{"complete", phased("COMPLETE", 2), 100, k_serving},
        RungRow{"unknown_phase", phased("SLEEPING", 3), 5, ReleaseStatus::unknown},
        RungRow{"not_released", phased("INACTIVE", 0, "PENDING_DEVELOPER_RELEASE"), 0, ReleaseStatus::approved},
        RungRow{"replaced", phased("COMPLETE", 3, "REPLACED_WITH_NEW_VERSION"), 0, ReleaseStatus::superseded}),
    [](const auto& rung) { return rung.param.name; });

TEST(AppStoreView, TheNextTickCountsDaysAndPauses) {
  PhaseRow phase{"p", "ACTIVE", 3, 2, Instant{1000h}};
  EXPECT_EQ(phase_of(phase).next_tick, Instant{1000h} + 24h * 5);
  phase.state = "PAUSED";
  EXPECT_FALSE(phase_of(phase).next_tick);
  phase.state = "ACTIVE";
  phase.day = 7;
  EXPECT_FALSE(phase_of(phase).next_tick) << "nothing is left to climb";
}

// How Apple ticks after a resume is not documented. Each model that was told, on the first day: hours since the start.
using TickModel = int (*)(int paused_at, int length);
int after_a_day_unpaused(int, int length) { return 24 + length; }
int a_day_after_the_resume(int paused_at, int length) { return paused_at + length + 24; }
int at_the_time_of_the_first(int paused_at, int length) { return ((paused_at + length) / 24 + 1) * 24; }

TEST(AppStoreView, UnderNoModelOfAResumeIsTheTickBeforeItsEstimate) {
  for (const TickModel model : {after_a_day_unpaused, a_day_after_the_resume, at_the_time_of_the_first}) {
    for (int paused_at = 0; paused_at < 24; ++paused_at) {
      for (int length = 1; length < 24 * 6; ++length) {
        const PhaseRow phase{"p", "ACTIVE", 1, length / 24, Instant{0h}};  // pauses are told in whole days
        EXPECT_LE(*phase_of(phase).next_tick, Instant{std::chrono::hours(model(paused_at, length))})
            << "paused at " << paused_at << " for " << length;
      }
    }
  }
}

TEST(AppStoreView, ARemovalFromSaleIsHeldOn) {
  auto removed = row("3.4.0", "READY_FOR_DISTRIBUTION");
  removed.old_state = "DEVELOPER_REMOVED_FROM_SALE";
  EXPECT_EQ(release_of(removed).status, ReleaseStatus::unknown);
  EXPECT_FALSE(release_of(removed).percent_known);
}

TEST(AppStoreView, LiveIsWhatTheOthersHave) {
  const auto version = *VersionName::parse("3.4.0");
  const std::vector<VersionRow> before{row("3.4.0", "IN_REVIEW"), row("3.3.0", "READY_FOR_DISTRIBUTION"),
                                       row("3.2.0", "REPLACED_WITH_NEW_VERSION")};
  EXPECT_EQ(live_beside(before, version)->version.text(), "3.3.0");
  const std::vector<VersionRow> rolling{row("3.4.0", "READY_FOR_DISTRIBUTION"),
                                        row("3.2.0", "REPLACED_WITH_NEW_VERSION"),
                                        row("3.3.0", "REPLACED_WITH_NEW_VERSION")};
  EXPECT_EQ(live_beside(rolling, version)->version.text(), "3.3.0");
  const std::vector<VersionRow> overtaken{row("3.4.0", "REPLACED_WITH_NEW_VERSION"),
                                          row("3.4.1", "READY_FOR_DISTRIBUTION")};
  EXPECT_EQ(live_beside(overtaken, version)->version.text(), "3.4.1");
  EXPECT_FALSE(live_beside({row("3.4.0", "READY_FOR_DISTRIBUTION")}, version));
}

TEST(AppStoreView, TheSlotIsHeldByAnotherUnreleasedVersion) {
  const auto version = *VersionName::parse("3.4.0");
  const std::vector<VersionRow> queued{row("3.3.1", "WAITING_FOR_REVIEW")};
  EXPECT_EQ(slot_holder_beside(queued, version), &queued[0]);
  const std::vector<VersionRow> ours{row("3.4", "PREPARE_FOR_SUBMISSION")};
  EXPECT_EQ(slot_holder_beside(ours, version), nullptr) << "3.4 is 3.4.0";
  const std::vector<VersionRow> live{row("3.3.0", "READY_FOR_DISTRIBUTION")};
  EXPECT_EQ(slot_holder_beside(live, version), nullptr);
}

struct HolderCase {
  std::string state;
  bool has_build;
  bool editable;
  bool empty;
};

class AppStoreHolders : public testing::TestWithParam<HolderCase> {};

TEST_P(AppStoreHolders, TellWhetherTheyCouldBeRenamed) {
  auto holder = row("3.5.0", GetParam().state);
  if (GetParam().has_build) holder.build = BuildRow{"b", "350", "", "VALID", "", false, true, std::nullopt};
  const auto seen = holder_of(holder);
  EXPECT_EQ(seen.version, "3.5.0");
  EXPECT_EQ(seen.raw, GetParam().state);
  EXPECT_EQ(seen.editable, GetParam().editable);
  EXPECT_EQ(seen.empty, GetParam().empty);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreHolders,
    testing::Values(HolderCase{"PREPARE_FOR_SUBMISSION", false, true, true},
                    HolderCase{"PREPARE_FOR_SUBMISSION", true, true, false},
                    HolderCase{"READY_FOR_REVIEW", false, true, false}, HolderCase{"REJECTED", true, true, false},
                    HolderCase{"DEVELOPER_REJECTED", true, true, false},
                    HolderCase{"WAITING_FOR_REVIEW", true, false, false}, HolderCase{"IN_REVIEW", true, false, false},
                    HolderCase{"PENDING_DEVELOPER_RELEASE", true, false, false},
                    HolderCase{"SOMETHING_APPLE_ADDED", false, false, false}),
    [](const auto& holder) { return holder.param.state + (holder.param.has_build ? "_with_a_build" : ""); });

struct DetailRow {
  std::string state;
  std::string words;
};

class AppStoreDetails : public testing::TestWithParam<DetailRow> {};

TEST_P(AppStoreDetails, TellTheEndsOfAReviewApart) {
  const auto said = detail_of(row("3.4.0", GetParam().state), "1600000001");
  EXPECT_NE(said.find(GetParam().words), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(, AppStoreDetails,
                         testing::Values(DetailRow{"REJECTED", "appstoreconnect.apple.com/apps/1600000001/"},
                                         DetailRow{"METADATA_REJECTED", "texts or pictures, not the build"},
                                         DetailRow{"INVALID_BINARY", "a newer one is needed"},
                                         DetailRow{"DEVELOPER_REJECTED", "removed it from its review submission"},
                                         DetailRow{"PENDING_APPLE_RELEASE", "held by Apple"},
                                         DetailRow{"ACCEPTED", "another item of its submission was not"},
                                         DetailRow{"WAITING_FOR_EXPORT_COMPLIANCE", "export compliance documents"},
                                         DetailRow{"IN_REVIEW", "expedited review is asked for by a web form"}),
                         [](const auto& detail) { return detail.param.state; });

struct BuildCase {
  std::string name;
  std::string state;
  bool beta_detail;
  bool expired;
  std::string audience;
  BuildState seen;
};

void PrintTo(const BuildCase& one, std::ostream* out) { *out << one.name; }

class AppStoreBuilds : public testing::TestWithParam<BuildCase> {};

TEST_P(AppStoreBuilds, AreReadyOnlyWhenTheyCanShip) {
  const auto& given = GetParam();
  const auto seen =
      seen_build({"id", "340", "3.4.0", given.state, given.audience, given.expired, given.beta_detail, {}});
  EXPECT_EQ(seen.state, given.seen);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreBuilds,
    testing::Values(BuildCase{"valid", "VALID", true, false, "APP_STORE_ELIGIBLE", BuildState::ready},
                    BuildCase{"valid_but_not_listed_for_testing", "VALID", false, false, "", BuildState::processing},
                    BuildCase{"processing", "PROCESSING", false, false, "", BuildState::processing},
                    BuildCase{"failed", "FAILED", false, false, "", BuildState::failed},
                    BuildCase{"invalid", "INVALID", false, false, "", BuildState::failed},
                    BuildCase{"expired", "VALID", true, true, "", BuildState::failed},
                    BuildCase{"internal_only", "VALID", true, false, "INTERNAL_ONLY", BuildState::failed},
                    BuildCase{"for_an_unknown_audience", "VALID", true, false, "ASTRONAUTS", BuildState::processing},
                    BuildCase{"unknown_word", "RESTING", true, false, "", BuildState::processing}),
    [](const auto& one) { return one.param.name; });

// ---- documents
json version_document(const json& attributes) {
  return {{"data", json::array({{{"type", "appStoreVersions"}, {"id", "7"}, {"attributes", attributes}}})}};
}

TEST(AppStoreWire, AnUnknownStateIsKept) {
  const auto rows = read_versions(version_document({{"versionString", "3.4.0"}, {"appVersionState", "NEW_WORD"}}));
  ASSERT_TRUE(rows);
  EXPECT_EQ(release_of(rows->at(0)).status, ReleaseStatus::unknown);
  EXPECT_EQ(release_of(rows->at(0)).raw, "NEW_WORD");
}

TEST(AppStoreWire, AVersionWithoutItsStateIsHeldOnAndBlindsNoOther) {
  auto document = version_document({{"versionString", "3.4.0"}, {"appVersionState", nullptr}});
  document["data"].push_back(
      {{"type", "appStoreVersions"},
       {"id", "6"},
       {"attributes", {{"versionString", "3.3.0"}, {"appVersionState", "READY_FOR_DISTRIBUTION"}}}});
  const auto rows = read_versions(document);
  ASSERT_TRUE(rows);
  EXPECT_EQ(release_of(rows->at(0)).status, ReleaseStatus::unknown);
  EXPECT_EQ(live_beside(*rows, *VersionName::parse("3.4.0"))->version.text(), "3.3.0");
}

TEST(AppStoreWire, APhaseThatTheAnswerLeavesOutIsNoProofOfEverybody) {
  auto document = version_document({{"versionString", "3.4.0"}, {"appVersionState", "READY_FOR_DISTRIBUTION"}});
  EXPECT_FALSE(release_of(read_versions(document)->at(0)).percent_known);
  auto& relationship = document["data"][0]["relationships"]["appStoreVersionPhasedRelease"];
  relationship["data"] = {{"type", "appStoreVersionPhasedReleases"}, {"id", "9"}};
  EXPECT_FALSE(release_of(read_versions(document)->at(0)).percent_known) << "it has one, which was not told";
  relationship["data"] = nullptr;
  EXPECT_TRUE(release_of(read_versions(document)->at(0)).percent_known);
  EXPECT_EQ(release_of(read_versions(document)->at(0)).percent, k_percent_all);
}

TEST(AppStoreWire, AVersionThatReleasesItselfIsToldUntilItIsOut) {
  const auto seen = [](const char* state, const char* type) {
    return release_of(
        read_versions(version_document({{"versionString", "3.4.0"}, {"appVersionState", state}, {"releaseType", type}}))
            ->at(0));
  };
  EXPECT_TRUE(seen("IN_REVIEW", "AFTER_APPROVAL").releases_itself);
  EXPECT_TRUE(seen("PENDING_DEVELOPER_RELEASE", "SCHEDULED").releases_itself);
  EXPECT_FALSE(seen("IN_REVIEW", "MANUAL").releases_itself);
  EXPECT_FALSE(seen("READY_FOR_DISTRIBUTION", "AFTER_APPROVAL").releases_itself);
}

class AppStoreOddDocuments : public testing::TestWithParam<std::string> {};

TEST_P(AppStoreOddDocuments, AreErrorsAndNeverEmptyLists) {
  const auto document = parse_document(GetParam(), "read");
  if (!document) {
    EXPECT_EQ(document.error().kind, ErrorKind::invalid_answer);
    return;
  }
  EXPECT_FALSE(read_versions(*document));
}

INSTANTIATE_TEST_SUITE_P(, AppStoreOddDocuments,
                         testing::Values("", "<html></html>", "null", "[]", "{}", R"({"data":null})",
                                         R"({"data":"text"})", R"({"data":{}})", R"({"data":[5]})",
                                         R"({"data":[{"id":5}]})", R"({"data":[{"id":"1","attributes":"x"}]})",
                                         R"({"data":[{"id":"1","attributes":{"versionString":5}}]})",
                                         "{\"data\":" + std::string(100, '[') + std::string(100, ']') + "}"));

TEST(AppStoreView, APauseThatNobodyHadSeenIsSomebodyElses) {
  Candidate candidate;
  EXPECT_FALSE(was_paused_meanwhile(phased("PAUSED", 3), candidate)) << "a stop asks nothing";
  candidate.decided_on = DecidedOn{Percent::whole(5), false};
  EXPECT_TRUE(was_paused_meanwhile(phased("PAUSED", 3), candidate));
  EXPECT_FALSE(was_paused_meanwhile(phased("ACTIVE", 3), candidate));
  EXPECT_FALSE(was_paused_meanwhile(row("3.4.0", "READY_FOR_DISTRIBUTION"), candidate));
  candidate.decided_on->stopped = true;
  EXPECT_FALSE(was_paused_meanwhile(phased("PAUSED", 3), candidate)) << "it was seen, and a person's word goes on";
}

}  // namespace
}  // namespace train::stores::app_store
