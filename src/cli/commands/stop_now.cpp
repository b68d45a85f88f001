#include "stop_now.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "train/base/text.hpp"
#include "train/engine/ways_out.hpp"
#include "train/event_log/catalog.hpp"
#include "train/orders/release_standby.hpp"
#include "train/orders/remove_from_sale.hpp"
#include "train/orders/stop.hpp"
#include "train/runner/stop.hpp"
#include "views/json.hpp"
#include "views/stop_view.hpp"
#include "views/ways_out_view.hpp"

namespace train::cli {
namespace {

std::string_view words_of(StopCommand command) {
  switch (command) {
    case StopCommand::halt:
      return "halt";
    case StopCommand::rollback:
      return "rollback";
    case StopCommand::standby_release:
      return "standby release";
    case StopCommand::removal:
      return "remove-from-sale";
  }
  return "";
}

// Nothing that another run does is a reason not to stop: what kept us from it has failed.
Exit exit_of_stop(const Error& error) {
  const auto exit = exit_of(error.kind);
  return exit == Exit::conflict ? Exit::failed : exit;
}

// Another way to the same end, where this one failed.
void say_other_ways(const Context& context, const Definition& definition, const AppName& app) {
  const auto named = app.empty() ? std::string() : app + " ";
  context.err() << fmt::format(
      "  `train halt {}--without-log --yes` stops what the store serves by itself, without the log.\n", named);
  for (const auto& console : consoles_of(definition, app)) context.err() << "  By hand: " << console << "\n";
}

Exit fail_stop(const Context& context, const Definition& definition, const AppName& app, const Error& error) {
  context.fail(error);
  say_other_ways(context, definition, app);
  return exit_of_stop(error);
}

// The definition did not load: which apps there are is not known.
Exit without_definition(const Context& context, Exit exit) {
  for (const auto& store : all_stores())
    context.err() << "  By hand: " << store.console << ", " << store.console_address << "\n";
  return exit;
}

class Stopping {
 public:
  Stopping(const Context& context, const StopOptions& options, StopCommand command, const StopSession& session)
      : context_(context), options_(options), command_(command), session_(session), said_(options.arguments) {}

  Exit run() {
    if (auto known = known_app(definition(), said_.app); !known) return context_.fail(known.error());
    if (session_.wired.log) return fail_stop(context_, definition(), said_.app, *session_.wired.log);
    auto state = runner::load_state(*session_.ports().log);
    if (!state) return fail_stop(context_, definition(), said_.app, state.error());
    state_ = std::move(*state);
    find_out();
    if (options_.dry_run) return show_dry();
    if (const auto refused = events(state_); !refused) return refuse(refused.error());
    if (auto confirmed = confirm(); !confirmed) return context_.fail(confirmed.error());
    return carry_out_stop();
  }

 private:
  const Definition& definition() const { return session_.definition; }
  Instant now() const { return session_.clock->now(); }
  bool rolls_back() const { return command_ == StopCommand::rollback || command_ == StopCommand::standby_release; }

  orders::Events events(const engine::State& state) const {
    const auto* order = orders::find_command(words_of(command_));
    return order->give(definition(), state, session_.by, said_, now());
  }

  std::vector<engine::AppStop> what_it_does() const {
    switch (command_) {
      case StopCommand::halt:
        return orders::stops_of(definition(), state_, {said_.app, orders::Stop::halt, said_.why}, now());
      case StopCommand::rollback:
        return orders::stops_of(definition(), state_, {said_.app, orders::Stop::rollback, said_.why}, now());
      case StopCommand::standby_release:
        return orders::standbys_released(definition(), state_, said_.app, now());
      case StopCommand::removal:
        return orders::removal_of(definition(), state_, said_.app, now());
    }
    return {};
  }

  void find_out() {
    stops_ = what_it_does();
    if (!rolls_back()) return;
    auto ordered = state_;
    if (const auto bodies = events(state_)) {
      for (const auto& body : *bodies) engine::apply(ordered, Event{ordered.seq + 1, now(), session_.by, body, {}, {}});
    }
    flags_ = engine::flags_switched_off(definition(), ordered, now());
  }

