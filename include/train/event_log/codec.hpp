// One event, one line of JSON: {"v":1,"seq","at","by","kind","data","prev","hash"}. `hash` is SHA-256 over the line's
// bytes without the hash member; it covers `prev`, so an edit, a deletion or a swap is found.
#pragma once

#include <string>
#include <string_view>

#include "train/base/error.hpp"
#include "train/domain/event.hpp"

namespace train::event_log {

inline constexpr int k_log_version = 1;
inline constexpr const char* k_no_event = "0000000000000000000000000000000000000000000000000000000000000000";

// The line without its newline, and the event as it will be read back.
struct Encoded {
  Event event;
  std::string line;
};
Encoded encode(const NewEvent& event, Seq seq, std::string_view prev);

// corrupt_state when it is not a line of ours or its hash does not match; a newer version is named as such.
Result<Event> decode(std::string_view line);

// The whole event as JSON text, for `train log -o json`.
std::string to_json(const Event& event);

}  // namespace train::event_log
