// Tracks: one build from testers to everybody, on phones and other devices; what a rewritten list keeps; and what is
// possible with a draft app, managed publishing and a review under way.
#include <map>

#include "google_play_fixture.hpp"

namespace train::testing_play {
namespace {

using TrackChanges = std::vector<std::string>;

// ---- from track to track ---------------------------------------------------------------------------

struct WayCase {
  const char* name;
  const char* track;
  std::vector<std::string> testers;
};
void PrintTo(const WayCase& row, std::ostream* out) { *out << row.name; }

struct Promotion : GooglePlayStore, testing::WithParamInterface<WayCase> {
  sandbox::Options options() const override {
    sandbox::AppSetup app;
    app.name = "android";
    app.store = StoreKind::google_play;
    app.store_id = "com.example.charge";
    app.track = GetParam().track;
    app.testers = GetParam().testers;
    app.live = VersionName::parse("3.3.0");
    app.live_build = BuildNumber::from(330);
    sandbox::Options wanted;
    wanted.apps = {app};
    return wanted;
  }
  void SetUp() override {
    settings_hook = [](stores::GooglePlaySettings& settings) {
      std::get<GooglePlayApp>(settings.app.part).track = GetParam().track;
      settings.app.testers = GetParam().testers;
    };
    GooglePlayStore::SetUp();
  }
  // The newest body that was written to each track.
  std::map<std::string, Json> written() const {
    std::map<std::string, Json> last;
    for (const SeenCall& call : watch->calls) {
      if (call.request.method != "PUT" || call.request.path.find("/tracks/") == std::string::npos) continue;
      last[call.request.path.substr(call.request.path.rfind('/') + 1)] = Json::parse(call.request.body);
    }
    return last;
  }
};

TEST_P(Promotion, TakesTheSameBuildFromTrackToTrack) {
  const WayCase& way = GetParam();
  ASSERT_EQ(text(store->offers().uploads->upload_build(bundle())), "done");
  TrackChanges wanted{"play/bundle 340"};
  for (const std::string& track : way.testers) {
    EXPECT_EQ(text(store->offers().testers->distribute(candidate, track, {{"en-US", "Try " + track}})), "done")
        << track;
    wanted.push_back("play/" + track + "/340 completed");
  }
  EXPECT_EQ(text(store->start_rollout(candidate, Percent::whole(5), {{"en-US", "Faster."}})), "done");
  wanted.push_back(std::string("play/") + way.track + "/340 inProgress 0.05");
  EXPECT_EQ(changes(), wanted);
  EXPECT_EQ(count("POST", "/bundles"), 1u) << "uploaded once";
  auto lists = written();
  for (const std::string& track : way.testers) {
    EXPECT_EQ(lists[track]["releases"][0]["releaseNotes"][0]["text"], "Try " + track) << "each has its own notes";
  }
  EXPECT_EQ(lists[way.track]["releases"].back()["releaseNotes"][0]["text"], "Faster.");
  if (std::string_view(way.track) != "beta") review();  // testing tracks have none here
  const auto view = store->observe(candidate.version, Depth::full);
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_EQ(view->release->percent, Percent::whole(5));
  ASSERT_FALSE(view->builds.empty());
  ASSERT_EQ(view->builds.front().testers.size(), way.testers.size());
  for (const SeenTesters& group : view->builds.front().testers)
    EXPECT_EQ(group.status, TesterStatus::testing) << group.group << ": a lower track keeps what went on from it";
}
INSTANTIATE_TEST_SUITE_P(
    , Promotion,
    testing::Values(
        WayCase{"internal_closed_open_production", "production", {"internal", "field-beta", "alpha", "beta"}},
        WayCase{"watches", "wear:production", {"wear:qa", "wear:beta"}},
        WayCase{"cars_with_a_closed_track", "automotive:production", {"automotive:field-beta"}},
        WayCase{"an_open_track_that_is_rolled_out", "beta", {"internal"}}),
    [](const auto& each) { return each.param.name; });

struct LostTrack : GooglePlayStore {
  void SetUp() override {
    settings_hook = [](stores::GooglePlaySettings& settings) { settings.app.testers = {"internal", "field-betta"}; };
    GooglePlayStore::SetUp();
  }
};
TEST_F(LostTrack, IsFoundBeforeAnythingIsUploaded) {
  const auto refused = store->offers().uploads->upload_build(bundle());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_NE(refused.error().message.find("track field-betta"), std::string::npos) << refused.error().text();
  EXPECT_NE(refused.error().message.find("it has alpha, beta, internal, production"), std::string::npos)
      << refused.error().text();
  EXPECT_EQ(count("POST", "/bundles"), 0u);
  EXPECT_EQ(count("PUT", "/upload"), 0u);
}

TEST_F(GooglePlayStore, ATrackThatIsNotThereIsNamed) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  const auto lost = store->offers().testers->distribute(candidate, "field-betta", {});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::not_found);
  EXPECT_NE(lost.error().message.find("field-betta"), std::string::npos) << lost.error().text();
  EXPECT_NE(lost.error().hint.find("letter by letter"), std::string::npos) << lost.error().text();
}

