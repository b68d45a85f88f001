// What the commands of `standby` show together.
#pragma once

#include <string>

#include "compose/session.hpp"
#include "context.hpp"

namespace train::cli {

// Every standby of the release in focus, or that of one app.
Exit show_standbys(const Context& context, const Session& session, const engine::State& state, const AppName& only);

}  // namespace train::cli
