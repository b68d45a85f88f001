// Asks what the preflight wants to know: secrets where they are kept, stores, signals, flags, the log and the files of
// the standby. Nothing is written anywhere.
#pragma once

#include <vector>

#include "train/definition/load.hpp"
#include "train/preflight/preflight.hpp"
#include "train/preflight/secrets.hpp"
#include "train/runner/runner.hpp"

namespace train::cli {

// One after the other: a command behind `exec:` may ask a person.
std::vector<preflight::SecretAnswer> ask_secrets(const Definition& definition);

// Everybody at the same time, each store and each provider by one thread; then every signal of every app about the
// version that is live.
preflight::Answers ask_everybody(const Definition& definition, const runner::Ports& ports, Instant now);

// Only the log and the files on this machine.
preflight::Answers ask_this_machine(const Definition& definition, const runner::Ports& ports, Instant now);

}  // namespace train::cli
