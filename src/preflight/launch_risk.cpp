#include "train/preflight/launch_risk.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/engine/phase.hpp"
#include "waiver.hpp"

namespace train::preflight {
namespace {

bool is_before_submission(const engine::Release& release) {
  if (!release.is_open()) return false;
  return std::any_of(release.apps.begin(), release.apps.end(),
                     [](const engine::AppProgress& app) {
                       const auto phase = engine::app_phase(app);
                       return phase == engine::AppPhase::awaiting_build || phase == engine::AppPhase::candidate;
                     }) ||
         release.apps.empty();
}

void settle(Line& line, const engine::Release& release) {
  const bool in_doubt = line.level == Level::warning || line.level == Level::failure;
  if (line.waiver_item.empty() || !in_doubt) return;
  if (const auto* waiver = waiver_of(release, line.waiver_item)) {
    line.level = Level::warning;
    line.sentence += " (" + waived_text(release, *waiver) + ")";
    line.remedy.clear();
    return;
  }
  if (!is_before_submission(release)) return;
  line.level = Level::failure;
  line.remedy +=
      fmt::format("{}To proceed anyway: `train waive {} --why …`.", line.remedy.empty() ? "" : " ", line.waiver_item);
}

}  // namespace

const engine::SignOff* waiver_of(const engine::Release& release, const std::string& item) {
  for (const auto& sign_off : release.sign_offs) {
    if (sign_off.item == item && sign_off.how == event::SignedOff::How::waived) return &sign_off;
  }
  return nullptr;
}

std::string waived_text(const engine::Release& release, const engine::SignOff& waiver) {
  return fmt::format("waived for {} by {}: {}", release.version.text(), waiver.by, waiver.why);
}

void settle_risks(Lines& lines, const Asked<engine::State>& state) {
  if (!state) {
    lines.push_back(inconclusive({"State", "launch risks", Level::failure, "", ""},
                                 {"whether they may wait", "the log", "whether a release is open and what was waived"},
                                 state.error()));
    return;
  }
  const auto* release = state->focus();
  if (release == nullptr) return;
  for (auto& line : lines) settle(line, *release);
}

}  // namespace train::preflight
