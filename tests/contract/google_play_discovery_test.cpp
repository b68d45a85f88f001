// What we send and what the built-in store answers, held against Google's discovery document: every method and path,
// every query parameter, every field of a body, every word of an enumeration.
#include "google_play_discovery.hpp"

namespace train::testing_play {
namespace {

struct GooglePlayDiscovery : GooglePlayStore {
  // Every request the client knows, refusals included.
  void use_everything() {
    ASSERT_EQ(text(store->offers().uploads->upload_build(bundle({.padding_bytes = 9u << 20}))), "done");
    ASSERT_EQ(text(store->start_rollout(candidate, Percent::whole(1), {{"en-US", "Faster."}, {"de-DE", "Schneller."}})),
              "done");
    look();
    review();
    look(Depth::summary);
    ASSERT_EQ(text(store->offers().percentages->set_percent(candidate, Percent::whole(5))), "done");
    ASSERT_EQ(text(store->halt(candidate)), "done");
    ASSERT_EQ(text(store->resume(candidate, Percent::whole(20))), "done");
    ASSERT_EQ(text(store->complete(candidate)), "done");
    ASSERT_TRUE(store->probe());
    EXPECT_FALSE(store->offers().percentages->set_percent(candidate, Percent::whole(5)));
  }
};

TEST_F(GooglePlayDiscovery, EveryRequestAndEveryFieldExists) {
  const auto document = discovery_document();
  if (!document) GTEST_SKIP() << no_discovery_document();
  const Discovery google(*document);
  use_everything();
  const auto [used, wrong] = compare(google, watch->calls);
  EXPECT_EQ(wrong, std::vector<std::string>{});
  for (const char* id :
       {"androidpublisher.edits.insert", "androidpublisher.edits.delete", "androidpublisher.edits.commit",
        "androidpublisher.edits.tracks.get", "androidpublisher.edits.tracks.update",
        "androidpublisher.edits.bundles.list", "androidpublisher.edits.bundles.upload",
        "androidpublisher.applications.tracks.releases.list"}) {
    EXPECT_EQ(used.count(id), 1u) << id << " was not used: the comparison would prove nothing about it";
  }
}

TEST_F(GooglePlayDiscovery, ComparisonFindsWhatIsWrong) {
  const auto document = discovery_document();
  if (!document) GTEST_SKIP() << no_discovery_document();
  const Discovery google(*document);
  EXPECT_EQ(google.find("POST", "/androidpublisher/v3/applications/com.x/edits/7:publish"), nullptr);
  EXPECT_EQ(google.find("PUT", "/androidpublisher/v3/applications/com.x/edits"), nullptr);
  std::vector<std::string> wrong;
  google.check_body(R"({"track":"x","releases":[{"percent":5,"status":"paused","userFraction":"0.5"}]})", "Track",
                    wrong);
  EXPECT_EQ(wrong.size(), 3u);
}

}  // namespace
}  // namespace train::testing_play
