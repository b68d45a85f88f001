#include "google_play_fixture.hpp"

namespace train::testing_play {
namespace {

using Changes = std::vector<std::string>;

TEST_F(GooglePlayStore, WalksFromTheUploadToEverybody) {
  ASSERT_EQ(text(store->offers().uploads->upload_build(bundle())), "done");
  ASSERT_EQ(text(store->start_rollout(candidate, Percent::whole(1), {{"en-US", "Faster."}})), "done");
  EXPECT_EQ(look().status, ReleaseStatus::in_review);
  EXPECT_TRUE(look().percent.is_zero());
  review();
  EXPECT_EQ(look().status, ReleaseStatus::serving);
  EXPECT_EQ(look().percent, Percent::whole(1));
  ASSERT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(5))), "done");
  ASSERT_EQ(text(store->halt(candidate)), "done");
  EXPECT_EQ(look().status, ReleaseStatus::halted);
  EXPECT_EQ(look().percent, Percent::whole(5)) << "a halt leaves the percentage as it is";
  ASSERT_EQ(text(store->resume(candidate, Percent::whole(20))), "done");
  ASSERT_EQ(text(store->complete(candidate)), "done");
  EXPECT_EQ(look().percent, k_percent_all);
  EXPECT_EQ(changes(), (Changes{"play/bundle 340", "play/production/340 inProgress 0.01",
                                "play/production/340 inProgress 0.05", "play/production/340 halted 0.05",
                                "play/production/340 inProgress 0.2", "play/production/340 completed"}));
}

TEST_F(GooglePlayStore, EveryStepAskedAgainChangesNothing) {
  roll_out(5);
  const std::size_t before = changes().size();
  EXPECT_EQ(text(store->offers().uploads->upload_build(bundle())), "done");
  EXPECT_EQ(text(store->start_rollout(candidate, Percent::whole(5), {{"en-US", "Faster."}})), "done");
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(5))), "done");
  EXPECT_EQ(text(store->resume(candidate, Percent::whole(5))), "done");
  EXPECT_EQ(changes().size(), before);
  EXPECT_EQ(count("POST", ":commit"), 2u) << "nothing was committed for them";
  ASSERT_EQ(text(store->halt(candidate)), "done");
  EXPECT_EQ(text(store->halt(candidate)), "done");
  EXPECT_EQ(changes().size(), before + 1);
}

TEST_F(GooglePlayStore, GlanceCostsOneRequestAndOpensNoEdit) {
  roll_out(5);
  look(Depth::summary);
  watch->calls.clear();
  const SeenRelease seen = look(Depth::summary);
  EXPECT_EQ(watch->calls.size(), 1u);
  EXPECT_EQ(seen.status, ReleaseStatus::serving);
  EXPECT_FALSE(seen.percent_known) << "the list without an edit tells no fraction";
  EXPECT_EQ(seen.build, BuildNumber::from(340));
}

TEST_F(GooglePlayStore, GlanceRightAfterAStepTellsWhatTheStepWrote) {
  roll_out(5);
  watch->calls.clear();
  const SeenRelease seen = look(Depth::summary);
  EXPECT_EQ(watch->calls.size(), 1u) << "no edit";
  EXPECT_EQ(seen.status, ReleaseStatus::serving);
  EXPECT_TRUE(seen.percent_known);
  EXPECT_EQ(seen.percent, Percent::whole(5));
  EXPECT_FALSE(look(Depth::summary).percent_known) << "later on somebody else may have written";
}

TEST_F(GooglePlayStore, GlanceAfterAStepDoesNotClaimWhatTheListLacks) {
  roll_out(5);
  watch->after = [](SeenCall& call) {
    if (call.request.path.find("/releases") != std::string::npos) call.handled.response.body = R"({"releases":[]})";
  };
  const auto view = store->observe(candidate.version, Depth::summary);
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_FALSE(view->release);
}

TEST_F(GooglePlayStore, AFailedLookUsesUpWhatTheStepWrote) {
  roll_out(5);
  fault("GET", "/play/androidpublisher/v3/applications/com.example.charge/tracks", "status:403");
  EXPECT_FALSE(store->observe(candidate.version, Depth::summary));
  EXPECT_FALSE(look(Depth::summary).percent_known);
}

TEST_F(GooglePlayStore, FullLookTellsLiveBuildsAndHighestCode) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  watch->calls.clear();
  const auto view = store->observe(*VersionName::parse("3.4.0"), Depth::full);
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_FALSE(view->release);
  ASSERT_TRUE(view->live);
  EXPECT_EQ(view->live->version.text(), "3.3.0");
  EXPECT_EQ(view->live->build, BuildNumber::from(330));
  ASSERT_EQ(view->builds.size(), 1u);
  EXPECT_EQ(view->builds[0].sha256, bundle().sha256);
  EXPECT_EQ(view->highest_build, BuildNumber::from(340));
  EXPECT_EQ(count("DELETE", "/edits/"), 1u) << "the edit is not left open";
}

