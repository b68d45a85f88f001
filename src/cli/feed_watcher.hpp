// Waiting in `watch`: until something is due, or until a store tells that something happened.
#pragma once

#include <map>
#include <set>

#include "context.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/event_feed.hpp"

namespace train::cli {

inline constexpr Duration k_feed_every{60};  // between two looks at the feeds: one request each

class FeedWatcher {
 public:
  FeedWatcher(const Context& context, Clock& clock, const std::map<AppName, EventFeed*>& feeds)
      : context_(context), clock_(clock), feeds_(feeds) {}

  // Waits until `until`; less when a feed tells of something since `looked`, which is said. A feed that fails is said,
  // once while it goes on failing, and not asked again during this wait. false: interrupted.
  bool wait(Instant looked, Instant until);

 private:
  bool any_since(Instant looked, std::set<AppName>& silent);

  const Context& context_;
  Clock& clock_;
  const std::map<AppName, EventFeed*>& feeds_;
  std::map<AppName, std::string> troubles_;  // what was said last
};

}  // namespace train::cli
