// Waiting in `watch`: the clock decides, a feed may shorten it, and a feed that fails lengthens nothing.
#include "feed_watcher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <sstream>

namespace train::cli {
namespace {

const Instant k_begin = *parse_rfc3339("2026-12-01T10:00:00Z");

class StepClock final : public Clock {
 public:
  Instant now() override { return now_; }
  bool wait_until(Instant until) override {
    if (interrupt_at && until > *interrupt_at) return false;
    now_ = std::max(now_, until);
    return true;
  }
  std::optional<Instant> interrupt_at;

 private:
  Instant now_ = k_begin;
};

class ScriptedFeed final : public EventFeed {
 public:
  explicit ScriptedFeed(Clock& clock) : clock_(clock) {}
  Result<std::vector<Hint>> hints_since(Instant since) override {
    ++asked;
    last_since = since;
    if (failure) return tl::unexpected(*failure);
    std::vector<Hint> due;
    while (!feed_watcher.empty() && feed_watcher.front().at <= clock_.now()) {
      due.push_back(feed_watcher.front());
      feed_watcher.pop_front();
    }
    return due;
  }
  std::deque<Hint> feed_watcher;
  std::optional<Error> failure;
  int asked = 0;
  Instant last_since{};

 private:
  Clock& clock_;
};

struct Watch {
  StepClock clock;
  ScriptedFeed feed{clock};
  std::map<AppName, EventFeed*> feeds{{"ios", &feed}};
  std::ostringstream err;
  Context context = [this] {
    Context made;
    made.invocation.err = &err;
    return made;
  }();
  FeedWatcher feed_watcher{context, clock, feeds};

  Duration waited() { return clock.now() - k_begin; }
};

TEST(FeedWatcher, WithoutAFeedTheClockAloneDecides) {
  Watch w;
  w.feeds.clear();
  EXPECT_TRUE(w.feed_watcher.wait(k_begin, k_begin + Duration(3600)));
  EXPECT_EQ(w.waited(), Duration(3600));
}

TEST(FeedWatcher, WithoutNewsItWaitsToTheEndAndAsksOnceAMinute) {
  Watch w;
  EXPECT_TRUE(w.feed_watcher.wait(k_begin, k_begin + Duration(600)));
  EXPECT_EQ(w.waited(), Duration(600));
  EXPECT_EQ(w.feed.asked, 9);
  EXPECT_EQ(w.feed.last_since, k_begin);
}

TEST(FeedWatcher, NewsEndTheWait) {
  Watch w;
  w.feed.feed_watcher.push_back({"version state IN_REVIEW → PENDING_DEVELOPER_RELEASE", k_begin + Duration(130)});
  EXPECT_TRUE(w.feed_watcher.wait(k_begin, k_begin + Duration(3600)));
  EXPECT_EQ(w.waited(), Duration(180));
  EXPECT_NE(w.err.str().find("ios: version state IN_REVIEW → PENDING_DEVELOPER_RELEASE (2026-12-01T10:02:10Z)"),
            std::string::npos)
      << w.err.str();
}

TEST(FeedWatcher, AShortWaitAsksNobody) {
  Watch w;
  EXPECT_TRUE(w.feed_watcher.wait(k_begin, k_begin + Duration(60)));
  EXPECT_EQ(w.feed.asked, 0);
}

TEST(FeedWatcher, AFeedThatFailsIsSaidOnceAndLeftAloneUntilTheNextWait) {
  Watch w;
  w.feed.failure = Error{ErrorKind::not_found, "ios has no enabled webhook.", "Add one."};
  EXPECT_TRUE(w.feed_watcher.wait(k_begin, k_begin + Duration(3600)));
  EXPECT_EQ(w.waited(), Duration(3600));
  EXPECT_EQ(w.feed.asked, 1);
  EXPECT_TRUE(w.feed_watcher.wait(w.clock.now(), w.clock.now() + Duration(3600)));
  EXPECT_EQ(w.feed.asked, 2);
  const auto said = w.err.str();
  EXPECT_NE(said.find("no news of ios: ios has no enabled webhook."), std::string::npos);
  EXPECT_EQ(said.find("no news"), said.rfind("no news")) << said;
}

TEST(FeedWatcher, AnInterruptionEndsIt) {
  Watch w;
  w.clock.interrupt_at = k_begin + Duration(100);
  EXPECT_FALSE(w.feed_watcher.wait(k_begin, k_begin + Duration(3600)));
}

}  // namespace
}  // namespace train::cli
