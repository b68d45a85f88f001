// TestFlight: the App Store client and the built-in App Store, answers lost and refusals included.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "app_store_bench.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

sandbox::AppSetup tested_app(std::vector<std::string> groups = {"internal-qa", "field-beta"}) {
  sandbox::AppSetup setup;
  setup.name = "ios";
  setup.store_id = "com.example.charge";
  setup.live = VersionName::parse("3.3.0");
  setup.live_build = *BuildNumber::parse("330");
  setup.uploaded = VersionName::parse("3.4.0");
  setup.uploaded_build = *BuildNumber::parse("340");
  setup.testers = std::move(groups);
  return setup;
}

class TestFlight : public testing::Test {
 protected:
  TestFlight() { bench.app.testers = {"internal-qa", "field-beta"}; }

  // "internal-qa testing, field-beta in_review", of build `number`.
  std::string shown(const std::string& number = "340") {
    const auto view = bench.store()->observe(*VersionName::parse("3.4.0"), Depth::full);
    EXPECT_TRUE(view) << (view ? "" : view.error().text());
    std::string out;
    for (const auto& build : view ? view->builds : std::vector<SeenBuild>{}) {
      if (build.number != *BuildNumber::parse(number)) continue;
      for (const auto& seen : build.testers)
        out += (out.empty() ? "" : ", ") + seen.group + " " + std::string(to_string(seen.status));
    }
    return out;
  }
  Result<Done> give(const std::string& group, const Notes& texts = notes(), const std::string& build = "340") {
    return bench.store()->offers().testers->distribute(candidate("3.4.0", build), group, texts);
  }
  void add_build(const std::string& number, const std::string& encryption = "") {
    bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", number}, {"encryption", encryption}});
    bench.pass(15min);
  }

  AppStoreBench bench{tested_app()};
};

#define EXPECT_GIVEN(call)                          \
  do {                                              \
    const auto result_ = (call);                    \
    EXPECT_TRUE(result_) << result_.error().text(); \
  } while (false)

TEST_F(TestFlight, TakesABuildToEveryGroupInItsTurn) {
  EXPECT_EQ(shown(), "internal-qa absent, field-beta absent");
  EXPECT_GIVEN(give("internal-qa"));
  EXPECT_EQ(shown(), "internal-qa testing, field-beta absent");
  EXPECT_GIVEN(give("field-beta"));
  EXPECT_EQ(shown(), "internal-qa testing, field-beta in_review");
  bench.pass(1h);
  EXPECT_EQ(shown(), "internal-qa testing, field-beta in_review");
  bench.pass(7h);
  EXPECT_EQ(shown(), "internal-qa testing, field-beta untold");
  EXPECT_GIVEN(give("field-beta"));
  EXPECT_EQ(shown(), "internal-qa testing, field-beta testing");
  EXPECT_THAT(bench.changes(),
              ElementsAre(StartsWith("app-store/3.4.0 build 340 what to test de-DE"),
                          StartsWith("app-store/3.4.0 build 340 what to test en-US"),
                          "app-store/3.4.0 build 340 to internal-qa", "app-store/3.4.0 build 340 to field-beta",
                          "app-store/3.4.0 build 340 to beta review", "app-store/3.4.0 build 340 testers told"));
}

TEST_F(TestFlight, EverythingAskedTwiceIsDoneOnce) {
  for (const auto* group : {"internal-qa", "field-beta"}) EXPECT_GIVEN(give(group));
  bench.pass(8h);
  EXPECT_GIVEN(give("field-beta"));
  const auto writes = bench.writes();
  for (const auto* group : {"internal-qa", "field-beta"}) EXPECT_GIVEN(give(group));
  EXPECT_EQ(bench.writes(), writes);
}

TEST_F(TestFlight, ApplesOwnNoticeIsNotRepeated) {
  const auto view = bench.store()->observe(*VersionName::parse("3.4.0"), Depth::full);
  ASSERT_TRUE(view);
  EXPECT_GIVEN(give("field-beta"));
  ASSERT_EQ(bench.person({{"action", "beta_auto_notify"}, {"build", "340"}}),
            "app-store/3.4.0 build 340 beta tells by itself");
  bench.pass(8h);
  EXPECT_EQ(shown(), "internal-qa absent, field-beta testing");
  const auto writes = bench.writes();
  EXPECT_GIVEN(give("field-beta"));
  EXPECT_EQ(bench.writes(), writes);
}

