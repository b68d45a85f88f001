// docs/transitions.md against the code: each row is decided here and its words must stand in the table, and the other
// way round. TRAIN_ACCEPT=1 rewrites the table; the diff is what is reviewed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using Phase = PhasedRelease::State;

struct Row {
  std::string app;
  std::string shows;      // what the store shows
  std::string situation;  // what else is so
  std::function<void(Scene&)> make;
};

std::string decided(const Scene& s, const std::string& app) {
  const auto plan = s.plan();
  if (const auto* step = s.step_of(plan, app)) {
    return "`" + std::string(to_string(step->action)) + "`" +
           (step->to_percent ? " to " + step->to_percent->text() : "") +
           (step->action == Action::distribute ? " to " + step->subject : "");
  }
  for (const auto& step : plan.steps) {
    if (step.app.empty()) return "`" + std::string(to_string(step.action)) + "` (the train's own)";
  }
  std::string out;
  for (const auto& wait : plan.waits) {
    if (wait.app != app) continue;
    out +=
        (out.empty() ? "wait: " : ", ") + std::string(to_string(wait.kind)) + (wait.needs_person ? " (a person)" : "");
  }
  return out.empty() ? "nothing" : out;
}

void play_absent(Scene& s) {
  s.candidate("android");
  auto e = Scene::seen_event("android", ReleaseStatus::draft, 0, {});
  e.release.reset();
  s.add(e);
}

void ios_absent(Scene& s) {
  s.candidate("ios");
  auto e = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
  e.release.reset();
  s.add(e);
}

// Testers "qa" (the team) and "field" (external), both with the candidate in this state.
void tested(Scene& s, TesterStatus qa, TesterStatus field) {
  s.def.apps[0].testers = {"qa", "field"};
  s.candidate("ios");
  s.sign_everything();
  auto e = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
  e.release.reset();
  e.builds.front().testers = {{"qa", qa, "qa's state"}, {"field", field, "field's state"}};
  s.add(e);
}

std::vector<Row> testers() {
  using T = TesterStatus;
  return {
      {"ios", "nobody has it", "", [](Scene& s) { tested(s, T::absent, T::absent); }},
      {"ios", "qa has it", "", [](Scene& s) { tested(s, T::testing, T::absent); }},
      {"ios", "both have it", "field's beta review runs", [](Scene& s) { tested(s, T::testing, T::in_review); }},
      {"ios", "both have it", "another build of the version is in beta review",
       [](Scene& s) { tested(s, T::testing, T::queued); }},
      {"ios", "both have it", "nobody asked for field's beta review",
       [](Scene& s) { tested(s, T::testing, T::unsubmitted); }},
      {"ios", "both have it", "the beta review passed, Apple does not tell testers by itself",
       [](Scene& s) { tested(s, T::testing, T::untold); }},
      {"ios", "both have it", "the beta review rejected it", [](Scene& s) { tested(s, T::testing, T::rejected); }},
      {"ios", "both have it", "rejected, and a person waived it",
       [](Scene& s) {
         tested(s, T::testing, T::rejected);
         s.sign("ios:testers:field", "ana");
       }},
      {"ios", "there is no group field", "", [](Scene& s) { tested(s, T::testing, T::no_group); }},
      {"ios", "Apple wants something else first", "", [](Scene& s) { tested(s, T::testing, T::blocked); }},
      {"ios", "a word unknown to train", "", [](Scene& s) { tested(s, T::testing, T::unknown); }},
      {"ios", "both may test it", "", [](Scene& s) { tested(s, T::testing, T::testing); }},
  };
}

