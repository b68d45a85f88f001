// A stop always stops: whatever else runs, whatever the log says, and whatever lands late.
#include "train/runner/stop.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "bench.hpp"
#include "train/base/interruption.hpp"

namespace train::runner::test {
namespace {

using namespace std::chrono_literals;
using Outcome = event::Outcome::Result;
using End = StoppedApp::End;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

event::HaltOrdered halt_of(const AppName& app) {
  event::HaltOrdered halt;
  halt.version = k_version;
  halt.app = app;
  halt.why = "payments fail";
  return halt;
}

Step step_on(const AppName& app, Action action) {
  Step step;
  step.action = action;
  step.app = app;
  step.version = k_version;
  step.build = k_build;
  return step;
}

// A disk that takes nothing more.
class FullLog final : public EventLog {
 public:
  explicit FullLog(EventLog& real) : real_(real) {}
  Result<std::vector<Event>> read(Seq after) override { return real_.read(after); }
  Result<std::vector<Event>> append(Seq, std::span<const NewEvent>) override { return full(); }
  Result<RunId> enter() override { return full(); }
  Result<Owner> owner_of(const event::Intent& intent, Instant now) override { return real_.owner_of(intent, now); }

 private:
  static tl::unexpected<Error> full() { return fail(ErrorKind::storage, "No space left on device."); }
  EventLog& real_;
};

class StopTest : public LoopTest {
 protected:
  // Android serves 5 %; iOS is being prepared.
  void serve_android() {
    add_ios();
    open_release();
    expect_advance();
    ASSERT_EQ(android.find(k_version)->status, ReleaseStatus::serving);
  }
  // A day at 5 % is over, and a person has said that it may go on without a gate.
  void soak_android() {
    open_release();
    expect_advance();
    clock.advance(k_day);
    say(without_a_gate());
  }
  static event::Resumed without_a_gate() {
    event::Resumed on;
    on.version = k_version;
    on.app = "android";
    on.why = "no gate is defined";
    on.overrides = {"any"};
    return on;
  }
  // Another process says that it is about to do this, and lives.
  void another_run_does(Step step, const std::string& operation = "theirs") {
    if (theirs_run_.empty()) theirs_run_ = *theirs_.enter();
    say(event::Intent{operation, theirs_run_, clock.now() + k_day, std::move(step)}, "train");
  }

  StopWish wish(const AppName& app, bool rollback = false) {
    StopWish out;
    out.by = "ana";
    out.why = "payments fail";
    out.rollback = rollback;
    out.patience.after_acceptance = 3000ms;
    out.told = [this](const std::string& line) { told.push_back(line); };
    const auto state = load_state(log);
    out.apps = engine::what_a_stop_does(definition, *state, {app, rollback}, clock.now());
    out.orders = [apps = out.apps, rollback](const engine::State&) -> Result<std::vector<EventBody>> {
      std::vector<EventBody> bodies;
      for (const auto& stop : apps) {
        auto order = halt_of(stop.app);
        order.rollback = rollback;
        if (engine::is_ordered(stop.kind)) bodies.emplace_back(order);
      }
      return bodies;
    };
    return out;
  }
  StopReport stop_now(const AppName& app = "android") {
    const auto report = runner::stop(definition, ports, wish(app));
    EXPECT_TRUE(report) << report.error().text();
    return report.value_or(StopReport{});
  }

  std::vector<std::string> told;

