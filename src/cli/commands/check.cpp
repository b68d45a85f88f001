// check: the definition, then what should be so before a release leaves.
#include <CLI/CLI.hpp>
#include <cstdlib>

#include "asking.hpp"
#include "commands.hpp"
#include "compose/catalog.hpp"
#include "compose/session.hpp"
#include "compose/wiring.hpp"
#include "train/preflight/definition.hpp"
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

// The secrets are at hand.
Lines check_launch(const Definition& definition, Clock& clock, const CheckOptions& options) {
  const auto now = clock.now();
  const auto owned = wire(definition, clock);
  if (!owned) {
    Lines lines{preflight::failed_line("Secrets", "use", owned.error())};
    const auto answers = preflight::nobody_asked(definition, "a secret cannot be used");
    add(lines, preflight::launch_risks(definition, answers, where_it_runs(), now));
    return lines;
  }
  const auto answers =
      options.offline ? ask_this_machine(definition, owned->ports) : ask_everybody(definition, owned->ports, now);
  return preflight::launch_risks(definition, answers, where_it_runs(), now);
}

Lines check_all(const Definition& definition, const CheckOptions& options) {
  auto lines = preflight::definition_lines(definition);
  const auto secrets = preflight::secret_lines(definition, ask_secrets(definition));
  add(lines, secrets);
  // Without its secrets nothing else can be asked, and the missing ones are the news.
  if (exit_of(secrets) != Exit::done) return lines;
  auto clock = make_clock(definition);
  if (!clock)
    lines.push_back(preflight::failed_line("Definition", "TRAIN_CLOCK", clock.error()));
  else
    add(lines, check_launch(definition, **clock, options));
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
    if (const auto loaded = definition::load_file(context.file, catalog()); !loaded)
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