std::vector<Row> before_the_rollout() {
  return {
      {"ios", "nothing", "no build yet", [](Scene&) {}},
      {"ios", "nothing", "a build; not signed off", [](Scene& s) { ios_absent(s); }},
      {"ios", "nothing", "a build; signed off",
       [](Scene& s) {
         ios_absent(s);
         s.sign_everything();
       }},
      {"ios", "draft, build and notes set", "signed off",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::draft, 0);
         s.sign_everything();
       }},
      {"ios", "waiting for review", "",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::waiting_for_review, 0);
       }},
      {"ios", "in review", "a newer build was added; we submitted",
       [](Scene& s) {
         s.candidate("ios");
         s.did("ios", Action::submit);
         s.seen("ios", ReleaseStatus::in_review, 0);
         s.candidate("ios", 341);
       }},
      {"ios", "in review", "a newer build was added; somebody else submitted",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::in_review, 0);
         s.candidate("ios", 341);
       }},
      {"ios", "a draft again", "it was in review; we submitted",
       [](Scene& s) {
         s.candidate("ios");
         s.did("ios", Action::submit);
         s.seen("ios", ReleaseStatus::in_review, 0);
         s.seen("ios", ReleaseStatus::draft, 0);
       }},
      {"ios", "approved", "a newer build was added; we submitted",
       [](Scene& s) {
         s.candidate("ios");
         s.did("ios", Action::submit);
         s.seen("ios", ReleaseStatus::approved, 0);
         s.candidate("ios", 341);
       }},
      {"ios", "approved", "a newer build was added; somebody else submitted",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::approved, 0);
         s.candidate("ios", 341);
       }},
      {"ios", "rejected", "",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::rejected, 0);
         s.sign_everything();
       }},
      {"ios", "rejected", "a person resumed",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::rejected, 0);
         s.sign_everything();
         s.add(event::Resumed{k_version, "ios", "mended", {}}, "ana");
       }},
      {"ios", "withdrawn by somebody", "",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::withdrawn, 0);
         s.sign_everything();
       }},
      {"ios", "approved", "not signed off",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::approved, 0);
         s.sign("submission:qa");
       }},
      {"ios", "approved", "signed off",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::approved, 0);
         s.sign_everything();
       }},
      {"ios", "releasing", "",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::releasing, 0);
         s.sign_everything();
       }},
      {"ios", "a word unknown to train", "",
       [](Scene& s) {
         s.candidate("ios");
         s.seen("ios", ReleaseStatus::unknown, 0);
         s.sign_everything();
       }},
      {"android", "nothing", "a build; signed off before submission only",
       [](Scene& s) {
         play_absent(s);
         s.sign("submission:qa");
       }},
      {"android", "nothing", "a build; signed off",
       [](Scene& s) {
         play_absent(s);
         s.sign_everything();
       }},
      {"android", "in review", "",
       [](Scene& s) {
         s.candidate("android");
         s.seen("android", ReleaseStatus::in_review, 0);
       }},
      {"android", "approved, unpublished (managed publishing)", "",
       [](Scene& s) {
         s.candidate("android");
         s.seen("android", ReleaseStatus::held_by_store, 0);
       }},
  };
}

void on_rung(Scene& s, int stage, int percent) {
  s.sign_everything();
  s.rolling("ios", stage, percent, 48);
}

void play_at(Scene& s, int stage, int percent) {
  s.sign_everything();
  s.rolling("android", stage, percent, 48);
}

