// check: the definition, then what should be so before a release leaves.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <cstdlib>

#include "commands.hpp"
#include "compose/session.hpp"
#include "compose/wiring.hpp"
#include "preflight.hpp"
#include "train/definition/load.hpp"
#include "train/engine/state.hpp"
#include "train/preflight/definition.hpp"
#include "train/preflight/gates.hpp"
#include "train/preflight/launch_risk.hpp"
#include "train/preflight/log.hpp"
#include "train/preflight/people.hpp"
#include "train/preflight/way_back.hpp"
#include "views/check_view.hpp"

namespace train::cli {
namespace {

using preflight::Lines;

struct CheckOptions {
  bool offline = false;
};

void add(Lines& lines, const Lines& more) { lines.insert(lines.end(), more.begin(), more.end()); }

preflight::RunsOn where_it_runs() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true" ? preflight::RunsOn::ci_runner
                                                         : preflight::RunsOn::own_machine;
}

void check_log(const Definition& definition, const runner::Ports& ports, Instant now, Lines& lines) {
  add(lines, preflight::place_lines(definition, where_it_runs()));
  const auto events = ports.log->read(0);
  if (!events) {
    lines.push_back(preflight::failed_line("State", "log", events.error()));
    return;
  }
  lines.push_back({"State", "log", preflight::Level::ok,
                   fmt::format("{} event{}, readable", events->size(), events->size() == 1 ? "" : "s"), ""});
  add(lines, preflight::tick_lines(definition, *events, now));
  const auto state = engine::fold(*events);
  add(lines, preflight::standby_lines(definition, state));
  preflight::settle_risks(lines, state);
}

// Everything that can be checked once the secrets are at hand.
void check_against_the_world(const Definition& definition, Clock& clock, const CheckOptions& options, Lines& lines) {
  const auto now = clock.now();
  add(lines, preflight::people_lines(definition, now));
  add(lines, preflight::gate_lines(definition));
  add(lines, preflight::way_back_lines(definition));
  const auto owned = wire(definition, clock);
  if (!owned) {
    lines.push_back(preflight::failed_line("Secrets", "use", owned.error()));
    return;
  }
  if (!options.offline) {
    LiveVersions live;
    add(lines, check_flags(definition, owned->ports));
    add(lines, check_stores(definition, owned->ports, live));
    add(lines, preflight::halt_lines(definition, live));
    add(lines, check_signals(definition, owned->ports, live, now));
  }
  check_log(definition, owned->ports, now, lines);
}

Lines check_all(const Definition& definition, const CheckOptions& options) {
  auto lines = preflight::definition_lines(definition);
  const auto secrets = check_secrets(definition);
  add(lines, secrets);
  // Without its secrets nothing else can be asked, and the missing ones are the news.
  if (exit_of(secrets) != Exit::done) return lines;
  auto clock = make_clock(definition);
  if (!clock)
    lines.push_back(preflight::failed_line("Definition", "TRAIN_CLOCK", clock.error()));
  else
    check_against_the_world(definition, **clock, options, lines);
  return lines;
}

Exit show(const Context& context, const Lines& lines) {
  if (context.format == Format::json) {
    context.out() << check_document(lines);
  } else {
    const Screen screen{context.out(), Paint(context.coloured()), static_cast<std::size_t>(context.columns())};
    show_check(lines, context.quiet ? Amount::only_trouble : Amount::everything, screen);
  }
  return exit_of(lines);
}

Exit run_check(const Context& context, const CheckOptions& options) {
  Exit exit = Exit::done;
  const auto definition = load_definition(context, exit);
  if (definition) return show(context, check_all(*definition, options));
  // The problems stand on stderr by now; a script that reads JSON gets them as lines too.
  if (context.format == Format::json) {
    if (const auto loaded = definition::load_file(context.file); !loaded)
      context.out() << check_document(problem_lines(loaded.error()));
  }
  return exit;
}

}  // namespace

void add_check(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<CheckOptions>();
  auto* command =
      add_command(root, "check", "The definition, then what should be so before a release leaves", "train check");
  command->add_flag("--offline", options->offline, "Ask no store, signal or flag");
  command->callback([&, options] { chosen = [&context, options] { return run_check(context, *options); }; });
}

}  // namespace train::cli
