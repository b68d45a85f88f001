#include "launch_risk.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::cli {
namespace {

bool is_in_the_store(engine::StandbyState state) {
  switch (state) {
    case engine::StandbyState::uploaded:
    case engine::StandbyState::in_review:
    case engine::StandbyState::ready:
    case engine::StandbyState::released:
    case engine::StandbyState::stepped_aside:
      return true;
    case engine::StandbyState::absent:
    case engine::StandbyState::built:
      break;
  }
  return false;
}

CheckLine standby_line(const App& app, const engine::Release& release, const engine::AppProgress* progress) {
  CheckLine line{"Way back", app.name + " standby", CheckResult::ok, "", ""};
  line.risk = "risk:standby:" + app.name;
  if (progress != nullptr && progress->looked && !progress->live) {
    line.detail = "a first release has nothing behind it";
    return line;
  }
  const auto state = progress == nullptr ? engine::StandbyState::absent
                                         : engine::standby_state(engine::model_of(app.store), release, *progress);
  line.detail = fmt::format("{} for {}", engine::to_string(state), release.version.text());
  if (progress != nullptr && progress->standby)
    line.detail += fmt::format(": {} is {} again", progress->standby->version.text(), progress->standby->from.text());
  if (is_in_the_store(state)) return line;
  line.result = CheckResult::warning;
  line.hint = fmt::format("`train standby prepare {}` makes and uploads it; or `train waive {} --why …` goes without.",
                          app.name, engine::standby_item(app.name));
  return line;
}

bool is_before_submission(const engine::Release& release) {
  if (!release.is_open()) return false;
  return std::any_of(release.apps.begin(), release.apps.end(),
                     [](const engine::AppProgress& app) {
                       const auto phase = engine::app_phase(app);
                       return phase == engine::AppPhase::awaiting_build || phase == engine::AppPhase::candidate;
                     }) ||
         release.apps.empty();
}

const engine::SignOff* waiver_of(const engine::Release& release, const std::string& item) {
  for (const auto& sign_off : release.sign_offs) {
    if (sign_off.item == item && sign_off.how == event::SignedOff::How::waived) return &sign_off;
  }
  return nullptr;
}

}  // namespace

CheckLines check_standbys(const Definition& definition, const engine::State& state) {
  CheckLines lines;
  const auto* release = state.focus();
  if (release == nullptr || !release->is_open()) return lines;
  for (const auto& rule : definition.standby)
    lines.push_back(standby_line(*definition.find_app(rule.app), *release, release->find(rule.app)));
  return lines;
}

CheckLines check_halts(const Definition& definition, const LiveVersions& live) {
  CheckLines lines;
  for (const auto& app : definition.apps) {
    CheckLine line{"Way back", app.name + " halt", CheckResult::ok, "", ""};
    line.risk = "risk:halt:" + app.name;
    const bool after_full = engine::model_of(app.store).halts_after_full;
    line.detail = after_full ? "can be halted at any percentage, 100 % too" : "can be halted until 100 %, not after";
    if (live.find(app.name) == live.end()) {
      line.result = CheckResult::warning;
      line.detail = "nothing is live behind it: a first release cannot be halted";
      line.hint = "Release to testers first, and keep a fix at hand.";
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

void settle_risks(CheckLines& lines, const engine::State& state) {
  const auto* release = state.focus();
  if (release == nullptr) return;
  const bool before = is_before_submission(*release);
  for (auto& line : lines) {
    const bool in_doubt = line.result == CheckResult::warning || line.result == CheckResult::failed;
    if (line.risk.empty() || !in_doubt) continue;
    if (const auto* waiver = waiver_of(*release, line.risk)) {
      line.result = CheckResult::warning;
      line.detail += fmt::format(" (waived for {} by {}: {})", release->version.text(), waiver->by, waiver->why);
      line.hint.clear();
      continue;
    }
    if (!before) continue;
    line.result = CheckResult::failed;
    line.hint +=
        fmt::format("{}`train waive {} --why …` goes on in spite of it.", line.hint.empty() ? "" : " Or ", line.risk);
  }
}

}  // namespace train::cli