std::vector<Row> own_ladder() {
  return {
      {"ios", "active, on the allowed rung", "",
       [](Scene& s) {
         s.candidate("ios");
         s.did("ios", Action::start_rollout, Percent::whole(1));
         s.seen("ios", ReleaseStatus::serving, 1, Phase::active);
         s.reached("ios", 1, 1);
       }},
      {"ios", "active, below the allowed rung", "",
       [](Scene& s) {
         on_rung(s, 1, 1);
         s.did("ios", Action::resume, Percent::whole(5));
         s.seen("ios", ReleaseStatus::serving, 2, Phase::active);
       }},
      {"ios", "active, below the allowed rung", "a freeze begins",
       [](Scene& s) {
         on_rung(s, 1, 1);
         s.did("ios", Action::resume, Percent::whole(5));
         s.seen("ios", ReleaseStatus::serving, 2, Phase::active);
         s.def.calendar.freezes = {{*parse_local_time("2026-11-30"), *parse_local_time("2026-11-30"), "freeze"}};
       }},
      {"ios", "active, above the allowed rung", "nobody ran in time",
       [](Scene& s) {
         on_rung(s, 1, 1);
         s.did("ios", Action::resume, Percent::whole(5));
         s.look("ios", ReleaseStatus::serving, 10, Phase::active);
         s.detect_all();
       }},
      {"ios", "paused by us on the allowed rung", "gates pass, soaked, window open",
       [](Scene& s) {
         on_rung(s, 2, 5);
         s.measured("ios", 10, 50000);
       }},
      {"ios", "paused by us on the allowed rung", "no data", [](Scene& s) { on_rung(s, 2, 5); }},
      {"ios", "paused by us on the allowed rung", "gates breach",
       [](Scene& s) {
         on_rung(s, 2, 5);
         s.measured("ios", 5000, 50000);
         s.detect_all();
       }},
      {"ios", "paused by us on 50 %", "gates pass, soaked, window open",
       [](Scene& s) {
         on_rung(s, 4, 50);
         s.measured("ios", 10, 50000);
       }},
      {"ios", "paused by a person", "",
       [](Scene& s) {
         s.sign_everything();
         s.candidate("ios");
         s.did("ios", Action::start_rollout, Percent::whole(1));
         s.now += k_lag_window;
         s.look("ios", ReleaseStatus::halted, 1, Phase::paused);
         s.measured("ios", 10, 50000);
         s.detect_all();
       }},
      {"ios", "active", "a person ordered a halt",
       [](Scene& s) {
         on_rung(s, 1, 1);
         s.did("ios", Action::resume, Percent::whole(5));
         s.seen("ios", ReleaseStatus::serving, 2, Phase::active);
         s.add(event::HaltOrdered{k_version, "ios", "stop", false}, "ana");
       }},
      {"ios", "100 %", "in the watch",
       [](Scene& s) {
         on_rung(s, 4, 50);
         s.did("ios", Action::complete, Percent::whole(100));
         s.seen("ios", ReleaseStatus::serving, 100, Phase::complete);
         s.reached("ios", 5, 100);
       }},
      {"ios", "100 %", "a person ordered a halt",
       [](Scene& s) {
         on_rung(s, 4, 50);
         s.did("ios", Action::complete, Percent::whole(100));
         s.seen("ios", ReleaseStatus::serving, 100, Phase::complete);
         s.add(event::HaltOrdered{k_version, "ios", "stop", false}, "ana");
       }},
      {"ios", "active", "a person ordered the app off sale",
       [](Scene& s) {
         on_rung(s, 1, 1);
         s.did("ios", Action::resume, Percent::whole(5));
         s.seen("ios", ReleaseStatus::serving, 2, Phase::active);
         s.add(event::HaltOrdered{k_version, "ios", "stop", false, true}, "ana");
       }},
      {"ios", "paused or complete", "a person ordered the app off sale",
       [](Scene& s) {
         on_rung(s, 4, 50);
         s.did("ios", Action::complete, Percent::whole(100));
         s.seen("ios", ReleaseStatus::serving, 100, Phase::complete);
         s.add(event::HaltOrdered{k_version, "ios", "stop", false, true}, "ana");
       }},
      {"ios", "paused", "27 of 30 pause days are used; halted by a person",
       [](Scene& s) {
         on_rung(s, 1, 1);
         auto e = Scene::seen_event("ios", ReleaseStatus::halted, 1, Phase::paused);
         e.release->phased->pause_days_used = 27;
         s.add(e);
         s.add(event::HaltOrdered{k_version, "ios", "stop", false}, "ana");
       }},
  };
}

