// How the client behaves towards Apple: tokens, pages, the budget of requests, and answers that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app_store_script.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;
using stores::app_store::Api;
using testing::HasSubstr;
using testing::Not;

constexpr auto k_agreements =
    R"({"errors":[{"status":"403","code":"FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED","title":"no"}]})";
constexpr auto k_unauthorized = R"({"errors":[{"status":"401","code":"NOT_AUTHORIZED","title":"no"}]})";
constexpr auto k_too_many = R"({"errors":[{"status":"429","code":"RATE_LIMIT_EXCEEDED","title":"no"}]})";

std::vector<std::pair<std::string, std::string>> told_rate(int hour_left, int minute_left = 150) {
  return {{"X-Rate-Limit", "user-hour-lim:3600;user-hour-rem:" + std::to_string(hour_left) +
                               ";user-minute-lim:150;user-minute-rem:" + std::to_string(minute_left)}};
}

auto read_apps(Api& api) { return api.get("/v1/apps", {}, "read the apps"); }
auto write_version(Api& api) { return api.write(http::Method::post, "/v1/appStoreVersions", "{}", "create 3.4.0"); }

// ---- tokens

TEST(AppStoreManners, ATokenIsReusedAndMintedAgainDuringALongWait) {
  AppStoreScript script;
  auto api = script.api();
  ASSERT_TRUE(read_apps(api));
  ASSERT_TRUE(read_apps(api));
  script.wait_until(script.now() + 1h);
  ASSERT_TRUE(read_apps(api));
  const auto asked = script.asked();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].token, asked[1].token);
  EXPECT_NE(asked[1].token, asked[2].token);
}

TEST(AppStoreManners, AReadBackThatTakesLongerThanATokenLivesGoesOn) {
  AppStoreScript script;
  auto api = script.api();
  int looks = 0;
  const auto shown = api.wait_for(25min, [&]() -> Result<bool> {
    const auto seen = read_apps(api);
    if (!seen) return tl::unexpected(seen.error());
    return ++looks == 700;
  });
  ASSERT_TRUE(shown) << shown.error().text();
  EXPECT_TRUE(*shown);
  std::set<std::string> tokens;
  for (const auto& asked : script.asked()) tokens.insert(asked.token);
  EXPECT_EQ(tokens.size(), 3u) << "23 minutes, each token good for eight";
}

struct SkewCase {
  std::string name;
  Duration their_clock;
  std::string says;    // in the message
  std::string advice;  // in the hint
};

void PrintTo(const SkewCase& row, std::ostream* out) { *out << row.name; }

class AppStoreClock : public testing::TestWithParam<SkewCase> {};

