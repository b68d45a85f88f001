// The checks that ask somebody: secrets where they are kept, stores, signals, flags. Nothing is written anywhere.
#pragma once

#include <map>

#include "check.hpp"
#include "train/runner/runner.hpp"

namespace train::cli {

// Resolves each secret that a command would need; none of them is shown.
CheckLines check_secrets(const Definition& definition);

// What each store's account may do and what is live there; fills `live`.
using LiveVersions = std::map<AppName, LiveVersion>;
CheckLines check_stores(const Definition& definition, const runner::Ports& ports, LiveVersions& live);

// Every signal of every app, asked about the live version: a signal that does not answer now holds every gate on it.
CheckLines check_signals(const Definition& definition, const runner::Ports& ports, const LiveVersions& live,
                         Instant now);

// Every flag answers: what cannot be read cannot be proven to be off.
CheckLines check_flags(const Definition& definition, const runner::Ports& ports);

}  // namespace train::cli
