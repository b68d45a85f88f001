// The list of engines: one declaration and one entry for each. What a function describes stands in its engine's file.
#pragma once

#include "train/event_log/catalog.hpp"

namespace train::event_log {

Descriptor describe_file();

inline constexpr Descriptor (*k_engines[])() = {describe_file};

}  // namespace train::event_log