TEST_P(AppStoreClock, ExplainsARefusedKey) {
  AppStoreScript script;
  script.set_their_clock(GetParam().their_clock);
  script.answer({401, k_unauthorized});
  auto api = script.api();
  const auto seen = read_apps(api);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::auth);
  EXPECT_THAT(seen.error().message, HasSubstr("A new token of key KEY1234567 was refused like the first."));
  EXPECT_THAT(seen.error().message, HasSubstr(GetParam().says));
  EXPECT_THAT(seen.error().hint, HasSubstr(GetParam().advice));
  EXPECT_EQ(script.asked().size(), 2u);
  EXPECT_NE(script.asked()[0].token, script.asked()[1].token);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreClock,
    testing::Values(SkewCase{"ahead", -7min, "this machine's clock is 7m ahead of Apple's", "Set the clock by NTP"},
                    SkewCase{"behind", 20min, "this machine's clock is 20m behind Apple's", "Set the clock by NTP"},
                    SkewCase{"a_little", 40s, "this machine's clock is 40s behind Apple's", "still active"},
                    SkewCase{"not_at_all", 0s, "like the first.", "still active"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreManners, AClockThatAgreesIsNotBlamed) {
  AppStoreScript script;
  script.answer({401, k_unauthorized});
  auto api = script.api();
  EXPECT_THAT(read_apps(api).error().message, Not(HasSubstr("clock is")));
}

TEST(AppStoreManners, CheckNamesAClockThatIsOffEvenWhileItWorks) {
  for (const auto& [their_clock, lines] :
       std::vector<std::pair<Duration, int>>{{0s, 0}, {-20s, 0}, {-45s, 1}, {5min, 1}}) {
    AppStoreScript script;
    script.set_their_clock(their_clock);
    const auto probes = script.store()->probe();
    ASSERT_TRUE(probes);
    const auto clocks = std::count_if(probes->begin(), probes->end(), [](const Store::Probe& probe) {
      return probe.what == "clock" && probe.ok && probe.worth_a_look;
    });
    EXPECT_EQ(clocks, lines) << their_clock.count();
  }
}

// ---- pages

TEST(AppStoreManners, PagesAreJoined) {
  AppStoreScript script;
  script.answer({200, R"({"data":[1],"links":{"next":")" + script.endpoint() + R"(/v1/apps?cursor=b"}})"});
  script.answer({200, R"({"data":[2,3]})"});
  auto api = script.api();
  const auto all = api.get_all("/v1/apps", {{"limit", "1"}}, "read the apps");
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_EQ(all->at("data").dump(), "[1,2,3]");
  EXPECT_EQ(script.asked()[1].target, "/v1/apps?cursor=b") << "followed as it stands, nothing added";
}

struct NextCase {
  std::string name;
  std::string next;  // HERE stands for the endpoint
  std::size_t asked;
};

void PrintTo(const NextCase& row, std::ostream* out) { *out << row.name; }

class AppStoreNextPage : public testing::TestWithParam<NextCase> {};

TEST_P(AppStoreNextPage, IsNotFollowedAnywhere) {
  AppStoreScript script;
  AppStoreScript elsewhere;
  auto next = GetParam().next;
  if (const auto at = next.find("HERE"); at != std::string::npos) next.replace(at, 4, script.endpoint());
  if (const auto at = next.find("THERE"); at != std::string::npos) next.replace(at, 5, elsewhere.endpoint());
  script.answer({200, R"({"data":[1],"links":{"next":")" + next + R"("}})"});
  auto api = script.api();
  const auto all = api.get_all("/v1/apps", {{"limit", "1"}}, "read the apps");
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().kind, ErrorKind::invalid_answer);
  EXPECT_THAT(all.error().message, HasSubstr("next page is not followed"));
  EXPECT_EQ(script.asked().size(), GetParam().asked);
  EXPECT_TRUE(elsewhere.asked().empty()) << "the token must not go there";
}

INSTANTIATE_TEST_SUITE_P(, AppStoreNextPage,
                         testing::Values(NextCase{"another_host", "https://api.example.net/v1/apps?cursor=b", 1},
                                         NextCase{"another_port", "THERE/v1/apps?cursor=b", 1},
                                         NextCase{"a_host_that_begins_alike", "HERE.example.net/v1/apps?cursor=b", 1},
                                         NextCase{"a_user_before_the_host", "HERE@example.net/v1/apps?cursor=b", 1},
                                         NextCase{"another_scheme", "ftp://127.0.0.1/v1/apps?cursor=b", 1},
                                         NextCase{"a_path_alone", "/v1/apps?cursor=b", 1},
                                         NextCase{"another_api", "HERE/v9/apps", 1},
                                         NextCase{"the_first_page_again", "HERE/v1/apps?limit=1", 1},
                                         NextCase{"a_page_that_names_itself", "HERE/v1/apps?cursor=b", 2}),
                         [](const auto& row) { return row.param.name; });

// ---- the budget of requests

