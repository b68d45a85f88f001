// Walks every combination of what a store can show and what people, gates and the calendar can say, for both store
// models, and asks of each plan: could this expose more users than a pass or a recorded override allows?
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using Control = AppProgress::Control;

constexpr int k_first_stage = 1;  // percent, of the scene's ladder

enum class Gates { pass, hold, breach, dark };
enum class Override { none, present };

struct Corner {
  const char* app = "android";
  ReleaseStatus status = ReleaseStatus::serving;
  int percent = 1;
  int stage = 1;
  int allowed = 1;
  Control control = Control::running;
  Gates gates = Gates::hold;
  bool soaked = true;
  bool window = true;
  bool held = false;
  bool latched = false;
  bool may_resume = false;
  Override override_given = Override::none;

  std::string text() const {
    return std::string(app) + " " + std::string(to_string(status)) + " " + std::to_string(percent) + "% stage " +
           std::to_string(stage) + " allowed " + std::to_string(allowed) + " control " +
           std::to_string(static_cast<int>(control)) + " gates " + std::to_string(static_cast<int>(gates)) +
           " soaked " + std::to_string(soaked) + " window " + std::to_string(window) + " held " + std::to_string(held) +
           " latched " + std::to_string(latched) + " may_resume " + std::to_string(may_resume) + " override " +
           std::to_string(override_given == Override::present);
  }
};

Measurement measurement_of(Gates gates) {
  Measurement m;
  m.as_of = k_start;
  m.state = gates == Gates::dark ? Measurement::State::no_data : Measurement::State::measured;
  if (gates == Gates::pass) m.counts = {10, 50000};
  if (gates == Gates::hold) m.counts = {1, 50};
  if (gates == Gates::breach) m.counts = {5000, 50000};
  return m;
}

// The state itself is set, not reached by events: the walk must not depend on how a corner can come about.
Scene scene_of(const Corner& corner) {
  Scene s;
  const auto store = std::find_if(all_stores().begin(), all_stores().end(),
                                  [&](const StoreFacts& facts) { return facts.platform == corner.app; });
  s.def.apps = {app_of(corner.app, store->kind)};
  if (!corner.window) s.def.calendar.rollout_hours = RolloutHours{{Weekday::sun}, 0, 60};
  s.open();
  s.sign_everything();
  s.candidate(corner.app);
  s.seen(corner.app, corner.status, corner.percent,
         corner.status == ReleaseStatus::halted ? PhasedRelease::State::paused : PhasedRelease::State::active);
  auto& app = *s.state.find(k_version)->find(corner.app);
  app.stage = corner.stage;
  app.stage_since = k_start - (corner.soaked ? Duration(86400 * 2) : Duration(60));
  app.allowed = Percent::whole(corner.allowed);
  app.control = corner.control;
  app.may_resume = corner.may_resume;
  app.exposed_since = app.stage_since;
  app.history["crashes"].release_baseline = Tally{};
  app.history["crashes"].stage_baseline = Tally{};
  if (corner.percent == 100) app.full_since = k_start;
  if (corner.held) app.hold = Order{"ana", "wait", k_start};
  if (corner.latched) app.breaches["crashes"] = LatchedBreach{Reaction::rollback, {}, k_start};
  if (corner.override_given == Override::present)
    app.overrides["crashes"] = engine::Override{corner.stage, "ana", "known"};
  s.evidence.apps = {{k_version, corner.app, {{"crashes", measurement_of(corner.gates)}}, {}}};
  return s;
}

// Does the step let the store serve more than it may without a new decision? The first stage is the sign-offs'
// business.
bool raises(const Corner& corner, const Step& step) {
  if (!step.to_percent) return false;
  const bool rises = step.action == Action::set_percent || step.action == Action::complete ||
                     step.action == Action::resume || step.action == Action::start_rollout;
  const int free = std::max({corner.percent, corner.allowed, k_first_stage});
  return rises && step.to_percent->percent() > free;
}

