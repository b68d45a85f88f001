// App recovery by the command line: what it shows, what it wants confirmed, and its exit codes.
#include <fstream>

#include "sandbox_fixture.hpp"

namespace train::e2e {
namespace {

class RecoveryCommand : public SandboxFixture {
 protected:
  static constexpr const char* k_id = "4611000000000000001";
  static constexpr const char* k_why = "loses payments";

  Json document(const std::vector<std::string>& arguments) const {
    auto words = arguments;
    words.insert(words.end(), {"-o", "json"});
    const auto ran = train(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return Json::parse(ran.out, nullptr, false);
  }
  // 3.4.0 goes to a fifth; 3.3.0 (330) is what its users shall leave.
  void SetUp() override {
    SandboxFixture::SetUp();
    std::ofstream(directory_ / "train.yaml", std::ios::app)
        << "people: { members: { ana: { roles: [release_manager] }, ben: { roles: [qa] } } }\n";
    ::setenv("TRAIN_AS", "ana", 1);
    control("POST", "person",
            {{"app", "android"}, {"action", "rollout"}, {"version", "3.4.0"}, {"build", "340"}, {"percent", 20}});
  }
  void TearDown() override {
    ::unsetenv("TRAIN_AS");
    SandboxFixture::TearDown();
  }
  // Each intent with who asked and why, each outcome with its result.
  std::vector<std::string> logged() const {
    std::vector<std::string> out;
    const auto log = document({"log"});
    for (const auto& event : log["events"]) {
      const std::string by = " by " + event["by"].get<std::string>();
      if (event["kind"] == "intent")
        out.push_back(event["data"]["step"]["action"].get<std::string>() + by + ": " + event["data"].value("why", ""));
      if (event["kind"] == "outcome") out.push_back(event["data"]["result"].get<std::string>() + by);
    }
    return out;
  }
  std::vector<std::string> recovery_changes() const {
    std::vector<std::string> out;
    for (const auto& change : changes()) {
      if (change.find("play/recovery/") == 0) out.push_back(change.substr(change.find(' ') + 1));
    }
    return out;
  }
};

TEST_F(RecoveryCommand, TakesUsersOffABuildAndTellsHowFarItIs) {
  const auto draft = document({"recovery", "prepare", "android", "--build", "330", "--region", "DE", "--why", k_why});
  EXPECT_EQ(draft["schema"], "train.recovery/1");
  EXPECT_EQ(draft["recoveries"][0]["id"], k_id);
  EXPECT_EQ(draft["recoveries"][0]["state"], "draft");
  EXPECT_EQ(draft["recoveries"][0]["deployed"], nullptr);
  const auto out = document({"recovery", "deploy", "android", k_id, "--build", "330", "--why", k_why, "--yes"});
  EXPECT_EQ(out["recoveries"][0]["state"], "active");
  pass("24h");
  const auto shown = train({"recovery", "list", "android", "--build", "330"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("build 330: 4000 of 8000 devices have left it"), std::string::npos) << shown.out;
  document({"recovery", "widen", "android", k_id, "--build", "330", "--region", "FR", "--why", k_why, "--yes"});
  const auto over = document({"recovery", "cancel", "android", k_id, "--build", "330", "--why", k_why, "--yes"});
  EXPECT_EQ(over["recoveries"][0]["state"], "cancelled");
  EXPECT_EQ(over["recoveries"][0]["progress"][0]["recovered"], 8000);
  EXPECT_EQ(recovery_changes().size(), 4u);
  EXPECT_EQ(logged(), (std::vector<std::string>{"prepare_recovery by ana: loses payments", "done by ana",
                                                "deploy_recovery by ana: loses payments", "done by ana",
                                                "widen_recovery by ana: loses payments", "done by ana",
                                                "cancel_recovery by ana: loses payments", "done by ana"}));
}

TEST_F(RecoveryCommand, AnswerThatIsLostIsSettledAndSaid) {
  control("POST", "faults",
          {{"path", "/play/androidpublisher/v3/applications/com.example.charge/appRecoveries"},
           {"method", "POST"},
           {"times", 1},
           {"fault", "drop_after_effect"}});
  const auto ran = train({"recovery", "prepare", "android", "--build", "330", "--everybody", "--why", k_why});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.err.find("had taken effect"), std::string::npos) << ran.err;
  EXPECT_EQ(recovery_changes(), std::vector<std::string>{"DRAFT"});
}

struct BadRecovery {
  const char* name;
  std::vector<std::string> arguments;
  int code;
  const char* says;
};
void PrintTo(const BadRecovery& row, std::ostream* out) { *out << row.name; }
class RecoveryRefused : public RecoveryCommand, public testing::WithParamInterface<BadRecovery> {};

TEST_P(RecoveryRefused, SaysWhyAndChangesNothing) {
  ASSERT_EQ(train({"recovery", "prepare", "android", "--build", "330", "--region", "DE", "--why", "coins", "-q"}).code,
            0);
  std::vector<std::string> words{"recovery"};
  words.insert(words.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const auto ran = train(words);
  EXPECT_EQ(ran.code, GetParam().code) << ran.out << ran.err;
  EXPECT_NE(ran.err.find(GetParam().says), std::string::npos) << ran.err;
  EXPECT_EQ(recovery_changes(), std::vector<std::string>{"DRAFT"});
}

INSTANTIATE_TEST_SUITE_P(
    , RecoveryRefused,
    testing::Values(
        BadRecovery{"no_reason", {"deploy", "android", "4611000000000000001", "--build", "330", "--yes"}, 2, "--why"},
        BadRecovery{
            "missing_role",
            {"deploy", "android", "4611000000000000001", "--build", "330", "--why", "coins", "--yes", "--as", "ben"},
            1,
            "ben does not have the role release_manager"},
        BadRecovery{"not_confirmed",
                    {"deploy", "android", "4611000000000000001", "--build", "330", "--why", "coins"},
                    2,
                    "--yes"},
        BadRecovery{"widening_not_confirmed",
                    {"widen", "android", "4611000000000000001", "--build", "330", "--region", "FR", "--why", "coins"},
                    2,
                    "--yes"},
        BadRecovery{"cancel_not_confirmed",
                    {"cancel", "android", "4611000000000000001", "--build", "330", "--why", "coins"},
                    2,
                    "--yes"},
        BadRecovery{"the_app_store", {"list", "ios", "--build", "330"}, 2, "App Store has no call"},
        BadRecovery{"no_such_app", {"list", "tv", "--build", "330"}, 2, "no app `tv`"},
        BadRecovery{"no_version_code", {"list", "android", "--build", "3.4"}, 2, "no version code"},
        BadRecovery{"nobody", {"prepare", "android", "--build", "330", "--why", "coins"}, 1, "either everybody"},
        BadRecovery{"unreleased",
                    {"prepare", "android", "--build", "999", "--everybody", "--why", "coins"},
                    1,
                    "not been published"},
        BadRecovery{"unknown_id",
                    {"deploy", "android", "17", "--build", "330", "--why", "coins", "--yes"},
                    1,
                    "no app recovery 17"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::e2e
