#include "../../../src/rehearsal/expectation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace train::rehearsal {
namespace {

const VersionName k_version = *VersionName::parse("3.4.0");
const AppRoster k_cast{{"ios", StoreKind::app_store}, {"android", StoreKind::google_play}};

Definition train_of_two() {
  Definition definition;
  for (const auto& member : k_cast) {
    App app;
    app.name = member.name;
    app.part = part_of(member.store);
    app.ladder.stages = {{Percent::whole(1), Duration{86400}, Duration{0}},
                         {k_percent_all, Duration{0}, Duration{86400}}};
    definition.apps.push_back(app);
  }
  Flag flag;
  flag.name = "new_checkout";
  flag.value_off = "false";
  definition.flags = {flag};
  definition.notify = {Channel{}};
  return definition;
}

struct Seen {
  Seen() {
    record.definition = &definition;
    record.version = k_version;
    add(event::Opened{k_version, false, std::nullopt, std::nullopt});
  }

  void add(EventBody body) {
    at += Duration{60};
    Event event{record.state.seq + 1, at, "train", std::move(body), {}, {}};
    engine::apply(record.state, event);
    record.log.push_back(std::move(event));
  }

  Step step(Action action, const AppName& app, std::optional<Percent> to = std::nullopt,
            const std::string& value = {}) {
    Step out;
    out.action = action;
    out.app = app;
    out.version = k_version;
    out.to_percent = to;
    out.value = value;
    return out;
  }

  void intend(Step wanted) { add(event::Intent{std::to_string(at.time_since_epoch().count()), "run", at, wanted}); }
  void do_step(Step wanted) { record.done.push_back({at, std::move(wanted)}); }

  void change(const std::string& what) { record.calls.push_back({"PUT", "/x", 200, what}); }

  Finding find(std::string_view sentence) {
    const auto read = read_expectation(sentence, k_cast);
    if (!read) return {false, read.error()};
    return read->front().check(record);
  }
  bool met(std::string_view sentence) { return find(sentence).met; }