std::vector<Row> set_percentages() {
  return {
      {"android", "5 %", "gates pass, soaked, window open",
       [](Scene& s) {
         play_at(s, 2, 5);
         s.measured("android", 10, 50000);
       }},
      {"android", "5 %", "still soaking",
       [](Scene& s) {
         s.sign_everything();
         s.rolling("android", 2, 5, 1);
         s.measured("android", 10, 50000);
       }},
      {"android", "5 %", "no data", [](Scene& s) { play_at(s, 2, 5); }},
      {"android", "5 %", "no data; the gate was overridden by a person",
       [](Scene& s) {
         play_at(s, 2, 5);
         s.sign("android:gate:crashes", "ana");
       }},
      {"android", "5 %", "gates breach (rollback)",
       [](Scene& s) {
         play_at(s, 2, 5);
         s.measured("android", 5000, 50000);
         s.detect_all();
       }},
      {"android", "5 %", "held by a person",
       [](Scene& s) {
         play_at(s, 2, 5);
         s.measured("android", 10, 50000);
         s.add(event::Held{k_version, "android", "wait"}, "ana");
       }},
      {"android", "50 %", "gates pass, soaked, window open",
       [](Scene& s) {
         play_at(s, 4, 50);
         s.measured("android", 10, 50000);
       }},
      {"android", "halted by us", "the breach is latched",
       [](Scene& s) {
         play_at(s, 2, 5);
         s.measured("android", 5000, 50000);
         s.detect_all();
         s.did("android", Action::halt);
         s.seen("android", ReleaseStatus::halted, 5);
       }},
      {"android", "halted by us", "a person resumed with an override",
       [](Scene& s) {
         play_at(s, 2, 5);
         s.measured("android", 5000, 50000);
         s.detect_all();
         s.did("android", Action::halt);
         s.seen("android", ReleaseStatus::halted, 5);
         s.add(event::Resumed{k_version, "android", "known", {"crashes"}}, "ana");
       }},
      {"android", "halted by somebody else", "",
       [](Scene& s) {
         play_at(s, 2, 5);
         s.look("android", ReleaseStatus::halted, 5);
         s.measured("android", 10, 50000);
         s.detect_all();
       }},
      {"android", "20 %, raised by somebody else", "",
       [](Scene& s) {
         play_at(s, 2, 5);
         s.look("android", ReleaseStatus::serving, 20);
         s.measured("android", 10, 50000);
         s.detect_all();
       }},
      {"android", "100 %", "in the watch; a person ordered a halt",
       [](Scene& s) {
         s.sign_everything();
         s.rolling("android", 5, 100, 2);
         s.add(event::HaltOrdered{k_version, "android", "stop", false}, "ana");
       }},
      {"android", "superseded", "",
       [](Scene& s) {
         s.candidate("android");
         s.seen("android", ReleaseStatus::superseded, 0);
       }},
  };
}

std::string render(const std::vector<Row>& rows) {
  std::ostringstream out;
  out << "| app | the store shows | and | decided |\n| --- | --- | --- | --- |\n";
  for (const auto& row : rows) {
    Scene s;
    s.open();
    row.make(s);
    out << "| " << row.app << " | " << row.shows << " | " << row.situation << " | " << decided(s, row.app) << " |\n";
  }
  return out.str();
}

std::string page() {
  std::ostringstream out;
  out << "# What is decided when\n\n"
         "Checked against the code by `tests/unit/engine/transitions_test.cpp`, which decides each row in a world of "
         "two apps\n"
         "(`ios` on the App Store, `android` on Google Play), ladder 1, 5, 20, 50, 100 %, a crash gate, and sign-offs "
         "before\n"
         "submission and before the rollout. That nothing rises without a pass or a recorded override is shown over "
         "every\n"
         "combination by `tests/unit/engine/walk_test.cpp`. `TRAIN_ACCEPT=1` rewrites this page.\n\n"
         "## Before the rollout\n\n"
      << render(before_the_rollout())
      << "\n## Testers, before submission\n\nThe definition names the groups `qa` and `field`; everything is signed "
         "off.\n\n"
      << render(testers()) << "\n## A store that climbs by itself (App Store)\n\n"
      << render(own_ladder()) << "\n## A store that takes percentages (Google Play)\n\n"
      << render(set_percentages());
  return out.str();
}

TEST(Transitions, TheTableInTheDocsIsWhatTheCodeDecides) {
  const std::string path = std::string(TRAIN_SOURCE_DIR) + "/docs/transitions.md";
  const std::string now = page();
  if (std::getenv("TRAIN_ACCEPT") != nullptr) std::ofstream(path) << now;
  std::ifstream in(path);
  std::stringstream stored;
  stored << in.rdbuf();
  EXPECT_EQ(stored.str(), now) << "run with TRAIN_ACCEPT=1 and review the difference";
}

}  // namespace
}  // namespace train::engine::test
