// rehearse and sandbox: the built-in stores.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "commands.hpp"
#include "compose/catalog.hpp"
#include "compose/clocks.hpp"
#include "compose/session.hpp"
#include "compose/wiring.hpp"
#include "train/base/time.hpp"
#include "train/rehearsal/rehearsal.hpp"
#include "train/rehearsal/scenario_player.hpp"
#include "train/sandbox/sandbox.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

struct RehearseOptions {
  std::string scenario = "smooth";
  bool own_definition = false;  // -f was given
  std::optional<int> seed;
  int seeds = 0;  // 0: played once
};

// The same scenario with one seed after the other: how many met everything that is expected.
Exit rehearse_seeds(const Context& context, const RehearseOptions& options, rehearsal::Settings settings) {
  int met = 0;
  std::vector<int> unmet;
  for (int seed = 1; seed <= options.seeds; ++seed) {
    settings.seed = seed;
    const auto outcome = rehearsal::rehearse(settings);
    if (!outcome) return context.fail(outcome.error());
    if (outcome->ok)
      ++met;
    else
      unmet.push_back(seed);
  }
  if (context.format == Format::json) {
    const nlohmann::ordered_json out{{"schema", "train.rehearsal.seeds/1"},
                                     {"scenario", options.scenario},
                                     {"seeds", options.seeds},
                                     {"met", met},
                                     {"unmet", unmet}};
    context.out() << out.dump(2) + "\n";
  } else {
    context.out() << fmt::format("{}: {} of {} seeds met what is expected.\n", options.scenario, met, options.seeds);
    if (!unmet.empty()) context.out() << fmt::format("Not with the seeds {}.\n", fmt::join(unmet, ", "));
  }
  return unmet.empty() ? Exit::done : Exit::failed;
}

Exit run_rehearse(const Context& context, const RehearseOptions& options) {
  rehearsal::Settings settings;
  settings.scenario = options.scenario;
  settings.catalog = catalog();
  settings.wire = wire;
  if (options.own_definition) {
    Exit exit = Exit::done;
    auto definition = load_definition(context, exit);
    if (!definition) return exit;
    settings.definition = std::move(*definition);
  }
  settings.seed = options.seed;
  if (options.seeds > 0) return rehearse_seeds(context, options, std::move(settings));
  const auto screen = screen_of(context);
  if (context.format == Format::text && !context.quiet) {
    settings.told = [&screen](const rehearsal::TimelineEntry& entry) {
      show_timeline_entry(entry, screen);
      screen.out.flush();
    };
  }
  const auto outcome = rehearsal::rehearse(settings);
  if (!outcome) return context.fail(outcome.error());
  if (context.format == Format::json)
    context.out() << rehearsal_document(*outcome);
  else
    show_rehearsal_end(*outcome, screen);
  return outcome->ok ? Exit::done : Exit::failed;
}

struct SandboxOptions {
  int port = 0;
  std::string directory;
  std::uint64_t seed = 1;
  std::string scenario;
  std::string at;  // empty: the usual time
};

// Until interrupted; with a scenario, the world's part of it is played as the clock moves.
Exit serve(const Context& context, const SandboxOptions& options, sandbox::Sandbox& running) {
  const auto clock = make_system_clock();
  std::unique_ptr<rehearsal::ScenarioPlayer> player;
  if (!options.scenario.empty()) {
    auto made = rehearsal::ScenarioPlayer::create(options.scenario, running);
    if (!made) return context.fail(made.error());
    player = std::move(*made);
    for (const auto& line : player->left_to_others()) context.say("left to you: " + line);
  }
  const Duration between(player ? 1 : 3600);
  while (clock->wait_until(clock->now() + between)) {
    if (!player) continue;
    for (const auto& line : player->look()) context.say(line);
  }
  return Exit::done;
}

Exit run_sandbox(const Context& context, const SandboxOptions& options) {
  sandbox::Options with;
  with.port = options.port;
  with.seed = options.seed;
  if (!options.at.empty()) with.start = *parse_rfc3339(options.at);
  auto running = sandbox::Sandbox::start(with);
  if (!running) return context.fail(running.error());
  const auto url = (*running)->url();
  if (!options.directory.empty()) {
    if (auto written = sandbox::write_example(**running, options.directory); !written)
      return context.fail(written.error());
    context.say("Wrote " + options.directory + "/train.yaml: release 3.4.0 over a live 3.3.0.");
    context.say("  cd " + options.directory + " && export TRAIN_CLOCK=" + url + "/_sandbox/clock");
    context.say("  train start 3.4.0 && train advance");
    context.say("Time stands still until it is told to move:");
    context.say("  curl -d '{\"advance\":\"6h\"}' " + url + "/_sandbox/clock");
  }
  context.out() << url << "\n" << std::flush;
  return serve(context, options, **running);
}

}  // namespace

void add_playing(CLI::App& root, Context& context, Chosen& chosen) {
  auto rehearse = std::make_shared<RehearseOptions>();
  auto* rehearsing =
      add_command(root, "rehearse", "The whole train on built-in stores and a virtual clock, disasters included",
                  "train rehearse crash-at-5");
  rehearsing->add_option("SCENARIO", rehearse->scenario, "A built-in name or a file (default: smooth)");
  rehearsing->add_option("--seed", rehearse->seed, "Another seed, for a scenario whose users crash by chance")
      ->check(CLI::Range(1, 1'000'000'000));
  rehearsing->add_option("--seeds", rehearse->seeds, "Play it with the seeds 1 to N and count how often all was met")
      ->check(CLI::Range(1, 100'000));
  rehearsing->callback([&root, &chosen, &context, rehearse] {
    rehearse->own_definition = root.get_option("--file")->count() > 0;
    chosen = [&context, rehearse] { return run_rehearse(context, *rehearse); };
  });

  auto sandbox = std::make_shared<SandboxOptions>();
  auto* serving = add_command(root, "sandbox", "The same built-in stores, serving on loopback for you to poke at",
                              "train sandbox --port 8099 --init demo");
  serving->add_option("--port", sandbox->port, "Default: any free one, printed")->check(CLI::Range(0, 65535));
  serving->add_option("--init", sandbox->directory, "Write a definition, keys and artifacts that run against it");
  serving->add_option("--scenario", sandbox->scenario,
                      "Play the world's part of a scenario: a built-in name or a file");
  serving->add_option("--seed", sandbox->seed, "Names and numbers the stores make up");
  serving->add_option("--at", sandbox->at, "The time its clock stands at (default: 2026-11-30T09:00:00Z)")
      ->check(
          [](const std::string& text) { return parse_rfc3339(text) ? "" : "Give a time like 2026-11-30T09:00:00Z"; });
  serving->callback(
      [&chosen, &context, sandbox] { chosen = [&context, sandbox] { return run_sandbox(context, *sandbox); }; });
}

}  // namespace train::cli
