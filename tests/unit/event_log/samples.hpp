// Events of every kind: full (no member at its default) and sparse (every optional member absent).
#pragma once

#include <string>
#include <vector>

#include "train/domain/event.hpp"

namespace train::event_log {

Instant at(int seconds);
VersionName version(const char* text);
BuildNumber build(const char* text);

std::vector<EventBody> full_events();
std::vector<EventBody> sparse_events();

// Member by member, versions by their text.
bool same(const EventBody& a, const EventBody& b);

}  // namespace train::event_log
