#include "app_store_journeys.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "train/base/digest.hpp"
#include "train/base/files.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::contract {
namespace journeys {
namespace {

using namespace std::chrono_literals;

#define EXPECT_DONE(call)                           \
  do {                                              \
    const auto result_ = (call);                    \
    EXPECT_TRUE(result_) << result_.error().text(); \
  } while (false)

#define EXPECT_REFUSED(call)                    \
  do {                                          \
    const auto result_ = (call);                \
    EXPECT_FALSE(result_) << "it was accepted"; \
  } while (false)

void look(Store& store, const std::string& version = "3.4.0") {
  EXPECT_DONE(store.observe(*VersionName::parse(version), Depth::summary));
  EXPECT_DONE(store.observe(*VersionName::parse(version), Depth::full));
}

void prepare(AppStoreBench& bench, Store& store) {
  look(store);
  EXPECT_DONE(store.offers().version_records->create_version(candidate()));
  look(store);
  EXPECT_DONE(store.offers().version_records->attach_build(candidate()));
  EXPECT_DONE(store.offers().version_records->set_release_notes(candidate(), notes()));
  look(store);
  EXPECT_DONE(store.offers().review->submit(candidate()));
  bench.pass(1h);
  look(store);
}

void go_live(AppStoreBench& bench, Store& store) {
  prepare(bench, store);
  EXPECT_TRUE(bench.review(true));
  look(store);
  EXPECT_DONE(store.start_rollout(candidate(), Percent::whole(1), {}));
  look(store);
  bench.pass(10min);
}

void full_release(AppStoreBench& bench) {
  const auto store = bench.store();
  EXPECT_DONE(store->probe());
  go_live(bench, *store);
  bench.pass(24h);
  EXPECT_DONE(store->offers().own_ladder->pause(candidate()));
  look(*store);
  bench.pass(24h);
  EXPECT_DONE(store->resume(candidate(), Percent::whole(5)));
  EXPECT_DONE(store->halt(candidate()));
  EXPECT_DONE(store->resume(candidate(), Percent::whole(5)));
  EXPECT_DONE(store->complete(candidate()));
  look(*store);
  EXPECT_DONE(store->probe());
  // Everything once more, by another run: looked at, and not sent again.
  const auto again = bench.store();
  EXPECT_DONE(again->offers().version_records->create_version(candidate()));
  EXPECT_DONE(again->offers().version_records->attach_build(candidate()));
  EXPECT_DONE(again->offers().version_records->set_release_notes(candidate(), notes()));
  EXPECT_DONE(again->offers().review->submit(candidate()));
  EXPECT_DONE(again->start_rollout(candidate(), Percent::whole(1), {}));
}

void first_release(AppStoreBench& bench) {
  sandbox::AppSetup setup;
  setup.name = "ios";
  setup.store_id = "com.example.first";
  setup.uploaded = VersionName::parse("1.0");
  setup.uploaded_build = *BuildNumber::parse("1");
  bench.begin_anew(setup);
  const auto store = bench.store();
  const auto first = candidate("1.0.0", "1");
  look(*store, "1.0.0");
  EXPECT_DONE(store->offers().version_records->create_version(first));
  EXPECT_DONE(store->offers().version_records->attach_build(first));
  EXPECT_DONE(store->offers().version_records->set_release_notes(first, notes()));
  EXPECT_DONE(store->offers().review->submit(first));
  EXPECT_TRUE(bench.review(true, "1.0.0"));
  EXPECT_REFUSED(store->start_rollout(first, Percent::whole(1), {}));
  EXPECT_DONE(store->start_rollout(first, k_percent_all, {}));
  bench.pass(10min);
  look(*store, "1.0.0");
}

// Refused without notes, taken back before and after it was sent, rejected, mended and sent again.
void rejected_and_sent_again(AppStoreBench& bench) {
  const auto store = bench.store();
  bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}, {"encryption", "unanswered"}});
  const auto newest = candidate("3.4.0", "341");
  EXPECT_DONE(store->offers().version_records->create_version(newest));
  EXPECT_REFUSED(store->offers().version_records->attach_build(newest));
  bench.pass(15min);
  EXPECT_DONE(store->offers().version_records->attach_build(newest));
  EXPECT_REFUSED(store->offers().review->submit(newest));
  EXPECT_DONE(store->offers().review->cancel_submission(newest));
  EXPECT_DONE(store->offers().version_records->set_release_notes(newest, notes()));
  EXPECT_DONE(store->offers().review->submit(newest));
  EXPECT_DONE(store->offers().review->cancel_submission(newest));
  look(*store);
  EXPECT_DONE(store->offers().review->submit(newest));
  EXPECT_TRUE(bench.review(false));
  look(*store);
  EXPECT_DONE(store->offers().review->submit(newest));
  EXPECT_TRUE(bench.review(true));
  EXPECT_DONE(store->offers().review->cancel_submission(newest));
  look(*store);
  EXPECT_DONE(store->offers().review->submit(newest));
}