// ---- countries -------------------------------------------------------------------------------------

struct Countries : GooglePlayStore {
  void person(const Json& act) {
    Json whole = {{"app", "android"}};
    whole.update(act);
    const auto answer = world->control("POST", "/_sandbox/person", whole.dump());
    ASSERT_LT(answer.status, 300) << answer.body;
  }
  // 3.4.0 at 5 %, in two countries by a person's choice in the console.
  void SetUp() override {
    GooglePlayStore::SetUp();
    roll_out(5);
    person({{"action", "countries"}, {"countries", {"DE", "AT"}}});
    watch->calls.clear();
  }
};

TEST_F(Countries, AreShownAndStayThroughEveryStep) {
  EXPECT_NE(look().raw.find("only DE, AT"), std::string::npos) << look().raw;
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(20))), "done");
  EXPECT_EQ(text(store->halt(candidate)), "done");
  EXPECT_NE(look().raw.find("only DE, AT"), std::string::npos) << look().raw;
  EXPECT_EQ(text(store->resume(candidate, Percent::whole(10))), "done");
  EXPECT_EQ(changes(),
            (TrackChanges{"play/production/340 inProgress 0.2 in DE,AT", "play/production/340 halted 0.2 in DE,AT",
                          "play/production/340 inProgress 0.1 in DE,AT"}));
  EXPECT_TRUE(told.empty());
}

TEST_F(Countries, NobodysRestrictionEndsByTheWayAtAHundredPercent) {
  for (const auto& refused :
       {store->complete(candidate), store->offers().percentages->set_percent(candidate, k_percent_all)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::refused);
    EXPECT_NE(refused.error().message.find("DE, AT only"), std::string::npos) << text(refused);
    EXPECT_NE(refused.error().hint.find("all countries"), std::string::npos) << text(refused);
  }
  EXPECT_TRUE(changes().empty());
  person({{"action", "countries"}, {"countries", Json::array()}});
  EXPECT_EQ(text(store->complete(candidate)), "done");
  EXPECT_EQ(changes(), TrackChanges{"play/production/340 completed"});
}

TEST_F(Countries, ANewerCandidateOfTheVersionGoesWhereTheOlderWent) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle({.version = "3.4.0", .code = 341})));
  const Candidate newer{candidate.version, BuildNumber::from(341), 0, {candidate.build}};
  EXPECT_EQ(text(store->start_rollout(newer, Percent::whole(5), {})), "done");
  EXPECT_EQ(changes().back(), "play/production/341 inProgress 0.05 in DE,AT; play/production/340 superseded");
}