 private:
  MemoryLog theirs_{log.storage()};
  RunId theirs_run_;
};

struct Busy {
  const char* name;
  AppName app;
  Action action;
};
class WhileAnotherRun : public StopTest, public testing::WithParamInterface<Busy> {};

TEST_P(WhileAnotherRun, IsAtWorkAHaltGoesThroughAndTakesNothingOver) {
  serve_android();
  another_run_does(step_on(GetParam().app, GetParam().action));
  const auto report = stop_now();
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
  EXPECT_EQ(report.apps.at(0).end, End::stopped);
  EXPECT_FALSE(report.log);
  EXPECT_EQ(load_state(log)->open.count("theirs"), 1U) << "it is still theirs";
}

INSTANTIATE_TEST_SUITE_P(, WhileAnotherRun,
                         testing::Values(Busy{"uploads_the_other_app", "ios", Action::upload_build},
                                         Busy{"uploads_this_app", "android", Action::upload_build},
                                         Busy{"hangs_on_a_webhook", "", Action::notify},
                                         Busy{"sets_a_flag", "", Action::set_flag},
                                         Busy{"submits_the_other_app", "ios", Action::submit}),
                         [](const auto& row) { return row.param.name; });

TEST_F(StopTest, TheOrderIsInTheLogBeforeTheStoreIsWritten) {
  serve_android();
  bool ordered = false;
  android.on_call = [&](const std::string& call) {
    if (call == "halt") ordered = !all_of<event::HaltOrdered>().empty();
  };
  stop_now();
  EXPECT_TRUE(ordered);
  EXPECT_EQ(load_state(log)->find(k_version)->find("android")->control, engine::AppProgress::Control::halted);
  EXPECT_EQ(load_state(log)->find(k_version)->find("android")->seen->status, ReleaseStatus::halted);
}

TEST_F(StopTest, TheBrakeComesBeforeAnyLook) {
  serve_android();
  const auto before = android.calls().size();
  stop_now();
  EXPECT_EQ(android.calls().at(before), "halt");
  EXPECT_THAT(android.calls().back(), HasSubstr("observe"));
}

// A store that answers late leaves nobody in front of an empty screen.
TEST_F(StopTest, WhatItBeginsIsToldBeforeTheStoreHasAnswered) {
  serve_android();
  std::vector<std::string> before;
  android.on_call = [&](const std::string& call) {
    if (call == "halt") before = told;
  };
  stop_now();
  EXPECT_THAT(before, ElementsAre("  … android: halting 3.4.0"));
  EXPECT_THAT(told, Contains(HasSubstr("✓ android: halted 3.4.0")));
}

TEST_F(StopTest, IsSafeToRepeat) {
  serve_android();
  stop_now();
  const auto again = stop_now();
  EXPECT_EQ(again.apps.at(0).end, End::stopped);
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
}

TEST_F(StopTest, ALogThatCannotBeWrittenKeepsNobodyFromTheStore) {
  serve_android();
  FullLog full(log);
  const auto order = wish("android");
  ports.log = &full;
  const auto report = runner::stop(definition, ports, order);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
  ASSERT_TRUE(report->log);
  EXPECT_THAT(report->log->message, HasSubstr("No space left"));
}

TEST_F(StopTest, OneStoreThatRefusesKeepsNoOtherFromBeingStopped) {
  serve_android();
  ios.stand(k_version, k_build, ReleaseStatus::serving, Percent::whole(1));
  expect_advance();
  ios.refuse_write({ErrorKind::auth, "the key was revoked", ""});
  const auto report = stop_now("");
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
  ASSERT_THAT(report.apps, SizeIs(2));
  for (const auto& app : report.apps) EXPECT_EQ(app.end, app.app == "ios" ? End::unstopped : End::stopped);
}

// ---- what was under way when the order came

TEST_F(StopTest, ARaiseThatLandsAfterTheHaltIsStoppedAgain) {
  serve_android();
  another_run_does(step_on("android", Action::set_percent));
  // Once the halt has been accepted.
  log.after_append = [&](std::span<const NewEvent> added) {
    if (!std::holds_alternative<event::Outcome>(added.back().body)) return;
    log.after_append = nullptr;
    android.stand(k_version, k_build, ReleaseStatus::serving, Percent::whole(50));
    say(event::Outcome{"theirs", Outcome::done, {}}, "train");
  };
  const auto report = stop_now();
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
  EXPECT_EQ(report.apps.at(0).end, End::stopped);
  EXPECT_THAT(told, Contains(HasSubstr("stopped again")));
}

TEST_F(StopTest, ARunThatHangsInARaiseIsNamedAndNotWaitedForLongerThanTheBound) {
  serve_android();
  another_run_does(step_on("android", Action::set_percent));
  const auto began = std::chrono::steady_clock::now();
  const auto report = stop_now();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 4s);
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
  EXPECT_THAT(report.notes, Contains(HasSubstr("another run's `set_percent` is still under way")));
  EXPECT_THAT(told, Contains("  … android: another run's `set_percent` is under way; its end is awaited for a moment"));
}

TEST_F(StopTest, ARunWhoseIntentWonGivesWayToAnOrderThatCameBeforeItsCall) {
  soak_android();
  log.after_append = [&](std::span<const NewEvent> added) {
    if (!std::holds_alternative<event::Intent>(added.back().body)) return;
    log.after_append = nullptr;
    say(halt_of("android"));
  };
  const auto before = android.writes().size();
  const auto report = advance();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::conflict);
  EXPECT_THAT(report.error().message, HasSubstr("gave way to the halt that ana ordered: payments fail"));
  EXPECT_THAT(android.writes(), SizeIs(before)) << "nothing was sent";
  const auto state = load_state(log);
  const auto& app = *state->find(k_version)->find("android");
  EXPECT_EQ(app.allowed, Percent::whole(5)) << "what was not sent is not granted";
  EXPECT_FALSE(app.failing);
  EXPECT_TRUE(all_of<event::Outcome>().back().gave_way);
}

