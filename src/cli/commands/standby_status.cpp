// standby status: how far each standby is.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "give_order.hpp"
#include "standby.hpp"
#include "train/base/text.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

struct StandbyStatusOptions {
  AppName app;
};

void show_standby(const StandbyStatus& status, const Screen& screen) {
  screen.out << "  " << screen.paint(Style::bold, pad(status.app, 9)) << " " << engine::to_string(status.state);
  if (!status.standby) {
    screen.out << "  none is chosen yet: it needs a candidate, and something live\n";
    return;
  }
  const auto& standby = *status.standby;
  screen.out << fmt::format("  {} ({}), made of {} ({})\n", standby.version.text(), standby.build.text(),
                            standby.from.text(), standby.from_build.text());
  constexpr std::size_t indent = 12;
  const auto line = [&](const std::string& text) {
    screen.out << std::string(indent, ' ') << wrap(printable(text), screen.columns, indent, indent) << "\n";
  };
  line("source: " + standby.source);
  if (standby.seen) line("store: " + standby.seen->raw);
  for (const auto& finding : standby.findings) line("know: " + finding);
}

Exit run_standby_status(const Context& context, const StandbyStatusOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  return show_standbys(context, *session, *state, options.app);
}

}  // namespace

Exit show_standbys(const Context& context, const Session& session, const engine::State& state, const AppName& only) {
  const auto model = make_status(session.definition, state, session.clock->now(), Which::focus);
  Json out{{"schema", "train.standby/1"}, {"standby", Json::array()}};
  const Screen screen = screen_of(context, session.definition);
  if (!model.release && context.format == Format::text) screen.out << "No release is open.\n";
  if (session.definition.standby.empty() && context.format == Format::text)
    screen.out << "The definition keeps no way back: give `standby`.\n";
  for (const auto& status : model.release ? model.release->standby : std::vector<StandbyStatus>()) {
    if (!only.empty() && only != status.app) continue;
    if (context.format == Format::json)
      out["standby"].push_back(standby_json(status));
    else
      show_standby(status, screen);
  }
  if (context.format == Format::json) context.out() << out.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  return Exit::done;
}

void add_standby_status(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StandbyStatusOptions>();
  auto* command = add_command(group, "status", "How far each rollback build is", "train standby status");
  command->add_option("APP", options->app, "Default: every app");
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_standby_status(context, *options); }; });
}

}  // namespace train::cli
