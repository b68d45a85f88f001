// Whole rehearsals: the real adapters over real HTTP against the built-in stores, on a virtual clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "../../src/cli/compose/wiring.hpp"
#include "compose/catalog.hpp"
#include "replayed.hpp"
#include "train/base/text.hpp"
#include "train/engine/gates/judge.hpp"
#include "train/engine/replay.hpp"
#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {
namespace {

using testing::HasSubstr;

std::string drawn(const Outcome& outcome) {
  std::string out = outcome.scenario + " ended: " + outcome.ended + "\n";
  for (const auto& expectation : outcome.expectations) {
    if (!expectation.met) out += "  unmet: " + expectation.text + " (" + expectation.seen + ")\n";
  }
  for (const auto& entry : outcome.timeline) {
    out += "  " + format_rfc3339(entry.at) + " " + (entry.app.empty() ? "-" : entry.app) + " " + entry.event + " " +
           (entry.percent ? entry.percent->text() : "") + " " + entry.detail + "\n";
  }
  return out;
}

Result<Outcome> play(const std::string& scenario, std::optional<Definition> definition = std::nullopt) {
  Settings settings;
  settings.scenario = scenario;
  settings.definition = std::move(definition);
  settings.catalog = cli::catalog();
  settings.wire = cli::wire;
  return rehearse(settings);
}

// A built-in scenario as it was played first: it plays alike each time, and several tests ask about the same one.
const Result<Outcome>& played(const std::string& scenario) {
  static std::map<std::string, Result<Outcome>> known;
  const auto at = known.find(scenario);
  return at != known.end() ? at->second : known.emplace(scenario, play(scenario)).first->second;
}

// A scenario of the test's own, as a file.
class ScenarioFile {
 public:
  explicit ScenarioFile(const std::string& yaml) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(testing::TempDir()) / (std::string("scenario-") + test->name() + ".yaml");
    std::ofstream(path_) << yaml;
  }
  ~ScenarioFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Definition complete_example() {
  auto definition = *definition::load_file(TRAIN_SOURCE_DIR "/config/train.yaml", cli::catalog());
  definition.calendar.freezes.clear();  // they only make it longer
  return definition;
}

class BuiltInScenario : public testing::TestWithParam<std::string> {};

TEST_P(BuiltInScenario, MeetsWhatItExpects) {
  const auto& outcome = played(GetParam());
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
  EXPECT_FALSE(outcome->expectations.empty());
}

INSTANTIATE_TEST_SUITE_P(, BuiltInScenario, testing::ValuesIn(built_in_scenarios()), [](const auto& row) {
  std::string name = row.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// What the App Store was brought to keep, each change as often as it was made.
std::vector<std::string> app_store_changes(const Outcome& outcome) {
  std::vector<std::string> out;
  for (const auto& change : outcome.changes) {
    if (starts_with(change, "app-store/")) out.push_back(change);
  }
  std::sort(out.begin(), out.end());
  return out;
}

class TroubledRehearsal : public testing::TestWithParam<std::string> {};

TEST_P(TroubledRehearsal, EndsAsTheSmoothOneAndChangesTheSame) {
  const auto& smooth = played("smooth");
  const auto& troubled = played(GetParam());
  ASSERT_TRUE(smooth) << smooth.error().text();
  ASSERT_TRUE(troubled) << troubled.error().text();
  EXPECT_EQ(troubled->ended, "done");
  EXPECT_GT(app_store_changes(*smooth).size(), 10u);
  EXPECT_EQ(app_store_changes(*troubled), app_store_changes(*smooth)) << drawn(*troubled);
}

INSTANTIATE_TEST_SUITE_P(, TroubledRehearsal, testing::Values("stale-reads", "tenth-call-fails", "tenth-answer-lost"),
                         [](const auto& row) {
                           std::string name = row.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

std::vector<TimelineEntry> of_app(const Outcome& outcome, const AppName& app) {
  std::vector<TimelineEntry> out;
  for (const auto& entry : outcome.timeline) {
    if (entry.app == app && entry.event != "annotate") out.push_back(entry);
  }
  return out;
}

std::ptrdiff_t first(const Outcome& outcome, std::string_view event, std::string_view detail = {}) {
  const auto at = std::find_if(outcome.timeline.begin(), outcome.timeline.end(), [&](const TimelineEntry& entry) {
    return entry.event == event && entry.detail.find(detail) != std::string::npos;
  });
  return at == outcome.timeline.end() ? -1 : at - outcome.timeline.begin();
}

TEST(Rehearsal, ACrashAtFivePercentIsTheEndOfTheRise) {
  const auto& outcome = played("crash-at-5");
  ASSERT_TRUE(outcome) << outcome.error().text();
  for (const auto* app : {"ios", "android"}) {
    const auto entries = of_app(*outcome, app);
    const auto at_five = std::find_if(entries.begin(), entries.end(),
                                      [](const auto& entry) { return entry.percent == Percent::whole(5); });
    const auto halted =
        std::find_if(entries.begin(), entries.end(), [](const auto& entry) { return entry.event == "phase:halted"; });
    ASSERT_NE(at_five, entries.end()) << drawn(*outcome);
    ASSERT_NE(halted, entries.end()) << drawn(*outcome);
    EXPECT_LT(at_five - entries.begin(), halted - entries.begin());
    for (const auto& entry : entries) EXPECT_LE(entry.percent.value_or(Percent()), Percent::whole(5)) << entry.event;
  }
}

TEST(Rehearsal, APlaybookSwitchesOffThenHaltsThenTells) {
  const auto& outcome = played("crash-at-5");
  ASSERT_TRUE(outcome) << outcome.error().text();
  const auto off = first(*outcome, "set_flag");
  const auto halt = first(*outcome, "halt");
  const auto told = first(*outcome, "notify", "is halted in its store");
  ASSERT_GE(off, 0) << drawn(*outcome);
  EXPECT_LT(off, halt) << drawn(*outcome);
  EXPECT_LT(halt, told) << drawn(*outcome);
}

TEST(Rehearsal, TellsTheTimelineAsItHappensAndInOrder) {
  Settings settings;
  settings.scenario = "smooth";
  settings.catalog = cli::catalog();
  settings.wire = cli::wire;
  std::vector<std::string> told;
  settings.told = [&](const TimelineEntry& entry) { told.push_back(entry.event); };
  const auto outcome = rehearse(settings);
  ASSERT_TRUE(outcome) << outcome.error().text();
  ASSERT_EQ(told.size(), outcome->timeline.size());
  EXPECT_TRUE(std::is_sorted(outcome->timeline.begin(), outcome->timeline.end(),
                             [](const auto& a, const auto& b) { return a.at < b.at; }));
  EXPECT_EQ(outcome->ended, "done");
  EXPECT_GT(outcome->looks, 24 * 5) << "it looks hourly";
}

TEST(Rehearsal, ReportsWhatIsUnmet) {
  const ScenarioFile file("expect: [release done, android never above 5%]\n");
  const auto outcome = play(file.path());
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_FALSE(outcome->ok);
  ASSERT_EQ(outcome->expectations.size(), 2u);
  EXPECT_TRUE(outcome->expectations[0].met) << drawn(*outcome);
  EXPECT_FALSE(outcome->expectations[1].met);
  EXPECT_EQ(outcome->expectations[1].seen, "it served 100 %");
}

TEST(Rehearsal, SaysEveryProblemOfAScenario) {
  const ScenarioFile file("given: { sign_offs: later }\nexpect: [android flies]\n");
  const auto outcome = play(file.path());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::definition);
  EXPECT_THAT(outcome.error().message, HasSubstr(":1:21: given: sign_offs is \"later\""));
  EXPECT_THAT(outcome.error().message, HasSubstr(":2:10: expect: \"android flies\" is not understood"));
}

TEST(Rehearsal, SuggestsAScenario) {
  const auto outcome = play("crash-at-6");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().text(), HasSubstr("did you mean \"crash-at-5\"?"));
}

TEST(Rehearsal, RestsWhileNobodySigns) {
  const ScenarioFile file(
      "given: { sign_offs: never }\nexpect: [submit never happens, release ready, exit 0 at the end]\n");
  const auto outcome = play(file.path());
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
  EXPECT_THAT(outcome->ended, HasSubstr("at rest: "));
  EXPECT_LT(outcome->end - outcome->began, Duration{4 * 86400});
}

TEST(Rehearsal, APersonMayOverrideAGateAndThatIsOnRecord) {
  const ScenarioFile file(R"(
given: { for: 30d }
events:
  - { when: android at 5%, do: health, app: android, silent: true }
  - { when: android at 5%, after: 2d, do: person, as: ana, run: "approve android:gate:crashes" }
  - { when: android at 5%, after: 2d, do: person, as: ana, run: "approve android:gate:payment_failures" }
expect: [android reaches 20%, android never above 20%, every rise has a pass, halt never happens]
)");
  const auto outcome = play(file.path());
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
}

// ---- a definition of the user's own
// -----------------------------------------------------------------------------------

// Without the comparison with the live version, which takes weeks to prove that little is worse, and without the weeks
// of the freeze: the replayed rehearsals have the one, the whole definition has the other.
Definition config(const std::string& name, bool with_freezes = false) {
  auto loaded = definition::load_file(std::filesystem::path(TRAIN_SOURCE_DIR) / "config" / name, cli::catalog());
  if (!loaded) return Definition();
  if (!with_freezes) loaded->calendar.freezes.clear();
  for (auto& gate : loaded->gates) {
    if (gate.limit) gate.regress.reset();
  }
  return *loaded;
}

TEST(RehearsalOfOnesOwn, RunsTheWholeDefinitionSmoothly) {
  const auto definition = config("train.yaml", true);
  ASSERT_FALSE(definition.apps.empty());
  const auto outcome = play("smooth", definition);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
  EXPECT_GE(first(*outcome, "cut_branch"), 0);
  EXPECT_GE(first(*outcome, "start_build"), 0);
  EXPECT_GE(first(*outcome, "tag"), 0);
}

TEST(RehearsalOfOnesOwn, TestersGetTheCandidateBeforeTheReviewDoes) {
  const auto outcome = play("testers", config("train.yaml"));
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
  std::vector<std::string> given;
  for (const auto& entry : of_app(*outcome, "ios")) {
    if (entry.event == "distribute") given.push_back(entry.detail);
  }
  ASSERT_GE(given.size(), 2u) << drawn(*outcome);
  EXPECT_THAT(given[0], HasSubstr("internal-qa"));
  EXPECT_THAT(given[1], HasSubstr("field-beta"));
}

TEST(RehearsalOfOnesOwn, ARejectedBetaReviewWaitsForAPersonsWord) {
  const ScenarioFile file(R"(
events: [{ when: ios distribute, after: 2h, do: person, console: beta_review, app: ios, build: 340, outcome: rejected },
         { when: ios distribute, after: 72h, do: person, as: ana, run: "waive ios:testers:field-beta --why known" }]
expect: [release done, ios distribute before ios submit, each change once, every rise has a pass, nothing failed]
)");
  const auto outcome = play(file.path(), config("train.yaml"));
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
  const auto entries = of_app(*outcome, "ios");
  const auto at = [&](std::string_view event) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const TimelineEntry& entry) { return entry.event == event; });
  };
  ASSERT_NE(at("submit"), entries.end()) << drawn(*outcome);
  EXPECT_GE(at("submit")->at - at("distribute")->at, Duration(72 * 3600)) << "only the waiver lets it go on";
}