TEST_F(Countries, AListThatLostThemIsNotCommitted) {
  watch->before = [](sandbox::ServerRequest& request, sandbox::Service&, Instant) {
    if (request.method != "PUT") return;
    Json body = Json::parse(request.body);
    for (Json& release : body["releases"]) release.erase("countryTargeting");
    request.body = body.dump();
  };
  const auto raised = store->offers().percentages->set_percent(candidate, Percent::whole(20));
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().kind, ErrorKind::refused) << text(raised);
  EXPECT_TRUE(changes().empty());
}

TEST_F(Countries, AStoreThatForgetsThemOfAHaltedReleaseIsSaid) {
  watch->after = [](SeenCall& call) {
    const bool track = call.request.path.find("/tracks/production") != std::string::npos;
    Json body = Json::parse(call.handled.response.body, nullptr, false);
    if (!track || !body.is_object() || !body.contains("releases")) return;
    for (Json& release : body["releases"]) {
      if (release.value("status", "") == "halted") release.erase("countryTargeting");
    }
    call.handled.response.body = body.dump();
  };
  EXPECT_EQ(text(store->halt(candidate)), "done") << "a halt is never held up by it";
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("DE, AT"), std::string::npos) << told[0];
}

// ---- the update priority ---------------------------------------------------------------------------

TEST_F(GooglePlayStore, UpdatePriorityIsFixedAtTheStart) {
  settings_hook = [](stores::GooglePlaySettings& settings) {
    std::get<GooglePlayApp>(settings.app.part).in_app_update_priority = 4;
  };
  store = new_client();
  roll_out(5);
  settings_hook = nullptr;
  store = new_client();  // the definition says 0 by now: that is for the next release
  ASSERT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(20))), "done");
  ASSERT_EQ(text(store->halt(candidate)), "done");
  ASSERT_EQ(text(store->resume(candidate, Percent::whole(50))), "done");
  ASSERT_EQ(text(store->complete(candidate)), "done");
  int written = 0;
  for (const SeenCall& call : watch->calls) {
    if (call.request.method != "PUT" || call.request.path.find("/tracks/") == std::string::npos) continue;
    ++written;
    const Json track = Json::parse(call.request.body);
    for (const Json& release : track["releases"]) {
      const bool ours = release["versionCodes"][0] == "340";
      EXPECT_EQ(release.value("inAppUpdatePriority", 0), ours ? 4 : 0) << release;
    }
  }
  EXPECT_EQ(written, 5);
}

// ---- what is possible then -------------------------------------------------------------------------

struct Console : GooglePlayStore {
  void person(const Json& act) {
    Json whole = {{"app", "android"}};
    whole.update(act);
    const auto answer = world->control("POST", "/_sandbox/person", whole.dump());
    ASSERT_LT(answer.status, 300) << answer.body;
  }
};

TEST_F(Console, ADraftAppTakesTheBuildAndSaysWhoPublishesFirst) {
  person({{"action", "draft_app"}});
  EXPECT_EQ(text(store->offers().uploads->upload_build(bundle())), "done");
  for (const auto& refused :
       {store->start_rollout(candidate, Percent::whole(1), {}), store->start_rollout(candidate, k_percent_all, {}),
        store->offers().testers->distribute(candidate, "internal", {})}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::refused);
    EXPECT_NE(refused.error().hint.find("first release in the Play Console"), std::string::npos) << text(refused);
  }
  EXPECT_EQ(changes(), TrackChanges{"play/bundle 340"});
  const auto lines = store->probe();
  ASSERT_TRUE(lines);
  EXPECT_FALSE(lines->back().ok);
  EXPECT_NE(lines->back().hint.find("only drafts"), std::string::npos) << lines->back().hint;
  person({{"action", "draft_app"}, {"on", false}});
  EXPECT_EQ(text(store->start_rollout(candidate, Percent::whole(1), {})), "done");
}

