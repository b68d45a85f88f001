// The App Store client against the built-in App Store: the whole way of a release, and every refusal on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app_store_bench.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

#define ASSERT_DONE(call)                           \
  do {                                              \
    const auto result_ = (call);                    \
    ASSERT_TRUE(result_) << result_.error().text(); \
  } while (false)

SeenRelease seen(Store& store, const std::string& version = "3.4.0", Depth look = Depth::summary) {
  const auto view = store.observe(*VersionName::parse(version), look);
  EXPECT_TRUE(view) << (view ? "" : view.error().text());
  return view && view->release ? *view->release : SeenRelease{};
}

void prepare(Store& store) {
  ASSERT_DONE(store.offers().version_records->create_version(candidate()));
  ASSERT_DONE(store.offers().version_records->attach_build(candidate()));
  ASSERT_DONE(store.offers().version_records->set_release_notes(candidate(), notes()));
}

void go_live(AppStoreBench& bench, Store& store) {
  prepare(store);
  ASSERT_DONE(store.offers().review->submit(candidate()));
  ASSERT_TRUE(bench.review(true));
  ASSERT_DONE(store.start_rollout(candidate(), Percent::whole(1), {}));
  bench.pass(10min);
}

TEST(AppStoreClient, TakesAReleaseAllTheWay) {
  AppStoreBench bench;
  const auto store = bench.store();
  const auto before = store->observe(*VersionName::parse("3.4.0"), Depth::full);
  ASSERT_TRUE(before) << before.error().text();
  EXPECT_FALSE(before->release);
  EXPECT_EQ(before->live->version.text(), "3.3.0");
  EXPECT_EQ(before->live->build.text(), "330");
  ASSERT_EQ(before->builds.size(), 1u);
  EXPECT_EQ(before->builds[0].state, BuildState::ready);

  go_live(bench, *store);
  EXPECT_EQ(seen(*store).percent, Percent::whole(1));
  bench.pass(24h);
  ASSERT_DONE(store->offers().own_ladder->pause(candidate()));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::halted);
  bench.pass(48h);
  ASSERT_DONE(store->resume(candidate(), Percent::whole(5)));
  bench.pass(24h);
  EXPECT_EQ(seen(*store).percent, Percent::whole(5));
  ASSERT_DONE(store->complete(candidate()));
  EXPECT_EQ(seen(*store).percent, k_percent_all);

  EXPECT_THAT(
      bench.changes(),
      ElementsAre("app-store/3.4.0 created", "app-store/3.4.0 phased INACTIVE", "app-store/3.4.0 build 340",
                  StartsWith("app-store/3.4.0 notes de-DE"), StartsWith("app-store/3.4.0 notes en-US"),
                  "app-store/3.4.0 submission created", "app-store/3.4.0 item added",
                  "app-store/3.4.0 WAITING_FOR_REVIEW", "app-store/3.4.0 release requested",
                  "app-store/3.4.0 phased PAUSED", "app-store/3.4.0 phased ACTIVE", "app-store/3.4.0 phased COMPLETE"));
}

TEST(AppStoreClient, EverythingAskedTwiceIsDoneOnce) {
  AppStoreBench bench;
  go_live(bench, *bench.store());
  const auto again = bench.store();
  const auto writes = bench.writes();
  ASSERT_DONE(again->offers().version_records->create_version(candidate()));
  ASSERT_DONE(again->offers().version_records->attach_build(candidate()));
  ASSERT_DONE(again->offers().version_records->set_release_notes(candidate(), notes()));
  ASSERT_DONE(again->offers().review->submit(candidate()));
  ASSERT_DONE(again->start_rollout(candidate(), Percent::whole(1), {}));
  ASSERT_DONE(again->resume(candidate(), Percent::whole(1)));
  EXPECT_EQ(bench.writes(), writes);
}

TEST(AppStoreClient, AGlanceCostsAtMostTwoRequests) {
  AppStoreBench bench;
  const auto store = bench.store();
  seen(*store);
  EXPECT_EQ(bench.sent().size(), 2u);
  seen(*store);
  EXPECT_EQ(bench.sent().size(), 3u) << "the app's id is known by now";
}