// An item that was added and never sent is deleted, not cancelled.
void taken_back_before_it_was_sent(AppStoreBench& bench) {
  const auto store = bench.store();
  EXPECT_DONE(store->offers().version_records->create_version(candidate()));
  EXPECT_DONE(store->offers().version_records->attach_build(candidate()));
  EXPECT_DONE(store->offers().version_records->set_release_notes(candidate(), notes()));
  bench.doom("PATCH", "/v1/reviewSubmissions/", Fate::forbidden);
  EXPECT_REFUSED(store->offers().review->submit(candidate()));
  EXPECT_DONE(store->offers().review->cancel_submission(candidate()));
  look(*store);
}

// The one editable place changes hands, and the app leaves the store.
void renamed_and_taken_off_sale(AppStoreBench& bench) {
  bench.person({{"action", "create_version"}, {"version", "3.5.0"}, {"earliest", "2026-12-24T00:00:00Z"}});
  const auto store = bench.store();
  look(*store);
  EXPECT_REFUSED(
      store->offers().version_records->reuse_version(candidate("3.2.9", "329"), *VersionName::parse("3.5.0")));
  EXPECT_DONE(store->offers().version_records->reuse_version(candidate(), *VersionName::parse("3.5.0")));
  EXPECT_DONE(store->offers().version_records->reuse_version(candidate(), *VersionName::parse("3.5.0")));
  go_live(bench, *store);
  EXPECT_DONE(store->offers().withdrawal->remove_from_sale(candidate()));
  EXPECT_DONE(store->offers().withdrawal->remove_from_sale(candidate()));
  look(*store);
}

// A draft that a person made releases itself and has no phase; another one has no build.
void adopted_drafts(AppStoreBench& bench) {
  bench.person({{"action", "create_version"}, {"version", "3.4.0"}});
  const auto store = bench.store();
  look(*store);
  EXPECT_DONE(store->offers().version_records->attach_build(candidate()));
  EXPECT_DONE(store->offers().version_records->set_release_notes(candidate(), notes()));
  EXPECT_DONE(store->offers().review->submit(candidate()));
  bench.person({{"action", "withdraw"}});
  bench.pass(5s);
  look(*store);

  bench.begin_anew();
  bench.person({{"action", "create_version"}, {"version", "3.5.0"}});
  const auto other = bench.store();
  EXPECT_REFUSED(other->offers().review->submit(candidate("3.5.0", "350")));
  EXPECT_REFUSED(other->offers().version_records->create_version(candidate()));
}

void refusals_on_the_way(AppStoreBench& bench) {
  const auto store = bench.store();
  EXPECT_REFUSED(store->offers().review->submit(candidate()));
  EXPECT_DONE(store->offers().version_records->create_version(candidate()));
  EXPECT_REFUSED(store->offers().version_records->attach_build(candidate("3.4.0", "399")));
  EXPECT_REFUSED(store->offers().version_records->set_release_notes(candidate(), {{"de-DE", "Schneller laden."}}));
  EXPECT_REFUSED(store->offers().own_ladder->pause(candidate()));
  EXPECT_REFUSED(store->start_rollout(candidate(), Percent::whole(1), {}));

  bench.begin_anew();
  const auto live = bench.store();
  go_live(bench, *live);
  EXPECT_REFUSED(live->offers().review->cancel_submission(candidate()));
  EXPECT_DONE(live->complete(candidate()));
  EXPECT_REFUSED(live->halt(candidate()));
  EXPECT_REFUSED(live->resume(candidate(), Percent::whole(5)));
  bench.person({{"action", "remove"}});
  look(*live);
}

