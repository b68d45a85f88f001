// What a notify channel is called in the log: its own `id`, or `KIND:REFERENCE`. Never its place in a list, never its
// secret.
#pragma once

#include <string>

namespace train {

using ChannelId = std::string;

}  // namespace train
