// What a run sends to the notify channels, and that channels which come or move make no run fail.
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "train/runner/runner.hpp"

namespace train::runner {
namespace {

const VersionName k_told_version = *VersionName::parse("3.4.0");
const Instant k_told_start = *parse_rfc3339("2026-11-30T09:00:00Z");

class RememberedLog final : public EventLog {
 public:
  Result<std::vector<Event>> read(Seq after) override {
    return std::vector<Event>(events_.begin() + static_cast<std::ptrdiff_t>(after), events_.end());
  }
  Result<std::vector<Event>> append(Seq expected, std::span<const NewEvent> events) override {
    if (expected != events_.size()) return fail(ErrorKind::conflict, "The log has moved on.");
    for (const auto& event : events)
      events_.push_back(Event{events_.size() + 1, event.at, event.by, event.body, {}, {}});
    return std::vector<Event>(events_.begin() + static_cast<std::ptrdiff_t>(expected), events_.end());
  }
  Result<RunId> enter() override { return RunId("run"); }
  Result<Owner> owner_of(const event::Intent&, Instant) override { return Owner::gone; }

  void add(EventBody body, Instant at) {
    events_.push_back(Event{events_.size() + 1, at, "train", std::move(body), {}, {}});
  }
  template <typename Kind>
  int count() const {
    int out = 0;
    for (const auto& event : events_) out += std::holds_alternative<Kind>(event.body) ? 1 : 0;
    return out;
  }

 private:
  std::vector<Event> events_;
};

class StandingClock final : public Clock {
 public:
  Instant now() override { return at; }
  bool wait_until(Instant) override { return false; }
  Instant at = k_told_start;
};

// Keeps what it is sent; fails as long as it is dead. Messages of several channels come at the same time.
class Mailbox final : public Notifier {
 public:
  Result<Done> send(const Channel& channel, const Message& message) override {
    const std::lock_guard lock(mutex_);
    if (dead) return fail(ErrorKind::unreachable, "Telling " + channel.id + " failed.");
    got.push_back(message);
    return Done{};
  }
  bool dead = false;
  std::vector<Message> got;

 private:
  std::mutex mutex_;
};

class Announcements : public testing::Test {
 protected:
  Announcements() {
    definition_.train = "charge";
    ports_.log = &log_;
    ports_.clock = &clock_;
    log_.add(event::Opened{k_told_version, false, k_told_start + Duration(30 * 86400), std::nullopt}, k_told_start);
  }
  void happens(int times) {
    for (int i = 0; i < times; ++i)
      log_.add(event::Escalated{k_told_version, "ios", "item " + std::to_string(i), "something"}, clock_.at);
  }
  void add_channel(const std::string& id, std::size_t at) {
    Channel channel;
    channel.kind = ChannelKind::webhook;
    channel.id = id;
    const auto place = static_cast<std::ptrdiff_t>(at);
    definition_.notify.insert(definition_.notify.begin() + place, channel);
    ports_.channels.insert(ports_.channels.begin() + place, &boxes_[id]);
  }
  // Ten days later.
  Report run() {
    clock_.at += Duration(86400);
    auto report = advance(definition_, ports_, Options{});
    EXPECT_TRUE(report) << report.error().text();
    return report ? *report : Report{};
  }
  std::size_t received(const std::string& id) { return boxes_[id].got.size(); }

  Definition definition_;
  Ports ports_;
  RememberedLog log_;
  StandingClock clock_;
  std::map<std::string, Mailbox> boxes_;
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
  for (auto& [id, box] : boxes_) box.dead = true;
  run();
  happens(200);
  EXPECT_EQ(run().failed.size(), 5u) << "each dead channel is tried once a run";
  for (auto& [id, box] : boxes_) box.dead = false;
  EXPECT_EQ(run().done.size(), 100u);
  for (const auto& [id, box] : boxes_) {
    ASSERT_EQ(box.got.size(), 20u) << id;
    EXPECT_EQ(box.got.back().seq - box.got.front().seq, 19u) << "the newest, in their order";
  }
  EXPECT_EQ(log_.count<event::MessagesDropped>(), 5) << "the log says what was not sent";
}

}  // namespace
}  // namespace train::runner
