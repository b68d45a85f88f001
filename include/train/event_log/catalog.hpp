// Every engine that can hold the log, with its maker. The list itself stands in src/event_log/descriptors.hpp; each
// entry is described in its engine's own file.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "train/domain/log_address.hpp"
#include "train/ports/event_log.hpp"

namespace train::event_log {

// How long an append waits for another process that is writing.
inline constexpr std::chrono::milliseconds k_lock_patience{30000};

// What an engine is made with, whichever it is.
struct Site {
  std::string train;
  // The fold as JSON text, for people who look beside the log; may be empty.
  std::function<std::string(const std::vector<Event>&)> snapshot;
  std::function<void(const std::string&)> warn;  // may be empty
  std::chrono::milliseconds lock_patience = k_lock_patience;
};

struct Descriptor {
  LogScheme scheme = LogScheme::file;
  Result<std::unique_ptr<EventLog>> (*make)(const LogAddress& address, const Site& site) = nullptr;
};

const std::vector<Descriptor>& catalog();
const Descriptor* find(LogScheme scheme);  // nullptr: this version has no engine for it

}  // namespace train::event_log
