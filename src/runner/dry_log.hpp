// A log that reads through and only remembers what is appended: for plans and looks that must not write.
#pragma once

#include "train/ports/event_log.hpp"

namespace train::runner {

class DryLog final : public EventLog {
 public:
  explicit DryLog(EventLog& real) : real_(real) {}
  Result<std::vector<Event>> read(Seq after) override;
  Result<std::vector<Event>> append(Seq expected, std::span<const NewEvent> events) override;
  Result<RunId> enter() override { return RunId("dry-run"); }
  Result<Owner> owner_of(const event::Intent& intent, Instant now) override { return real_.owner_of(intent, now); }

 private:
  EventLog& real_;
  std::vector<Event> remembered_;
};

}  // namespace train::runner
