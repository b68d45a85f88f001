// A person's order that is carried out now and not at the next look: halt, rollback, remove-from-sale.
#pragma once

#include "compose/session.hpp"
#include "context.hpp"

namespace train::cli {

// Records what `make` decides, runs the loop that everything runs, and shows it. That people are still needed is not a
// failure of the order.
Exit carry_out(const Context& context, const Session& session, const runner::Make& make);

// `usage` for an app that the definition does not have; empty is every app.
Result<Done> known_app(const Definition& definition, const AppName& app);

// Asks on a terminal; elsewhere only `yes` confirms.
bool confirmed(const Context& context, bool yes, const std::string& question);

// The apps an order to stop is about: the one that is named, else every one that serves somebody.
std::vector<AppName> apps_to_stop(const Definition& definition, const engine::Release& release, const AppName& only);

}  // namespace train::cli
