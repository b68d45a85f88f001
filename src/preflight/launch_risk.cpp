#include "train/preflight/launch_risk.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::preflight {
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

Line standby_line(const App& app, const engine::Release& release, const engine::AppProgress* progress) {
  Line line{"Way back", app.name + " standby", Level::ok, "", ""};
  line.waiver_item = "risk:standby:" + app.name;
  if (progress != nullptr && progress->looked && !progress->live) {
    line.sentence = "a first release has nothing behind it";
    return line;
  }
  const auto state = progress == nullptr ? engine::StandbyState::absent
                                         : engine::standby_state(engine::model_of(app.store), release, *progress);
  line.sentence = fmt::format("{} for {}", engine::to_string(state), release.version.text());
  if (progress != nullptr && progress->standby)
    line.sentence += fmt::format(": {} is {} again", progress->standby->version.text(), progress->standby->from.text());
  if (is_in_the_store(state)) return line;
  line.level = Level::warning;
  line.remedy =
      fmt::format("`train standby prepare {}` makes and uploads it; or `train waive {} --why …` goes without.",
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

Lines standby_lines(const Definition& definition, const engine::State& state) {
  Lines lines;
  const auto* release = state.focus();
  if (release == nullptr || !release->is_open()) return lines;
  for (const auto& rule : definition.standby)
    lines.push_back(standby_line(*definition.find_app(rule.app), *release, release->find(rule.app)));
  return lines;
}

Lines halt_lines(const Definition& definition, const LiveVersions& live) {
  Lines lines;
  for (const auto& app : definition.apps) {
    Line line{"Way back", app.name + " halt", Level::ok, "", ""};
    line.waiver_item = "risk:halt:" + app.name;
    const bool after_full = engine::model_of(app.store).halts_after_full;
    line.sentence = after_full ? "can be halted at any percentage, 100 % too" : "can be halted until 100 %, not after";
    if (live.find(app.name) == live.end()) {
      line.level = Level::warning;
      line.sentence = "nothing is live behind it: a first release cannot be halted";
      line.remedy = "Release to testers first, and keep a fix at hand.";
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

void settle_risks(Lines& lines, const engine::State& state) {
  const auto* release = state.focus();
  if (release == nullptr) return;
  const bool before = is_before_submission(*release);
  for (auto& line : lines) {
    const bool in_doubt = line.level == Level::warning || line.level == Level::failure;
    if (line.waiver_item.empty() || !in_doubt) continue;
    if (const auto* waiver = waiver_of(*release, line.waiver_item)) {
      line.level = Level::warning;
      line.sentence += fmt::format(" (waived for {} by {}: {})", release->version.text(), waiver->by, waiver->why);
      line.remedy.clear();
      continue;
    }
    if (!before) continue;
    line.level = Level::failure;
    line.remedy += fmt::format("{}`train waive {} --why …` goes on in spite of it.", line.remedy.empty() ? "" : " Or ",
                               line.waiver_item);
  }
}

}  // namespace train::preflight
