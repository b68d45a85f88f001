// Whatever happens to a request or its answer, the store sees each change once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "app_store_bench.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;

struct Action {
  std::string name;
  std::function<Result<Done>(Store&)> act;
  std::string method;  // of its write
  std::string path;
};

const std::vector<Action>& way() {
  static const std::vector<Action> steps{
      {"create", [](Store& s) { return s.offers().version_records->create_version(candidate()); }, "POST",
       "/v1/appStoreVersions"},
      {"phase", [](Store& s) { return s.offers().version_records->create_version(candidate()); }, "POST",
       "/v1/appStoreVersionPhasedReleases"},
      {"encryption", [](Store& s) { return s.offers().version_records->attach_build(candidate("3.4.0", "341")); },
       "PATCH", "/v1/builds/"},
      {"attach", [](Store& s) { return s.offers().version_records->attach_build(candidate("3.4.0", "341")); }, "PATCH",
       "/v1/appStoreVersions/"},
      {"new_notes", [](Store& s) { return s.offers().version_records->set_release_notes(candidate(), notes()); },
       "POST", "/v1/appStoreVersionLocalizations"},
      {"notes", [](Store& s) { return s.offers().version_records->set_release_notes(candidate(), notes()); }, "PATCH",
       "/v1/appStoreVersionLocalizations/"},
      {"submission", [](Store& s) { return s.offers().review->submit(candidate("3.4.0", "341")); }, "POST",
       "/v1/reviewSubmissions"},
      {"item", [](Store& s) { return s.offers().review->submit(candidate("3.4.0", "341")); }, "POST",
       "/v1/reviewSubmissionItems"},
      {"submit", [](Store& s) { return s.offers().review->submit(candidate("3.4.0", "341")); }, "PATCH",
       "/v1/reviewSubmissions/"},
      {"release", [](Store& s) { return s.start_rollout(candidate("3.4.0", "341"), Percent::whole(1), {}); }, "POST",
       "/v1/appStoreVersionReleaseRequests"},
      {"pause", [](Store& s) { return s.offers().own_ladder->pause(candidate()); }, "PATCH",
       "/v1/appStoreVersionPhasedReleases/"},
      {"resume", [](Store& s) { return s.resume(candidate(), Percent::whole(5)); }, "PATCH",
       "/v1/appStoreVersionPhasedReleases/"},
      {"complete", [](Store& s) { return s.complete(candidate()); }, "PATCH", "/v1/appStoreVersionPhasedReleases/"},
  };
  return steps;
}

// What the world does before a step can be taken.
void before(AppStoreBench& bench, const std::string& step) {
  if (step == "create") {
    bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}, {"encryption", "unanswered"}});
    bench.pass(15min);
  }
  if (step == "release") {
    EXPECT_TRUE(bench.review(true));
  }
  if (step == "pause") bench.pass(10min);
}

struct Loss {
  std::string name;
  Fate fate;
};

void PrintTo(const Loss& loss, std::ostream* out) { *out << loss.name; }

class AppStoreLoses : public testing::TestWithParam<std::tuple<std::size_t, Loss>> {};

TEST_P(AppStoreLoses, NothingAndDoublesNothing) {
  const auto& [doomed, loss] = GetParam();
  AppStoreBench bench;
  for (std::size_t i = 0; i < way().size(); ++i) {
    const auto& step = way()[i];
    before(bench, step.name);
    // The phase's three writes look alike; every other write is the only one of its kind and waits for its turn.
    const bool alike = way()[doomed].path == "/v1/appStoreVersionPhasedReleases/";
    if (i == (alike ? doomed : 0)) bench.doom(way()[doomed].method, way()[doomed].path, loss.fate);
    auto done = step.act(*bench.store());
    if (!done) {
      ASSERT_TRUE(bench.every_doom_came()) << step.name << ": " << done.error().text();
      ASSERT_EQ(done.error().kind, ErrorKind::unknown_outcome) << done.error().text();
      done = step.act(*bench.store());  // another run looks, and goes on from there
    }
    ASSERT_TRUE(done) << step.name << ": " << done.error().text();
  }
  EXPECT_TRUE(bench.every_doom_came());
  const auto changes = bench.changes();
  EXPECT_EQ(changes.size(), 13u) << testing::PrintToString(changes);
  EXPECT_EQ(std::adjacent_find(changes.begin(), changes.end()), changes.end()) << testing::PrintToString(changes);
  EXPECT_EQ(bench.report().live->version, "3.4.0");
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreLoses,
    testing::Combine(testing::Range<std::size_t>(0, 13),
                     testing::Values(Loss{"after_effect", Fate::lost_after_effect},
                                     Loss{"before_effect", Fate::lost_before_effect},
                                     Loss{"half_an_answer", Fate::half}, Loss{"server_error", Fate::server_error},
                                     Loss{"token_refused_once", Fate::unauthorized})),
    [](const auto& row) { return way()[std::get<0>(row.param)].name + "_" + std::get<1>(row.param).name; });

// Writes off the straight way: each behind what it needs, lost in each way, asked again until it is done.
struct Aside {
  std::string name;
  std::function<void(AppStoreBench&)> prepare;
  std::function<Result<Done>(Store&)> act;
  std::string method;
  std::string path;
  std::vector<std::string> changes;
};

void submit_all(AppStoreBench& bench) {
  const auto store = bench.store();
  EXPECT_TRUE(store->offers().version_records->create_version(candidate()));
  EXPECT_TRUE(store->offers().version_records->attach_build(candidate()));
  EXPECT_TRUE(store->offers().version_records->set_release_notes(candidate(), notes()));
  EXPECT_TRUE(store->offers().review->submit(candidate()));
}