TEST(RehearsalOfOnesOwn, AnIosOnlyTrainPlaysTheSameScenarios) {
  const auto definition = config("ios-only.yaml");
  ASSERT_EQ(definition.apps.size(), 1u);
  for (const auto* scenario : {"smooth", "lost-answer", "crash-at-5"}) {
    const auto outcome = play(scenario, definition);
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_TRUE(outcome->ok) << drawn(*outcome);
  }
}

TEST(RehearsalOfOnesOwn, ABreachOfAFlagsOwnSignalSwitchesOnlyItOff) {
  auto definition = config("train.yaml");
  ASSERT_FALSE(definition.flags.empty());
  const ScenarioFile file(R"(
events: [{ when: android at 5%, do: health, payment_failure_rate: 20% },
         { when: set_flag, do: health, payment_failure_rate: 0.5% }]
expect: [breach of payment_failures on android, flag new_checkout is false, halt never happens, release done]
)");
  const auto outcome = play(file.path(), definition);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
}

TEST(RehearsalOfOnesOwn, ACrashIsNoticedByWhateverItsSignalIsCalled) {
  const auto outcome = play("crash-at-5", config("canary.yaml"));
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
}

TEST(RehearsalOfOnesOwn, ApplesOwnSignalsAreAnsweredByTheirNamesAndDecideForIosAlone) {
  const auto loaded = definition::load_text(R"(version: 1
train: charge
apps:
  ios:
    store: app_store
    bundle_id: com.example.charge
    credentials: { key_id: env:NEVER_READ, private_key: env:NEVER_READ }
    webhook_feed: true
    release_notes: notes/{version}/{locale}.txt
    rollout: [5, 100]
  android:
    store: google_play
    package: com.example.charge
    credentials: { service_account: env:NEVER_READ }
    rollout: [5, 100]
signals:
  crashes: { source: prometheus, url: "https://metrics.example.com", events: e, exposures: x }
  stars: { source: app_store_reviews, territory: [DEU] }
  launch: { source: app_store_metrics, metric: launch, unit: ms }
gates:
  - { signal: crashes, limit: 1% }
  - { signal: stars, limit: 30%, min_exposures: 50 }
  - { signal: launch, limit: 1200 }
)",
                                            "/nowhere/train.yaml", cli::catalog());
  ASSERT_TRUE(loaded) << loaded.error().front().format();
  const auto smooth = play("smooth", *loaded);
  ASSERT_TRUE(smooth) << smooth.error().text();
  EXPECT_TRUE(smooth->ok) << drawn(*smooth);
  const ScenarioFile file(R"(
given: { for: 20d }
events: [{ when: ios at 5%, do: health, app: ios, signals: { stars: 0.9 } }]
expect: [breach on ios, ios never above 5%, android reaches 100%]
)");
  const auto angry = play(file.path(), *loaded);
  ASSERT_TRUE(angry) << angry.error().text();
  EXPECT_TRUE(angry->ok) << drawn(*angry);
}

