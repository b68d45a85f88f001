// The checks that ask somebody: secrets where they are kept, stores, signals, flags. Nothing is written anywhere.
#pragma once

#include "train/preflight/launch_risk.hpp"
#include "train/runner/runner.hpp"

namespace train::cli {

// Resolves each secret that a command would need; none of them is shown.
preflight::Lines check_secrets(const Definition& definition);

// What each store's account may do and what is live there; fills `live`.
using preflight::LiveVersions;
preflight::Lines check_stores(const Definition& definition, const runner::Ports& ports, LiveVersions& live);

// Every signal of every app, asked about the live version: a signal that does not answer now holds every gate on it.
preflight::Lines check_signals(const Definition& definition, const runner::Ports& ports, const LiveVersions& live,
                               Instant now);

// Every flag answers: what cannot be read cannot be proven to be off.
preflight::Lines check_flags(const Definition& definition, const runner::Ports& ports);

}  // namespace train::cli
