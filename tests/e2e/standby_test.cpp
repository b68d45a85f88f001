// The way back by the real program: a bundle rebuilt and signed with a real key, kept in the store, and sent out by one
// command; then the people who stayed are asked to update.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "sandbox_fixture.hpp"
#include "train/base/files.hpp"
#include "unit/signing/test_keys.hpp"

namespace train::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

class WayBack : public SandboxFixture {
 protected:
  void SetUp() override {
    SandboxFixture::SetUp();
    ::setenv("TRAIN_TEST_KS_PASSWORD", "android", 1);
    write("live.aab", sandbox::example_bundle("com.example.charge", 330, "3.3.0"));
    for (const char* locale : {"en-US", "de-DE"})
      write(std::string("notes/standby/") + locale + ".txt", "An earlier version comes back.\n");
    make_key();
    std::ofstream(directory_ / "train.yaml", std::ios::app) << R"yaml(
standby:
  android: { source: live.aab, keystore: file:keys/upload.p12, alias: upload, password: env:TRAIN_TEST_KS_PASSWORD,
             notes: "notes/standby/{locale}.txt" }
force_update:
  minimum_version: { provider: file, path: minimum.json, parameter: min_supported_version }
  policy_parameter: min_policy
  exempt: [in_trip]
  approvals: { hard: [release_manager] }
)yaml";
    write("minimum.json", "{\"min_supported_version\": \"3.0.0\"}\n");
  }
  void write(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories((directory_ / name).parent_path());
    ASSERT_TRUE(write_file_atomically(directory_ / name, bytes));
  }
  // Valid since long before the sandbox's clock, whatever day it is here.
  void make_key() {
    std::filesystem::create_directories(directory_ / "keys");
    const auto key = signing::make_ec_key("upload");
    signing::write_keystore(directory_ / "keys/upload.p12", signing::pkcs12_of({&key}, "android"));
    std::filesystem::permissions(directory_ / "keys/upload.p12", std::filesystem::perms::owner_read);
  }
  std::string standby_state() {
    const auto ran = train({"standby", "status", "-o", "json"});
    const auto shown = Json::parse(ran.out, nullptr, false);
    return shown.is_object() && !shown["standby"].empty() ? shown["standby"][0].value("state", "") : ran.err;
  }
  // What was ordered with a reason, by hand.
  std::vector<std::string> by_hand() const {
    std::vector<std::string> out;
    const auto log = Json::parse(train({"log", "-o", "json"}).out, nullptr, false);
    for (const auto& event : log["events"]) {
      if (event["kind"] == "intent" && event["data"].contains("why"))
        out.push_back(event["data"]["step"]["action"].get<std::string>() + ": " +
                      event["data"]["why"].get<std::string>());
    }
    return out;
  }
  void expect_done(const std::vector<std::string>& arguments) {
    const auto ran = train(arguments);
    EXPECT_TRUE(ran.code == 0) << arguments[0] << ": " << ran.code << "\n" << ran.out << ran.err;
  }
  // Android at 1 %, its way back ready.
  void roll_out() {
    expect_done({"start", "3.4.0"});
    train({"advance"});
    EXPECT_EQ(standby_state(), "uploaded");
    for (const char* item : {"submission:qa", "rollout:release_manager", "android:standby"})
      expect_done({"approve", item});
    train({"advance"});
    pass("25h");
    train({"advance"});
    EXPECT_EQ(percent_of("android"), 1);
    EXPECT_EQ(standby_state(), "ready");
  }
};

TEST_F(WayBack, OnlyTheArchiveOffline) {
  const auto ran =
      train({"standby", "build", "android", "--version", "3.4.1", "--build", "412", "--out", "back.aab", "-o", "json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto shown = Json::parse(ran.out);
  EXPECT_EQ(shown["version"], "3.4.1");
  EXPECT_EQ(shown["build"], "412");
  EXPECT_TRUE(std::filesystem::exists(directory_ / "back.aab"));
  EXPECT_EQ(control("GET", "calls").size(), 0u) << "no store was asked";
  const auto again =
      train({"standby", "build", "android", "--version", "3.4.2", "--build", "413", "--out", "back.aab"});
  EXPECT_EQ(again.code, 2) << "nothing is replaced";
  ::setenv("TRAIN_TEST_KS_PASSWORD", "wrong", 1);
  const auto wrong = train({"standby", "build", "android", "--version", "3.4.1", "--build", "412", "--out", "two.aab"});
  EXPECT_EQ(wrong.code, 5) << wrong.err;
  EXPECT_THAT(wrong.err, Not(HasSubstr("wrong\"")));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "two.aab"));
}

