// The way back on Google Play: one commit that ends what goes out and releases the standby to everybody.
#include "google_play_fixture.hpp"

namespace train::testing_play {
namespace {

constexpr const char* k_went_back = "play/production/341 completed; play/production/340 superseded";

class PlayStandby : public GooglePlayStore {
 protected:
  void SetUp() override {
    GooglePlayStore::SetUp();
    roll_out(5);
    ASSERT_EQ(text(store->offers().uploads->upload_build(standby_bundle())), "done");
    watch->calls.clear();
    store = new_client();
  }
  Upload standby_bundle() {
    BundleFile wanted;
    wanted.code = 341;
    wanted.version = "3.4.1";
    auto upload = bundle(wanted);
    upload.made_of = *VersionName::parse("3.3.0");
    return upload;
  }
  Result<Done> go_back() {
    return store->offers().standbys->release_standby(standby, candidate, {{"en-US", "An earlier version."}});
  }
  std::vector<std::string> requests() const {
    std::vector<std::string> out;
    for (const SeenCall& call : watch->calls) out.push_back(call.request.method);
    return out;
  }

  Candidate standby{*VersionName::parse("3.4.1"), BuildNumber::from(341)};
};

TEST_F(PlayStandby, OneCommitIsBrakeAndWayBack) {
  ASSERT_EQ(text(go_back()), "done");
  EXPECT_EQ(changes(), std::vector<std::string>{k_went_back});
  EXPECT_EQ(count("POST", ":commit"), 1u);
  EXPECT_EQ(count("GET", "/edits/"), 0u) << "nothing is read inside the edit";
  review(true, "3.4.1");
  EXPECT_EQ(look(Depth::full, "3.4.1").percent, k_percent_all);
  EXPECT_EQ(look(Depth::full, "3.4.1").build, BuildNumber::from(341));
}

TEST_F(PlayStandby, AskedAgainChangesNothing) {
  ASSERT_EQ(text(go_back()), "done");
  store = new_client();
  ASSERT_EQ(text(go_back()), "done");
  EXPECT_EQ(changes().size(), 1u);
}

TEST_F(PlayStandby, AHaltedReleaseIsReplacedToo) {
  ASSERT_EQ(text(store->halt(candidate)), "done");
  watch->calls.clear();
  ASSERT_EQ(text(go_back()), "done");
  EXPECT_EQ(changes(), std::vector<std::string>{k_went_back});
}

TEST_F(PlayStandby, ALostAnswerOfTheCommitIsSettledNotRepeated) {
  fault("POST", "/play/androidpublisher/v3/applications/com.example.charge/edits/", "drop_after_effect");
  ASSERT_EQ(text(go_back()), "done");
  EXPECT_EQ(changes(), std::vector<std::string>{k_went_back});
}

// A person's draft is nothing that a release to everybody ends: the list is read and kept.
TEST_F(PlayStandby, ADraftOnTheTrackIsKept) {
  watch->calls.clear();
  watch->after = [](SeenCall& call) {
    const bool listed =
        call.request.method == "GET" && call.request.path.find("/tracks/production/releases") != std::string::npos;
    if (!listed) return;
    auto body = Json::parse(call.handled.response.body);
    Json draft = body["releases"][0];
    draft["releaseName"] = "3.5.0";
    draft["releaseLifecycleState"] = "RELEASE_LIFECYCLE_STATE_DRAFT";
    body["releases"].push_back(draft);
    call.handled.response.body = body.dump();
  };
  ASSERT_EQ(text(go_back()), "done");
  EXPECT_GE(count("GET", "/tracks/production"), 2u) << "the list was read inside the edit, to be kept";
  EXPECT_EQ(changes(), std::vector<std::string>{k_went_back});
}

TEST_F(PlayStandby, TheMappingOfTheOldCodeGoesAlongWhereItIsThere) {
  const auto mapping = folder.path / "mapping-3.3.0.txt";
  std::ofstream(mapping) << "com.example.A -> a:\n";
  settings_hook = [&](stores::GooglePlaySettings& settings) {
    std::get<GooglePlayApp>(settings.app.part).mapping = (folder.path / "mapping-{version}.txt").string();
  };
  store = new_client();
  BundleFile wanted;
  wanted.code = 342;
  wanted.version = "3.4.2";
  auto upload = bundle(wanted);
  upload.made_of = *VersionName::parse("3.3.0");
  ASSERT_EQ(text(store->offers().uploads->upload_build(upload)), "done");
  EXPECT_EQ(count("POST", "deobfuscationFiles"), 1u);
  std::filesystem::remove(mapping);
  wanted.code = 343;
  wanted.version = "3.4.3";
  upload = bundle(wanted);
  upload.made_of = *VersionName::parse("3.3.0");
  watch->calls.clear();
  EXPECT_EQ(text(store->offers().uploads->upload_build(upload)), "done")
      << "its way back is not held up by a mapping that is gone";
  EXPECT_EQ(count("POST", "deobfuscationFiles"), 0u);
}

}  // namespace
}  // namespace train::testing_play
