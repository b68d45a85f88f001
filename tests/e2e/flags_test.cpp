// `train flags` by the real program, on the example's flag in a file.
#include <gmock/gmock.h>

#include <fstream>

#include "sandbox_fixture.hpp"

namespace train::e2e {
namespace {

using testing::HasSubstr;

class FlagCommands : public SandboxFixture {
 protected:
  void write_flag(const std::string& text) const { std::ofstream(directory_ / "flags.json") << text; }
  Json list() const { return Json::parse(train_here({"flags", "list", "-o", "json"}).out, nullptr, false); }
  Json flag() const { return list()["flags"][0]; }
  std::vector<Json> events(const std::string& kind) const {
    std::vector<Json> out;
    const auto log = Json::parse(train_here({"log", "-o", "json"}).out, nullptr, false);
    for (const auto& event : log["events"]) {
      if (event["kind"] == kind) out.push_back(event);
    }
    return out;
  }
};

TEST_F(FlagCommands, ListShowsWhatTheProviderHoldsBesideTheLog) {
  EXPECT_EQ(list()["schema"], "train.flags/1");
  EXPECT_EQ(flag()["value"], "true");
  EXPECT_EQ(flag()["state"], "on");
  EXPECT_TRUE(flag()["set"].is_null());
  EXPECT_EQ(train({"flags", "set", "new_checkout", "off"}).code, 0);
  write_flag(R"({"new_checkout": "true"})");
  EXPECT_EQ(flag()["value"], "true");
  EXPECT_EQ(flag()["set"]["value"], "false");
  EXPECT_THAT(train_here({"flags", "list"}).out, HasSubstr("changed elsewhere since"));
}

TEST_F(FlagCommands, SetIsInTheLogWithWhoAndStatusShowsIt) {
  const auto ran = train({"flags", "set", "new_checkout", "off", "--as", "ben", "-o", "json"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto shown = Json::parse(ran.out, nullptr, false);
  EXPECT_EQ(shown["flags"][0]["value"], "false");
  EXPECT_EQ(events("intent").at(0)["by"], "ben");
  EXPECT_EQ(events("intent").at(0)["data"]["step"]["action"], "set_flag");
  EXPECT_EQ(events("outcome").size(), 1u);
  const auto flags = status()["flags"];
  ASSERT_EQ(flags.size(), 1u);
  EXPECT_EQ(flags[0]["name"], "new_checkout");
  EXPECT_EQ(flags[0]["value"], "false");
  EXPECT_EQ(flags[0]["as_of"], "2026-11-30T09:00:00Z");
  EXPECT_EQ(train_here({"log", "--verify"}).code, 0);
}

TEST_F(FlagCommands, AnyOtherWordIsTheValueItself) {
  EXPECT_EQ(train_here({"flags", "set", "new_checkout", "half"}).code, 0);
  EXPECT_EQ(flag()["value"], "half");
  EXPECT_TRUE(flag()["state"].is_null());
}

TEST_F(FlagCommands, AProviderThatDoesNotAnswerIsAnErrorOfThatFlag) {
  std::filesystem::remove(directory_ / "flags.json");
  const auto listed = train_here({"flags", "list", "-o", "json"});
  EXPECT_EQ(listed.code, 1);
  const auto row = Json::parse(listed.out, nullptr, false)["flags"][0];
  EXPECT_EQ(row["state"], "unreadable");
  EXPECT_THAT(row["error"].get<std::string>(), HasSubstr("flags.json"));
  const auto set = train_here({"flags", "set", "new_checkout", "off"});
  EXPECT_EQ(set.code, 1);
  EXPECT_EQ(events("outcome").at(0)["data"]["result"], "failed");
  EXPECT_TRUE(status()["flags"].empty());
}

TEST_F(FlagCommands, NoStoresKeyIsNeeded) {
  std::filesystem::remove(directory_ / "keys" / "AuthKey.p8");
  const auto ran = train({"flags", "set", "new_checkout", "off"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(flag()["value"], "false");
}

TEST_F(FlagCommands, AnUnknownNameTouchesNothing) {
  const auto ran = train_here({"flags", "set", "new_chekout", "off"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("The definition has: new_checkout."));
  EXPECT_TRUE(events("intent").empty());
}

TEST_F(FlagCommands, RollbackWantsAWordAndAProviderThatKeepsVersions) {
  EXPECT_EQ(train_here({"flags", "rollback", "new_checkout", "--to-version", "3"}).code, 2);
  const auto ran = train_here({"flags", "rollback", "new_checkout", "--to-version", "3", "--yes"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("keeps no versions"));
  EXPECT_TRUE(events("intent").empty());
}

TEST_F(FlagCommands, RemoteConfigIsReachedWithTheDefinitionsCredentials) {
  std::ifstream in(directory_ / "train.yaml");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  in.close();
  const std::string by_file = "    provider: file\n    path: flags.json\n    parameter: new_checkout\n";
  const auto at = text.find(by_file);
  ASSERT_NE(at, std::string::npos) << text;
  text.replace(at, by_file.size(),
               "    provider: firebase_remote_config\n    project: charge-prod\n    parameter: new_checkout_enabled\n"
               "    credentials: file:keys/play.json\n    endpoint: " +
                   sandbox_->url() + "/firebase\n");
  std::ofstream(directory_ / "train.yaml") << text;
  EXPECT_EQ(flag()["value"], "true");
  const auto set = train({"flags", "set", "new_checkout", "off"});
  EXPECT_EQ(set.code, 0) << set.err;
  EXPECT_EQ(flag()["value"], "false");
  ASSERT_EQ(changes().size(), 1u) << "validated first, published once";
  EXPECT_THAT(changes().front(), HasSubstr("firebase/charge-prod remoteConfig"));
}

TEST_F(FlagCommands, WhatAPlaybookKeepsOffIsNotSwitchedOn) {
  ASSERT_EQ(train_here({"start", "3.4.0"}).code, 0);
  for (int i = 0; i < 80 && percent_of("android") <= 0; ++i) {
    train_here({"advance", "-q"});
    sign_off();
    pass("1h");
  }
  ASSERT_EQ(train_here({"rollback", "android", "--why", "lost trips", "--yes"}).code, 0);
  EXPECT_EQ(flag()["state"], "off");
  EXPECT_FALSE(flag()["kept_off"].is_null());
  const auto refused = train_here({"flags", "set", "new_checkout", "on"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("is kept off"));
  EXPECT_EQ(flag()["state"], "off");
  ASSERT_EQ(train_here({"resume", "android", "--why", "found and mended"}).code, 0);
  EXPECT_EQ(train_here({"flags", "set", "new_checkout", "on"}).code, 0);
  EXPECT_EQ(flag()["state"], "on");
}

}  // namespace
}  // namespace train::e2e
