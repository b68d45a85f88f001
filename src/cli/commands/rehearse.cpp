// rehearse: the whole train on built-in stores and a virtual clock.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/catalog.hpp"
#include "compose/session.hpp"
#include "compose/wiring.hpp"
#include "train/base/text.hpp"
#include "train/rehearsal/rehearsal.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

struct RehearseOptions {
  std::string scenario = "smooth";
  bool own_definition = false;  // -f was given
  std::optional<int> seed;
  int seeds = 0;  // 0: played once
  bool list = false;
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

Exit list_scenarios(const Context& context) {
  const auto all = rehearsal::listed_scenarios();
  if (context.format == Format::json) {
    nlohmann::ordered_json out{{"schema", "train.scenarios/1"}, {"scenarios", nlohmann::ordered_json::array()}};
    for (const auto& one : all)
      out["scenarios"].push_back({{"name", one.name}, {"group", one.group}, {"about", one.about}});
    context.out() << out.dump(2) + "\n";
    return Exit::done;
  }
  const auto screen = screen_of(context);
  std::size_t width = 0;
  for (const auto& one : all) width = std::max(width, one.name.size());
  std::string group;
  for (const auto& one : all) {
    if (one.group != group) screen.out << (group.empty() ? "" : "\n") << screen.paint(Style::bold, one.group) << "\n";
    group = one.group;
    screen.out << "  " << pad(one.name, width) << "  " << wrap(one.about, screen.columns, width + 4, width + 4) << "\n";
  }
  return Exit::done;
}

Exit run_rehearse(const Context& context, const RehearseOptions& options) {
  if (options.list) return list_scenarios(context);
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

}  // namespace

void add_rehearse(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RehearseOptions>();
  auto* command =
      add_command(root, "rehearse", "The whole train on built-in stores and a virtual clock, disasters included",
                  "train rehearse crash-at-5");
  command->add_option("SCENARIO", options->scenario, "A built-in name or a file (default: smooth)");
  command->add_flag("--list", options->list, "The built-in ones, by the kind of trouble that each is about");
  command->add_option("--seed", options->seed, "Another seed, for a scenario whose users crash by chance")
      ->check(CLI::Range(1, 1'000'000'000));
  command->add_option("--seeds", options->seeds, "Play it with the seeds 1 to N and count how often all was met")
      ->check(CLI::Range(1, 100'000));
  command->callback([&root, &chosen, &context, options] {
    options->own_definition = root.get_option("--file")->count() > 0;
    chosen = [&context, options] { return run_rehearse(context, *options); };
  });
}

}  // namespace train::cli
