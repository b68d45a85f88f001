// Concrete adapters for a definition: the one place that knows them all.
#pragma once

#include <functional>
#include <string>

#include "train/runner/runner.hpp"

namespace train::cli {

// What adapters tell people while they work; either may be empty. From any thread.
struct Reporter {
  std::function<void(const AppName& app, const std::string& sentence)> told;
  std::function<void(const AppName& app, const std::string& what, std::uint64_t stored, std::uint64_t total)> uploading;
};

// Resolves every secret the definition names: `definition` errors are the first thing a user hears.
Result<runner::OwnedPorts> wire_aloud(const Definition& definition, Clock& clock, Reporter reporter);
Result<runner::OwnedPorts> wire(const Definition& definition, Clock& clock);  // the same, in silence

// The log, the clock and the signer: for commands that talk to nobody.
Result<runner::OwnedPorts> wire_log(const Definition& definition, Clock& clock);

// The log, the clock and the flags' providers.
Result<runner::OwnedPorts> wire_flags(const Definition& definition, Clock& clock);

// The store of one app.
Result<runner::OwnedPorts> wire_store(const Definition& definition, const App& app, Clock& clock, Reporter reporter);

// nullopt when everything the definition resolves to is on this machine; else the first URL's host that is not.
Result<std::optional<std::string>> first_foreign_host(const Definition& definition);

}  // namespace train::cli