TEST_F(GooglePlayStore, RejectedReleaseIsSentAgainOrReplaced) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  ASSERT_TRUE(store->start_rollout(candidate, Percent::whole(1), {}));
  review(false);
  EXPECT_EQ(look().status, ReleaseStatus::rejected);
  EXPECT_EQ(look(Depth::summary).status, ReleaseStatus::rejected);
  ASSERT_EQ(text(store->start_rollout(candidate, Percent::whole(1), {})), "done");
  EXPECT_EQ(look().status, ReleaseStatus::in_review);
  review(false);
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle({.code = 341})));
  candidate = Candidate{candidate.version, BuildNumber::from(341), 0, {candidate.build}};
  ASSERT_EQ(text(store->start_rollout(candidate, Percent::whole(1), {})), "done");
  EXPECT_EQ(look().build, BuildNumber::from(341));
  EXPECT_EQ(look().status, ReleaseStatus::in_review);
}

TEST_F(GooglePlayStore, RunningReviewIsNeverCancelled) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  ASSERT_TRUE(store->start_rollout(candidate, Percent::whole(1), {}));
  const auto refused = store->offers().percentages->set_percent(candidate, Percent::whole(5));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_NE(refused.error().hint.find("review"), std::string::npos);
  EXPECT_EQ(look().status, ReleaseStatus::in_review);
}

TEST_F(GooglePlayStore, HaltAfterEverybodyBringsThePreviousBack) {
  roll_out(50);
  ASSERT_TRUE(store->complete(candidate));
  ASSERT_EQ(text(store->halt(candidate)), "done");
  EXPECT_EQ(look().status, ReleaseStatus::halted);
  EXPECT_EQ(look().percent, k_percent_all);
  EXPECT_EQ(store->observe(candidate.version, Depth::full)->live->version.text(), "3.3.0");
  EXPECT_EQ(text(store->resume(candidate, Percent::whole(5))), "done");
}

TEST_F(GooglePlayStore, HaltWithNothingToFallBackOnIsNotReportedAsDone) {
  const Candidate live{*VersionName::parse("3.3.0"), BuildNumber::from(330)};
  const auto halted = store->halt(live);
  ASSERT_FALSE(halted);
  EXPECT_EQ(halted.error().kind, ErrorKind::unknown_outcome);
  EXPECT_TRUE(changes().empty());
}

TEST_F(GooglePlayStore, PersonsHaltIsNotUndoneByAPercentage) {
  roll_out(5);
  ASSERT_LT(world->control("POST", "/_sandbox/person", R"({"app":"android","action":"halt"})").status, 300);
  const auto raised = store->offers().percentages->set_percent(candidate, Percent::whole(20));
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().kind, ErrorKind::refused);
  EXPECT_NE(raised.error().message.find("halted"), std::string::npos);
}

TEST_F(GooglePlayStore, HotfixTakesThePlaceOfTheRunningRolloutAndTheOldOneIsSuperseded) {
  roll_out(20);
  const Upload hotfix = bundle({.version = "3.4.1", .code = 341});
  ASSERT_TRUE(store->offers().uploads->upload_build(hotfix));
  ASSERT_EQ(text(store->start_rollout(hotfix.candidate, Percent::whole(5), {})), "done");
  review(true, "3.4.1");
  EXPECT_EQ(look(Depth::full, "3.4.0").status, ReleaseStatus::superseded);
  EXPECT_EQ(look(Depth::summary, "3.4.0").status, ReleaseStatus::superseded);
  const auto back = store->start_rollout(candidate, Percent::whole(20), {});
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("newer"), std::string::npos) << back.error().message;
}

TEST_F(GooglePlayStore, ChangesTakenBackByAPersonAreCommittedHeld) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  ASSERT_TRUE(store->start_rollout(candidate, Percent::whole(1), {}));
  ASSERT_LT(world->control("POST", "/_sandbox/person", R"({"app":"android","action":"withdraw"})").status, 300);
  EXPECT_EQ(look().status, ReleaseStatus::held_by_store);
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(5))), "done");
  EXPECT_EQ(look().status, ReleaseStatus::held_by_store) << "a person presses Send for review";
  const SeenCall* last_commit = nullptr;
  for (const SeenCall& call : watch->calls) {
    if (call.request.path.find(":commit") != std::string::npos) last_commit = &call;
  }
  ASSERT_NE(last_commit, nullptr);
  EXPECT_EQ(last_commit->request.query_value("changesNotSentForReview"), "true");
}

TEST_F(GooglePlayStore, WrongFilesAreRefusedBeforeAnythingIsKept) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  const auto other = store->offers().uploads->upload_build(bundle({.padding_bytes = 10}));
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("taken by another build"), std::string::npos);
  EXPECT_NE(other.error().hint.find("higher versionCode"), std::string::npos);
  Upload changed = bundle({.version = "3.5.0", .code = 350});
  changed.sha256 = std::string(64, '0');
  const auto mismatch = store->offers().uploads->upload_build(changed);
  ASSERT_FALSE(mismatch);
  EXPECT_NE(mismatch.error().message.find("received another file"), std::string::npos);
  EXPECT_EQ(changes(), Changes{"play/bundle 340"});
}