void expect_safe(const Corner& corner, std::size_t& rises) {
  const Scene s = scene_of(corner);
  const auto plan = s.plan();
  for (const auto& step : plan.steps) {
    if (!raises(corner, step)) continue;
    ++rises;
    const bool passed =
        corner.gates == Gates::pass || (corner.override_given == Override::present && corner.gates != Gates::breach);
    EXPECT_TRUE(passed && corner.soaked && corner.window && !corner.held && !corner.latched) << corner.text();
    EXPECT_FALSE(step.because.empty()) << corner.text();
  }
}

// Every step, wait and refusal has its reasons or its words.
void expect_said(const Corner& corner) {
  const Scene s = scene_of(corner);
  const auto plan = s.plan();
  for (const auto& step : plan.steps) EXPECT_FALSE(step.because.empty()) << corner.text();
  for (const auto& wait : plan.waits) EXPECT_FALSE(wait.detail.empty()) << corner.text();
}

constexpr std::array k_booleans{false, true};

template <typename Visit>
void walk(const char* app, ReleaseStatus status, Visit visit) {
  for (const int percent : {0, 1, 2, 5, 20, 50, 100})
    for (const int stage : {0, 1, 2, 4, 5})
      for (const int allowed : {0, 1, 5, 50, 100})
        for (const auto control : {Control::none, Control::running, Control::paused, Control::halted})
          for (const auto gates : {Gates::pass, Gates::hold, Gates::breach, Gates::dark})
            for (const int flags : {0, 1, 2, 4, 8, 16, 32, 3, 5, 9, 17, 33, 34, 40, 48, 63}) {
              Corner corner{app, status, percent, stage, allowed, control, gates};
              corner.soaked = (flags & 1) != 0;
              corner.window = (flags & 2) == 0;
              corner.held = (flags & 4) != 0;
              corner.latched = (flags & 8) != 0;
              corner.may_resume = (flags & 16) != 0;
              corner.override_given = (flags & 32) != 0 ? Override::present : Override::none;
              visit(corner);
            }
}

class Walk : public testing::TestWithParam<const char*> {};

TEST_P(Walk, NothingRisesWithoutAPassOrARecordedOverride) {
  std::size_t corners = 0;
  std::size_t rises = 0;
  for (const auto status : {ReleaseStatus::serving, ReleaseStatus::halted}) {
    walk(GetParam(), status, [&](const Corner& corner) {
      ++corners;
      expect_safe(corner, rises);
    });
  }
  EXPECT_GT(corners, 20000u);
  EXPECT_GT(rises, 100u);  // the walk does meet promotions: a rule that forbade everything would not pass
}

TEST_P(Walk, EveryStatusIsDecidedAndSaysWhy) {
  for (int status = 0; status <= static_cast<int>(ReleaseStatus::unknown); ++status) {
    for (const int percent : {0, 5, 100}) {
      for (const auto gates : {Gates::pass, Gates::breach, Gates::dark}) {
        for (const bool held : k_booleans) {
          Corner corner{
              GetParam(), static_cast<ReleaseStatus>(status), percent, percent == 0 ? 0 : 2, percent, Control::running,
              gates};
          corner.held = held;
          expect_said(corner);
        }
      }
    }
  }
}

TEST_P(Walk, NothingButServingAndHaltedIsEverRaised) {
  for (int status = 0; status <= static_cast<int>(ReleaseStatus::unknown); ++status) {
    const auto kind = static_cast<ReleaseStatus>(status);
    if (kind == ReleaseStatus::serving || kind == ReleaseStatus::halted) continue;
    const Scene s = scene_of({GetParam(), kind, 0, 0, 0, Control::none, Gates::pass});
    for (const auto& step : s.plan().steps) {
      EXPECT_LE(step.to_percent.value_or(Percent()).percent(), 1) << to_string(kind);
    }
  }
}

std::vector<const char*> an_app_of_each_store() {
  std::vector<const char*> out;
  for (const auto& facts : all_stores()) out.push_back(facts.platform.data());
  return out;
}

INSTANTIATE_TEST_SUITE_P(, Walk, testing::ValuesIn(an_app_of_each_store()),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace train::engine::test