TEST_F(TestFlight, ALookAtTestersCostsNoMoreThanItMust) {
  const auto store = bench.store();
  const auto look = [&](Depth how) {
    bench.forget();
    EXPECT_TRUE(store->observe(*VersionName::parse("3.4.0"), how));
    return bench.sent().size();
  };
  EXPECT_EQ(look(Depth::summary), 2u) << "the app, its versions";
  EXPECT_EQ(look(Depth::summary), 1u);
  EXPECT_EQ(look(Depth::full), 3u) << "versions, builds, and the groups that do not have it";
  EXPECT_GIVEN(give("internal-qa"));
  EXPECT_GIVEN(give("field-beta"));
  EXPECT_EQ(look(Depth::full), 2u) << "the build's own groups are all there are to know";
}

TEST_F(TestFlight, AMissingGroupNamesThoseThereAre) {
  bench.app.testers = {"internal-qa", "beta"};
  EXPECT_EQ(shown(), "internal-qa absent, beta no_group");
  const auto done = give("beta");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::not_found);
  EXPECT_THAT(done.error().text(), HasSubstr("it has internal-qa, field-beta"));
  EXPECT_EQ(bench.writes(), 0u);
}

TEST_F(TestFlight, CheckSaysWhetherTheGroupsAreThere) {
  const auto line = [&] { return bench.store()->probe()->back(); };
  EXPECT_TRUE(line().ok);
  EXPECT_THAT(line().detail, HasSubstr("internal-qa, field-beta"));
  bench.app.testers = {"field-beta", "crew"};
  EXPECT_FALSE(line().ok);
  EXPECT_THAT(line().detail, HasSubstr("has no TestFlight group crew; it has internal-qa, field-beta"));
}

TEST_F(TestFlight, ANameWithACommaIsOneName) {
  AppStoreBench other(tested_app({"internal, all", "internal"}));
  other.app.testers = {"internal, all"};
  EXPECT_GIVEN(other.store()->offers().testers->distribute(candidate(), "internal, all", {}));
  EXPECT_THAT(other.changes(), ElementsAre("app-store/3.4.0 build 340 to internal, all"));
}

TEST_F(TestFlight, TextsAppleRefusesAreNamedBeforeAnyCall) {
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"Faster \xF0\x9F\x9A\x80", "emoji"}, {"a < b", "sign <"}, {std::string(4001, 'x'), "4001 bytes"}}) {
    const auto done = give("internal-qa", {{"en-US", text}});
    ASSERT_FALSE(done) << why;
    EXPECT_EQ(done.error().kind, ErrorKind::refused);
    EXPECT_THAT(done.error().text(), HasSubstr(why));
    EXPECT_THAT(done.error().text(), HasSubstr("en-US"));
  }
  EXPECT_THAT(bench.sent(), IsEmpty());
}

TEST_F(TestFlight, ANewTextReplacesTheOldOne) {
  EXPECT_GIVEN(give("internal-qa", {{"en-US", "One."}}));
  EXPECT_GIVEN(give("internal-qa", {{"en-US", "Two."}}));
  EXPECT_EQ(bench.changes().size(), 3u) << testing::PrintToString(bench.changes());
}

TEST_F(TestFlight, AnotherBuildInReviewIsWaitedForAndNeverExpired) {
  add_build("341");
  ASSERT_EQ(bench.person({{"action", "beta_submit"}, {"build", "340"}}), "app-store/3.4.0 build 340 beta review");
  EXPECT_GIVEN(give("field-beta", notes(), "341"));
  EXPECT_EQ(shown("341"), "internal-qa absent, field-beta queued");
  bench.pass(8h);
  EXPECT_EQ(shown("341"), "internal-qa absent, field-beta unsubmitted");
  EXPECT_GIVEN(give("field-beta", notes(), "341"));
  EXPECT_EQ(shown("341"), "internal-qa absent, field-beta in_review");
  for (const auto& sent : bench.sent()) EXPECT_THAT(sent.body, testing::Not(HasSubstr("expired")));
}

TEST_F(TestFlight, ARejectedBetaReviewIsSaid) {
  EXPECT_GIVEN(give("field-beta"));
  ASSERT_EQ(bench.person({{"action", "beta_review"}, {"build", "340"}, {"outcome", "rejected"}}),
            "app-store/3.4.0 build 340 beta rejected");
  EXPECT_EQ(shown(), "internal-qa absent, field-beta rejected");
}

