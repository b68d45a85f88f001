// A person's order that is carried out now and not at the next look: halt, rollback, remove-from-sale.
#pragma once

#include "context.hpp"
#include "session.hpp"

namespace train::cli {

// Records what `make` decides, runs the loop that everything runs, and shows it. That people are still needed is not a
// failure of the order.
Exit carry_out(const Context& context, const Session& session, const runner::Make& make);

}  // namespace train::cli
