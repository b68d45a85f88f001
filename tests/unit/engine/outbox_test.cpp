// Who is told of what: by the id of a channel, never by its place in the list, and bounded.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "scene.hpp"

namespace train::engine {
namespace {

using test::k_version;
using test::Scene;

Channel channel_of(const std::string& id, std::vector<Topic> topics = {}) {
  Channel channel;
  channel.kind = ChannelKind::webhook;
  channel.id = id;
  channel.topics = std::move(topics);
  return channel;
}

class OutboxTest : public testing::Test {
 protected:
  void happens(int times, const std::string& what = "review") {
    for (int i = 0; i < times; ++i) scene_.add(event::Escalated{k_version, "ios", what, "event " + std::to_string(i)});
  }
  void breach() {
    event::Breached e;
    e.version = k_version;
    e.app = "android";
    e.reaction = Reaction::pause;
    e.evidence.signal = "crashes";
    scene_.add(e);
  }
  // Only what is about channels is noticed here.
  std::vector<EventBody> detect_channels() {
    std::vector<EventBody> out;
    for (auto& body : detect_changes(scene_.input())) {
      if (!std::holds_alternative<event::ChannelsSeen>(body) && !std::holds_alternative<event::MessagesDropped>(body))
        continue;
      out.push_back(body);
      scene_.add(body);
    }
    return out;
  }
  std::vector<Step> messages() const {
    auto steps = scene_.plan().steps;
    std::erase_if(steps, [](const Step& step) { return step.action != Action::notify; });
    return steps;
  }
  void carry_out(const Step& step, event::Outcome::Result result = event::Outcome::Result::done) {
    const std::string operation = "op" + std::to_string(scene_.state.seq);
    scene_.add(event::Intent{operation, "run", scene_.now, step});
    scene_.add(event::Outcome{operation, result, {}});
  }
  // As one run does it; how many messages each channel got.
  std::map<std::string, std::vector<Seq>> run() {
    while (!detect_channels().empty()) {
    }
    std::map<std::string, std::vector<Seq>> out;
    for (auto steps = messages(); !steps.empty(); steps = messages()) {
      for (const auto& step : steps) {
        out[step.subject].push_back(step.event_seq);
        carry_out(step);
      }
      if (++rounds_ > 1000) break;
    }
    return out;
  }