TEST_F(WayBack, ShownBeforeAnythingIsDone) {
  expect_done({"start", "3.4.0"});
  const auto before = train({"check"});
  EXPECT_EQ(before.code, 1) << before.out;
  EXPECT_THAT(before.out, HasSubstr("train waive risk:standby:android"));
  train({"advance"});
  const auto shown = train({"standby", "status"});
  EXPECT_THAT(shown.out, HasSubstr("made of 3.3.0 (330)"));
  EXPECT_THAT(shown.out, HasSubstr("know: "));
  EXPECT_THAT(train({"check"}).out, Not(HasSubstr("risk:standby:android")));
  EXPECT_EQ(train({"start", "3.4.1"}).code, 1) << "its version is taken";
}

TEST_F(WayBack, OneCommandSendsItOutAndPeopleAreAskedToUpdate) {
  roll_out();
  const auto choice = Json::parse(train({"rollback", "android", "--dry-run", "-o", "json"}).out);
  EXPECT_EQ(choice["choices"][0]["recommended"], "standby");
  EXPECT_EQ(train({"rollback", "android", "--why", "crashes"}).code, 2) << "nobody confirmed it";
  const std::string what_it_does = "release the standby 3.4.1 (341) in place of 3.4.0";
  const auto dry = train({"standby", "release", "android", "--dry-run"}).out;
  EXPECT_THAT(dry, HasSubstr(what_it_does));
  EXPECT_LT(dry.find(what_it_does), dry.find("Alternatives:"));
  const auto unconfirmed = train({"standby", "release", "android", "--why", "crashes"});
  EXPECT_EQ(unconfirmed.code, 2) << "nobody confirmed it";
  EXPECT_THAT(unconfirmed.err, HasSubstr(what_it_does));
  EXPECT_EQ(standby_state(), "ready") << "nothing was done";
  const auto back = train({"rollback", "android", "--why", "crashes", "--yes"});
  EXPECT_EQ(back.code, 0) << back.out << back.err;
  EXPECT_THAT(back.out, HasSubstr("android: its store accepted 3.4.1"));
  const auto made = changes();
  EXPECT_EQ(std::count(made.begin(), made.end(), "play/production/341 completed; play/production/340 superseded"), 1);
  EXPECT_EQ(standby_state(), "released");
  expect_each_change_once();

  const std::vector<std::string> facts{"android", "--severity", "critical", "--fix", "3.4.1"};
  auto assess = facts;
  assess.insert(assess.begin(), {"force-update", "assess"});
  assess.insert(assess.end(), {"-o", "json"});
  EXPECT_EQ(Json::parse(train(assess).out)["decisions"][0]["degree"], "hard");
  auto apply = facts;
  apply.insert(apply.begin(), {"force-update", "apply"});
  apply.insert(apply.end(), {"--why", "loses coins", "--yes"});
  const auto early = train(apply);
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, HasSubstr("train approve force-update:3.4.0:hard:release_manager"));
  EXPECT_EQ(train({"approve", "force-update:3.4.0:hard:nobody"}).code, 2);
  expect_done({"approve", "force-update:3.4.0:hard:release_manager"});
  const auto asked = train(apply);
  EXPECT_EQ(asked.code, 0) << asked.out << asked.err;
  const auto kept = Json::parse(std::ifstream(directory_ / "minimum.json"));
  EXPECT_EQ(kept["min_supported_version"], "3.4.1");
  EXPECT_EQ(Json::parse(kept["min_policy"].get<std::string>())["exempt"][0], "in_trip");
  EXPECT_EQ(by_hand(), (std::vector<std::string>{"release_standby: crashes", "set_flag: crashes",
                                                 "set_update_policy: loses coins", "set_minimum_version: loses coins",
                                                 "prepare_recovery: loses coins", "deploy_recovery: loses coins"}));
  const auto lower = train({"force-update", "apply", "android", "--severity", "critical", "--version", "3.2.0", "--fix",
                            "3.3.0", "--why", "x", "--yes"});
  EXPECT_EQ(lower.code, 1) << "a minimum is never lowered";
}

}  // namespace
}  // namespace train::e2e
