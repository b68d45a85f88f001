// The log in a ref of a git repository, shared by everybody who may push to it.
#pragma once

#include <memory>

#include "train/event_log/catalog.hpp"

namespace train::event_log {

// `definition` when the address or the train's name cannot be used. Nothing is asked of the remote yet.
Result<std::unique_ptr<EventLog>> make_git_log(const LogAddress& address, const Site& site);

}  // namespace train::event_log
