// signals: the one view of every signal.
#include <CLI/CLI.hpp>
#include <memory>

#include "bounds.hpp"
#include "commands.hpp"
#include "compose/session.hpp"
#include "train/engine/decide.hpp"
#include "train/engine/phase.hpp"
#include "views/signals_view.hpp"

namespace train::cli {
namespace {

struct SignalsOptions {
  bool watch = false;
};

template <typename Map>
auto found_in(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

const Gate* first_gate(const Definition& definition, const SignalName& signal) {
  for (const auto& gate : definition.gates) {
    if (gate.signal == signal) return &gate;
  }
  return nullptr;
}

// What the release in focus is compared with: its own live version, else the newest one that the log knows.
const LiveVersion* live_of(const engine::State& state, const engine::AppProgress* progress, const AppName& app) {
  if (progress != nullptr && progress->live) return &*progress->live;
  for (auto release = state.releases.rbegin(); release != state.releases.rend(); ++release) {
    const auto* earlier = release->find(app);
    if (earlier != nullptr && earlier->live) return &*earlier->live;
  }
  return nullptr;
}

AppSignals signals_of(const Session& session, const engine::State& state, const App& app, Instant now) {
  const auto* release = state.focus();
  const auto* progress = release == nullptr ? nullptr : release->find(app.name);
  const auto* live = live_of(state, progress, app.name);
  const auto measured = runner::measure_everything(session.definition, session.ports(), app, release, live, now);
  const auto judged = engine::judge_app(session.definition, state, measured, now);
  AppSignals out{app.name, std::nullopt, std::nullopt, Percent(), {}};
  if (progress != nullptr) out.version = release->version;
  if (progress != nullptr && progress->seen) out.percent = progress->seen->percent;
  if (live != nullptr) out.live = live->version;
  for (const auto& signal : session.definition.signals) {
    if (!signal.is_for(app.name)) continue;
    SignalRow row;
    row.signal = &signal;
    row.gate = first_gate(session.definition, signal.name);
    row.candidate = found_in(measured.signals, signal.name);
    row.live = found_in(measured.live, signal.name);
    for (const auto& gate : judged) {
      if (gate.signal == signal.name && !row.judged) row.judged = gate;
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

SignalsModel look_at_signals(const Session& session, const engine::State& state) {
  const WithPatience bound(patience_within(k_signals_in_all));
  SignalsModel model{session.clock->now(), {}};
  for (const auto& app : session.definition.apps) model.apps.push_back(signals_of(session, state, app, model.now));
  return model;
}

Exit run_signals(const Context& context, const SignalsOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  while (true) {
    const auto state = runner::load_state(*session->ports().log);
    if (!state) return context.fail(state.error());
    const auto model = look_at_signals(*session, *state);
    if (options.watch && context.invocation.out_is_terminal) context.out() << "\x1b[H\x1b[2J";
    if (context.format == Format::json)
      context.out() << signals_document(model);
    else
      show_signals(model, screen_of(context, session->definition));
    context.out().flush();
    constexpr Duration again{30};
    if (!options.watch || !session->clock->wait_until(session->clock->now() + again)) return Exit::done;
  }
}

}  // namespace

void add_signals(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<SignalsOptions>();
  auto* command = add_command(root, "signals", "Every signal of every app, live and candidate side by side",
                              "train signals --watch");
  command->add_flag("--watch", options->watch, "Draw it again every half minute");
  command->callback([&, options] { chosen = [&context, options] { return run_signals(context, *options); }; });
}

}  // namespace train::cli
