// standby: the rollback build. prepare, status, release, and build, which is only the archive.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/session.hpp"
#include "ordering.hpp"
#include "train/base/text.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

struct StandbyOptions {
  std::string app;
  std::string why;
  std::string version;
  std::string build;
  std::string out;
  std::string source;
  bool yes = false;
  bool dry_run = false;
  bool accept_new_signer = false;
};

bool is_meant(const StandbyOptions& options, const AppName& app) { return options.app.empty() || options.app == app; }

void show_one(const StandbyStatus& status, const Screen& screen) {
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

Exit show_standbys(const Context& context, const Session& session, const engine::State& state,
                   const StandbyOptions& options) {
  const auto model = make_status(session.definition, state, session.clock->now(), Which::focus);
  Json out{{"schema", "train.standby/1"}, {"standby", Json::array()}};
  const Screen screen = screen_of(context, session.definition);
  if (!model.release && context.format == Format::text) screen.out << "No release is open.\n";
  if (session.definition.standby.empty() && context.format == Format::text)
    screen.out << "The definition keeps no way back: give `standby`.\n";
  for (const auto& status : model.release ? model.release->standby : std::vector<StandbyStatus>()) {
    if (!is_meant(options, status.app)) continue;
    if (context.format == Format::json)
      out["standby"].push_back(standby_json(status));
    else
      show_one(status, screen);
  }
  if (context.format == Format::json) context.out() << out.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  return Exit::done;
}

Exit run_status(const Context& context, const StandbyOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  return show_standbys(context, *session, *state, options);
}

// What waits for people, or stands in the way, of these apps' standbys.
void show_waits(const Context& context, const Plan& plan, const StandbyOptions& options) {
  for (const auto& wait : plan.waits) {
    const bool about = wait.kind == WaitKind::standby || wait.item == engine::standby_item(wait.app);
    if (about && is_meant(options, wait.app)) context.say(wait.app + ": " + printable(wait.detail));
  }
}

Exit run_prepare(const Context& context, const StandbyOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  // The numbers and what is worth knowing are chosen by a look, which also logs them, before anything is made.
  const auto seen = options.dry_run ? runner::plan(session->definition, session->ports())
                                    : runner::observe(session->definition, session->ports());
  if (!seen) return context.fail(seen.error());
  if (context.format == Format::text || options.dry_run) show_standbys(context, *session, seen->state, options);
  if (options.dry_run) {
    show_waits(context, seen->plan, options);
    return Exit::done;
  }
  runner::Options run;
  run.wanted = [&](const Step& step) {
    return is_meant(options, step.app) &&
           (step.action == Action::prepare_standby || step.action == Action::upload_standby);
  };
  const auto report = runner::advance(session->definition, session->ports(), run);
  if (!report) return context.fail(report.error());
  for (const auto& step : report->done) context.say("done: " + step_text(step));
  for (const auto& failed : report->failed) context.fail(failed.error);
  show_waits(context, report->plan, options);
  show_standbys(context, *session, report->state, options);
  return report->failed.empty() ? Exit::done : exit_of(*report);
}

Exit run_release(const Context& context, const StandbyOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  if (!confirmed(context, options.yes,
                 "Release the standby of " + (options.app.empty() ? "every app" : options.app) + "?")) {
    return context.fail(
        {ErrorKind::usage, "It was not confirmed; nothing was done.", "Pass --yes where there is no terminal."});
  }
  const auto make = [&](const engine::State& state) -> Result<std::vector<EventBody>> {
    const auto* release = state.focus();
    if (release == nullptr) return fail(ErrorKind::refused, "There is no release with a standby.");
    std::vector<EventBody> bodies;
    std::string states;
    for (const auto& app : session->definition.apps) {
      const auto* progress = release->find(app.name);
      if (!is_meant(options, app.name) || progress == nullptr) continue;
      const auto standing = engine::standby_state(app.facts(), *release, *progress);
      states += fmt::format("{}{} is {}", states.empty() ? "" : ", ", app.name, engine::to_string(standing));
      if (standing == engine::StandbyState::ready)
        bodies.emplace_back(event::HaltOrdered{release->version, app.name, options.why, true});
    }
    if (bodies.empty())
      return fail(ErrorKind::refused, "No standby is ready: " + states + ".",
                  "`train standby status` says what is missing.");
    return bodies;
  };
  return carry_out(context, *session, make);
}

Result<SigningOrder> order_of(const Session& session, const StandbyOptions& options) {
  const auto* rule = session.definition.find_standby(options.app);
  if (rule == nullptr)
    return fail(ErrorKind::usage, "The definition has no standby for `" + printable(options.app, 200) + "`.");
  const auto version = VersionName::parse(options.version);
  const auto build = BuildNumber::parse(options.build);
  if (!version || !build) {
    return fail(ErrorKind::usage,
                "`" + options.version + "` and `" + options.build + "` are not a version and a number.",
                "Such as --version 3.4.1 --build 412.");
  }
  auto key = session.ports().signing_keys.at(rule->app)();
  if (!key) return tl::unexpected(key.error());
  SigningOrder order;
  order.source = std::filesystem::absolute(options.source.empty() ? rule->source : options.source);
  order.out = std::filesystem::absolute(options.out);
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(order.out, ignored))) {
    return fail(ErrorKind::usage, order.out.string() + " is there already; nothing was written.",
                "Name another file, or remove it.");
  }
  order.version = *version;
  order.build = *build;
  order.identity = std::move(*key);
  order.now = session.clock->now();
  order.accept_new_signer = options.accept_new_signer;
  return order;
}