TEST(AppStoreClient, SeesTheDraftsNotesOnlyWhenLookingFully) {
  AppStoreBench bench;
  const auto store = bench.store();
  ASSERT_DONE(store->offers().version_records->create_version(candidate()));
  EXPECT_FALSE(seen(*store, "3.4.0", Depth::full).notes_set);
  ASSERT_DONE(store->offers().version_records->attach_build(candidate()));
  ASSERT_DONE(store->offers().version_records->set_release_notes(candidate(), notes()));
  EXPECT_TRUE(seen(*store, "3.4.0", Depth::full).notes_set);
  EXPECT_FALSE(seen(*store).notes_set);
}

TEST(AppStoreClient, FollowsAVersionThroughItsStates) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  EXPECT_EQ(seen(*store).status, ReleaseStatus::draft);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::waiting_for_review);
  bench.pass(1h);
  EXPECT_EQ(seen(*store).status, ReleaseStatus::in_review);
  bench.pass(23h);
  EXPECT_EQ(seen(*store).status, ReleaseStatus::approved);
  ASSERT_DONE(store->start_rollout(candidate(), Percent::whole(1), {}));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::releasing);
  EXPECT_EQ(seen(*store).percent, Percent());
  bench.pass(10min);
  const auto live = seen(*store);
  EXPECT_EQ(live.status, ReleaseStatus::serving);
  EXPECT_EQ(live.raw, "READY_FOR_DISTRIBUTION ACTIVE");
  ASSERT_TRUE(live.phased && live.phased->next_tick);
  EXPECT_EQ(*live.phased->next_tick, bench.now() + 24h);
  EXPECT_EQ(store->observe(*VersionName::parse("3.4.0"), Depth::summary)->live->version.text(), "3.3.0")
      << "replaced in Apple's words, but what everybody else still has";
}

TEST(AppStoreClient, TheEstimateOfTheNextTickIsNeverLate) {
  AppStoreBench bench;
  const auto store = bench.store();
  go_live(bench, *store);
  const auto live_at = bench.now();
  bench.pass(20h);
  ASSERT_DONE(store->offers().own_ladder->pause(candidate()));
  bench.pass(30h);
  ASSERT_DONE(store->resume(candidate(), Percent::whole(2)));
  const auto phase = *seen(*store).phased;
  EXPECT_EQ(phase.day, 1);
  EXPECT_EQ(phase.pause_days_used, 1);
  const auto truth = live_at + 24h + 30h;
  EXPECT_LE(*phase.next_tick, truth);
  EXPECT_GE(*phase.next_tick, truth - 24h);
}

TEST(AppStoreClient, ARejectedVersionIsSubmittedAgain) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  ASSERT_TRUE(bench.review(false));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::rejected);
  bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}});
  bench.pass(15min);
  ASSERT_DONE(store->offers().version_records->attach_build(candidate("3.4.0", "341")));
  ASSERT_DONE(store->offers().review->submit(candidate("3.4.0", "341")));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::waiting_for_review);
  EXPECT_EQ(seen(*store).build->text(), "341");
}

TEST(AppStoreClient, TakesASubmissionBackAndSendsItAgain) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  ASSERT_DONE(store->offers().review->cancel_submission(candidate()));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::withdrawn);
  ASSERT_DONE(store->offers().review->cancel_submission(candidate()));
  ASSERT_DONE(store->offers().review->submit(candidate()));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::waiting_for_review);
}

TEST(AppStoreClient, WithdrawsAnApprovedVersionByTheOlderCall) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  ASSERT_TRUE(bench.review(true));
  ASSERT_DONE(store->offers().review->cancel_submission(candidate()));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::withdrawn);
  EXPECT_EQ(bench.changes().back(), "app-store/3.4.0 DEVELOPER_REJECTED");
  const auto writes = bench.writes();
  ASSERT_DONE(store->offers().review->cancel_submission(candidate()));
  EXPECT_EQ(bench.writes(), writes) << "it is back already";
  ASSERT_DONE(store->offers().review->submit(candidate()));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::waiting_for_review);
}