TEST_F(StopTest, ARunGivesWayToAHoldToo) {
  soak_android();
  log.after_append = [&](std::span<const NewEvent> added) {
    if (!std::holds_alternative<event::Intent>(added.back().body)) return;
    log.after_append = nullptr;
    say(event::Held{k_version, "", "look"});
  };
  const auto before = android.writes().size();
  EXPECT_FALSE(advance());
  EXPECT_THAT(android.writes(), SizeIs(before));
}

TEST_F(StopTest, ARunStopsItselfWhatItRaisedWhileTheOrderCame) {
  soak_android();
  android.on_call = [&](const std::string& call) {
    if (call == "complete" && all_of<event::HaltOrdered>().empty()) say(halt_of("android"));
  };
  const auto report = advance();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::conflict);
  EXPECT_THAT(report.error().message, HasSubstr("was under way when the halt that ana ordered"));
  EXPECT_EQ(android.writes().back(), "halt");
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
}

// ---- before anybody gets it

TEST_F(StopTest, WhatIsInReviewIsTakenBack) {
  add_ios();
  open_release();
  ios.stand(k_version, k_build, ReleaseStatus::in_review, Percent());
  expect_advance();
  const auto report = stop_now("ios");
  EXPECT_THAT(ios.writes(), Contains("cancel_submission"));
  EXPECT_EQ(report.apps.at(0).end, End::stopped);
}

TEST_F(StopTest, WhatIsApprovedIsKeptBackWithoutACall) {
  add_ios();
  open_release();
  ios.stand(k_version, k_build, ReleaseStatus::approved, Percent());
  definition.start_rollout = Coupling::together;
  definition.apps[0].artifact = "/nowhere/{version}.aab";
  expect_advance();
  const auto before = ios.writes();
  const auto report = stop_now("ios");
  EXPECT_EQ(ios.writes(), before);
  EXPECT_EQ(report.apps.at(0).end, End::kept_back);
  EXPECT_TRUE(load_state(log)->find(k_version)->find("ios")->halt);
}

// The store calls nothing back that it releases: the order stands, and is carried out as soon as it can be.
TEST_F(StopTest, WhatIsBeingReleasedIsHaltedAsSoonAsItIsOut) {
  add_ios();
  open_release();
  ios.stand(k_version, k_build, ReleaseStatus::releasing, Percent());
  expect_advance();
  ios.refuse_write({ErrorKind::refused, "it is on its way out", ""});
  const auto report = stop_now("ios");
  EXPECT_EQ(report.apps.at(0).end, End::on_its_way);
  EXPECT_THAT(report.apps.at(0).words, HasSubstr("is stopped as soon as it is out"));
  ASSERT_THAT(all_of<event::HaltOrdered>(), SizeIs(1)) << "the order is in the log";
  EXPECT_EQ(all_of<event::HaltOrdered>().front().app, "ios");
  EXPECT_TRUE(load_state(log)->find(k_version)->find("ios")->halt);
  ios.stand(k_version, k_build, ReleaseStatus::serving, Percent::whole(1));
  expect_advance();
  EXPECT_EQ(ios.find(k_version)->status, ReleaseStatus::halted);
}