// Offline: the archive alone, no store and no log.
Exit run_build(const Context& context, const StandbyOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  auto order = order_of(*session, options);
  if (!order) return context.fail(order.error());
  const auto built = session->ports().signer->rebuild(*order);
  if (!built) return context.fail(built.error());
  if (context.format == Format::json) {
    Json findings = Json::array();
    for (const auto& finding : built->findings) findings.push_back(finding.text);
    const Json out{{"schema", "train.build/1"},
                   {"file", order->out.string()},
                   {"version", built->identity.version.text()},
                   {"build", built->identity.build.text()},
                   {"sha256", built->identity.sha256},
                   {"signer", built->signer},
                   {"findings", std::move(findings)}};
    context.out() << out.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    return Exit::done;
  }
  context.out() << fmt::format("{}: {} {} ({}), signed by {}\n", order->out.string(),
                               printable(built->identity.id, 200), built->identity.version.text(),
                               built->identity.build.text(), built->signer);
  for (const auto& finding : built->findings) context.say("know: " + printable(finding.text));
  return Exit::done;
}

using Run = Exit (*)(const Context&, const StandbyOptions&);

void on_call(CLI::App* command, Context& context, Chosen& chosen, std::shared_ptr<StandbyOptions> options, Run run) {
  command->callback(
      [&chosen, &context, options, run] { chosen = [&context, options, run] { return run(context, *options); }; });
}

void add_build(CLI::App& standby, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StandbyOptions>();
  auto* build = add_command(standby, "build", "Only the archive, offline, from the definition's source and keys",
                            "train standby build android --version 3.4.1 --build 412 --out charge-3.4.1.aab");
  build->add_option("APP", options->app, "Whose")->required();
  build->add_option("--version", options->version, "The new version name")->required();
  build->add_option("--build", options->build, "The new version code or build number")->required();
  build->add_option("--out", options->out, "Where the archive goes; nothing is replaced")->required();
  build->add_option("--source", options->source, "Another archive than the definition's");
  build->add_flag("--accept-new-signer", options->accept_new_signer, "Sign although the source had another key");
  on_call(build, context, chosen, options, run_build);
}

}  // namespace

void add_standing_by(CLI::App& root, Context& context, Chosen& chosen) {
  auto* standby = add_command(root, "standby", "The rollback build that is always ready", "train standby status");
  standby->require_subcommand(1);
  auto looking = std::make_shared<StandbyOptions>();
  auto* status = add_command(*standby, "status", "How far each rollback build is", "train standby status");
  status->add_option("APP", looking->app, "Default: every app");
  on_call(status, context, chosen, looking, run_status);

  auto preparing = std::make_shared<StandbyOptions>();
  auto* prepare = add_command(*standby, "prepare", "Choose its numbers, build, sign and upload it",
                              "train standby prepare android --dry-run");
  prepare->add_option("APP", preparing->app, "Default: every app");
  prepare->add_flag("--dry-run", preparing->dry_run, "Only show what would be made");
  on_call(prepare, context, chosen, preparing, run_prepare);

  auto releasing = std::make_shared<StandbyOptions>();
  auto* release = add_command(*standby, "release", "Send it out in place of the release",
                              "train standby release ios --why 'crash on start'");
  release->add_option("APP", releasing->app, "Default: every app whose standby is ready");
  release->add_option("--why", releasing->why, "The reason, for the log")->required();
  release->add_flag("--yes", releasing->yes, "Do not ask");
  on_call(release, context, chosen, releasing, run_release);

  add_build(*standby, context, chosen);
}

}  // namespace train::cli
