// A command's beginning: the definition, the clock, the ports. Every error is said before it returns.
#pragma once

#include <memory>
#include <optional>

#include "compose/wiring.hpp"
#include "context.hpp"
#include "train/domain/definition.hpp"
#include "train/runner/runner.hpp"

namespace train::cli {

// What every command has before it reaches for anything.
struct Beginning {
  Definition definition;
  std::string by;  // who acts
  std::unique_ptr<Clock> clock;
};

struct Session : Beginning {
  runner::OwnedPorts owned;
  const runner::Ports& ports() const { return owned.ports; }
};

// What the command speaks to, and so whose secrets are resolved: a flag is switched where no store's key is at hand.
enum class Reach { log_only, flags, everything };

// nullopt: the problems were printed; the exit code is in `exit`.
std::optional<Session> open_session(const Context& context, Reach reach, Exit& exit);

// A stop's beginning: what cannot be had is left out, so that it keeps nothing else from being stopped.
struct StopSession : Beginning {
  StopWiring wired;
  const runner::Ports& ports() const { return wired.owned.ports; }
};
std::optional<StopSession> open_stop_session(const Context& context, Exit& exit);

// Prints every problem; nullopt then.
std::optional<Definition> load_definition(const Context& context, Exit& exit);

// TRAIN_CLOCK, or the system's.
Result<std::unique_ptr<Clock>> make_clock(const Definition& definition);

}  // namespace train::cli