TEST_F(StopTest, WhatTheLogTakesForApprovedAndTheStoreServesIsHalted) {
  add_ios();
  open_release();
  ios.stand(k_version, k_build, ReleaseStatus::approved, Percent());
  definition.start_rollout = Coupling::together;
  definition.apps[0].artifact = "/nowhere/{version}.aab";
  expect_advance();
  ios.stand(k_version, k_build, ReleaseStatus::serving, Percent::whole(1));
  stop_now("ios");
  EXPECT_EQ(ios.find(k_version)->status, ReleaseStatus::halted);
}

TEST_F(StopTest, AnOrderForEveryAppStopsEveryExposedAppOfTheRelease) {
  serve_android();
  say(halt_of(""));
  const auto state = load_state(log);
  EXPECT_TRUE(state->find(k_version)->find("android")->halt);
  const auto* ios_progress = state->find(k_version)->find("ios");
  EXPECT_FALSE(ios_progress != nullptr && ios_progress->halt) << "nobody gets it";
}

// ---- without a log

TEST_F(StopTest, WithoutALogWhatTheStoreServesInPartIsStopped) {
  serve_android();
  const auto events_before = events().size();
  const auto ends = stop_without_log(definition, ports, "android", {});
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_EQ(ends[0].end, End::stopped);
  EXPECT_EQ(ends[0].words, "halted 3.4.0");
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
  EXPECT_THAT(events(), SizeIs(events_before)) << "the log is not touched";
}

TEST_F(StopTest, ARolloutThatTheLogDoesNotKnowIsNamed) {
  serve_android();
  const auto unknown = unknown_to(engine::State{}, what_is_served(ports, Patience(1000ms)));
  ASSERT_THAT(unknown, SizeIs(1));
  EXPECT_EQ(unknown[0].app, "android");
  EXPECT_EQ(unknown[0].releases.at(0).version, k_version);
  EXPECT_THAT(unknown_to(*load_state(log), what_is_served(ports, Patience(1000ms))), IsEmpty());
}

// ---- interrupted

class Interrupted : public StopTest {
 protected:
  void TearDown() override { forget_interruption(); }
};

TEST_F(Interrupted, ARunEndsAfterTheCallInFlightAndNamesWhatItLeaves) {
  add_ios();
  open_release();
  android.on_call = [](const std::string& call) {
    if (call == "start_rollout 5 %") interrupt();
  };
  const auto report = advance();
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("Interrupted"));
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::serving) << "the call in flight was ended in order";
  EXPECT_THAT(load_state(log)->open, IsEmpty()) << "its outcome is in the log";
}

// ---- races

// Two adapters on one store that takes whatever comes, in whatever order: nothing here protects a halt but the log.
class RacedStore final : public Store, Percentages {
 public:
  struct Shared {
    std::mutex mutex;
    SeenRelease release;
    std::vector<std::string> changes;
    std::atomic<int> moments{0};  // calls and parts of calls so far
  };
  RacedStore(Shared& shared, unsigned seed) : shared_(shared), random_(seed) {}

  Result<StoreView> observe(const Sought&, Depth) override {
    StoreView view;
    view.as_of = k_start + k_day;
    view.live = LiveVersion{k_live, BuildNumber::from(330)};
    ++shared_.moments;
    const std::lock_guard lock(shared_.mutex);
    view.release = shared_.release;
    view.builds = {SeenBuild{k_build, BuildState::ready, "", ""}};
    return view;
  }
  Result<std::vector<SeenRelease>> served() override { return std::vector<SeenRelease>{}; }
  Result<Done> start_rollout(const Candidate&, Percent to, const Notes&) override { return put("start", to); }
  Result<Done> resume(const Candidate&, Percent to) override { return put("resume", to); }
  Result<Done> complete(const Candidate&) override { return put("raise", Percent::whole(50)); }
  Result<Done> set_percent(const Candidate&, Percent to) override { return put("raise", to); }
  Result<Done> halt(const Candidate&) override {
    dawdle();
    const std::lock_guard lock(shared_.mutex);
    shared_.release.status = ReleaseStatus::halted;
    shared_.changes.emplace_back("halt");
    return Done{};
  }
  Result<std::vector<Probe>> probe() override { return std::vector<Probe>{}; }
  Capabilities offers() override {
    Capabilities out;
    out.percentages = this;
    return out;
  }

