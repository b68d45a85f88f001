// Kill switches in a real Unleash.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/scripted_server.hpp"
#include "train/flags/providers.hpp"
#include "unleash_server.hpp"

namespace train::contract {
namespace {

using testing::HasSubstr;
using testing::Not;
using UnleashJson = nlohmann::json;

Flag in_unleash(const std::string& url) {
  Flag flag;
  flag.name = "checkout";
  flag.provider = "unleash";
  flag.parameter = "new_checkout";
  flag.value_on = "on";
  flag.value_off = "off";
  flag.options = {{"endpoint", url}, {"project", "default"}, {"environment", "production"}};
  return flag;
}

std::unique_ptr<FlagProvider> with_token(const std::string& token) {
  return flags::make_unleash_provider([](std::chrono::milliseconds) {}, Secret(token));
}

// Started once: a database and a server take their time.
class UnleashFlags : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto why = why_no_unleash();
    if (!why.empty()) GTEST_SKIP() << why;
    auto started = UnleashServer::start();
    ASSERT_TRUE(started) << started.error().text();
    server = std::move(*started);
    const auto made = server->ask("POST", "/projects/default/features", R"({"name":"new_checkout","type":"release"})");
    ASSERT_TRUE(made) << made.error().text();
    flag = in_unleash(server->url());
  }

  bool is_enabled(const std::string& environment) {
    const auto feature =
        UnleashJson::parse(server->ask("GET", "/projects/default/features/new_checkout").value_or("{}"));
    for (const auto& each : feature["environments"]) {
      if (each["name"] == environment) return each["enabled"];
    }
    ADD_FAILURE() << "no environment " << environment;
    return false;
  }

  void switches_one_environment_on_and_off();
  void says_what_is_wrong();
  void settles_a_lost_answer_by_reading();
  void gives_a_share_of_the_users();

  std::unique_ptr<UnleashServer> server;
  std::unique_ptr<FlagProvider> provider = with_token(UnleashServer::admin_token());
  Flag flag;
};

void UnleashFlags::switches_one_environment_on_and_off() {
  EXPECT_EQ(provider->get(flag).value_or("(error)"), "off");
  const auto on = provider->set(flag, "on");
  ASSERT_TRUE(on) << on.error().text();
  EXPECT_TRUE(is_enabled("production"));
  EXPECT_FALSE(is_enabled("development"));
  EXPECT_EQ(provider->get(flag).value_or("(error)"), "on");
  ASSERT_TRUE(provider->set(flag, "off"));
  ASSERT_TRUE(provider->set(flag, "off")) << "twice is harmless";
  EXPECT_FALSE(is_enabled("production"));
}

void UnleashFlags::says_what_is_wrong() {
  const auto variant = provider->set(flag, "blue");
  ASSERT_FALSE(variant);
  EXPECT_EQ(variant.error().kind, ErrorKind::definition);
  Flag slip = flag;
  slip.parameter = "new_chekout";
  const auto absent = provider->get(slip);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::not_found);
  EXPECT_THAT(absent.error().message, HasSubstr("new_chekout"));
  Flag elsewhere = flag;
  elsewhere.options["environment"] = "staging";
  EXPECT_THAT(provider->get(elsewhere).error().message, HasSubstr("no environment staging"));
  EXPECT_EQ(provider->set(elsewhere, "off").error().kind, ErrorKind::not_found);
  const auto stranger = with_token("*:*.canary-of-a-stranger")->set(flag, "on");
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().kind, ErrorKind::auth);
  EXPECT_THAT(stranger.error().text(), Not(HasSubstr("canary")));
  EXPECT_FALSE(is_enabled("production"));
}

// Every write reaches Unleash, and its answer never comes back.
void UnleashFlags::settles_a_lost_answer_by_reading() {
  testbed::ScriptedServer forgetful({}, [this](const testbed::SeenRequest& request) {
    const auto answer = server->ask(request.method, request.target.substr(std::string("/api/admin").size()));
    if (request.method != "GET") return testbed::Reply{"", testbed::Reply::Then::close};
    return testbed::answer(answer ? 200 : 404, answer.value_or("{}"));
  });
  Flag through = flag;
  through.options["endpoint"] = "http://127.0.0.1:" + std::to_string(forgetful.port());
  const auto done = provider->set(through, "on");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(forgetful.request_count(), 2u) << "written once, read once";
  EXPECT_TRUE(is_enabled("production"));
}

void UnleashFlags::gives_a_share_of_the_users() {
  const auto made = server->ask("POST", "/segments", R"({"name":"beta","constraints":[]})");
  ASSERT_TRUE(made) << made.error().text();
  Flag ramped = flag;
  ramped.ramp = true;
  ramped.always_on = {UnleashJson::parse(*made)["id"].dump()};
  const auto done = provider->set(ramped, "5%");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(provider->get(ramped).value_or("(error)"), "5%");
  ASSERT_TRUE(provider->set(ramped, "20%"));
  EXPECT_EQ(provider->get(ramped).value_or("(error)"), "20%");
  const auto strategies = UnleashJson::parse(
      server->ask("GET", "/projects/default/features/new_checkout/environments/production/strategies").value_or("[]"));
  ASSERT_EQ(strategies.size(), 2u) << "Unleash's own, whose share is set, and the one for those who are always on";
  EXPECT_EQ(strategies[0]["parameters"]["rollout"], "20");
  EXPECT_EQ(strategies[1]["parameters"]["rollout"], "100");
  EXPECT_EQ(strategies[1]["segments"].dump(), "[" + ramped.always_on[0] + "]");
  ASSERT_TRUE(provider->set(ramped, "off"));
  EXPECT_EQ(provider->get(ramped).value_or("(error)"), "off");
  ASSERT_TRUE(provider->set(ramped, "on"));
  EXPECT_EQ(provider->get(ramped).value_or("(error)"), "on");
}

TEST_F(UnleashFlags, AFeatureIsSwitchedInARealServer) {
  switches_one_environment_on_and_off();
  says_what_is_wrong();
  settles_a_lost_answer_by_reading();
  gives_a_share_of_the_users();
}

}  // namespace
}  // namespace train::contract
