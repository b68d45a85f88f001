// An event log in memory, with the contract of the file log: tests/unit/event_log/contract_test.cpp holds both to it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "train/ports/event_log.hpp"

namespace train::test {

// What several logs that are open at the same time share, as processes share a directory.
struct LogStorage {
  std::mutex mutex;
  std::vector<Event> events;
  std::set<RunId> alive;
  int runs = 0;
};

class MemoryLog final : public EventLog {
 public:
  explicit MemoryLog(std::shared_ptr<LogStorage> storage = std::make_shared<LogStorage>())
      : storage_(std::move(storage)) {}
  ~MemoryLog() override;  // the runs it has entered end with it

  Result<std::vector<Event>> read(Seq after) override;
  Result<std::vector<Event>> append(Seq expected, std::span<const NewEvent> events) override;
  Result<RunId> enter() override;
  Result<Owner> owner_of(const event::Intent& intent, Instant now) override;

  const std::shared_ptr<LogStorage>& storage() const { return storage_; }
  // Called before an append looks at the log: what another run does first. May be empty.
  std::function<void()> before_append;
  // Called once an append is there: what another run does between it and what follows. May be empty.
  std::function<void(std::span<const NewEvent>)> after_append;

 private:
  Result<Done> put_all(Seq expected, std::span<const NewEvent> events, std::vector<Event>& added);

  std::shared_ptr<LogStorage> storage_;
  std::set<RunId> entered_;
};

}  // namespace train::test