  // A release that the log does not know may be out all the same.
  Exit refuse(const Error& error) const {
    context_.fail(error);
    if (error.kind != ErrorKind::usage && state_.releases.empty()) say_other_ways(context_, definition(), said_.app);
    return exit_of_stop(error);
  }

  std::vector<Choice> alternatives() const {
    std::vector<Choice> out;
    for (const auto& stop : stops_) {
      const auto* release = state_.find(stop.version);
      const auto* app = definition().find_app(stop.app);
      if (release == nullptr || app == nullptr) continue;
      Choice choice{stop.app, stop.version, engine::ways_out(definition(), state_, *release, *app, now())};
      const auto* progress = release->find(stop.app);
      choice.recommends = progress != nullptr && engine::recommended(*progress, choice.ways) != nullptr;
      out.push_back(std::move(choice));
    }
    return out;
  }

  // From the log alone: nothing is asked and nothing is done.
  Exit show_dry() const {
    if (state_.releases.empty()) return refuse(Error{ErrorKind::refused, "There is no release to stop.", ""});
    if (context_.format == Format::json) {
      context_.out() << choices_document(alternatives(), stops_, flags_);
      return Exit::done;
    }
    context_.out() << "`train " << words_of(command_) << "` would do this:\n";
    show_stops(stops_, flags_, context_.out());
    context_.out() << "Alternatives:\n";
    show_choices(alternatives(), screen_of(context_));
    return Exit::done;
  }

  Result<Done> confirm() const {
    if (command_ == StopCommand::removal) return Done{};
    context_.err() << "`train " << words_of(command_) << "` does this:\n";
    show_stops(stops_, flags_, context_.err());
    if (confirmed(context_, options_.yes, "Go on?")) return Done{};
    return fail(ErrorKind::usage, fmt::format("`{}` was not confirmed; nothing was done.", words_of(command_)),
                "Pass --yes where there is no terminal.");
  }

  Exit carry_out_stop() const {
    runner::StopWish wish;
    wish.by = session_.by;
    wish.why = said_.why;
    wish.orders = [&](const engine::State& state) { return events(state); };
    wish.apps = stops_;
    wish.rollback = rolls_back();
    wish.removal = command_ == StopCommand::removal;
    wish.told = [&](const std::string& line) {
      auto& to = context_.format == Format::json ? context_.err() : context_.out();
      to << line << "\n" << std::flush;
    };
    for (const auto& what : session_.wired.left_out) context_.say("train: left out: " + what);
    auto report = runner::stop(definition(), session_.ports(), wish);
    if (!report) return fail_stop(context_, definition(), said_.app, report.error());
    return show(std::move(*report));
  }

  Exit show(runner::StopReport report) const {
    Exit exit = Exit::done;
    bool failed = false;
    for (auto& app : report.apps) {
      if (app.end != runner::StoppedApp::End::unstopped) continue;
      const auto without = session_.wired.without.find(app.app);
      if (without != session_.wired.without.end()) app.error = without->second;
      failed = true;
      exit = worse(exit, app.error && app.error->kind == ErrorKind::auth ? Exit::credentials : Exit::failed);
    }
    if (!report.report.failed.empty()) exit = worse(exit, Exit::failed);
    if (context_.format == Format::json) {
      context_.out() << advance_document(report.report, accepted(report));
    } else {
      show_stopped(report, screen_of(context_, definition()), now());
      show_accepted(report);
    }
    if (report.log) {
      context_.fail(Error{report.log->kind, "The order is not in the log: " + report.log->message,
                          "What was stopped is stopped, but another run may raise it again: " + report.log->hint});
      exit = worse(exit, Exit::failed);
    }
    if (failed || report.log) say_other_ways(context_, definition(), said_.app);
    return exit;
  }

  std::vector<Acceptance> accepted(const runner::StopReport& report) const {
    std::vector<Acceptance> out;
    for (const auto& step : report.report.done) {
      if (step.action != Action::release_standby) continue;
      for (const auto& app : report.apps) {
        if (app.app == step.app) out.push_back({step.app, step.subject, app.seconds});
      }
    }
    return out;
  }

