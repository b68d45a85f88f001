// Adds lines to the log file so that all of them are there and durable, or none.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "chain.hpp"
#include "paths.hpp"

namespace train::event_log {

// Under the log's lock, with `chain` up to date. `torn`: the bytes behind the chain; they are moved to torn-<seq>.txt
// first and a Repaired event is added behind the asked ones. Returns the events added, in order. storage when the disk
// refused: the file is then as it was.
Result<std::vector<Event>> append_lines(const Paths& paths, const std::string& torn, std::span<const NewEvent> events,
                                        Chain& chain);

}  // namespace train::event_log
