// A scenario's world on a sandbox that somebody else drives.
#include <gtest/gtest.h>

#include "train/rehearsal/scenario_player.hpp"

namespace train::rehearsal {
namespace {

class DirectorTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = sandbox::Sandbox::start({});
    ASSERT_TRUE(started) << started.error().text();
    sandbox_ = std::move(*started);
  }
  std::unique_ptr<sandbox::Sandbox> sandbox_;
};

TEST_F(DirectorTest, ACrashSpikeComesOnceItsPercentageIsServed) {
  auto player = ScenarioPlayer::create("crash-at-5", *sandbox_);
  ASSERT_TRUE(player) << player.error().text();
  EXPECT_TRUE((*player)->look().empty());
  const auto rolled =
      sandbox_->control("POST", "/_sandbox/person",
                        R"({"app":"android","action":"rollout","version":"3.4.0","build":"340","percent":5})");
  ASSERT_EQ(rolled.status, 200) << rolled.body;
  EXPECT_EQ((*player)->look().size(), 1u);
  EXPECT_TRUE((*player)->look().empty()) << "it happens once";
}

TEST_F(DirectorTest, WhatRunnersDoIsLeftToOthersAndSaid) {
  auto player = ScenarioPlayer::create("two-runners", *sandbox_);
  ASSERT_TRUE(player) << player.error().text();
  EXPECT_FALSE((*player)->left_to_others().empty());
}

TEST_F(DirectorTest, AnUnknownScenarioIsADefinitionError) {
  auto player = ScenarioPlayer::create("crash-at-6", *sandbox_);
  ASSERT_FALSE(player);
  EXPECT_EQ(player.error().kind, ErrorKind::definition);
  EXPECT_NE(player.error().hint.find("crash-at-5"), std::string::npos);
}

}  // namespace
}  // namespace train::rehearsal
