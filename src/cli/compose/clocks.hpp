// The system's clock, and the sandbox's by HTTP when TRAIN_CLOCK names one.
#pragma once

#include <memory>
#include <string>

#include "train/base/error.hpp"
#include "train/http/client.hpp"
#include "train/ports/clock.hpp"

namespace train::cli {

std::unique_ptr<Clock> make_system_clock();

// `usage` for a time that no clock shows which is right: what is written down with it could not be read again.
Result<Instant> sensible_time(Instant at);

// `url` is …/_sandbox/clock on loopback; waiting advances it. `usage` when it is not loopback or does not answer.
Result<std::unique_ptr<Clock>> make_sandbox_clock(const std::string& url);

// Pauses between attempts, on this clock: whole seconds, rounded up. `clock` outlives it.
http::Sleep sleep_on(Clock& clock);

// SIGINT and SIGTERM end a wait.
void interrupt_waits_on_signals();

}  // namespace train::cli