TEST_F(TestFlight, ExportComplianceIsAnsweredFromTheDefinitionOnly) {
  add_build("341", "unanswered");
  EXPECT_EQ(shown("341"), "internal-qa absent, field-beta absent") << "the definition answers it";
  std::get<AppStoreApp>(bench.app.part).uses_non_exempt_encryption.reset();
  EXPECT_EQ(shown("341"), "internal-qa blocked, field-beta blocked");
  const auto refused = give("internal-qa", notes(), "341");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("MISSING_EXPORT_COMPLIANCE"));
  EXPECT_EQ(bench.writes(), 0u);
  std::get<AppStoreApp>(bench.app.part).uses_non_exempt_encryption = false;
  EXPECT_GIVEN(give("internal-qa", notes(), "341"));
  EXPECT_EQ(shown("341"), "internal-qa testing, field-beta absent");
}

TEST_F(TestFlight, ABuildThatIsNotReadyIsRefusedWithItsState) {
  bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}});
  const auto processing = give("internal-qa", notes(), "341");
  ASSERT_FALSE(processing);
  EXPECT_THAT(processing.error().text(), HasSubstr("PROCESSING"));
  const auto absent = give("internal-qa", notes(), "999");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::not_found);
  EXPECT_EQ(bench.writes(), 0u);
}

// ---- lost answers

struct BetaWrite {
  std::string name;
  std::string method;
  std::string path;
};

struct BetaLoss {
  std::string name;
  Fate fate;
};

void PrintTo(const BetaLoss& loss, std::ostream* out) { *out << loss.name; }
void PrintTo(const BetaWrite& write, std::ostream* out) { *out << write.name; }

class TestFlightLoses : public testing::TestWithParam<std::tuple<BetaWrite, BetaLoss>> {};

TEST_P(TestFlightLoses, NothingAndDoublesNothing) {
  const auto& [write, loss] = GetParam();
  AppStoreBench bench(tested_app());
  bench.app.testers = {"internal-qa", "field-beta"};
  bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}, {"encryption", "unanswered"}});
  bench.pass(15min);
  bench.doom(write.method, write.path, loss.fate);
  for (const auto* group : {"internal-qa", "field-beta", "field-beta"}) {
    auto done = bench.store()->offers().testers->distribute(candidate("3.4.0", "341"), group, notes());
    if (!done) {
      ASSERT_EQ(done.error().kind, ErrorKind::unknown_outcome) << done.error().text();
      done = bench.store()->offers().testers->distribute(candidate("3.4.0", "341"), group, notes());
    }
    ASSERT_TRUE(done) << group << ": " << done.error().text();
    bench.pass(8h);
  }
  EXPECT_TRUE(bench.every_doom_came());
  const auto changes = bench.changes();
  EXPECT_EQ(changes.size(), 7u) << testing::PrintToString(changes);
  const std::set<std::string> different(changes.begin(), changes.end());
  EXPECT_EQ(different.size(), changes.size()) << testing::PrintToString(changes);
}

INSTANTIATE_TEST_SUITE_P(, TestFlightLoses,
                         testing::Combine(testing::Values(BetaWrite{"compliance", "PATCH", "/v1/builds/"},
                                                          BetaWrite{"new_text", "POST", "/v1/betaBuildLocalizations"},
                                                          BetaWrite{"text", "PATCH", "/v1/betaBuildLocalizations/"},
                                                          BetaWrite{"group", "POST", "/v1/betaGroups/"},
                                                          BetaWrite{"review", "POST", "/v1/betaAppReviewSubmissions"},
                                                          BetaWrite{"notice", "POST", "/v1/buildBetaNotifications"}),
                                          testing::Values(BetaLoss{"after_effect", Fate::lost_after_effect},
                                                          BetaLoss{"before_effect", Fate::lost_before_effect},
                                                          BetaLoss{"half_an_answer", Fate::half},
                                                          BetaLoss{"server_error", Fate::server_error},
                                                          BetaLoss{"token_refused_once", Fate::unauthorized})),
                         [](const auto& row) {
                           return std::get<0>(row.param).name + "_" + std::get<1>(row.param).name;
                         });

TEST_F(TestFlight, AnAcceptedChangeIsWaitedForWhileListsAreStale) {
  bench.doom("GET", "/v1/builds", Fate::stale, 3);
  EXPECT_GIVEN(give("internal-qa"));
  const auto changes = bench.changes();
  EXPECT_EQ(std::count(changes.begin(), changes.end(), "app-store/3.4.0 build 340 to internal-qa"), 1);
}

}  // namespace
}  // namespace train::contract