 private:
  // Gives the other run its turn, at another moment in each race.
  void dawdle() {
    ++shared_.moments;
    for (auto turns = random_() % 60; turns > 0; --turns) std::this_thread::yield();
  }
  Result<Done> put(const char* change, Percent to) {
    dawdle();
    const std::lock_guard lock(shared_.mutex);
    shared_.release.status = ReleaseStatus::serving;
    shared_.release.percent = to;
    shared_.changes.emplace_back(change);
    dawdle();
    return Done{};
  }

  Shared& shared_;
  std::minstd_rand random_;
};

SeenRelease at_5() {
  SeenRelease release;
  release.version = k_version;
  release.build = k_build;
  release.status = ReleaseStatus::serving;
  release.percent = Percent::whole(5);
  release.notes_set = true;
  return release;
}

TEST_F(StopTest, In200RacesNothingIsServedAfterTheOrder) {
  constexpr int races = 200;
  int raised = 0;
  for (int race = 0; race < races; ++race) {
    auto storage = std::make_shared<train::test::LogStorage>();
    RacedStore::Shared shared;
    shared.release = at_5();
    const auto seed = static_cast<unsigned>(race);
    RacedStore theirs(shared, seed * 2 + 1);
    RacedStore ours(shared, seed * 2 + 2);
    MemoryLog their_log(storage);
    MemoryLog our_log(storage);
    StepClock their_clock(k_start);
    StepClock our_clock(k_start + k_day);
    Ports their_ports;
    their_ports.log = &their_log;
    their_ports.clock = &their_clock;
    their_ports.stores["android"] = &theirs;
    const auto write = [&](EventBody body) {
      const std::vector<NewEvent> one{{k_start, "ana", std::move(body)}};
      ASSERT_TRUE(our_log.append(storage->events.size(), one));
    };
    write(event::Opened{k_version, false, std::nullopt, std::nullopt});
    write(event::Departed{k_version});
    ASSERT_TRUE(runner::advance(definition, their_ports, options));
    their_clock.advance(k_day);
    write(without_a_gate());
    Ports our_ports = their_ports;
    our_ports.log = &our_log;
    our_ports.clock = &our_clock;
    our_ports.stores["android"] = &ours;
    auto order = wish("android");
    order.apps = engine::what_a_stop_does(definition, *load_state(our_log), {"android", false}, our_clock.now());
    ASSERT_EQ(order.apps.at(0).kind, engine::StopKind::halt);
    order.orders = [](const engine::State&) {
      return Result<std::vector<EventBody>>(std::vector<EventBody>{halt_of("android")});
    };
    their_log.after_append = [&](std::span<const NewEvent>) { ++shared.moments; };
    // The order comes at each moment of the other run in turn: before it looks, between intent and call, in the call,
    // after.
    const int moment = shared.moments + race % 10;
    std::atomic<bool> ended{false};
    std::thread other([&] {
      static_cast<void>(runner::advance(definition, their_ports, options));
      ended = true;
    });
    while (shared.moments < moment && !ended) std::this_thread::yield();
    const auto report = runner::stop(definition, our_ports, order);
    other.join();
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(shared.release.status, ReleaseStatus::halted) << "race " << race << ": " << shared.changes.size();
    EXPECT_EQ(shared.changes.back(), "halt") << "race " << race;
    raised += std::count(shared.changes.begin(), shared.changes.end(), "raise") > 0 ? 1 : 0;
  }
  RecordProperty("raised", raised);
  EXPECT_GT(raised, 0) << "the other run never raised: these were no races";
  EXPECT_LT(raised, races) << "the order never came first: these were no races";
}

}  // namespace
}  // namespace train::runner::test