TEST(AppStoreClient, SaysWhereToWithdrawByHandWhenAppleOffersNoCall) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  ASSERT_TRUE(bench.review(true));
  bench.doom("DELETE", "/v1/appStoreVersionSubmissions/", Fate::forbidden);
  const auto refused = store->offers().review->cancel_submission(candidate());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().hint, HasSubstr("https://appstoreconnect.apple.com/apps/"));
}

TEST(AppStoreClient, RenamesAnEmptyDraftAndFillsItAsItsOwn) {
  AppStoreBench bench;
  bench.person({{"action", "create_version"}, {"version", "3.5.0"}});
  const auto store = bench.store();
  const auto before = store->observe(*VersionName::parse("3.4.0"), Depth::full);
  ASSERT_TRUE(before && before->slot_held_by);
  EXPECT_EQ(before->slot_held_by->version, "3.5.0");
  EXPECT_TRUE(before->slot_held_by->editable && before->slot_held_by->empty);
  ASSERT_DONE(store->offers().version_records->reuse_version(candidate(), *VersionName::parse("3.5.0")));
  ASSERT_DONE(store->offers().version_records->reuse_version(candidate(), *VersionName::parse("3.5.0")));
  EXPECT_THAT(bench.changes(), ElementsAre("app-store/3.4.0 versionString 3.4.0", "app-store/3.4.0 releaseType MANUAL",
                                           "app-store/3.4.0 phased INACTIVE"));
  ASSERT_DONE(store->offers().version_records->attach_build(candidate()));
  ASSERT_DONE(store->offers().version_records->set_release_notes(candidate(), notes()));
  ASSERT_DONE(store->offers().review->submit(candidate()));
  EXPECT_FALSE(store->observe(*VersionName::parse("3.4.0"), Depth::full)->slot_held_by);
}

TEST(AppStoreClient, ADraftWithTextsIsNotEmptyOnAFullLook) {
  AppStoreBench bench;
  const auto store = bench.store();
  ASSERT_DONE(store->offers().version_records->create_version(candidate("3.5.0", "350")));
  ASSERT_DONE(store->offers().version_records->set_release_notes(candidate("3.5.0", "350"), notes()));
  EXPECT_FALSE(store->observe(*VersionName::parse("3.4.0"), Depth::full)->slot_held_by->empty);
}

TEST(AppStoreClient, AScheduledVersionIsSetToManualAndLosesItsDate) {
  AppStoreBench bench;
  bench.person({{"action", "create_version"}, {"version", "3.4.0"}, {"earliest", "2026-12-01T00:00:00Z"}});
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  ASSERT_TRUE(bench.review(true));
  bench.pass(72h);
  EXPECT_EQ(seen(*store).status, ReleaseStatus::approved) << "no date of its own releases it";
}

TEST(AppStoreClient, APhaseThatSomebodyTookAwayIsMadeAgainAndTold) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  bench.person({{"action", "remove_phase"}, {"version", "3.4.0"}});
  ASSERT_TRUE(bench.review(true));
  ASSERT_FALSE(seen(*store).phased);
  ASSERT_DONE(store->start_rollout(candidate(), Percent::whole(1), {}));
  bench.pass(3h);
  EXPECT_EQ(seen(*store).percent, Percent::whole(1));
  EXPECT_THAT(bench.told, ElementsAre("somebody had taken the phased release of 3.4.0 away; it was made again before "
                                      "the release"));
}

TEST(AppStoreClient, TakesTheAppOffSaleAndGoesOnWhereItStopped) {
  AppStoreBench bench;
  const auto store = bench.store();
  go_live(bench, *store);
  bench.doom("PATCH", "/v1/territoryAvailabilities/1600000001-JPN", Fate::forbidden);
  const auto stopped = store->offers().withdrawal->remove_from_sale(candidate());
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr("3 of 5 storefronts had been closed"));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::serving) << "it is still sold somewhere";
  const auto writes = bench.writes();
  ASSERT_DONE(bench.store()->offers().withdrawal->remove_from_sale(candidate()));
  EXPECT_EQ(bench.writes() - writes, 2u) << "only those that were open";
  ASSERT_DONE(bench.store()->offers().withdrawal->remove_from_sale(candidate()));
  EXPECT_EQ(bench.writes() - writes, 2u);
  const auto release = seen(*store);
  EXPECT_EQ(release.status, ReleaseStatus::unknown);
  EXPECT_THAT(release.detail, HasSubstr("/apps/1600000001/distribution/pricing"));
}

