// start: opens the next release.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "bounds.hpp"
#include "commands.hpp"
#include "give_order.hpp"
#include "train/engine/identity.hpp"
#include "train/engine/standby.hpp"
#include "train/orders/start_release.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

// A store is asked what is live only where the log knows no version at all.
Result<std::optional<VersionName>> live_anywhere(const Session& session, const engine::State& state) {
  std::optional<VersionName> live;
  if (engine::newest_taken(state) != VersionName()) return live;
  for (const auto& [name, store] : session.ports().stores) {
    if (live) break;
    const auto view = store->observe(VersionName(), Depth::summary);
    if (!view) return tl::unexpected(view.error());
    if (view->live && view->live->is_named()) live = view->live->version;
  }
  return live;
}

Result<VersionName> version_to_open(const Session& session, const engine::State& state, const orders::Arguments& said) {
  if (!said.version.empty()) {
    const auto parsed = VersionName::parse(said.version);
    if (!parsed) return fail(ErrorKind::usage, "`" + said.version + "` is not a version like 3.4.0.");
    return *parsed;
  }
  const auto live = live_anywhere(session, state);
  if (!live) return tl::unexpected(live.error());
  return orders::next_version(session.definition, state, said.hotfix, *live);
}

// A store that cannot be read is said later, by the look that follows.
std::map<AppName, orders::StoreBefore> ask_stores(const Session& session, const VersionName& version) {
  std::map<AppName, orders::StoreBefore> out;
  for (const auto& app : session.definition.apps) {
    const auto store = session.ports().stores.find(app.name);
    if (!app.facts().reviews_apart() || store == session.ports().stores.end()) continue;
    const auto view = store->second->observe(version, Depth::summary);
    if (!view) continue;
    auto& before = out[app.name];
    if (view->live) before.live = view->live->version;
    before.has_version = view->release.has_value();
  }
  return out;
}

orders::Events open_release_of(const Session& session, const engine::State& state, const orders::Arguments& said,
                               VersionName& opened) {
  if (auto ours = engine::must_be_of(session.definition, state); !ours) return tl::unexpected(ours.error());
  const auto version = version_to_open(session, state, said);
  if (!version) return tl::unexpected(version.error());
  opened = *version;
  const auto now = session.clock->now();
  orders::StartOrder order{*version, said.hotfix, {}};
  // Once without the stores: what is refused from the log alone asks nobody.
  if (auto allowed = orders::start_release(session.definition, state, session.by, order, now); !allowed) return allowed;
  order.stores = ask_stores(session, *version);
  return orders::start_release(session.definition, state, session.by, order, now);
}

Exit run_start(const Context& context, const orders::Arguments& arguments) {
  const WithPatience bound(patience_within(k_start_in_all));
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  VersionName opened;
  const auto state =
      runner::record(*session->ports().log, *session->clock, session->by,
                     [&](const engine::State& seen) { return open_release_of(*session, seen, arguments, opened); });
  if (!state) return context.fail(state.error());
  // A version the stores already know is taken over where it stands.
  const auto report = runner::observe(session->definition, session->ports());
  if (!report) return context.fail(report.error());
  for (const auto& failed : report->failed_looks) context.fail(failed.error);
  context.say("Opened " + opened.text() + (arguments.hotfix ? " (hotfix)." : "."));
  for (const auto& wait : report->plan.waits) {
    if (wait.version == opened && wait.needs_person)
      context.say(fmt::format("train: warning: {}{}", wait.app.empty() ? "" : wait.app + ": ", wait.detail));
  }
  for (const auto& trouble : orders::trouble_beside(report->state, opened)) context.say("train: warning: " + trouble);
  const auto model = make_status(session->definition, report->state, session->clock->now(), Which::focus);
  if (context.format == Format::json)
    context.out() << status_document(model);
  else
    show_status(model, screen_of(context));
  return report->failed_looks.empty() ? Exit::done : exit_of(*report);
}

}  // namespace

void add_start(CLI::App& root, Context& context, Chosen& chosen) {
  auto arguments = std::make_shared<orders::Arguments>();
  add_order(root, "start", *arguments)->callback([&chosen, &context, arguments] {
    chosen = [&context, arguments] { return run_start(context, *arguments); };
  });
}

}  // namespace train::cli