TEST_F(Console, ManagedPublishingIsWaitedForAndSaid) {
  person({{"action", "managed_publishing"}});
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  ASSERT_EQ(text(store->start_rollout(candidate, Percent::whole(5), {})), "done");
  review();
  const SeenRelease held = look();
  EXPECT_EQ(held.status, ReleaseStatus::held_by_store);
  EXPECT_NE(held.raw.find("APPROVED_NOT_PUBLISHED"), std::string::npos) << held.raw;
  EXPECT_EQ(held.percent, Percent{}) << "the track says inProgress 0.05, and nobody has it";
  person({{"action", "release"}});
  const SeenRelease out = look();
  EXPECT_EQ(out.status, ReleaseStatus::serving);
  EXPECT_EQ(out.percent, Percent::whole(5));
  EXPECT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(20))), "done")
      << "a percentage is not held";
}

TEST_F(Console, AReviewUnderWayIsEndedByNoStepButAStop) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  ASSERT_EQ(text(store->start_rollout(candidate, Percent::whole(5), {})), "done");
  const Instant sent = world->now();
  world->advance_to(sent + std::chrono::hours(23));
  const auto before = changes();
  for (const auto& refused :
       {store->offers().percentages->set_percent(candidate, Percent::whole(20)), store->complete(candidate),
        store->offers().testers->distribute(candidate, "internal", {})}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::refused);
    EXPECT_NE(refused.error().hint.find("review ends"), std::string::npos) << text(refused);
  }
  EXPECT_EQ(changes(), before);
  world->advance_to(sent + std::chrono::hours(24));
  EXPECT_EQ(look().status, ReleaseStatus::serving) << "it was not begun anew";
}

// A colleague's listing was in review, and every halt was refused for as long.
TEST_F(Console, AListingInReviewKeepsNobodyFromHalting) {
  roll_out(5);
  person({{"action", "listing"}});
  ASSERT_FALSE(store->offers().percentages->set_percent(candidate, Percent::whole(20))) << "other steps keep refusing";
  told.clear();
  EXPECT_EQ(text(store->halt(candidate)), "done");
  EXPECT_EQ(look().status, ReleaseStatus::halted);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("taken out of review and sent again together with the halt"), std::string::npos) << told[0];
}

TEST_F(Console, AHaltWithNothingInReviewSaysNothingOfIt) {
  roll_out(5);
  told.clear();
  EXPECT_EQ(text(store->halt(candidate)), "done");
  EXPECT_TRUE(told.empty());
}

TEST_F(Console, AHaltLeavesTheReviewAloneWhereTheDefinitionSaysRefuse) {
  settings_hook = [](stores::GooglePlaySettings& settings) {
    GooglePlayApp own;
    own.halt_in_review = HaltInReview::refuse;
    settings.app.part = own;
  };
  store = new_client();
  roll_out(5);
  person({{"action", "listing"}});
  const auto halted = store->halt(candidate);
  ASSERT_FALSE(halted);
  EXPECT_EQ(halted.error().kind, ErrorKind::refused);
  EXPECT_EQ(look().status, ReleaseStatus::serving);
}

TEST_F(Console, OurOwnReleaseInReviewIsHaltedBeforeAnybodyGetsIt) {
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  ASSERT_EQ(text(store->start_rollout(candidate, Percent::whole(5), {})), "done");
  EXPECT_EQ(text(store->halt(candidate)), "done");
  review();
  EXPECT_EQ(look().status, ReleaseStatus::halted) << "approved, and not served";
}

struct FirstRelease : GooglePlayStore {
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

TEST_F(FirstRelease, IsAnnouncedByTheProbeAndChangesNothing) {
  const auto empty = store->probe();
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->back().ok);
  EXPECT_TRUE(empty->back().worth_a_look);
  EXPECT_NE(empty->back().detail.find("not tried"), std::string::npos) << empty->back().detail;
  EXPECT_NE(empty->back().hint.find("everybody at once"), std::string::npos) << empty->back().hint;
  ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
  const auto lines = store->probe();
  ASSERT_TRUE(lines);
  EXPECT_NE(lines->back().detail.find("allowed; tried"), std::string::npos) << lines->back().detail;
  EXPECT_EQ(changes(), TrackChanges{"play/bundle 340"});
}

}  // namespace
}  // namespace train::testing_play