TEST(AppStoreClient, AnswersExportComplianceOnlyWhenItIsOpen) {
  AppStoreBench bench;
  bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}, {"encryption", "unanswered"}});
  bench.pass(15min);
  const auto store = bench.store();
  ASSERT_DONE(store->offers().version_records->create_version(candidate()));
  ASSERT_DONE(store->offers().version_records->attach_build(candidate("3.4.0", "341")));
  EXPECT_THAT(bench.changes(), testing::Contains("app-store/3.4.0 build 341 encryption false"));
}

TEST(AppStoreClient, AFirstReleaseHasNoPhaseAndNoNotes) {
  sandbox::AppSetup setup;
  setup.name = "ios";
  setup.store_id = "com.example.first";
  setup.uploaded = VersionName::parse("1.0");
  setup.uploaded_build = *BuildNumber::parse("1");
  AppStoreBench bench(setup);
  const auto store = bench.store();
  const auto first = candidate("1.0.0", "1");
  ASSERT_DONE(store->offers().version_records->create_version(first));
  ASSERT_DONE(store->offers().version_records->attach_build(first));
  ASSERT_DONE(store->offers().version_records->set_release_notes(first, notes()));
  EXPECT_TRUE(seen(*store, "1.0.0", Depth::full).notes_set) << "none are wanted";
  ASSERT_DONE(store->offers().review->submit(first));
  ASSERT_TRUE(bench.review(true, "1.0.0"));
  const auto partly = store->start_rollout(first, Percent::whole(1), {});
  ASSERT_FALSE(partly);
  EXPECT_THAT(partly.error().message, HasSubstr("first release cannot be phased"));
  ASSERT_DONE(store->start_rollout(first, k_percent_all, {}));
  bench.pass(10min);
  EXPECT_EQ(seen(*store, "1.0.0").percent, k_percent_all);
}

TEST(AppStoreClient, TakesBackAVersionThatAPersonLetGoToEverybodyOnApproval) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  bench.person({{"action", "after_approval"}, {"version", "3.4.0"}});  // without a phase
  EXPECT_TRUE(seen(*store).releases_itself);
  ASSERT_DONE(store->offers().version_records->retake_release(candidate()));
  ASSERT_DONE(store->offers().version_records->retake_release(candidate()));
  bench.pass(24h);
  EXPECT_EQ(seen(*store).status, ReleaseStatus::withdrawn) << "nothing of it can be changed in review";
  ASSERT_DONE(store->offers().version_records->create_version(candidate()));
  EXPECT_FALSE(seen(*store).releases_itself);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  ASSERT_TRUE(bench.review(true));
  bench.pass(1h);
  EXPECT_EQ(seen(*store).status, ReleaseStatus::approved);
  ASSERT_DONE(store->start_rollout(candidate(), Percent::whole(1), {}));
  bench.pass(10min);
  EXPECT_EQ(seen(*store).percent, Percent::whole(1)) << "the phase is there again";
}

// The id of the phased release that the client made.
std::string phase_made(const AppStoreBench& bench) {
  for (const auto& request : bench.sent()) {
    if (request.method == "POST" && request.path == "/v1/appStoreVersionPhasedReleases")
      return nlohmann::json::parse(request.answer).at("data").at("id");
  }
  ADD_FAILURE() << "no phased release was made";
  return {};
}

TEST(AppStoreClient, MakesThePhaseAgainThatSomebodyTookFromTheApprovedVersion) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  ASSERT_TRUE(bench.review(true));
  ASSERT_TRUE(seen(*store).phased);
  bench.request(http::Method::del, "/v1/appStoreVersionPhasedReleases/" + phase_made(bench), nullptr);
  ASSERT_FALSE(seen(*store).phased) << "everybody would get it at once";
  ASSERT_DONE(store->start_rollout(candidate(), Percent::whole(1), {}));
  bench.pass(10min);
  EXPECT_EQ(seen(*store).percent, Percent::whole(1));
}