TEST(AppStoreManners, OrdinaryRequestsStopAtTheReserve) {
  AppStoreScript script;
  script.answer({200, R"({"data":[]})", told_rate(12)});
  auto api = script.api();
  ASSERT_TRUE(read_apps(api)) << "nobody has told yet";
  const auto refused = read_apps(api);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(refused.error().message, HasSubstr("12 of 3600 left, 60 are kept for a halt; next look at about"));
  EXPECT_EQ(write_version(api).certainty, stores::app_store::Written::Certainty::refused);
  EXPECT_EQ(script.asked().size(), 1u) << "nothing was sent";
  {
    const Api::Reserve reserve(api);
    EXPECT_TRUE(read_apps(api));
    EXPECT_EQ(write_version(api).certainty, stores::app_store::Written::Certainty::accepted);
  }
  EXPECT_FALSE(read_apps(api)) << "only while it lives";
  script.wait_until(script.now() + 15min);
  EXPECT_TRUE(read_apps(api)) << "a rolling hour frees some: it is asked again";
}

TEST(AppStoreManners, AHaltSpendsTheReserveAndASubmissionDoesNot) {
  AppStoreScript script;
  script.answer(
      {200, R"({"data":[{"type":"apps","id":"1","attributes":{"bundleId":"com.example.charge"}}]})", told_rate(5)});
  const auto phase =
      R"({"type":"appStoreVersionPhasedReleases","id":"8","attributes":{"phasedReleaseState":"PAUSED","currentDayNumber":2}})";
  script.answer(
      {200,
       R"({"data":[{"type":"appStoreVersions","id":"7","attributes":{"versionString":"3.4.0","appVersionState":)"
       R"("READY_FOR_DISTRIBUTION"},"relationships":{"appStoreVersionPhasedRelease":{"data":{"type":)"
       R"("appStoreVersionPhasedReleases","id":"8"}}}}],"included":[)" +
           std::string(phase) + "]}",
       told_rate(4)});
  const auto store = script.store();
  const Candidate candidate{*VersionName::parse("3.4.0"), *BuildNumber::parse("340")};
  const auto view = store->observe(candidate.version, Depth::summary);
  ASSERT_TRUE(view) << view.error().text();
  ASSERT_TRUE(view->budget);
  EXPECT_EQ(view->budget->left, 4);
  EXPECT_TRUE(store->halt(candidate)) << "it is paused already, and the look that tells so is allowed";
  const auto asked = script.asked().size();
  const auto submitted = store->offers().review->submit(candidate);
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(submitted.error().message, HasSubstr("kept for a halt"));
  EXPECT_EQ(script.asked().size(), asked) << "nothing was sent";
}

TEST(AppStoreManners, ASpentMinuteIsWaitedOut) {
  AppStoreScript script;
  script.answer({200, R"({"data":[]})", told_rate(3000, 9)});
  script.answer({200, R"({"data":[]})", told_rate(3000, 149)});
  auto api = script.api();
  const auto started = script.now();
  ASSERT_TRUE(read_apps(api));
  {
    const Api::Reserve reserve(api);
    ASSERT_TRUE(read_apps(api));
    EXPECT_EQ(script.now(), started) << "a halt does not wait";
  }
  AppStoreScript other;
  other.answer({200, R"({"data":[]})", told_rate(3000, 9)});
  other.answer({200, R"({"data":[]})", told_rate(3000, 149)});
  auto ordinary = other.api();
  ASSERT_TRUE(read_apps(ordinary));
  ASSERT_TRUE(read_apps(ordinary));
  EXPECT_EQ(other.now() - started, 60s);
}

TEST(AppStoreManners, ARefusalOfTheMinuteIsReadAgainAMinuteLater) {
  AppStoreScript script;
  for (int i = 0; i < 3; ++i) script.answer({429, k_too_many, told_rate(3000, 0)});
  script.answer({200, R"({"data":[]})", told_rate(3000, 149)});
  auto api = script.api();
  const auto started = script.now();
  ASSERT_TRUE(read_apps(api));
  EXPECT_GE(script.now() - started, 60s);
  EXPECT_EQ(script.asked().size(), 4u);
}

