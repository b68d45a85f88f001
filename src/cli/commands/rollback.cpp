// rollback: the playbook; with --dry-run every way out, side by side.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "stop_now.hpp"
#include "train/engine/ways_out.hpp"
#include "views/text.hpp"
#include "views/ways_out_view.hpp"

namespace train::cli {
namespace {

// From the log alone: nothing is asked and nothing is done.
Exit show_ways_out(const Context& context, const StopOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.arguments.app); !known) return context.fail(known.error());
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  const auto* release = state->focus();
  if (release == nullptr) return context.fail({ErrorKind::refused, "There is no release to roll back.", ""});
  std::vector<Choice> choices;
  for (const auto& app : session->definition.apps) {
    if (!options.arguments.app.empty() && app.name != options.arguments.app) continue;
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

Exit run_rollback(const Context& context, const StopOptions& options) {
  return options.dry_run ? show_ways_out(context, options) : stop_now(context, options, "rollback", "Roll back");
}

}  // namespace

void add_rollback(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StopOptions>();
  auto* command = add_stop(root, "rollback", *options);
  command->add_flag("--dry-run", options->dry_run, "Show every way out side by side, and do nothing");
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_rollback(context, *options); }; });
}

}  // namespace train::cli
