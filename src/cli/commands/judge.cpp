// judge: recorded verdicts again, as they were and under the present definition.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/session.hpp"
#include "train/base/text.hpp"
#include "train/engine/replay.hpp"
#include "views/evidence_json.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

struct JudgeOptions {
  std::string since;
};

Json gates_json(const std::vector<GateEvidence>& gates) {
  Json out = Json::array();
  for (const auto& gate : gates) {
    out.push_back({{"signal", gate.signal},
                   {"gate", gate.id()},
                   {"verdict", std::string(to_string(gate.verdict))},
                   {"ln_e_halt", gate.ln_e_halt},
                   {"ln_e_promote", gate.ln_e_promote},
                   {"why", gate.why},
                   {"missing", gate.missing}});
    add_basis(gate, out.back());
  }
  return out;
}

Json verdict_json(const engine::ReplayedVerdict& verdict) {
  return {{"seq", verdict.seq},
          {"at", format_rfc3339(verdict.at)},
          {"version", verdict.version.text()},
          {"app", verdict.app},
          {"stage", verdict.stage},
          {"recorded", std::string(to_string(verdict.recorded))},
          {"reproduced", verdict.reproduced},
          {"present", std::string(to_string(verdict.present_verdict))},
          {"gates", gates_json(verdict.present)}};
}

Json breach_json(const engine::PresentBreach& breach) {
  Json out{{"version", breach.version.text()}, {"app", breach.app},
           {"at", format_rfc3339(breach.at)},  {"stage", breach.stage},
           {"signal", breach.evidence.signal}, {"gate", breach.evidence.id()},
           {"why", breach.evidence.why}};
  add_basis(breach.evidence, out);
  return out;
}

bool all_reproduced(const engine::Replay& replay) {
  return std::all_of(replay.verdicts.begin(), replay.verdicts.end(), [](const auto& v) { return v.reproduced; });
}

Json judge_json(const engine::Replay& replay) {
  Json out;
  out["schema"] = "train.judge/1";
  out["reproduced"] = all_reproduced(replay);
  out["without_numbers"] = replay.without_numbers;
  out["verdicts"] = Json::array();
  for (const auto& verdict : replay.verdicts) out["verdicts"].push_back(verdict_json(verdict));
  out["present_breaches"] = Json::array();
  for (const auto& breach : replay.breaches) out["present_breaches"].push_back(breach_json(breach));
  return out;
}

std::string why_text(const engine::ReplayedVerdict& verdict) {
  std::vector<std::string> parts;
  for (const auto& gate : verdict.present)
    parts.push_back(gate.id() + ": " + (gate.missing.empty() ? gate.why : gate.missing));
  return join(parts, "; ");
}

void show_replay(const Context& context, const engine::Replay& replay) {
  for (const auto& v : replay.verdicts) {
    const auto now =
        v.present_verdict == v.recorded ? std::string() : fmt::format(" now {}", to_string(v.present_verdict));
    context.out() << fmt::format("{:>5}  {}  {:<12} {:<8} stage {}  {:<6}{}{}  {}\n", v.seq, format_rfc3339(v.at),
                                 printable(v.app, 12), v.version.text(), v.stage, to_string(v.recorded), now,
                                 v.reproduced ? "" : "  NOT REPRODUCED", printable(why_text(v), 200));
  }
  for (const auto& b : replay.breaches)
    context.out() << fmt::format("The present definition halts {} {} at {} (stage {}) by {}: {}\n", b.app,
                                 b.version.text(), format_rfc3339(b.at), b.stage, b.evidence.id(), b.evidence.why);
  const auto wrong =
      std::count_if(replay.verdicts.begin(), replay.verdicts.end(), [](const auto& v) { return !v.reproduced; });
  context.out() << fmt::format("{} verdicts, {} reproduced bit for bit.\n", replay.verdicts.size(),
                               wrong == 0 ? "all" : fmt::format("{} not", wrong));
  if (replay.without_numbers > 0)
    context.say(fmt::format("{} older verdicts kept no numbers and cannot be judged again.", replay.without_numbers));
}

Result<std::optional<VersionName>> version_of(const JudgeOptions& options) {
  if (options.since.empty()) return std::optional<VersionName>();
  auto version = VersionName::parse(options.since);
  if (!version) return fail(ErrorKind::usage, fmt::format("--since {} is no version.", printable(options.since, 60)));
  return version;
}

Exit run_judge(const Context& context, const JudgeOptions& options) {
  const auto since = version_of(options);
  if (!since) return context.fail(since.error());
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  const auto events = session->ports().log->read(0);
  if (!events) return context.fail(events.error());
  const auto replay = engine::replay(*events, session->definition, *since);
  if (context.format == Format::json)
    context.out() << judge_json(replay).dump(2) + "\n";
  else
    show_replay(context, replay);
  return all_reproduced(replay) ? Exit::done : Exit::failed;
}

}  // namespace

void add_judge(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<JudgeOptions>();
  auto* command = add_command(root, "judge", "Judge recorded evidence again, under the present definition",
                              "train judge --since 3.3.0");
  command->add_option("--since", options->since, "Only releases from this version on");
  command->callback([&, options] { chosen = [&context, options] { return run_judge(context, *options); }; });
}

}  // namespace train::cli
