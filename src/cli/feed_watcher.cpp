#include "feed_watcher.hpp"

#include <algorithm>

namespace train::cli {

bool FeedWatcher::wait(Instant looked, Instant until) {
  std::set<AppName> silent;
  while (silent.size() < feeds_.size()) {
    const auto next = clock_.now() + k_feed_every;
    if (next >= until) break;
    if (!clock_.wait_until(next)) return false;
    if (any_since(looked, silent)) return true;
  }
  return clock_.wait_until(until);
}

bool FeedWatcher::any_since(Instant looked, std::set<AppName>& silent) {
  bool any = false;
  for (const auto& [app, feed] : feeds_) {
    if (silent.count(app) != 0) continue;
    const auto hints = feed->hints_since(looked);
    if (!hints) {
      silent.insert(app);
      const bool known = troubles_.count(app) != 0 && troubles_[app] == hints.error().message;
      if (!known) context_.say("train: no news of " + app + ": " + hints.error().text());
      troubles_[app] = hints.error().message;
      continue;
    }
    troubles_.erase(app);
    for (const auto& hint : *hints) context_.say(app + ": " + hint.what + " (" + format_rfc3339(hint.at) + ")");
    any = any || !hints->empty();
  }
  if (any) context_.say("Looking now.");
  return any;
}

}  // namespace train::cli