// Two builds of one version, one after the other in beta review, and groups that are not there.
void testers(AppStoreBench& bench) {
  bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}, {"encryption", "unanswered"}});
  bench.pass(15min);
  bench.app.testers = {"internal-qa", "field-beta"};
  const auto store = bench.store();
  EXPECT_DONE(store->probe());
  const auto newest = candidate("3.4.0", "341");
  EXPECT_REFUSED(store->offers().testers->distribute(newest, "nobody", notes()));
  look(*store);
  EXPECT_DONE(store->offers().testers->distribute(candidate(), "field-beta", {}));
  for (const auto* group : {"internal-qa", "field-beta"})
    EXPECT_DONE(store->offers().testers->distribute(newest, group, notes()));
  look(*store);
  bench.pass(8h);
  EXPECT_DONE(store->offers().testers->distribute(newest, "field-beta", notes()));
  bench.pass(8h);
  EXPECT_DONE(store->offers().testers->distribute(newest, "field-beta", {{"en-US", "Try the list."}}));
  look(*store);
  bench.app.testers.clear();
}

// An upload that breaks off, is given up for a new one, is committed and followed.
void upload(AppStoreBench& bench) {
  const auto file = std::filesystem::temp_directory_path() / ("train-" + random_id() + ".ipa");
  ASSERT_TRUE(write_file_atomically(file, sandbox::example_archive("com.example.charge", "345", "3.4.0")));
  bench.app.artifact = file.string();
  const Upload build{candidate("3.4.0", "345"), file, {}};
  bench.doom("PUT", "/upload/", Fate::server_error, 100);
  EXPECT_REFUSED(bench.store()->offers().uploads->upload_build(build));
  bench.clear_dooms();
  bench.pass(25h);
  EXPECT_DONE(bench.store()->offers().uploads->upload_build(build));
  look(*bench.store());
  bench.pass(15min);
  EXPECT_DONE(bench.store()->offers().uploads->upload_build(build));
  bench.app.artifact.reset();
  std::filesystem::remove(file);
}

// A standby reviewed beside the release, taken back both ways, and sent out.
void way_back(AppStoreBench& bench) {
  const auto store = bench.store();
  go_live(bench, *store);
  bench.person({{"action", "upload"}, {"version", "3.4.1"}, {"build", "341"}});
  bench.pass(1h);
  const auto standby = candidate("3.4.1", "341");
  EXPECT_DONE(store->offers().review->submit_standby(standby, notes()));
  EXPECT_DONE(store->offers().review->cancel_submission(standby));
  EXPECT_DONE(store->offers().review->submit_standby(standby, notes()));
  EXPECT_TRUE(bench.review(true, "3.4.1"));
  EXPECT_DONE(store->offers().review->cancel_submission(standby));
  EXPECT_DONE(store->offers().review->submit_standby(standby, notes()));
  EXPECT_TRUE(bench.review(true, "3.4.1"));
  look(*store, "3.4.1");
  EXPECT_DONE(store->offers().standbys->release_standby(standby, candidate(), notes()));
  bench.pass(30min);
  look(*store, "3.4.1");
}

void strangers(AppStoreBench& bench) {
  bench.doom("GET", "/v1/apps", Fate::unauthorized, 2);
  EXPECT_REFUSED(bench.store()->observe(*VersionName::parse("3.4.0"), Depth::summary));
  EXPECT_TRUE(bench.every_doom_came());
  bench.app.store_id = "com.example.other";
  EXPECT_REFUSED(bench.store()->offers().version_records->create_version(candidate()));
}

const std::vector<Journey> k_all{{"full release", full_release},
                                 {"first release", first_release},
                                 {"rejected and sent again", rejected_and_sent_again},
                                 {"taken back before it was sent", taken_back_before_it_was_sent},
                                 {"renamed and taken off sale", renamed_and_taken_off_sale},
                                 {"adopted drafts", adopted_drafts},
                                 {"refusals on the way", refusals_on_the_way},
                                 {"testers", testers},
                                 {"upload", upload},
                                 {"way back", way_back},
                                 {"webhooks and signals", listen_and_measure},
                                 {"strangers", strangers}};

}  // namespace
}  // namespace journeys

const std::vector<Journey>& app_store_journeys() { return journeys::k_all; }

}  // namespace train::contract
