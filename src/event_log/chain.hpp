// The log file as a chain of events: reads what is new in it and proves that it follows from what was read before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/domain/event.hpp"

namespace train::event_log {

inline constexpr std::uint64_t k_log_bytes_max = 4ull << 30;

struct Chain {
  std::vector<Event> events;  // events[i].seq == i + 1
  std::uint64_t bytes = 0;    // of the file, up to and with the last whole append
  std::uint64_t device = 0;   // which file they were read from
  std::uint64_t inode = 0;

  Seq last() const { return events.size(); }
  std::string head() const;  // hash of the last event; 64 zeros before the first
};

// Adds whole appends of `text`, which follows what the chain has; `place` is where it came from, for messages. Returns
// what is left behind the last whole one.
Result<std::string> read_new_lines(std::string_view text, const std::filesystem::path& place, Chain& chain);

// Adds what the file has behind `chain`. Returns the bytes behind the last whole append: a line without its newline, or
// lines whose companions are missing; empty when nothing is torn. An absent file is an empty one. When the file is
// another than the chain's, or shorter, everything is read anew. corrupt_state names file, line and what to do; the
// chain is then of no use.
Result<std::string> read_new_events(const std::filesystem::path& file, Chain& chain);

}  // namespace train::event_log