TEST(RehearsalOfOnesOwn, GooglesOwnSignalsAreAnsweredByTheirNamesAndDecideForAndroidAlone) {
  const auto loaded = definition::load_text(R"(version: 1
train: charge
apps:
  ios:
    store: app_store
    bundle_id: com.example.charge
    credentials: { key_id: env:NEVER_READ, private_key: env:NEVER_READ }
    release_notes: notes/{version}/{locale}.txt
    rollout: [5, 100]
  android:
    store: google_play
    package: com.example.charge
    credentials: { service_account: env:NEVER_READ }
    rollout: [5, 100]
signals:
  crashes: { source: prometheus, url: "https://metrics.example.com", events: e, exposures: x }
  anrs: { source: play_vitals, metric: anrRate, period: hourly, credentials: env:NEVER_READ }
  stars: { source: play_reviews, credentials: env:NEVER_READ }
gates:
  - { signal: crashes, limit: 1% }
  - { signal: anrs, limit: 1% }
  - { signal: stars, limit: 30 }
)",
                                            "/nowhere/train.yaml", cli::catalog());
  ASSERT_TRUE(loaded) << loaded.error().front().format();
  const auto smooth = play("smooth", *loaded);
  ASSERT_TRUE(smooth) << smooth.error().text();
  EXPECT_TRUE(smooth->ok) << drawn(*smooth);
  const ScenarioFile file(R"(
given: { for: 20d }
events: [{ when: android at 5%, do: health, app: android, signals: { anrs: 0.2 } }]
expect: [breach on android, android never above 5%, ios reaches 100%]
)");
  const auto frozen = play(file.path(), *loaded);
  ASSERT_TRUE(frozen) << frozen.error().text();
  EXPECT_TRUE(frozen->ok) << drawn(*frozen);
}

