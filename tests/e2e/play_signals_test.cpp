// A release on Google Play that is judged by Google's own vitals: held while Google has no row of it, raised when it
// has, halted when its crash rate is bad.
#include <gmock/gmock.h>

#include <fstream>

#include "sandbox_fixture.hpp"

namespace train::e2e {
namespace {

using testing::HasSubstr;

class PlaySignals : public SandboxFixture {
 protected:
  // The example with Google's signals in place of its own.
  void use_vitals(const std::string& gates) const {
    const auto path = directory_ / "train.yaml";
    std::ifstream in(path);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto signals = text.find("signals:\n");
    const auto approvals = text.find("approvals:\n");
    ASSERT_NE(signals, std::string::npos);
    ASSERT_NE(approvals, std::string::npos);
    text.replace(
        signals, approvals - signals,
        "signals:\n"
        "  crashes: { source: play_vitals, metric: crashRate }\n"
        "  anrs: { source: play_vitals, metric: anrRate, period: hourly, credentials: \"file:keys/play.json\" }\n"
        "  stars: { source: play_reviews }\n"
        "gates:\n" +
            gates + "\n");
    std::ofstream(path) << text;
  }
  // To `until`, looking every `step`.
  void go_on_until(const std::string& until, const std::string& step) const {
    while (control("GET", "clock").at("now").get<std::string>() < until) {
      pass(step);
      train({"advance", "-q"});
    }
  }
  // What the android app waits for, asked anew: the log keeps changes only.
  std::string wait_of_android() const {
    std::string all;
    const auto plan = Json::parse(train({"plan", "-o", "json"}).out, nullptr, false);
    for (const auto& wait : plan["waits"]) {
      if (wait["app"] == "android") all += wait.value("detail", "") + "\n";
    }
    return all;
  }
  void start() const {
    ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
    sign_off();
    ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
  }
};

TEST_F(PlaySignals, HoldWithoutRowsPassWithThemAndHaltABadRelease) {
  use_vitals("  - { signal: crashes, limit: 1%, on_breach: pause }");
  start();
  // In review until 2026-12-01T09:00Z, one in the morning in Los Angeles; that day is told on 12-03 at 14:00Z.
  go_on_until("2026-12-03T13:00:00Z", "4h");
  EXPECT_EQ(percent_of("android"), 1) << "two days with nothing told";
  EXPECT_THAT(wait_of_android(), HasSubstr("has no row of version code 340"));
  go_on_until("2026-12-03T15:00:00Z", "2h");
  EXPECT_EQ(percent_of("android"), 5) << wait_of_android();
  control("POST", "health", {{"app", "android"}, {"version", "3.4.0"}, {"crash_rate", 0.05}});
  go_on_until("2026-12-05T13:00:00Z", "23h");
  EXPECT_EQ(percent_of("android"), 5) << "what is told is of the stage before";
  EXPECT_THAT(wait_of_android(), HasSubstr("before this stage began"));
  pass("2h");
  const auto halting = train({"advance"});
  EXPECT_EQ(halting.code, 3) << halting.err;
  EXPECT_THAT(status()["apps"].dump(), HasSubstr("\"verdict\":\"breach\""));
  EXPECT_THAT(train({"status"}).out, AllOf(HasSubstr("→ flag off: seconds"), HasSubstr("hotfix: a build")))
      << "the choice, once it is halted";
  EXPECT_EQ(store_state()["android"]["candidate"]["state"], "halted");
  expect_each_change_once();
}

TEST_F(PlaySignals, AStalledFeedHoldsWhatHadPassed) {
  use_vitals("  - { signal: crashes, limit: 1% }");
  start();
  go_on_until("2026-12-03T13:00:00Z", "4h");
  go_on_until("2026-12-03T15:00:00Z", "2h");
  ASSERT_EQ(percent_of("android"), 5) << wait_of_android();
  control("POST", "person", {{"app", "android"}, {"action", "stall_reporting"}});
  go_on_until("2026-12-07T15:00:00Z", "24h");
  EXPECT_EQ(percent_of("android"), 5);
  EXPECT_THAT(wait_of_android(), HasSubstr("allowed are 3d"));
}

TEST_F(PlaySignals, CheckAsksGoogleForItsSignals) {
  use_vitals("  - { signal: crashes, limit: 1% }\n  - { signal: anrs, limit: 1% }\n  - { signal: stars, limit: 30 }");
  const auto ran = train_here({"check", "-o", "json"});
  EXPECT_THAT(ran.out, HasSubstr("crashRate of version code 330, newest 0.2 %"));
  EXPECT_THAT(ran.out, HasSubstr("anrRate of version code 330, newest 0.1 %"));
  EXPECT_THAT(ran.out, HasSubstr("reviews of version code 330 with one or two stars"));
  EXPECT_THAT(ran.out, HasSubstr("not measured here, only for android: its gates ask nothing"));
  EXPECT_THAT(ran.out, HasSubstr("its stages rise by crashes, anrs, stars"));
  EXPECT_THAT(ran.out, HasSubstr("signal anrs")) << "the secret of its own";
}

}  // namespace
}  // namespace train::e2e