TEST(AppStoreManners, ARefusalThatStaysEndsWithinBounds) {
  AppStoreScript script;
  script.answer({429, k_too_many, told_rate(3000, 0)});
  auto api = script.api();
  const auto started = script.now();
  ASSERT_FALSE(read_apps(api));
  EXPECT_LE(script.now() - started, 2min);
  EXPECT_EQ(script.asked().size(), 6u);
}

TEST(AppStoreManners, AnHourToWaitIsSaidAndNotSlept) {
  AppStoreScript script;
  auto headers = told_rate(0, 149);
  headers.emplace_back("Retry-After", "3600");
  script.answer({429, k_too_many, headers});
  auto api = script.api();
  const auto started = script.now();
  const auto seen = read_apps(api);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(seen.error().hint, HasSubstr("Run it again at about"));
  EXPECT_THAT(seen.error().hint, HasSubstr("(in 1h)"));
  EXPECT_EQ(script.now(), started);
  EXPECT_EQ(script.asked().size(), 1u);
}

TEST(AppStoreManners, AWriteThatWasOneTooManyIsSentOnce) {
  AppStoreScript script;
  script.answer({429, k_too_many, told_rate(3000, 0)});
  auto api = script.api();
  const auto written = write_version(api);
  EXPECT_EQ(written.certainty, stores::app_store::Written::Certainty::refused);
  EXPECT_EQ(written.error.kind, ErrorKind::rate_limited);
  EXPECT_EQ(script.asked().size(), 1u);
}

// ---- answers

TEST(AppStoreManners, AnAgreementThatPassesByItselfIsReadAgain) {
  AppStoreScript script;
  script.answer({403, k_agreements});
  script.answer({200, R"({"data":[]})"});
  auto api = script.api();
  EXPECT_TRUE(read_apps(api));
  EXPECT_EQ(script.asked().size(), 2u);
}

TEST(AppStoreManners, AnAgreementThatStaysNamesWhoMustSign) {
  AppStoreScript script;
  script.answer({403, k_agreements});
  auto api = script.api();
  const auto seen = read_apps(api);
  ASSERT_FALSE(seen);
  EXPECT_THAT(seen.error().hint, HasSubstr("Account Holder"));
  EXPECT_EQ(script.asked().size(), 2u);
  EXPECT_EQ(write_version(api).certainty, stores::app_store::Written::Certainty::refused);
  EXPECT_EQ(script.asked().size(), 3u) << "a write is not tried again";
}

TEST(AppStoreManners, AWriteThatSucceededWithErrorsIsReadBack) {
  AppStoreScript script;
  script.answer({201, R"({"data":{"type":"appStoreVersions","id":"7"},"errors":[{"code":"UNEXPECTED_ERROR"}]})"});
  auto api = script.api();
  const auto written = write_version(api);
  EXPECT_EQ(written.certainty, stores::app_store::Written::Certainty::doubtful);
  int looks = 0;
  const auto settled = api.settle(
      written, [&]() -> Result<bool> { return ++looks == 3; }, "create 3.4.0");
  EXPECT_TRUE(settled) << settled.error().text();
  EXPECT_EQ(looks, 3);
}

TEST(AppStoreManners, ReadingBackEndsWhereWaitingCannotHelp) {
  AppStoreScript script;
  script.answer({201, R"({"data":{"type":"appStoreVersions","id":"7"}})"});
  script.answer({401, k_unauthorized});
  auto api = script.api();
  const auto written = write_version(api);
  const auto started = script.now();
  const auto settled = api.settle(
      written, [&]() -> Result<bool> { return read_apps(api).map([](const nlohmann::json&) { return true; }); },
      "create 3.4.0");
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind, ErrorKind::unknown_outcome);
  EXPECT_EQ(script.now(), started) << "a refused key is refused in a minute, too";
  EXPECT_THAT(settled.error().message, HasSubstr("token was not accepted"));
}

}  // namespace
}  // namespace train::contract
