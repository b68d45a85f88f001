#include "compose/session.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>

#include "compose/catalog.hpp"
#include "compose/clocks.hpp"
#include "compose/trace.hpp"
#include "compose/wiring.hpp"
#include "progress_line.hpp"
#include "train/base/text.hpp"
#include "train/definition/ask_once.hpp"
#include "train/definition/load.hpp"
#include "train/orders/order.hpp"

namespace train::cli {
namespace {

// What `--state` says; a directory is taken from where the command runs.
Result<LogAddress> asked_state(const std::string& text) {
  std::error_code nowhere;
  const auto here = std::filesystem::current_path(nowhere);
  auto address = definition::read_log_address(text, here, catalog());
  if (!address) return fail(ErrorKind::definition, "--state: " + address.error() + ".");
  return std::move(*address);
}

void warn_about_ci(const Context& context, const Definition& definition) {
  const char* ci = std::getenv("CI");
  if (ci == nullptr || std::string_view(ci) != "true" || !definition.state.directory()) return;
  context.say(
      "train: warning: the state is in local files, and a CI runner's disk is thrown away; use an engine that outlives "
      "it.");
}

// Uploads of several apps may run at the same time.
Reporter reporter_on(const Context& context) {
  struct Voice {
    explicit Voice(std::ostream& to) : err(to), line(to) {}
    std::mutex mutex;
    std::ostream& err;
    ProgressLine line;
  };
  auto voice = std::make_shared<Voice>(context.err());
  Reporter reporter;
  reporter.told = [voice](const AppName& app, const std::string& sentence) {
    const std::lock_guard lock(voice->mutex);
    voice->err << "train: " << app << ": " << printable(sentence) << "\n";
  };
  if (context.quiet || !context.invocation.err_is_terminal) return reporter;
  reporter.uploading = [voice](const AppName& app, const std::string& what, std::uint64_t stored, std::uint64_t total) {
    const std::lock_guard lock(voice->mutex);
    voice->line.show(app, what, stored, total);
  };
  return reporter;
}

Result<runner::OwnedPorts> wire_as_far_as(Reach reach, const Session& session, const Context& context) {
  switch (reach) {
    case Reach::log_only:
      return wire_log(session.definition, *session.clock);
    case Reach::flags:
      return wire_flags(session.definition, *session.clock);
    case Reach::everything:
      break;
  }
  return wire_aloud(session.definition, *session.clock, reporter_on(context));
}

}  // namespace

std::optional<Definition> load_definition(const Context& context, Exit& exit) {
  auto loaded = definition::load_file(context.file, catalog());
  if (!loaded) {
    for (const auto& problem : loaded.error()) context.err() << problem.format() << "\n";
    context.err() << "train: " << loaded.error().size() << (loaded.error().size() == 1 ? " problem" : " problems")
                  << " in the definition; nothing was touched.\n";
    exit = Exit::usage;
    return std::nullopt;
  }
  if (context.state) {
    auto address = asked_state(*context.state);
    if (!address) {
      exit = context.fail(address.error());
      return std::nullopt;
    }
    loaded->state = std::move(*address);
  }
  return std::move(*loaded);
}

Result<std::unique_ptr<Clock>> make_clock(const Definition& definition) {
  const char* url = std::getenv("TRAIN_CLOCK");
  if (url == nullptr || *url == '\0') {
    auto clock = make_system_clock();
    if (auto sensible = sensible_time(clock->now()); !sensible) return tl::unexpected(sensible.error());
    return clock;
  }
  auto foreign = first_foreign_host(definition);
  if (!foreign) return tl::unexpected(foreign.error());
  if (*foreign) {
    return fail(ErrorKind::usage,
                "TRAIN_CLOCK is set, but the definition reaches beyond this machine: " + **foreign + ".",
                "A made-up time may only move made-up stores. Unset TRAIN_CLOCK.");
  }
  return make_sandbox_clock(url);
}

namespace {

// The definition, who acts, and the time. False: `exit` is set.
bool begin(const Context& context, Beginning& session, Exit& exit) {
  auto definition = load_definition(context, exit);
  if (!definition) return false;
  session.definition = std::move(*definition);
  session.by = acting_person(context);
  // Who is named must be one of the people; user@host may be anybody.
  if (auto known = orders::known_person(session.definition, context.as.value_or("")); context.as && !known) {
    exit = context.fail(known.error());
    return false;
  }
  auto clock = make_clock(session.definition);
  if (!clock) {
    exit = context.fail(clock.error());
    return false;
  }
  session.clock = std::move(*clock);
  return true;
}

}  // namespace

std::optional<StopSession> open_stop_session(const Context& context, Exit& exit) {
  const definition::AskOnce once;
  StopSession session;
  if (!begin(context, session, exit)) return std::nullopt;
  session.wired = wire_stop(session.definition, *session.clock, reporter_on(context));
  if (context.trace) session.wired.owned.ports.on_decision = context.trace->on_decision();
  return session;
}

std::optional<Session> open_session(const Context& context, Reach reach, Exit& exit) {
  const definition::AskOnce once;
  Session session;
  if (!begin(context, session, exit)) return std::nullopt;
  warn_about_ci(context, session.definition);
  auto owned = wire_as_far_as(reach, session, context);
  if (!owned) {
    exit = context.fail(owned.error());
    return std::nullopt;
  }
  session.owned = std::move(*owned);
  if (context.trace) session.owned.ports.on_decision = context.trace->on_decision();
  return session;
}

}  // namespace train::cli
