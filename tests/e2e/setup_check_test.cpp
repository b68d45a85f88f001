// `train check` against the sandbox: all well, refused credentials, a signal without an answer, a torn kill switch.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "setup_fixture.hpp"
#include "train/base/files.hpp"

namespace train::e2e {
namespace {

using testing::HasSubstr;

class Preflight : public Workplace {
 protected:
  Preflight() : sandbox_(start_sandbox()) {
    const auto written = sandbox::write_example(*sandbox_, directory_);
    EXPECT_TRUE(written) << (written ? "" : written.error().message);
    set("TRAIN_CLOCK", sandbox_->url() + "/_sandbox/clock");
  }

  nlohmann::json check(int wanted_code) {
    const auto ran = train({"check", "-o", "json"});
    EXPECT_EQ(ran.exit_code, wanted_code) << ran.out << ran.err;
    auto json = nlohmann::json::parse(ran.out, nullptr, false);
    EXPECT_TRUE(json.is_object()) << ran.out;
    return json;
  }

  static nlohmann::json line(const nlohmann::json& document, const std::string& group, const std::string& what) {
    for (const auto& each : document.value("lines", nlohmann::json::array())) {
      if (each["group"] == group && each["what"] == what) return each;
    }
    ADD_FAILURE() << "no line " << group << " / " << what << " in " << document.dump(1);
    return {};
  }

  std::unique_ptr<sandbox::Sandbox> sandbox_;
};

TEST_F(Preflight, TheExampleIsReady) {
  const auto document = check(0);
  EXPECT_EQ(document["schema"], "train.check/1");
  EXPECT_EQ(document["ok"], true);
  EXPECT_THAT(line(document, "ios on the App Store", "live version")["detail"].get<std::string>(), HasSubstr("3.3.0"));
  EXPECT_THAT(line(document, "android on Google Play", "live version")["detail"].get<std::string>(),
              HasSubstr("3.3.0"));
  EXPECT_EQ(line(document, "Signals", "ios crashes")["result"], "ok");
  EXPECT_EQ(line(document, "Signals", "android crashes")["result"], "ok");
  EXPECT_EQ(line(document, "Way back", "flag new_checkout")["detail"], "is true, off is false");
  EXPECT_EQ(line(document, "Gates", "android")["result"], "ok");
  EXPECT_EQ(line(document, "Schedule", "ios ticks")["result"], "ok");
}

TEST_F(Preflight, ACommandBehindASecretIsRunOnce) {
  write("ask.sh", "echo asked >> asked\ncat keys/key-id\n");
  const auto file = directory_ / "train.yaml";
  auto text = train::read_file(file, 1 << 20).value();
  const std::string named = "\"file:keys/key-id\"";
  ASSERT_NE(text.find(named), std::string::npos);
  write("train.yaml", text.replace(text.find(named), named.size(), "\"exec:sh ask.sh\""));
  check(0);
  EXPECT_EQ(train::read_file(directory_ / "asked", 100).value(), "asked\n");
}

TEST_F(Preflight, WritesNothingThatStays) {
  check(0);
  const auto answer = sandbox_->control("GET", "/_sandbox/calls", "");
  const auto calls = nlohmann::json::parse(answer.body, nullptr, false);
  ASSERT_TRUE(calls.is_array()) << answer.body;
  EXPECT_GT(calls.size(), 4U);
  for (const auto& call : calls) EXPECT_EQ(call["effect"], false) << call.dump();
  EXPECT_FALSE(fs::exists(directory_ / ".train"));
}

TEST_F(Preflight, OfflineAsksNobody) {
  set("TRAIN_CLOCK", "");
  EXPECT_EQ(train({"check", "--offline"}).exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(sandbox_->control("GET", "/_sandbox/calls", "").body, nullptr, false),
            nlohmann::json::array());
}

TEST_F(Preflight, RefusedCredentialsAreExitFive) {
  write("keys/key-id", "SOMEONEELSE\n");
  const auto document = check(5);
  EXPECT_EQ(document["ok"], false);
  EXPECT_THAT(line(document, "android on Google Play", "live version")["result"], "ok")
      << "the others are still checked";
}

TEST_F(Preflight, ASignalWithoutAnAnswerIsExitOne) {
  sandbox_->control("POST", "/_sandbox/health", R"({"app":"android","version":"3.3.0","silent":true})");
  const auto document = check(1);
  EXPECT_EQ(line(document, "Signals", "android crashes")["result"], "failed");
  EXPECT_EQ(line(document, "Signals", "ios crashes")["result"], "ok");
}

TEST_F(Preflight, AKillSwitchThatCannotBeReadIsExitOne) {
  write("flags.json", "{ torn");
  EXPECT_EQ(line(check(1), "Way back", "flag new_checkout")["result"], "failed");
}

TEST_F(Preflight, ADamagedLogIsExitOne) {
  write(".train/charge/log.jsonl", "{\"seq\":1}\n{\"seq\":2}\n");
  const auto document = check(1);
  EXPECT_EQ(line(document, "State", "log")["result"], "failed");
  EXPECT_EQ(line(document, "State", "launch risks")["result"], "failed");
}

TEST_F(Preflight, OnACiRunnerALocalLogIsAWarning) {
  set("CI", "true");
  EXPECT_EQ(line(check(0), "State", "place")["result"], "warning");
}

TEST_F(Preflight, AStoreThatIsDownIsExitOne) {
  sandbox_->control("POST", "/_sandbox/faults", R"({"path":"/app-store","times":0,"fault":"drop_before_effect"})");
  const auto document = check(1);
  const auto halt = line(document, "Way back", "ios halt");
  EXPECT_EQ(halt["result"], "failed");
  EXPECT_THAT(halt["detail"].get<std::string>(), HasSubstr("the App Store could not be asked which version is live"));
  EXPECT_EQ(line(document, "Way back", "android halt")["result"], "ok");
  EXPECT_EQ(line(document, "Signals", "ios crashes")["result"], "failed");
}

}  // namespace
}  // namespace train::e2e
