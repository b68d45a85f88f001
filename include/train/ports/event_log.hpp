// The log is the truth. Two verbs, and whether the owner of an open intent still lives.
#pragma once

#include <span>
#include <vector>

#include "train/base/error.hpp"
#include "train/domain/event.hpp"

namespace train {

class EventLog {
 public:
  virtual ~EventLog() = default;

  // Events after `after`, in order. An absent log is an empty one. corrupt_state when the chain is broken anywhere but
  // in a torn last line (which is left out), or when the log is shorter than its own checkpoint.
  virtual Result<std::vector<Event>> read(Seq after) = 0;

  // Adds the events behind `expected`, all or none, durable when it returns. conflict when the log has moved on;
  // storage when the disk refused: then nothing was added.
  virtual Result<std::vector<Event>> append(Seq expected, std::span<const NewEvent> events) = 0;

  // Declares this process as one that may act, until it ends. The id goes into its intents.
  virtual Result<RunId> enter() = 0;

  // Whether the process behind an open intent can still send its call. `gone` only when that is certain.
  enum class Owner { alive, gone };
  virtual Result<Owner> owner_of(const event::Intent& intent, Instant now) = 0;
};

}  // namespace train
