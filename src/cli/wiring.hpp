// Concrete adapters for a definition: the one place that knows them all.
#pragma once

#include "train/runner/runner.hpp"

namespace train::cli {

// Resolves every secret the definition names: `definition` errors are the first thing a user hears.
Result<runner::OwnedHands> wire(const Definition& definition, Clock& clock);

// Only the log and the clock: for commands that talk to nobody.
Result<runner::OwnedHands> wire_log(const Definition& definition, Clock& clock);

// nullopt when everything the definition resolves to is on this machine; else the first URL's host that is not.
Result<std::optional<std::string>> first_foreign_host(const Definition& definition);

}  // namespace train::cli