TEST(AppStoreClient, WhatEverybodyShallGetAtOnceHasNoPhase) {
  AppStoreBench bench;
  const auto store = bench.store();
  ASSERT_DONE(store->offers().version_records->create_version(candidate()));
  ASSERT_TRUE(seen(*store).phased) << "an earlier run meant stages";
  auto at_once = candidate();
  at_once.staged = false;
  ASSERT_DONE(store->offers().version_records->create_version(at_once));
  EXPECT_FALSE(seen(*store).phased);
  ASSERT_DONE(store->offers().version_records->attach_build(at_once));
  ASSERT_DONE(store->offers().version_records->set_release_notes(at_once, notes()));
  ASSERT_DONE(store->offers().review->submit(at_once));
  ASSERT_TRUE(bench.review(true));
  ASSERT_DONE(store->start_rollout(at_once, k_percent_all, {}));
  bench.pass(10min);
  EXPECT_EQ(seen(*store).percent, k_percent_all);
}

TEST(AppStoreClient, ReleasesNoBuildThatSomebodyPutIntoTheVersion) {
  AppStoreBench bench;
  const auto store = bench.store();
  prepare(*store);
  ASSERT_DONE(store->offers().review->submit(candidate()));
  ASSERT_TRUE(bench.review(true));
  const auto refused = store->start_rollout(candidate("3.4.0", "341"), Percent::whole(1), {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("carries build 340, this release is build 341"));
  EXPECT_EQ(seen(*store).status, ReleaseStatus::approved);
}

TEST(AppStoreClient, KeepsAnAdoptedDraftFromReleasingItself) {
  AppStoreBench bench;
  bench.person({{"action", "create_version"}, {"version", "3.4.0"}});
  const auto store = bench.store();
  ASSERT_DONE(store->offers().version_records->attach_build(candidate()));
  ASSERT_DONE(store->offers().version_records->set_release_notes(candidate(), notes()));
  ASSERT_DONE(store->offers().review->submit(candidate()));
  EXPECT_THAT(bench.changes(), testing::IsSupersetOf({std::string("app-store/3.4.0 releaseType MANUAL"),
                                                      std::string("app-store/3.4.0 phased INACTIVE")}));
}

TEST(AppStoreClient, OffersNeitherPercentagesNorRecoveries) {
  AppStoreBench bench;
  const auto store = bench.store();
  EXPECT_EQ(store->offers().percentages, nullptr) << "Apple's own ladder climbs by day";
  EXPECT_EQ(store->offers().recoveries, nullptr);
}

struct Refusal {
  std::string name;
  std::function<Result<Done>(AppStoreBench&, Store&)> act;
  ErrorKind kind;
  std::string words;
};

void PrintTo(const Refusal& row, std::ostream* out) { *out << row.name; }

class AppStoreClientRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(AppStoreClientRefuses, AndSaysWhy) {
  AppStoreBench bench;
  const auto store = bench.store();
  const auto result = GetParam().act(bench, *store);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, GetParam().kind) << result.error().text();
  EXPECT_THAT(result.error().text(), HasSubstr(GetParam().words));
  EXPECT_NE(result.error().hint, "");
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreClientRefuses,
    testing::Values(
        Refusal{"uploads",
                [](auto&, auto& s) {
                  return s.offers().uploads->upload_build({candidate(), "x.ipa", ""});
                },
                ErrorKind::storage, "x.ipa"},
        Refusal{"a_second_version",
                [](auto& b, auto& s) {
                  b.person({{"action", "create_version"}, {"version", "3.3.1"}});
                  return s.offers().version_records->create_version(candidate());
                },
                ErrorKind::refused, "3.3.1 holds the one editable place"},
        Refusal{"a_build_that_is_not_there",
                [](auto&, auto& s) {
                  EXPECT_TRUE(s.offers().version_records->create_version(candidate()));
                  return s.offers().version_records->attach_build(candidate("3.4.0", "399"));
                },
                ErrorKind::not_found, "no such build"},
        Refusal{"a_build_in_processing",
                [](auto& b, auto& s) {
                  b.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}});
                  EXPECT_TRUE(s.offers().version_records->create_version(candidate()));
                  return s.offers().version_records->attach_build(candidate("3.4.0", "341"));
                },
                ErrorKind::refused, "still processing"},
        Refusal{
            "a_declaration_it_cannot_make",
            [](auto& b, auto&) {
              b.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}, {"encryption", "unanswered"}});
              b.pass(15min);
              std::get<AppStoreApp>(b.app.part).uses_non_exempt_encryption.reset();
              const auto without = b.store();
              EXPECT_TRUE(without->offers().version_records->create_version(candidate()));
              return without->offers().version_records->attach_build(candidate("3.4.0", "341"));
            },
            ErrorKind::refused, "export compliance is not answered"},
        Refusal{
            "notes_that_are_too_long",
            [](auto&, auto& s) {
              return s.offers().version_records->set_release_notes(candidate(), {{"en-US", std::string(4001, 'x')}});
            },
            ErrorKind::refused, "4001 characters"},
        Refusal{"a_locale_without_text",
                [](auto&, auto& s) {
                  EXPECT_TRUE(s.offers().version_records->create_version(candidate()));
                  return s.offers().version_records->set_release_notes(candidate(), {{"de-DE", "Schneller laden."}});
                },
                ErrorKind::refused, "also has en-US"},
        Refusal{"to_submit_another_build",
                [](auto&, auto& s) {
                  prepare(s);
                  return s.offers().review->submit(candidate("3.4.0", "341"));
                },
                ErrorKind::refused, "this release is build 341"},
        Refusal{"to_submit_without_notes",
                [](auto&, auto& s) {
                  EXPECT_TRUE(s.offers().version_records->create_version(candidate()));
                  EXPECT_TRUE(s.offers().version_records->attach_build(candidate()));
                  return s.offers().review->submit(candidate());
                },
                ErrorKind::refused, "release notes are missing"},
        Refusal{"to_release_before_approval",
                [](auto&, auto& s) {
                  prepare(s);
                  return s.start_rollout(candidate(), Percent::whole(1), {});
                },
                ErrorKind::refused, "Only an approved version"},
        Refusal{"to_pause_what_is_not_live",
                [](auto&, auto& s) {
                  prepare(s);
                  return s.offers().own_ladder->pause(candidate());
                },
                ErrorKind::refused, "PREPARE_FOR_SUBMISSION"},
        Refusal{"to_halt_what_everybody_has",
                [](auto& b, auto& s) {
                  go_live(b, s);
                  EXPECT_TRUE(s.complete(candidate()));
                  return s.halt(candidate());
                },
                ErrorKind::refused, "Only a newer version"},
        Refusal{"to_take_back_what_is_released",
                [](auto& b, auto& s) {
                  go_live(b, s);
                  return s.offers().review->cancel_submission(candidate());
                },
                ErrorKind::refused, "only a newer version follows"},
        Refusal{"a_version_below_the_live_one",
                [](auto&, auto& s) { return s.offers().version_records->create_version(candidate("3.2.9", "329")); },
                ErrorKind::refused, "3.3.0 is live, and Apple takes only version numbers that rise"},
        Refusal{"to_rename_below_the_live_one",
                [](auto& b, auto& s) {
                  b.person({{"action", "create_version"}, {"version", "3.5.0"}});
                  return s.offers().version_records->reuse_version(candidate("3.2.9", "329"),
                                                                   *VersionName::parse("3.5.0"));
                },
                ErrorKind::refused, "3.3.0 is live"},
        Refusal{"to_rename_what_is_queued",
                [](auto&, auto& s) {
                  prepare(s);
                  EXPECT_TRUE(s.offers().review->submit(candidate()));
                  return s.offers().version_records->reuse_version(candidate("3.5.0", "350"),
                                                                   *VersionName::parse("3.4.0"));
                },
                ErrorKind::refused, "WAITING_FOR_REVIEW, and a version on its way is never renamed"},
        Refusal{"an_emoji_that_apple_refuses",
                [](auto&, auto& s) {
                  return s.offers().version_records->set_release_notes(candidate(),
                                                                       {{"de-DE", "Neu:\n\xF0\x9F\x9A\xA8 Notruf"}});
                },
                ErrorKind::refused, "de-DE line 2: Apple refuses"},
        Refusal{"a_locale_that_is_none",
                [](auto&, auto& s) {
                  EXPECT_TRUE(s.offers().version_records->create_version(candidate()));
                  return s.offers().version_records->set_release_notes(candidate(),
                                                                       {{"en-US", "Faster."}, {"de", "Schneller."}});
                },
                ErrorKind::refused, "its code may be de-DE"},
        Refusal{"a_version_that_is_not_there", [](auto&, auto& s) { return s.offers().review->submit(candidate()); },
                ErrorKind::not_found, "no version 3.4.0"},
        Refusal{"an_app_that_is_not_there",
                [](auto& b, auto&) {
                  b.app.store_id = "com.example.other";
                  return b.store()->offers().version_records->create_version(candidate());
                },
                ErrorKind::not_found, "no app com.example.other"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreClient, NothingIsSentForNotesThatAppleRefuses) {
  AppStoreBench bench;
  EXPECT_FALSE(
      bench.store()->offers().version_records->set_release_notes(candidate(), {{"en-US", std::string(4001, 'x')}}));
  EXPECT_FALSE(bench.store()->offers().version_records->set_release_notes(candidate(), {{"en-US", "fast <3"}}));
  EXPECT_TRUE(bench.sent().empty());
}