  void show_accepted(const runner::StopReport& report) const {
    for (const auto& one : accepted(report)) {
      context_.out() << fmt::format("{}: its store accepted {} {:.2f} s after the command\n", one.app, one.version,
                                    one.seconds);
    }
  }

  const Context& context_;
  const StopOptions& options_;
  StopCommand command_;
  const StopSession& session_;
  const orders::Arguments& said_;
  engine::State state_;
  std::vector<engine::AppStop> stops_;
  std::vector<Step> flags_;
};

void say_how_the_log_comes_back(const Context& context, const Definition& definition) {
  const auto engine = event_log::engine_of(definition.state);
  const auto repair = engine ? (*engine)->repair(definition.state, definition.train)
                             : "Look at " + definition.state.text() + ", and bring it back.";
  context.out()
      << "The log did not hear of it, so nothing keeps a run of train from going on where the log can be used.\n"
      << "To bring it back:\n"
      << "  1. Stop what runs train by itself (cron, CI) until the log is back.\n"
      << "  2. " << repair << "\n"
      << "  3. Without a backup: `train start VERSION` takes the release over where the store shows it, with "
      << "its stop; then `train halt APP --why ...` puts the order into the new log.\n";
}

Exit stop_blindly(const Context& context, const StopOptions& options) {
  const auto& said = options.arguments;
  Exit exit = Exit::done;
  const auto session = open_stop_session(context, exit);
  if (!session) return without_definition(context, exit);
  const auto& definition = session->definition;
  if (auto known = known_app(definition, said.app); !known) return context.fail(known.error());
  const auto named = said.app.empty() ? std::string("every app") : said.app;
  context.err() << "This stops what the store serves of " << named
                << " or is about to, by what the store shows alone. The log is neither read nor written.\n";
  if (!confirmed(context, options.yes, "Go on?")) {
    return context.fail({ErrorKind::usage, "`halt --without-log` was not confirmed; nothing was done.",
                         "Pass --yes where there is no terminal."});
  }
  auto ends = runner::stop_without_log(definition, session->ports(), said.app, {});
  for (const auto& [app, error] : session->wired.without) {
    if (said.app.empty() || said.app == app)
      ends.push_back({app, {}, runner::StoppedApp::End::unstopped, "its store cannot be spoken to", error, 0});
  }
  bool failed = false;
  for (const auto& end : ends) {
    if (end.error) {
      failed = true;
      show_unstopped(end, screen_of(context));
      exit = worse(exit, end.error->kind == ErrorKind::auth ? Exit::credentials : Exit::failed);
    } else {
      context.out() << "  ✓ " << end.app << ": " << printable(end.words) << "\n";
    }
  }
  if (failed) {
    for (const auto& console : consoles_of(definition, said.app)) context.err() << "  By hand: " << console << "\n";
  }
  say_how_the_log_comes_back(context, definition);
  return exit;
}

}  // namespace

Exit take_off_sale(const Context& context, const StopSession& session, const orders::Arguments& said) {
  StopOptions options;
  options.arguments = said;
  options.yes = true;
  return Stopping(context, options, StopCommand::removal, session).run();
}

Exit stop_now(const Context& context, const StopOptions& options, StopCommand command) {
  if (options.without_log) return stop_blindly(context, options);
  if (!options.dry_run && options.arguments.why.empty())
    return context.fail({ErrorKind::usage, "--why TEXT is needed: it goes into the log.", ""});
  Exit exit = Exit::done;
  const auto session = open_stop_session(context, exit);
  if (!session) return without_definition(context, exit);
  return Stopping(context, options, command, *session).run();
}

CLI::App* add_stop(CLI::App& parent, std::string_view words, StopOptions& options) {
  auto* command = add_order(parent, words, options.arguments);
  command->get_option("--why")->required(false);
  command->add_flag("--yes", options.yes, "Do not ask");
  command->add_flag("--dry-run", options.dry_run,
                    "Show what would be done to each app, and every way out beside it; do nothing");
  return command;
}

}  // namespace train::cli