const std::vector<Aside>& asides() {
  static const std::vector<Aside> all{
      {"rename",
       [](AppStoreBench& bench) {
         bench.person({{"action", "create_version"}, {"version", "3.5.0"}});
       },
       [](Store& s) { return s.offers().version_records->reuse_version(candidate(), *VersionName::parse("3.5.0")); },
       "PATCH",
       "/v1/appStoreVersions/",
       {"app-store/3.4.0 versionString 3.4.0", "app-store/3.4.0 releaseType MANUAL",
        "app-store/3.4.0 phased INACTIVE"}},
      {"cancel",
       submit_all,
       [](Store& s) { return s.offers().review->cancel_submission(candidate()); },
       "PATCH",
       "/v1/reviewSubmissions/",
       {"app-store/3.4.0 CANCELING"}},
      {"withdraw_approved",
       [](AppStoreBench& bench) {
         submit_all(bench);
         EXPECT_TRUE(bench.review(true));
       },
       [](Store& s) { return s.offers().review->cancel_submission(candidate()); },
       "DELETE",
       "/v1/appStoreVersionSubmissions/",
       {"app-store/3.4.0 DEVELOPER_REJECTED"}},
      {"off_sale",
       [](AppStoreBench&) {},
       [](Store& s) { return s.offers().withdrawal->remove_from_sale(candidate()); },
       "PATCH",
       "/v1/territoryAvailabilities/1600000001-GBR",
       {"app-store/com.example.charge DEU off sale", "app-store/com.example.charge FRA off sale",
        "app-store/com.example.charge GBR off sale", "app-store/com.example.charge JPN off sale",
        "app-store/com.example.charge USA off sale"}},
  };
  return all;
}

class AppStoreLosesAside : public testing::TestWithParam<std::tuple<std::size_t, Loss>> {};

TEST_P(AppStoreLosesAside, NothingAndDoublesNothing) {
  const auto& [index, loss] = GetParam();
  const auto& aside = asides()[index];
  AppStoreBench bench;
  aside.prepare(bench);
  bench.forget();
  bench.doom(aside.method, aside.path, loss.fate);
  auto done = aside.act(*bench.store());
  if (!done) {
    ASSERT_TRUE(bench.every_doom_came()) << done.error().text();
    ASSERT_EQ(done.error().kind, ErrorKind::unknown_outcome) << done.error().text();
    done = aside.act(*bench.store());  // another run looks, and goes on from there
  }
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_TRUE(bench.every_doom_came());
  EXPECT_THAT(bench.changes(), testing::UnorderedElementsAreArray(aside.changes));
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreLosesAside,
    testing::Combine(testing::Range<std::size_t>(0, 4),
                     testing::Values(Loss{"after_effect", Fate::lost_after_effect},
                                     Loss{"before_effect", Fate::lost_before_effect},
                                     Loss{"half_an_answer", Fate::half}, Loss{"server_error", Fate::server_error},
                                     Loss{"token_refused_once", Fate::unauthorized})),
    [](const auto& row) { return asides()[std::get<0>(row.param)].name + "_" + std::get<1>(row.param).name; });

// Lists that lag for good: what was created is known by its id, so nothing waits for them.
TEST(AppStoreLoss, AListThatNeverShowsWhatWasCreatedIsNotNeeded) {
  AppStoreBench bench;
  const auto store = bench.store();
  ASSERT_TRUE(store->offers().version_records->create_version(candidate()));
  ASSERT_TRUE(store->offers().version_records->attach_build(candidate()));
  ASSERT_TRUE(store->offers().version_records->set_release_notes(candidate(), notes()));
  bench.freeze_lists();
  const auto started = bench.now();
  ASSERT_TRUE(store->offers().review->submit(candidate()));
  EXPECT_LT(bench.now() - started, 10s);
  EXPECT_EQ(bench.changes().back(), "app-store/3.4.0 WAITING_FOR_REVIEW");
}

TEST(AppStoreLoss, AWriteIsSentOnceAndAgainOnlyWithANewToken) {
  AppStoreBench bench;
  bench.doom("POST", "/v1/appStoreVersions", Fate::unauthorized);
  ASSERT_TRUE(bench.store()->offers().version_records->create_version(candidate()));
  const auto sent = bench.sent();
  const auto posts = std::count_if(sent.begin(), sent.end(), [](const Sent& one) {
    return one.method == "POST" && one.path == "/v1/appStoreVersions";
  });
  EXPECT_EQ(posts, 2);
}

TEST(AppStoreLoss, ATokenRefusedTwiceIsAnAuthError) {
  AppStoreBench bench;
  bench.doom("GET", "/v1/apps", Fate::unauthorized, 2);
  const auto view = bench.store()->observe(*VersionName::parse("3.4.0"), Depth::summary);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().kind, ErrorKind::auth);
  EXPECT_NE(view.error().hint.find("key_id"), std::string::npos);
}

TEST(AppStoreLoss, AnAcceptedChangeIsWaitedForWhileListsAreStale) {
  AppStoreBench bench;
  bench.doom("GET", "/v1/appStoreVersions/", Fate::stale, 3);
  const auto store = bench.store();
  const auto started = bench.now();
  ASSERT_TRUE(store->offers().version_records->create_version(candidate()));
  EXPECT_GE(bench.now() - started, 6s) << "three stale looks, two seconds apart";
  EXPECT_EQ(bench.changes().size(), 2u);
}

TEST(AppStoreLoss, AFailedReadIsAnErrorAndNeverAnEmptyView) {
  AppStoreBench bench;
  bench.doom("GET", "/v1/apps/", Fate::server_error, 99);
  const auto view = bench.store()->observe(*VersionName::parse("3.4.0"), Depth::summary);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().kind, ErrorKind::unreachable);
}

}  // namespace
}  // namespace train::contract
