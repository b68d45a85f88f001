// Concrete adapters for a definition: the one place that knows them all.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

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
// What a stop speaks to. One thing that cannot be had keeps it from nothing else: a store whose key is bad is named, a
// flag or a channel without its secret is left out, and a log that cannot be opened is said.
struct StopWiring {
  runner::OwnedPorts owned;
  std::map<AppName, Error> without;   // apps whose store cannot be spoken to
  std::vector<std::string> left_out;  // flags and channels, and why
  std::optional<Error> log;           // no log: `owned.ports.log` is null
};
// The log gives way to another process that is writing sooner than elsewhere.
StopWiring wire_stop(const Definition& definition, Clock& clock, Reporter reporter);

// nullopt when everything the definition resolves to is on this machine; else the first URL's host that is not.
Result<std::optional<std::string>> first_foreign_host(const Definition& definition);

}  // namespace train::cli
