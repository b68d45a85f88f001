// What a run sends to the notify channels, and that channels which come or move make no run fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "bench.hpp"

namespace train::runner::test {
namespace {

class Announcements : public testing::Test {
 protected:
  Announcements() {
    definition_.train = "charge";
    ports_.log = &log_;
    ports_.clock = &clock_;
    // Its cutoff is far away: nothing else is due.
    add(event::Opened{k_version, false, k_start + 30 * k_day, std::nullopt});
  }
  void add(EventBody body) {
    const std::vector<NewEvent> one{{clock_.now(), "train", std::move(body)}};
    ASSERT_TRUE(log_.append(log_.storage()->events.size(), one));
  }
  template <typename Kind>
  long count() const {
    const auto& events = log_.storage()->events;
    return std::count_if(events.begin(), events.end(),
                         [](const Event& event) { return std::holds_alternative<Kind>(event.body); });
  }
  void happens(int times) {
    for (int i = 0; i < times; ++i) add(event::Escalated{k_version, "ios", "item " + std::to_string(i), "something"});
  }
  void add_channel(const std::string& id, std::size_t at) {
    Channel channel;
    channel.kind = ChannelKind::webhook;
    channel.id = id;
    const auto place = static_cast<std::ptrdiff_t>(at);
    definition_.notify.insert(definition_.notify.begin() + place, channel);
    ports_.channels.insert(ports_.channels.begin() + place, &boxes_[id]);
  }
  Report run() {  // a day later
    clock_.advance(k_day);
    auto report = advance(definition_, ports_, Options{});
    EXPECT_TRUE(report) << report.error().text();
    return report ? *report : Report{};
  }
  std::size_t received(const std::string& id) { return boxes_[id].sent.size(); }

  Definition definition_;
  Ports ports_;
  MemoryLog log_;
  StepClock clock_{k_start};
  std::map<std::string, FakeNotifier> boxes_;
};

TEST_F(Announcements, AChannelAppendedLaterGetsNothingOld) {
  add_channel("first", 0);
  run();
  happens(12);
  run();
  ASSERT_EQ(received("first"), 12u);
  add_channel("second", 1);
  run();
  EXPECT_EQ(received("second"), 0u);
  EXPECT_EQ(received("first"), 12u);
  happens(1);
  run();
  EXPECT_EQ(received("second"), 1u);
}

TEST_F(Announcements, AChannelPutInFrontMakesNoRepeats) {
  add_channel("first", 0);
  add_channel("second", 1);
  run();
  happens(12);
  run();
  add_channel("third", 0);
  run();
  EXPECT_EQ(received("first"), 12u);
  EXPECT_EQ(received("second"), 12u);
  EXPECT_EQ(received("third"), 0u);
}

TEST_F(Announcements, TwentyChannelsAddedToALogOfSixtyEventsEndNoRun) {
  happens(60);
  for (std::size_t i = 0; i < 20; ++i) add_channel("c" + std::to_string(i), i);
  const auto report = run();
  EXPECT_TRUE(report.failed.empty());
  EXPECT_TRUE(report.done.empty()) << "nothing old is sent";
}

TEST_F(Announcements, TwoHundredWaitingMessagesEndNoRunAndAreBounded) {
  for (std::size_t i = 0; i < 5; ++i) add_channel("c" + std::to_string(i), i);
  for (auto& [id, box] : boxes_) box.failure = Error{ErrorKind::unreachable, "There is no route.", ""};
  run();
  happens(200);
  EXPECT_EQ(run().failed.size(), 5u) << "each dead channel is tried once a run";
  for (auto& [id, box] : boxes_) box.failure.reset();
  EXPECT_EQ(run().done.size(), 100u);
  for (const auto& [id, box] : boxes_) {
    ASSERT_EQ(box.sent.size(), 20u) << id;
    EXPECT_EQ(box.sent.back().seq - box.sent.front().seq, 19u) << "the newest, in their order";
  }
  EXPECT_EQ(count<event::MessagesDropped>(), 5) << "the log says what was not sent";
}

}  // namespace
}  // namespace train::runner::test
