// gate plan: how long each stage takes at this traffic, and which gate decides.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/session.hpp"
#include "fractions.hpp"
#include "train/base/text.hpp"
#include "train/engine/pace.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

struct PlanGateOptions {
  double per_day = 0;
  std::string rate;
  std::string signal;
  std::string app;
};

engine::TrafficBySignal traffic_of(const Definition& definition, const PlanGateOptions& options, double rate) {
  engine::TrafficBySignal out;
  for (const Signal& signal : definition.signals) {
    const bool asked = options.signal.empty() || signal.name == options.signal;
    const bool counts = signal.kind == SignalKind::proportion || signal.kind == SignalKind::rate;
    if (asked && counts) out[signal.name] = {options.per_day, rate};
  }
  return out;
}

std::optional<Error> unknown_name(const Definition& definition, const PlanGateOptions& options) {
  if (!options.signal.empty() && definition.find_signal(options.signal) == nullptr)
    return Error{ErrorKind::usage, "There is no signal " + printable(options.signal, 60) + ".", ""};
  if (!options.app.empty() && definition.find_app(options.app) == nullptr)
    return Error{ErrorKind::usage, "There is no app " + printable(options.app, 60) + ".", ""};
  return std::nullopt;
}

// ---- as JSON ----
Json days_json(const std::optional<Duration>& time) {
  return time ? Json(std::round(static_cast<double>(time->count()) / 8640) / 10) : Json();
}

Json pace_json(const engine::AppPace& pace) {
  Json app{{"app", pace.app}, {"days", days_json(pace.total)}, {"stages", Json::array()}, {"faster", Json::array()}};
  for (const auto& stage : pace.stages)
    app["stages"].push_back({{"percent", stage.percent.percent()},
                             {"days", days_json(stage.takes)},
                             {"gate", stage.gate.empty() ? Json() : Json(stage.gate)},
                             {"decides", std::string(to_string(stage.setter))}});
  for (const auto& way : pace.faster) app["faster"].push_back({{"change", way.change}, {"days", days_json(way.total)}});
  return app;
}

// ---- as text ----
std::string decides_text(const engine::StagePace& stage) {
  switch (stage.setter) {
    case engine::PaceSetter::soak:
      return "its soak";
    case engine::PaceSetter::exposures:
      return stage.gate + ": `min_exposures`";
    case engine::PaceSetter::limit:
      return stage.gate + ": `limit`";
    case engine::PaceSetter::regress:
      return stage.gate + ": `regress`, the proof against the live version";
  }
  return {};
}

std::string pace_text(const engine::AppPace& pace) {
  std::string out = pace.total ? fmt::format("{}: {} to 100 %\n", pace.app, engine::about_days(*pace.total))
                               : fmt::format("{}: never reaches 100 % by its gates\n", pace.app);
  for (const auto& stage : pace.stages) {
    const auto takes = stage.takes ? engine::about_days(*stage.takes) : "over 60 days";
    out += fmt::format("  {:>6}  {:<15} {}\n", stage.percent.text(), takes, decides_text(stage));
  }
  for (const auto& way : pace.faster)
    out += fmt::format("  faster: {}: {}\n", way.change, engine::about_days(way.total));
  return out;
}

std::string plan_text(const std::vector<engine::AppPace>& paces, const PlanGateOptions& options, double rate) {
  std::string out = fmt::format("A release as good as the live version, {:g} {} a day, {:g} % of them with an event:\n",
                                options.per_day, paces.empty() ? "exposures" : paces.front().unit, rate * 100);
  for (const auto& pace : paces) out += pace_text(pace);
  return out + "Closed hours and freezes come on top.\n";
}

Exit run_gate_plan(const Context& context, const PlanGateOptions& options) {
  const auto rate = fraction_of(options.rate, "--rate");
  if (!rate) return context.fail(rate.error());
  Exit exit = Exit::done;
  const auto definition = load_definition(context, exit);
  if (!definition) return exit;
  if (const auto unknown = unknown_name(*definition, options)) return context.fail(*unknown);
  std::vector<engine::AppPace> paces;
  for (const App& app : definition->apps) {
    if (options.app.empty() || app.name == options.app)
      paces.push_back(engine::pace_of(*definition, app, traffic_of(*definition, options, *rate)));
  }
  if (context.format == Format::text) {
    context.out() << plan_text(paces, options, *rate);
    return Exit::done;
  }
  Json out{{"schema", "train.gate_plan/1"}, {"per_day", options.per_day}, {"rate", *rate}, {"apps", Json::array()}};
  for (const auto& pace : paces) out["apps"].push_back(pace_json(pace));
  context.out() << out.dump(2) + "\n";
  return Exit::done;
}

}  // namespace

void add_gate_plan(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<PlanGateOptions>();
  auto* command = add_command(group, "plan", "How long each stage takes at this traffic, and which gate decides",
                              "train gate plan --per-day 50000 --rate 0.2%");
  command->add_option("--per-day", options->per_day, "Exposures a day, of all versions together")
      ->required()
      ->check(CLI::Range(1.0, 1e11));
  command->add_option("--rate", options->rate, "The share of exposures with an event, live and new alike: 0.2%")
      ->required();
  command->add_option("--signal", options->signal, "Only the gates on this signal");
  command->add_option("--app", options->app, "Only this app");
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_gate_plan(context, *options); }; });
}

}  // namespace train::cli