TEST(AppStoreClient, NothingIsWrittenForANumberThatDoesNotRise) {
  AppStoreBench bench;
  EXPECT_FALSE(bench.store()->offers().version_records->create_version(candidate("3.2.9", "329")));
  EXPECT_EQ(bench.writes(), 0u);
}

// From the first look to the last, a fresh client each: what a train at rest costs.
TEST(AppStoreClient, AGlanceCostsAtMostTwoRequestsInEveryState) {
  AppStoreBench bench;
  const auto summary = [&](std::string_view raw) {
    const auto store = bench.store();
    const auto before = bench.sent().size();
    EXPECT_EQ(seen(*store).raw, raw);
    EXPECT_EQ(bench.sent().size() - before, 2u) << raw << ": the app, once a run, and its versions";
    seen(*store);
    EXPECT_EQ(bench.sent().size() - before, 3u) << raw << ": then the versions alone";
  };
  const auto store = bench.store();
  summary("");
  prepare(*store);
  summary("PREPARE_FOR_SUBMISSION");
  ASSERT_DONE(store->offers().review->submit(candidate()));
  summary("WAITING_FOR_REVIEW");
  bench.pass(1h);
  summary("IN_REVIEW");
  ASSERT_TRUE(bench.review(true));
  summary("PENDING_DEVELOPER_RELEASE");
  ASSERT_DONE(store->start_rollout(candidate(), Percent::whole(1), {}));
  summary("PROCESSING_FOR_DISTRIBUTION");
  bench.pass(10min);
  summary("READY_FOR_DISTRIBUTION ACTIVE");
  ASSERT_DONE(store->offers().own_ladder->pause(candidate()));
  summary("READY_FOR_DISTRIBUTION PAUSED");
  ASSERT_DONE(store->complete(candidate()));
  summary("READY_FOR_DISTRIBUTION COMPLETE");
}

TEST(AppStoreClient, ProbesWithoutWriting) {
  AppStoreBench bench;
  const auto probes = bench.store()->probe();
  ASSERT_TRUE(probes);
  ASSERT_EQ(probes->size(), 3u);
  for (const auto& probe : *probes) EXPECT_TRUE(probe.ok) << probe.what << ": " << probe.detail;
  EXPECT_THAT(probes->at(0).detail, HasSubstr("of 36000 requests are left"));
  EXPECT_THAT(probes->at(2).detail, HasSubstr("3.3.0 READY_FOR_DISTRIBUTION"));
  EXPECT_EQ(bench.writes(), 0u);
}

TEST(AppStoreClient, ARemovedAppIsNotServing) {
  AppStoreBench bench;
  const auto store = bench.store();
  go_live(bench, *store);
  bench.person({{"action", "remove"}});
  const auto release = seen(*store);
  EXPECT_EQ(release.status, ReleaseStatus::unknown);
  EXPECT_THAT(release.raw, HasSubstr("DEVELOPER_REMOVED_FROM_SALE"));
}

}  // namespace
}  // namespace train::contract
