// The sentences that hold the whole train to its promises.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rules.hpp"
#include "train/base/text.hpp"
#include "train/engine/rungs.hpp"

namespace train::rehearsal {
namespace {

// "app-store/3.4.0 phased PAUSED": what changed is the first word, what it became the rest.
std::string subject_of(const std::string& change) { return change.substr(0, change.find(' ')); }

// Two apps of one store may truly make changes that read alike.
int apps_of_store(const RunRecord& w, const std::string& change) {
  const auto store = change.substr(0, change.find('/'));
  const auto count = std::count_if(w.definition->apps.begin(), w.definition->apps.end(),
                                   [&](const App& app) { return app.facts().built_in == store; });
  return std::max<int>(1, static_cast<int>(count));
}

}  // namespace

Finding each_change_once(const RunRecord& w, const Slots&) {
  struct Last {
    std::string change;
    int times = 0;
  };
  std::map<std::string, Last> last;
  for (const auto& call : w.calls) {
    if (call.change.empty()) continue;
    auto& entry = last[subject_of(call.change)];
    entry.times = entry.change == call.change ? entry.times + 1 : 1;
    entry.change = call.change;
    if (entry.times > apps_of_store(w, call.change)) {
      return unmet(fmt::format("\"{}\" was made twice in a row", call.change));
    }
  }
  return met();
}

namespace {

bool raises(const Step& step) { return step.to_percent && raises_exposure(step.action); }

bool is_overridden(const Step& step) {
  return std::any_of(step.because.begin(), step.because.end(),
                     [](const Reason& reason) { return starts_with(reason.rule, "override"); });
}

bool has_pass(const Step& step) {
  bool any = false;
  for (const auto& gate : step.evidence) {
    if (gate.advisory) continue;
    if (gate.verdict != Verdict::pass) return false;
    any = true;
  }
  return any;
}

bool is_first_release(const Step& step) {
  return std::any_of(step.because.begin(), step.because.end(),
                     [](const Reason& reason) { return reason.rule == "first release"; });
}

}  // namespace

Finding every_rise_has_a_pass(const RunRecord& w, const Slots&) {
  std::map<std::pair<VersionName, AppName>, Percent> granted;
  for (const auto& event : w.log) {
    const auto* intent = std::get_if<event::Intent>(&event.body);
    if (intent == nullptr || !raises(intent->step)) continue;
    const Step& step = intent->step;
    const auto* app = w.definition->find_app(step.app);
    const auto* release = w.state.find(step.version);
    if (app == nullptr || release == nullptr) return unmet("a step on an app or release that is not known");
    auto& so_far = granted[{step.version, step.app}];
    const auto& ladder = w.definition->ladder_of(*app, release->hotfix);
    const Percent first = engine::rung_for(app->facts(), ladder.stages.front().to);
    const bool first_stage = *step.to_percent <= first || *step.to_percent <= ladder.stages.front().to;
    const bool covered = *step.to_percent <= so_far || first_stage || is_overridden(step) || has_pass(step) ||
                         (step.action == Action::start_rollout && is_first_release(step));
    if (!covered) {
      return unmet(fmt::format("{} went to {} at {} without a pass", step.app, step.to_percent->text(),
                               format_rfc3339(event.at)));
    }
    so_far = std::max(so_far, *step.to_percent);
  }
  return met();
}

Finding one_runner_acted(const RunRecord& w, const Slots&) {
  std::map<AppName, const Step*> last;
  std::map<std::string, int> told;
  for (const auto& done : w.done) {
    const Step& step = done.step;
    if (step.action == Action::notify) {
      if (++told[fmt::format("{}/{}", step.event_seq, step.subject)] > 1) return unmet("a message was sent twice");
      continue;
    }
    const auto [at, added] = last.emplace(step.app, &step);
    if (!added && same_step(*at->second, step)) {
      return unmet(fmt::format("`{}` was done twice in a row on {}", to_string(step.action),
                               step.app.empty() ? "the train" : step.app));
    }
    at->second = &step;
  }
  return met();
}

}  // namespace train::rehearsal