  Definition definition = train_of_two();
  RunRecord record;
  Instant at{Duration{1'796'029'200}};
};

GateEvidence passing() {
  GateEvidence gate;
  gate.signal = "crashes";
  gate.verdict = Verdict::pass;
  return gate;
}

TEST(Expectation, HowFarIsWhatTheStoreServed) {
  Seen seen;
  seen.record.highest["android"] = Percent::whole(5);
  EXPECT_TRUE(seen.met("android never above 5%"));
  EXPECT_FALSE(seen.met("android never above 4%"));
  EXPECT_EQ(seen.find("android never above 4%").seen, "it served 5 %");
  EXPECT_TRUE(seen.met("android reaches 5%"));
  EXPECT_FALSE(seen.met("ios reaches 1%"));
}

TEST(Expectation, OrderIsOfFirstOccurrences) {
  Seen seen;
  seen.do_step(seen.step(Action::notify, "", std::nullopt, "stage"));
  seen.do_step(seen.step(Action::set_flag, ""));
  seen.do_step(seen.step(Action::halt, "android"));
  seen.do_step(seen.step(Action::notify, "", std::nullopt, "halt"));
  EXPECT_TRUE(seen.met("set_flag before halt"));
  EXPECT_TRUE(seen.met("set_flag before android halt"));
  EXPECT_FALSE(seen.met("halt before notify")) << "the first message was about a stage";
  EXPECT_TRUE(seen.met("halt before notify of halt"));
  EXPECT_FALSE(seen.met("ios halt before notify of halt"));
  EXPECT_EQ(seen.find("submit before halt").seen, "submit never happened");
}

TEST(Expectation, WhatTheDefinitionCannotDoIsNoMatterOfOrder) {
  Seen seen;
  seen.do_step(seen.step(Action::halt, "android"));
  EXPECT_FALSE(seen.met("set_flag before halt"));
  seen.definition.flags.clear();
  EXPECT_TRUE(seen.met("set_flag before halt"));
}

TEST(Expectation, EachChangeOnceIsAboutWhatTheStoresKeep) {
  Seen seen;
  seen.change("play/production/340 inProgress 0.01");
  seen.change("");
  seen.change("app-store/3.4.0 phased PAUSED");
  seen.change("app-store/3.4.0 phased ACTIVE");
  seen.change("app-store/3.4.0 phased PAUSED");
  EXPECT_TRUE(seen.met("each change once"));
  seen.change("play/production/340 inProgress 0.01");
  EXPECT_FALSE(seen.met("each change once"));
}

TEST(Expectation, ARiseNeedsAPassAnOverrideOrToBeTheFirstStage) {
  Seen seen;
  seen.intend(seen.step(Action::start_rollout, "android", Percent::whole(1)));
  EXPECT_TRUE(seen.met("every rise has a pass"));
  auto step = seen.step(Action::set_percent, "android", k_percent_all);
  step.evidence = {passing()};
  Seen covered = seen;
  covered.record.definition = &covered.definition;
  covered.intend(step);
  EXPECT_TRUE(covered.met("every rise has a pass"));
  step.evidence.front().verdict = Verdict::hold;
  Seen bare = seen;
  bare.record.definition = &bare.definition;
  bare.intend(step);
  EXPECT_FALSE(bare.met("every rise has a pass"));
  step.because = {{"override:crashes", "ana: known", "a recorded override"}};
  seen.intend(step);
  EXPECT_TRUE(seen.met("every rise has a pass"));
}

TEST(Expectation, AnAdvisoryPassCoversNothing) {
  Seen seen;
  auto step = seen.step(Action::set_percent, "android", k_percent_all);
  step.evidence = {passing()};
  step.evidence.front().advisory = true;
  seen.intend(step);
  EXPECT_FALSE(seen.met("every rise has a pass"));
}

TEST(Expectation, OneRunnerActedSeesAStepDoneTwice) {
  Seen seen;
  seen.do_step(seen.step(Action::set_percent, "android", Percent::whole(5)));
  seen.do_step(seen.step(Action::set_percent, "android", Percent::whole(20)));
  EXPECT_TRUE(seen.met("one runner acted"));
  seen.do_step(seen.step(Action::set_percent, "android", Percent::whole(20)));
  EXPECT_FALSE(seen.met("one runner acted"));
}

TEST(Expectation, TheEndIsThePlansAndTheFlags) {
  Seen seen;
  EXPECT_TRUE(seen.met("exit 0 at the end"));
  Wait wait;
  wait.needs_person = true;
  seen.record.plan.waits = {wait};
  EXPECT_TRUE(seen.met("exit 3 at the end"));
  seen.record.last_look_failed = true;
  EXPECT_TRUE(seen.met("exit 1 at the end"));
  EXPECT_FALSE(seen.met("every flag is off"));
  seen.record.flags["new_checkout"] = "false";
  EXPECT_TRUE(seen.met("every flag is off"));
  EXPECT_TRUE(seen.met("flag new_checkout is false"));
  EXPECT_FALSE(seen.met("flag new_checkout is true"));
}

TEST(Expectation, WatchedCountsFromTheLastApp) {
  Seen seen;
  const auto serve_all = [&](const AppName& app) {
    event::Seen all;
    all.version = k_version;
    all.app = app;
    all.release = SeenRelease{};
    all.release->status = ReleaseStatus::serving;
    all.release->percent = k_percent_all;
    seen.add(all);
  };
  serve_all("ios");
  seen.at += Duration{86400};
  serve_all("android");
  seen.at += Duration{3600};
  EXPECT_FALSE(seen.met("watched 24h after 100%"));
  seen.add(event::Finished{k_version});
  EXPECT_FALSE(seen.met("watched 24h after 100%")) << "android had an hour";
  EXPECT_TRUE(seen.met("watched 1h after 100%"));
  EXPECT_TRUE(seen.met("release done"));
}

TEST(Expectation, NoticesAreInTheLog) {
  Seen seen;
  EXPECT_TRUE(seen.met("no breach"));
  EXPECT_FALSE(seen.met("drift on ios"));
  seen.add(event::Drifted{k_version, "ios", "halted by somebody else", true});
  seen.add(event::Breached{k_version, "android", Reaction::pause, passing()});
  event::StageReached environment;
  environment.version = k_version;
  environment.app = "ios";
  environment.overshoot = true;
  seen.add(environment);
  EXPECT_TRUE(seen.met("drift on ios"));
  EXPECT_TRUE(seen.met("overshoot on ios"));
  EXPECT_FALSE(seen.met("overshoot on android"));
  EXPECT_TRUE(seen.met("breach of crashes on android"));
  EXPECT_FALSE(seen.met("breach of payments on android"));
  EXPECT_FALSE(seen.met("no breach"));
  EXPECT_EQ(seen.find("breach on ios").seen, "only: crashes on android");
}

TEST(Expectation, EverySentenceIsOnItsPage) {
  std::ifstream file(std::filesystem::path(TRAIN_SOURCE_DIR) / "docs" / "rehearsal.md");
  std::ostringstream page;
  page << file.rdbuf();
  for (const auto& pattern : expectation_patterns()) {
    EXPECT_THAT(page.str(), testing::HasSubstr("`" + pattern + "`"));
  }
}

}  // namespace
}  // namespace train::rehearsal
