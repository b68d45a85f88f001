// sandbox: the built-in stores, served on loopback.
#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "compose/clocks.hpp"
#include "train/base/time.hpp"
#include "train/rehearsal/scenario_player.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::cli {
namespace {

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

void add_sandbox(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<SandboxOptions>();
  auto* command = add_command(root, "sandbox", "The same built-in stores, serving on loopback for you to poke at",
                              "train sandbox --port 8099 --init demo");
  command->add_option("--port", options->port, "Default: any free one, printed")->check(CLI::Range(0, 65535));
  command->add_option("--init", options->directory, "Write a definition, keys and artifacts that run against it");
  command->add_option("--scenario", options->scenario,
                      "Play the world's part of a scenario: a built-in name or a file");
  command->add_option("--seed", options->seed, "Names and numbers the stores make up");
  command->add_option("--at", options->at, "The time its clock stands at (default: 2026-11-30T09:00:00Z)")
      ->check(
          [](const std::string& text) { return parse_rfc3339(text) ? "" : "Give a time like 2026-11-30T09:00:00Z"; });
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_sandbox(context, *options); }; });
}

}  // namespace train::cli