TEST_F(GooglePlayStore, NotesAreCheckedBeforeAnyCall) {
  const auto refused =
      store->start_rollout(candidate, Percent::whole(1), {{"en-US", std::string(501, 'x')}, {"english", "x"}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("501"), std::string::npos);
  EXPECT_NE(refused.error().message.find("english"), std::string::npos);
  EXPECT_TRUE(watch->calls.empty());
}

TEST_F(GooglePlayStore, OffersNoStepThatPlayDoesNotHave) {
  const auto offers = store->offers();
  EXPECT_EQ(offers.version_records, nullptr) << "a release comes to be with start_rollout, with its builds and notes";
  EXPECT_EQ(offers.review, nullptr) << "the commit of start_rollout sends the release to review";
  EXPECT_EQ(offers.own_ladder, nullptr);
  EXPECT_EQ(offers.withdrawal, nullptr);
}

TEST_F(GooglePlayStore, ProbeTellsWhatTheAccountMayDo) {
  roll_out(5);
  const auto before = changes();
  auto lines = store->probe();
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 4u);
  for (const auto& line : *lines) EXPECT_TRUE(line.ok) << line.what << ": " << line.detail;
  EXPECT_NE(lines->front().detail.find("train@sandbox.iam.gserviceaccount.com"), std::string::npos);
  EXPECT_EQ(changes(), before);
}

struct MissingGrant {
  const char* name;
  const char* method;
  const char* part;  // of the path that is forbidden
  std::size_t line;
  const char* grant;
};
void PrintTo(const MissingGrant& row, std::ostream* out) { *out << row.name; }
struct ProbedGrant : GooglePlayStore, testing::WithParamInterface<MissingGrant> {};

TEST_P(ProbedGrant, IsNamedWithItsDelay) {
  watch->after = [](SeenCall& call) {
    const bool here =
        call.request.method == GetParam().method && call.request.path.find(GetParam().part) != std::string::npos;
    if (!here) return;
    call.handled.response.status = 403;
    call.handled.response.body = R"({"error":{"code":403,"message":"The caller does not have permission"}})";
  };
  const auto lines = store->probe();
  ASSERT_TRUE(lines);
  ASSERT_GT(lines->size(), GetParam().line);
  for (std::size_t i = 0; i < lines->size(); ++i) EXPECT_EQ((*lines)[i].ok, i != GetParam().line) << (*lines)[i].what;
  const std::string& hint = (*lines)[GetParam().line].hint;
  EXPECT_NE(hint.find(GetParam().grant), std::string::npos) << hint;
  EXPECT_NE(hint.find("up to two days"), std::string::npos) << hint;
}
INSTANTIATE_TEST_SUITE_P(, ProbedGrant,
                         testing::Values(MissingGrant{"view", "GET", "/releases", 1, "View app information"},
                                         MissingGrant{"edit", "POST", "/edits", 2, "Release to production"},
                                         MissingGrant{"release", "PUT", "/tracks/", 3, "Release to production"},
                                         MissingGrant{"validate", "POST", ":validate", 3, "Release to production"}),
                         [](const auto& each) { return each.param.name; });

TEST_F(GooglePlayStore, NamesFromTheConsoleAreUnderstood) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  watch->before = [](sandbox::ServerRequest& request, sandbox::Service&, Instant) {
    const std::string plain = "\"name\":\"3.4.0\"";
    const std::size_t name = request.body.find(plain);
    const bool renamed = request.method == "PUT" && name != std::string::npos;
    if (renamed) request.body.replace(name, plain.size(), "\"name\":\"340 (3.4.0)\"");
  };
  ASSERT_EQ(text(store->start_rollout(candidate, Percent::whole(1), {})), "done");
  EXPECT_EQ(look().build, BuildNumber::from(340));
}

struct NeverReleased : GooglePlayStore {
  sandbox::Options options() const override {
    sandbox::AppSetup app;
    app.name = "android";
    app.store = StoreKind::google_play;
    app.store_id = "com.example.charge";
    sandbox::Options wanted;
    wanted.apps = {app};
    return wanted;
  }
};

TEST_F(NeverReleased, FirstReleaseCannotBeStagedButGoesToEverybody) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  const auto staged = store->start_rollout(candidate, Percent::whole(1), {});
  ASSERT_FALSE(staged);
  EXPECT_NE(staged.error().hint.find("immediate"), std::string::npos) << staged.error().text();
  ASSERT_EQ(text(store->start_rollout(candidate, k_percent_all, {})), "done");
  review();
  const SeenRelease seen = look(Depth::summary);
  EXPECT_EQ(seen.percent, k_percent_all);
  EXPECT_TRUE(seen.percent_known) << "alone on its track it serves everybody";
}

}  // namespace
}  // namespace train::testing_play