  Scene scene_;
  int rounds_ = 0;
};

TEST_F(OutboxTest, AChannelThatIsAppendedIsSentNothingOld) {
  scene_.open();
  scene_.def.notify = {channel_of("first")};
  run();
  happens(10);
  EXPECT_EQ(run()["first"].size(), 10u);
  scene_.def.notify.push_back(channel_of("second"));
  EXPECT_TRUE(run().empty()) << "ten days later, nothing has happened since";
  happens(1);
  auto later = run();
  EXPECT_EQ(later["first"].size(), 1u);
  EXPECT_EQ(later["second"].size(), 1u);
}

TEST_F(OutboxTest, AChannelThatIsPutInFrontRepeatsNothing) {
  scene_.open();
  scene_.def.notify = {channel_of("first"), channel_of("second", {Topic::halt})};
  run();
  happens(10);
  run();
  scene_.def.notify.insert(scene_.def.notify.begin(), channel_of("third"));
  std::swap(scene_.def.notify[1], scene_.def.notify[2]);
  EXPECT_TRUE(run().empty());
}

TEST_F(OutboxTest, TwentyNewChannelsAreSentNothingOfSixtyEvents) {
  scene_.open();
  happens(60);
  for (int i = 0; i < 20; ++i) scene_.def.notify.push_back(channel_of("c" + std::to_string(i)));
  EXPECT_TRUE(run().empty());
  happens(3);
  const auto told = run();
  EXPECT_EQ(told.size(), 20u);
  EXPECT_EQ(rounds_, 3) << "all channels at once";
}

TEST_F(OutboxTest, WhatWaitsIsBoundedAndTheNewestBreachComesFirst) {
  scene_.open();
  scene_.def.notify = {channel_of("on-call")};
  run();
  const Seq before = scene_.state.seq;
  breach();
  breach();
  happens(60);
  const auto found = detect_channels();
  ASSERT_EQ(found.size(), 1u);
  const auto& dropped = std::get<event::MessagesDropped>(found[0]);
  EXPECT_EQ(dropped.channel, "on-call");
  EXPECT_EQ(dropped.count, 42);
  EXPECT_EQ(dropped.events.front(), before + 3) << "the oldest; breaches stay";
  const auto told = run()["on-call"];
  ASSERT_EQ(told.size(), 20u);
  EXPECT_EQ(told[0], before + 2) << "the newest breach";
  EXPECT_EQ(told[1], before + 1);
  EXPECT_EQ(told[2], before + 2 + 43) << "then in their order";
  EXPECT_TRUE(std::is_sorted(told.begin() + 2, told.end()));
  EXPECT_TRUE(scene_.state.outbox.empty()) << "what everybody has is forgotten";
}

TEST_F(OutboxTest, AChannelThatFailsIsLeftAloneForTheRun) {
  scene_.open();
  scene_.def.notify = {channel_of("dead"), channel_of("alive")};
  run();
  happens(5);
  const auto first = messages();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].subject, "dead");
  carry_out(first[0], event::Outcome::Result::failed);
  carry_out(first[1]);
  scene_.set_aside = {first[0]};
  for (int left = 4; left > 0; --left) {
    const auto next = messages();
    ASSERT_EQ(next.size(), 1u);
    EXPECT_EQ(next[0].subject, "alive");
    carry_out(next[0]);
  }
  EXPECT_TRUE(messages().empty());
  scene_.set_aside.clear();
  EXPECT_EQ(run()["dead"].size(), 5u) << "the next run tries again";
}

// A log of before channels had ids: its notify steps name a place in the list.
TEST_F(OutboxTest, AnOlderLogIsNotToldAgainAndLosesNothing) {
  scene_.open();
  happens(4);
  for (const auto& entry : std::vector<OutboxEntry>(scene_.state.outbox.begin(), scene_.state.outbox.end() - 1)) {
    Step step;
    step.action = Action::notify;
    step.version = k_version;
    step.subject = "0";
    step.event_seq = entry.seq;
    carry_out(step);
  }
  const Seq untold = scene_.state.outbox.back().seq;
  scene_.def.notify = {channel_of("new"), channel_of("old")};
  auto told = run();
  EXPECT_EQ(told["old"], std::vector<Seq>{untold}) << "it had not been sent when the newer train came";
  EXPECT_EQ(told["new"], std::vector<Seq>{untold});
  EXPECT_TRUE(run().empty());
}

TEST_F(OutboxTest, AChannelThatComesBackHearsOfWhatFollows) {
  scene_.open();
  scene_.def.notify = {channel_of("first"), channel_of("second")};
  run();
  scene_.def.notify.pop_back();
  run();
  happens(7);
  run();
  scene_.def.notify.push_back(channel_of("second"));
  EXPECT_TRUE(run().empty());
}

TEST(ChannelNames, ComeFromKindAndReference) {
  std::vector<Channel> channels(4);
  channels[0].target = {SecretRef::From::environment, "HOOK"};
  channels[1].kind = ChannelKind::webhook;
  channels[1].target = {SecretRef::From::file, "/home/ana/app/keys/hook"};
  channels[2].target = {SecretRef::From::environment, "HOOK"};
  channels[3].id = "on-call";
  name_channels(channels, "/home/ana/app");
  EXPECT_EQ(channels[0].id, "slack:env:HOOK");
  EXPECT_EQ(channels[1].id, "webhook:file:keys/hook") << "the same in every checkout";
  EXPECT_EQ(channels[2].id, "slack:env:HOOK#2");
  EXPECT_EQ(channels[3].id, "on-call");
}

}  // namespace
}  // namespace train::engine
