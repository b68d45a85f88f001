// advance: every step that is due.
#include "advance.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <map>

#include "commands.hpp"
#include "lost_log.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

Result<runner::Options> runner_options(const Context& context, const AdvanceOptions& options) {
  runner::Options out;
  if (!options.plan_file.empty()) {
    auto text = read_file(options.plan_file, 1 << 20);
    if (!text) return fail(ErrorKind::usage, text.error().message, text.error().hint);
    auto steps = read_plan_document(*text);
    if (!steps) return tl::unexpected(steps.error());
    out.only = std::move(*steps);
  }
  if (context.quiet || context.format == Format::json) return out;
  // As it happens, on stdout: it is what the command is for.
  out.on_event = [&context, intents = std::map<std::string, Step>()](const Event& event) mutable {
    if (const auto* intent = std::get_if<event::Intent>(&event.body)) intents[intent->operation] = intent->step;
    if (const auto* dropped = std::get_if<event::MessagesDropped>(&event.body))
      context.say(fmt::format("{} older messages to {} are dropped: `train log` has what they were about.",
                              dropped->count, printable(dropped->channel)));
    const auto* outcome = std::get_if<event::Outcome>(&event.body);
    if (outcome == nullptr || outcome->result != event::Outcome::Result::done) return;
    const Paint paint(context.coloured());
    context.out() << "  " << paint(Style::good, "✓") << " " << step_text(intents[outcome->operation]) << "\n"
                  << std::flush;
  };
  return out;
}

Exit run_advance(const Context& context, const AdvanceOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  auto report = advance_once(context, *session, options);
  if (!report) return context.fail(report.error());
  show_report(context, *session, *report);
  return exit_of(*report);
}

}  // namespace

Result<runner::Report> advance_once(const Context& context, const Session& session, const AdvanceOptions& options) {
  auto with = runner_options(context, options);
  if (!with) return tl::unexpected(with.error());
  auto report = runner::advance(session.definition, session.ports(), *with);
  if (report) {
    auto unknown = rollouts_without_log(report->state, session.ports());
    std::move(unknown.begin(), unknown.end(), std::back_inserter(report->plan.waits));
  }
  return report;
}

void show_report(const Context& context, const Session& session, const runner::Report& report) {
  if (context.format == Format::json)
    context.out() << advance_document(report);
  else
    show_advance(report, screen_of(context, session.definition), session.clock->now());
}

void add_advance(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<AdvanceOptions>();
  auto* command = add_command(root, "advance", "Do every step that is due, then stop", "train advance");
  command->add_option("--plan", options->plan_file, "Exactly the steps of this saved plan, or nothing");
  command->callback([&, options] { chosen = [&context, options] { return run_advance(context, *options); }; });
}

}  // namespace train::cli