TEST(RehearsalOfOnesOwn, TheOwnerOnDutySignsWhatIsAskedByName) {
  const auto outcome = play("first-release", config("train.yaml"));
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
}

TEST(RehearsalOfOnesOwn, TheCalendarOpensTheRelease) {
  const auto definition = config("train.yaml");
  const ScenarioFile file(
      "given: { calendar: true }\nexpect: [release done, cut_branch happens, tag happens, every rise has a pass, "
      "nothing "
      "failed]\n");
  const auto outcome = play(file.path(), definition);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
}

TEST(RehearsalOfOnesOwn, TheNextTrainWaitsUntilThisOneIsOut) {
  auto definition = config("train.yaml");
  definition.calendar.every = Duration{5 * 86400};
  definition.calendar.stabilization = Duration{0};
  definition.calendar.rollout_hours.reset();
  const ScenarioFile file(
      "given: { calendar: true }\nexpect: [release done, each change once, every rise has a pass]\n");
  const auto outcome = play(file.path(), definition);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
  // Google Play's part of 3.4.0 is completed on the sixth day; 3.5.0 departs on the fifth.
  std::optional<Instant> full;
  std::optional<Instant> next;
  for (const auto& entry : outcome->timeline) {
    if (entry.app != "android") continue;
    if (entry.event == "complete" && !full) full = entry.at;
    if (entry.event == "start_rollout" && starts_with(entry.detail, "3.5.0")) next = entry.at;
  }
  ASSERT_TRUE(full && next) << drawn(*outcome);
  EXPECT_GE(*next - *full, Duration{86400}) << "the watch comes first";
}

