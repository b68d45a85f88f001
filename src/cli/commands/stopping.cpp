// halt and rollback: what takes a release back from people, at once.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "compose/session.hpp"
#include "ordering.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/ways_out.hpp"
#include "views/ways_out_view.hpp"

namespace train::cli {
namespace {

struct StopOptions {
  std::string app;
  std::string why;
  bool yes = false;
  bool dry_run = false;
};

enum class Stop { halt, rollback };

// From the log alone: nothing is asked and nothing is done.
Exit show_ways_out(const Context& context, const StopOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  const auto* release = state->focus();
  if (release == nullptr) return context.fail({ErrorKind::refused, "There is no release to roll back.", ""});
  std::vector<Choice> choices;
  for (const auto& app : session->definition.apps) {
    if (!options.app.empty() && app.name != options.app) continue;
    Choice choice{app.name, release->version,
                  engine::ways_out(session->definition, *state, *release, app, session->clock->now())};
    const auto* progress = release->find(app.name);
    choice.recommends = progress != nullptr && engine::recommended(*progress, choice.ways) != nullptr;
    choices.push_back(std::move(choice));
  }
  if (context.format == Format::json)
    context.out() << choices_document(choices);
  else
    show_choices(choices, screen_of(context));
  return Exit::done;
}

Exit run_stop(const Context& context, const StopOptions& options, Stop stop) {
  if (options.dry_run) return show_ways_out(context, options);
  if (options.why.empty()) return context.fail({ErrorKind::usage, "--why TEXT is needed: it goes into the log.", ""});
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  const std::string word = stop == Stop::halt ? "Halt" : "Roll back";
  if (!confirmed(context, options.yes,
                 word + (options.app.empty() ? " every app that is exposed?" : " " + options.app + "?"))) {
    return context.fail(
        {ErrorKind::usage, word + " was not confirmed; nothing was done.", "Pass --yes where there is no terminal."});
  }
  const auto make = [&](const engine::State& state) -> Result<std::vector<EventBody>> {
    const auto* release = state.focus();
    if (release == nullptr) return fail(ErrorKind::refused, "There is no release to stop.");
    const auto apps = apps_to_stop(session->definition, *release, options.app);
    if (apps.empty())
      return fail(ErrorKind::refused,
                  "No app of " + release->version.text() + " is exposed: there is nothing to stop.");
    std::vector<EventBody> bodies;
    for (const auto& app : apps)
      bodies.emplace_back(event::HaltOrdered{release->version, app, options.why, stop == Stop::rollback});
    return bodies;
  };
  return carry_out(context, *session, make);
}

std::shared_ptr<StopOptions> stop_options(CLI::App* command) {
  auto options = std::make_shared<StopOptions>();
  command->add_option("APP", options->app, "Default: every app with exposure");
  command->add_option("--why", options->why, "The reason, for the log");
  command->add_flag("--yes", options->yes, "Do not ask");
  return options;
}

}  // namespace

void add_stopping(CLI::App& root, Context& context, Chosen& chosen) {
  auto* halt = add_command(root, "halt", "Stop exposure in the store, now, at any hour",
                           "train halt android --why 'payments fail'");
  auto halting = stop_options(halt);
  halt->callback([&chosen, &context, halting] {
    chosen = [&context, halting] { return run_stop(context, *halting, Stop::halt); };
  });

  auto* rollback = add_command(root, "rollback", "The playbook: flags off, halt, the standby out, people told",
                               "train rollback android --why 'crash on start'");
  auto rolling = stop_options(rollback);
  rollback->add_flag("--dry-run", rolling->dry_run, "Show every way out side by side, and do nothing");
  rollback->callback([&chosen, &context, rolling] {
    chosen = [&context, rolling] { return run_stop(context, *rolling, Stop::rollback); };
  });
}

}  // namespace train::cli
