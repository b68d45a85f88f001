// init, check, schema, completion, version: what comes before the first release.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "completion.hpp"
#include "compose/session.hpp"
#include "compose/wiring.hpp"
#include "preflight.hpp"
#include "starter.hpp"
#include "train/base/files.hpp"
#include "train/definition/load.hpp"
#include "train/engine/replay.hpp"
#include "train/preflight/definition.hpp"
#include "train/preflight/gates.hpp"
#include "train/preflight/launch_risk.hpp"
#include "train/preflight/log.hpp"
#include "train/preflight/people.hpp"
#include "train/preflight/way_back.hpp"
#include "version.hpp"
#include "views/check_view.hpp"

namespace train::cli {
namespace {

using preflight::Lines;

// ---- init -----------------------------------------------------------------------------------------------------------

struct InitOptions {
  Starter starter;
  std::string out_file;
  bool force = false;
};

Exit run_init(const Context& context, const InitOptions& options) {
  const std::filesystem::path file = options.out_file.empty() ? context.file : options.out_file;
  std::error_code ignored;
  if (!options.force && std::filesystem::exists(std::filesystem::symlink_status(file, ignored))) {
    return context.fail({ErrorKind::usage, file.string() + " is there already; nothing was written.",
                         "Choose another --out, or replace it with --force."});
  }
  auto starter = options.starter;
  if (context.invocation.in_is_terminal) {
    auto asked = ask_for_missing(std::move(starter), std::cin, context.err());
    if (!asked) return context.fail(asked.error());
    starter = std::move(*asked);
  }
  const auto text = starter_definition(starter);
  if (!text) return context.fail(text.error());
  constexpr int mode_for_all_to_read = 0644;
  if (auto written = write_file_atomically(file, *text, mode_for_all_to_read); !written)
    return context.fail(written.error());
  context.say("Wrote " + file.string() + ". Put in place what its `credentials` name, then run `train check`.");
  if (context.format == Format::json)
    context.out() << nlohmann::ordered_json{{"schema", "train.init/1"}, {"file", file.string()}}.dump(2) << "\n";
  return Exit::done;
}

// ---- check ----------------------------------------------------------------------------------------------------------

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

// ---- schema, completion, version ------------------------------------------------------------------------------------

Exit run_schema(const Context& context) {
  const auto text = definition::json_schema();
  context.out() << text << (text.empty() || text.back() == '\n' ? "" : "\n");
  return Exit::done;
}

Exit run_completion(const Context& context, const CLI::App& root, const std::string& shell) {
  const auto script = completion_script(shell, words_of(root));
  if (!script)
    return context.fail(
        {ErrorKind::usage, "There is no completion for `" + shell + "`.", "Known shells: bash, zsh, fish."});
  context.out() << *script;
  return Exit::done;
}

Exit run_version(const Context& context) {
  const std::pair<const char*, std::string> parts[] = {
      {"compiler", __VERSION__},
      {"CLI11", CLI11_VERSION},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann/json",
       fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
  };
  if (context.format == Format::text) {
    context.out() << "train " << k_version << "\n";
    for (const auto& [name, version] : parts) {
      if (context.verbose > 0) context.out() << "  " << name << " " << version << "\n";
    }
    return Exit::done;
  }
  nlohmann::ordered_json out{{"schema", "train.version/1"}, {"version", k_version}};
  for (const auto& [name, version] : parts) {
    if (context.verbose > 0) out["built_with"][name] = version;
  }
  context.out() << out.dump(2) << "\n";
  return Exit::done;
}

void add_init(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<InitOptions>();
  auto* command = add_command(root, "init", "Write a starter definition",
                              "train init --train charge --ios com.example.charge --timezone Europe/Berlin");
  command->add_option("--train", options->starter.train, "The train's name");
  command->add_option("--ios", options->starter.bundle_id, "Bundle id of the iOS app");
  command->add_option("--android", options->starter.package, "Package of the Android app");
  command->add_option("--timezone", options->starter.timezone, "IANA name (default: UTC)");
  command->add_option("--out", options->out_file, "Where to write (default: the file of -f)");
  command->add_flag("--force", options->force, "Replace a file that is there");
  command->callback([&, options] { chosen = [&context, options] { return run_init(context, *options); }; });
}

}  // namespace

void add_starting(CLI::App& root, Context& context, Chosen& chosen) {
  add_init(root, context, chosen);

  auto check = std::make_shared<CheckOptions>();
  auto* checking =
      add_command(root, "check", "The definition, then what should be so before a release leaves", "train check");
  checking->add_flag("--offline", check->offline, "Ask no store, signal or flag");
  checking->callback([&, check] { chosen = [&context, check] { return run_check(context, *check); }; });

  auto* schema = add_command(root, "schema", "The JSON Schema of the definition", "train schema > train.schema.json");
  schema->callback([&] { chosen = [&context] { return run_schema(context); }; });

  auto shell = std::make_shared<std::string>();
  auto* completion = add_command(root, "completion", "Shell completion", "source <(train completion bash)");
  completion->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  completion->callback(
      [&, shell] { chosen = [&root, &context, shell] { return run_completion(context, root, *shell); }; });

  auto* version = add_command(root, "version", "The version; with -v, what it was built with", "train version");
  version->callback([&] { chosen = [&context] { return run_version(context); }; });
}

}  // namespace train::cli