// ---- verdicts, judged again -----------------------------------------------------------------------------------------

Instant at_of(const Outcome& outcome, std::string_view app, std::string_view words) {
  for (const auto& entry : outcome.timeline) {
    if (entry.app == app && entry.detail.find(words) != std::string::npos) return entry.at;
  }
  ADD_FAILURE() << "no \"" << words << "\" of " << app << "\n" << drawn(outcome);
  return Instant();
}

class ReplayedRehearsal : public testing::TestWithParam<std::string> {};

TEST_P(ReplayedRehearsal, ReproducesEveryVerdictBitForBit) {
  const auto outcome = play(GetParam(), complete_example());
  ASSERT_TRUE(outcome) << outcome.error().text();
  const auto replay = engine::replay(test::read_back(outcome->log), complete_example());
  EXPECT_GE(replay.verdicts.size(), 6u);
  EXPECT_EQ(replay.without_numbers, 0);
  test::expect_reproduced(replay);
  for (const auto& verdict : replay.verdicts)
    EXPECT_EQ(engine::combine(verdict.present), engine::combine(verdict.again)) << "the definition is the same";
  const std::map<std::string, std::size_t> apps_that_breach{{"smooth", 0}, {"feature-breach-flag-only", 1}};
  const auto known = apps_that_breach.find(GetParam());
  EXPECT_EQ(replay.breaches.size(), known == apps_that_breach.end() ? 2u : known->second);
}

INSTANTIATE_TEST_SUITE_P(, ReplayedRehearsal,
                         testing::Values("smooth", "crash-at-5", "slow-burn", "feature-breach-flag-only"),
                         [](const auto& row) {
                           std::string name = row.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ReplayedRehearsals, AChangedDefinitionIsTriedOnThePast) {
  const ScenarioFile file("given: { for: 13d }\nexpect: [each change once]\n");
  const auto outcome = play(file.path(), complete_example());
  ASSERT_TRUE(outcome) << outcome.error().text();
  auto stricter = complete_example();
  stricter.gates.at(0).limit = 0.001;  // crashes come at 0.2 %
  const auto replay = engine::replay(test::read_back(outcome->log), stricter);
  ASSERT_EQ(replay.breaches.size(), 2u);
  EXPECT_EQ(replay.breaches.at(0).evidence.signal, "crashes");
  EXPECT_TRUE(std::all_of(replay.verdicts.begin(), replay.verdicts.end(), [](const auto& v) { return v.reproduced; }));
  const auto none = engine::replay(test::read_back(outcome->log), stricter, *VersionName::parse("9.0.0"));
  EXPECT_TRUE(none.verdicts.empty());
}

TEST(FeatureBreach, TheFlagGoesFirstAndTheBinaryOnlyWhenThatIsNoCure) {
  const auto& cured = played("feature-breach-flag-only");
  ASSERT_TRUE(cured) << cured.error().text();
  EXPECT_TRUE(cured->ok) << drawn(*cured);
  const auto& not_cured = played("one-gate-disagrees");
  ASSERT_TRUE(not_cured) << not_cured.error().text();
  const auto switched = at_of(*not_cured, "", "new_checkout becomes false");
  const auto blamed = at_of(*not_cured, "android", "reaction: pause");
  EXPECT_GE(blamed - switched, std::chrono::minutes(30)) << drawn(*not_cured);
}

TEST(SlowBurn, IsCaughtWithinSixHoursOnceItBurns) {
  const auto& outcome = played("slow-burn");
  ASSERT_TRUE(outcome) << outcome.error().text();
  for (const std::string app : {"android"}) {
    const Duration took = at_of(*outcome, app, "crashes breaches") - at_of(*outcome, app, "crash_rate");
    EXPECT_LE(took, std::chrono::hours(6)) << app << "\n" << drawn(*outcome);
  }
}

class NoisySeed : public testing::TestWithParam<int> {};

TEST_P(NoisySeed, ChanceAloneDoesNotStopAHealthyRelease) {
  Settings settings;
  settings.scenario = "noisy-but-healthy";
  settings.seed = GetParam();
  settings.catalog = cli::catalog();
  settings.wire = cli::wire;
  const auto outcome = rehearse(settings);
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_TRUE(outcome->ok) << drawn(*outcome);
}

INSTANTIATE_TEST_SUITE_P(, NoisySeed, testing::Range(2, 8));

}  // namespace
}  // namespace train::rehearsal
