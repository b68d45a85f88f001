// One event, one line of JSON: {"v":1,"seq","at","by","kind","data","prev","hash"}. `hash` is SHA-256 over the line's
// bytes without the hash member; it covers `prev`, so an edit, a deletion or a swap is found. Events appended together
// carry "more": how many of them follow, so that a crash between two of them is seen and neither counts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "train/base/error.hpp"
#include "train/domain/event.hpp"

namespace train::event_log {

inline constexpr int k_log_version = 1;
inline constexpr const char* k_no_event = "0000000000000000000000000000000000000000000000000000000000000000";
inline constexpr std::size_t k_line_bytes_max = 16u << 20;
inline constexpr std::size_t k_json_depth_max = 64;

// The line without its newline, and the event as it will be read back.
struct Encoded {
  Event event;
  std::string line;
};
// `more`: how many events of the same append come after this one.
Encoded encode(const NewEvent& event, Seq seq, std::string_view prev, std::size_t more = 0);

// corrupt_state when it is not a line of ours or its hash does not match; a newer version is named as such.
Result<Event> decode(std::string_view line);

struct Decoded {
  Event event;
  std::size_t more = 0;
};
Result<Decoded> decode_line(std::string_view line);

// The whole event as JSON text, for `train log -o json`.
std::string to_json(const Event& event);

}  // namespace train::event_log
