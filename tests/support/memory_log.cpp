#include "support/memory_log.hpp"

#include <fmt/core.h>

#include "train/base/digest.hpp"

namespace train::test {

MemoryLog::~MemoryLog() {
  const std::lock_guard lock(storage_->mutex);
  for (const auto& run : entered_) storage_->alive.erase(run);
}

Result<std::vector<Event>> MemoryLog::read(Seq after) {
  const std::lock_guard lock(storage_->mutex);
  const auto& all = storage_->events;
  if (after >= all.size()) return std::vector<Event>();
  return std::vector<Event>(all.begin() + static_cast<std::ptrdiff_t>(after), all.end());
}

Result<std::vector<Event>> MemoryLog::append(Seq expected, std::span<const NewEvent> events) {
  if (events.empty()) return std::vector<Event>();
  if (before_append) before_append();
  std::vector<Event> added;
  if (auto put = put_all(expected, events, added); !put) return tl::unexpected(put.error());
  if (const auto hook = after_append) hook(events);  // a copy: it may end itself
  return added;
}

Result<Done> MemoryLog::put_all(Seq expected, std::span<const NewEvent> events, std::vector<Event>& added) {
  const std::lock_guard lock(storage_->mutex);
  auto& all = storage_->events;
  if (all.size() != expected) {
    return fail(ErrorKind::conflict,
                fmt::format("The log has moved on: event {} was the last, now it is event {}.", expected, all.size()));
  }
  std::string prev = all.empty() ? std::string(64, '0') : all.back().hash;
  for (const auto& event : events) {
    const Seq seq = expected + added.size() + 1;
    const std::string hash = sha256_hex(fmt::format("{} {} {}", prev, seq, kind_of(event.body)));
    added.push_back(Event{seq, event.at, event.by, event.body, prev, hash});
    prev = hash;
  }
  all.insert(all.end(), added.begin(), added.end());
  return Done{};
}

Result<RunId> MemoryLog::enter() {
  const std::lock_guard lock(storage_->mutex);
  const RunId run = fmt::format("run{}", ++storage_->runs);
  entered_.insert(run);
  storage_->alive.insert(run);
  return run;
}

Result<EventLog::Owner> MemoryLog::owner_of(const event::Intent& intent, Instant) {
  const std::lock_guard lock(storage_->mutex);
  return storage_->alive.count(intent.run) != 0 ? Owner::alive : Owner::gone;
}

}  // namespace train::test
