// gate try: what a gate would say to given numbers.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "fractions.hpp"
#include "train/base/text.hpp"
#include "train/engine/gates/trial.hpp"

namespace train::cli {
namespace {

struct TryOptions {
  std::string limit;
  std::string regress;
  std::string kind = "proportion";
  double events = 0;
  double exposures = 0;
  std::optional<double> baseline_events;
  std::optional<double> baseline_exposures;
  engine::Trial trial;
};

Result<Done> check_counts(const Counts& counts, bool at_most_all, const char* whose) {
  const bool usable = std::isfinite(counts.events) && std::isfinite(counts.exposures) && counts.events >= 0 &&
                      counts.exposures >= 0 && counts.exposures <= 1e12 && counts.events <= 1e12;
  if (!usable) return fail(ErrorKind::usage, fmt::format("{} are not numbers from 0 to 10^12.", whose));
  if (at_most_all && counts.events > counts.exposures)
    return fail(ErrorKind::usage, fmt::format("{}: more events than exposures.", whose),
                "Where one exposure may bring several events, --kind rate counts them.");
  return Done{};
}

Result<Done> read_baseline(const TryOptions& options, engine::Trial& trial) {
  const bool any = options.baseline_events || options.baseline_exposures || !options.regress.empty();
  if (!any) return Done{};
  if (!options.baseline_events || !options.baseline_exposures || options.regress.empty())
    return fail(ErrorKind::usage,
                "--baseline-events, --baseline-exposures and --regress go together: what the live version did, and how "
                "much worse is too much.");
  const auto regress = fraction_of(options.regress, "--regress");
  if (!regress) return tl::unexpected(regress.error());
  trial.live = Counts{*options.baseline_events, *options.baseline_exposures};
  trial.regress = *regress;
  return check_counts(*trial.live, trial.counting == engine::Counting::proportion, "The baseline's counts");
}

Result<engine::Trial> read_trial(const TryOptions& options) {
  engine::Trial trial = options.trial;
  trial.counting = options.kind == "rate" ? engine::Counting::rate : engine::Counting::proportion;
  trial.counts = {options.events, options.exposures};
  if (auto counts = check_counts(trial.counts, trial.counting == engine::Counting::proportion, "The counts"); !counts)
    return tl::unexpected(counts.error());
  if (auto baseline = read_baseline(options, trial); !baseline) return tl::unexpected(baseline.error());
  if (options.limit.empty()) {
    if (trial.live) return trial;
    return fail(ErrorKind::usage, "--limit is missing.", "Such as --limit 1%; without one, compare with a baseline.");
  }
  const auto limit = fraction_of(options.limit, "--limit");
  if (!limit) return tl::unexpected(limit.error());
  if (trial.counting == engine::Counting::proportion && *limit >= 1)
    return fail(ErrorKind::usage, "A proportion's --limit is below 100%.");
  trial.limit = *limit;
  return trial;
}

nlohmann::ordered_json finite(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

nlohmann::ordered_json trial_json(const engine::TrialVerdict& said) {
  nlohmann::ordered_json out;
  out["schema"] = "train.gate/1";
  out["verdict"] = std::string(to_string(said.verdict));
  out["estimate"] = said.estimate;
  out["lower"] = said.bounds.lower;
  out["upper"] = finite(said.bounds.upper);
  out["ln_e_halt"] = said.ln_e_halt;
  out["ln_e_promote"] = said.ln_e_promote;
  out["exposures_needed"] = said.exposures_needed ? nlohmann::ordered_json(*said.exposures_needed) : nullptr;
  if (!said.ratio) return out;
  out["ratio"] = {{"estimate", finite(said.ratio->estimate)}, {"lower", said.ratio->lower},
                  {"upper", finite(said.ratio->upper)},       {"limit", said.ratio->limit},
                  {"ln_e_halt", said.ratio->ln_e_halt},       {"ln_e_promote", said.ratio->ln_e_promote}};
  return out;
}

std::string percent_text(double fraction) {
  return std::isfinite(fraction) ? fmt::format("{:.3g} %", fraction * 100) : "no bound";
}

std::string times_text(double ratio) { return std::isfinite(ratio) ? fmt::format("{:.3g} times", ratio) : "no bound"; }

std::string needed_text(const engine::Trial& trial, const engine::TrialVerdict& said) {
  if (said.verdict != Verdict::hold) return {};
  const bool over = (trial.limit && said.estimate >= *trial.limit) ||
                    (said.ratio && std::isfinite(said.ratio->estimate) && said.ratio->estimate >= said.ratio->limit);
  if (!said.exposures_needed && over) return "It will not pass at this rate.\n";
  if (!said.exposures_needed) return "Too little is counted to tell how many more exposures a pass needs.\n";
  return fmt::format("It needs about {:.0f} more exposures at this rate to pass.\n", *said.exposures_needed);
}

std::string evidence_text(const engine::Trial& trial, double ln_e_halt, double ln_e_promote) {
  return fmt::format("  evidence for a halt {:.3g}, halts at {:g}; for a pass {:.3g}, passes at {:g}\n",
                     std::exp(std::min(ln_e_halt, 690.0)), 1 / trial.alpha_halt,
                     std::exp(std::min(ln_e_promote, 690.0)), 1 / trial.alpha_promote);
}

std::string trial_text(const engine::Trial& trial, const engine::TrialVerdict& said) {
  std::string out = fmt::format("{}: {:g} of {:g} ({})", to_string(said.verdict), trial.counts.events,
                                trial.counts.exposures, percent_text(said.estimate));
  if (trial.limit) out += ", limit " + percent_text(*trial.limit);
  out += fmt::format("\n  between {} and {}, however often one looks\n", percent_text(said.bounds.lower),
                     percent_text(said.bounds.upper));
  if (trial.limit) out += evidence_text(trial, said.limit_ln_e_halt, said.limit_ln_e_promote);
  if (said.ratio) {
    out += fmt::format("  {} the live version's, limit {}; between {} and {}\n", times_text(said.ratio->estimate),
                       times_text(said.ratio->limit), times_text(said.ratio->lower), times_text(said.ratio->upper));
    out += evidence_text(trial, said.ratio->ln_e_halt, said.ratio->ln_e_promote);
  }
  return out + needed_text(trial, said);
}

Exit run_gate_try(const Context& context, const TryOptions& options) {
  const auto trial = read_trial(options);
  if (!trial) return context.fail(trial.error());
  const auto said = engine::try_gate(*trial);
  if (context.format == Format::json)
    context.out() << trial_json(said).dump(2) + "\n";
  else
    context.out() << trial_text(*trial, said);
  return Exit::done;
}

void add_gate_options(CLI::App& command, TryOptions& options) {
  command.add_option("--limit", options.limit, "At most this share of exposures with an event: 1%");
  command.add_option("--events", options.events, "How many went wrong")->required();
  command.add_option("--exposures", options.exposures, "Out of how many")->required();
  command.add_option("--baseline-events", options.baseline_events, "What the live version did in the same time");
  command.add_option("--baseline-exposures", options.baseline_exposures);
  command.add_option("--regress", options.regress, "At most so much worse than the live version: 20%");
  command.add_option("--kind", options.kind, "proportion, or rate where one exposure may bring several events")
      ->check(CLI::IsMember({"proportion", "rate"}));
  const auto chance = CLI::Range(1e-12, 0.5);
  command.add_option("--alpha-halt", options.trial.alpha_halt, "The chance of a halt at exactly the limit")
      ->check(chance);
  command.add_option("--alpha-promote", options.trial.alpha_promote, "The chance of a pass at exactly the limit")
      ->check(chance);
  command.add_option("--prior-strength", options.trial.strength, "How firmly the prior expects the limit; for experts")
      ->check(CLI::Range(1e-3, 1e3));
}

}  // namespace

void add_gate_try(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<TryOptions>();
  auto* command = add_command(group, "try", "What a gate would say to these numbers, and how many more it would need",
                              "train gate try --limit 1% --events 12 --exposures 3000");
  add_gate_options(*command, *options);
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_gate_try(context, *options); }; });
}

}  // namespace train::cli
