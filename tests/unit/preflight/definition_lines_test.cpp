// The checks that need nobody else, on definitions written out here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compose/catalog.hpp"
#include "train/definition/load.hpp"
#include "train/preflight/definition.hpp"
#include "train/preflight/flags.hpp"
#include "train/preflight/gates.hpp"
#include "train/preflight/log.hpp"
#include "train/preflight/people.hpp"
#include "train/preflight/standby.hpp"

namespace train::preflight {
namespace {

using testing::HasSubstr;

constexpr std::string_view k_ios = R"(version: 1
train: charge
apps:
  ios:
    store: app_store
    bundle_id: com.example.charge
    credentials: { key_id: env:K, private_key: file:k.p8 }
)";

Definition load(const std::string& more, std::string_view head = k_ios) {
  auto loaded = definition::load_text(std::string(head) + more, "train.yaml", cli::catalog());
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().front().format());
  return loaded ? *loaded : Definition{};
}

Instant at(std::string_view text) { return *parse_rfc3339(text); }

const Line* find(const Lines& lines, std::string_view what) {
  for (const auto& line : lines) {
    if (line.subject == what) return &line;
  }
  return nullptr;
}

Level level_of(const Lines& lines, std::string_view what) {
  const auto* line = find(lines, what);
  EXPECT_NE(line, nullptr) << "there is no line " << what;
  return line == nullptr ? Level::failure : line->level;
}

TEST(CheckDefinition, CountsWhatItHoldsAndNamesWhatIsNotActiveWithItsLine) {
  const auto lines = definition_lines(load("notify: [{ teams: env:HOOK }]\n"));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].level, Level::ok);
  EXPECT_THAT(lines[0].sentence, HasSubstr("train charge: 1 app, 0 signals, 0 gates, 0 flags"));
  EXPECT_EQ(lines[1].level, Level::inactive);
  EXPECT_EQ(lines[1].subject, "notify[0].teams");
  EXPECT_THAT(lines[1].sentence, HasSubstr("(train.yaml:8)"));
}

constexpr std::string_view k_people = R"(people:
  owners: { rotation: [ana, ben], every: 1w, from: 2026-11-30 }
  members: { ana: { roles: [release_manager] }, ben: { roles: [qa, release_manager] } }
approvals:
  - { role: release_manager, before: rollout }
)";

TEST(CheckPeople, NamesTheOwnerOfTheWeekAndWhoHoldsEachRole) {
  const auto definition = load(std::string(k_people));
  const auto first = people_lines(definition, at("2026-12-01T09:00:00Z"));
  EXPECT_EQ(find(first, "owner")->sentence, "ana is on watch now");
  EXPECT_EQ(find(first, "release_manager")->sentence, "ana, ben");
  EXPECT_EQ(level_of(first, "release_manager"), Level::ok);
  const auto second = people_lines(definition, at("2026-12-08T09:00:00Z"));
  EXPECT_EQ(find(second, "owner")->sentence, "ben is on watch now");
}

TEST(CheckPeople, BeforeTheRotationBeginsNobodyWatches) {
  const auto lines = people_lines(load(std::string(k_people)), at("2026-11-01T09:00:00Z"));
  EXPECT_EQ(level_of(lines, "owner"), Level::warning);
  EXPECT_THAT(find(lines, "owner")->sentence, HasSubstr("2026-11-30"));
}

TEST(CheckPeople, WithoutMembersSaysThatAnyoneCounts) {
  const auto lines = people_lines(load("approvals: [{ role: qa, before: submission }]\n"), at("2026-12-01T09:00:00Z"));
  EXPECT_EQ(level_of(lines, "sign-offs"), Level::warning);
  EXPECT_EQ(level_of(lines, "owner"), Level::warning);
}

TEST(CheckPeople, ARoleThatNobodyHoldsFails) {
  auto definition = load(std::string(k_people));
  definition.members.pop_back();
  definition.members.pop_back();
  definition.members.push_back({"cleo", {"product"}, std::nullopt});
  const auto lines = people_lines(definition, at("2026-12-01T09:00:00Z"));
  EXPECT_EQ(level_of(lines, "release_manager"), Level::failure);
  EXPECT_EQ(find(lines, "release_manager")->because, ErrorKind::definition);
}

constexpr std::string_view k_signal = R"(signals:
  crashes: { source: prometheus, url: "http://127.0.0.1:9090", events: e, exposures: x }
  revenue: { source: datadog, api_key: env:A, application_key: env:B, events: e, exposures: x }
)";

struct GateCase {
  std::string name;
  std::string more;
  Level wanted;
};

class CheckGates : public testing::TestWithParam<GateCase> {};

TEST_P(CheckGates, Says) {
  const auto lines = gate_lines(load(GetParam().more));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].level, GetParam().wanted) << lines[0].sentence;
}

INSTANTIATE_TEST_SUITE_P(
    , CheckGates,
    testing::Values(
        GateCase{"none", "", Level::warning},
        GateCase{"one", std::string(k_signal) + "gates: [{ signal: crashes, limit: 1%, on_breach: pause }]\n",
                 Level::ok},
        GateCase{"advisory_only",
                 std::string(k_signal) + "gates: [{ signal: crashes, limit: 1%, on_breach: pause, advisory: true }]\n",
                 Level::warning}),
    [](const auto& row) { return row.param.name; });

TEST(CheckGatesOf, AnAlarmAloneDecidesNothing) {
  auto definition = load(std::string(k_signal) + "gates: [{ signal: crashes, limit: 1%, on_breach: pause }]\n");
  definition.signals[0].kind = SignalKind::alarm;
  EXPECT_EQ(gate_lines(definition)[0].level, Level::warning);
}

TEST(CheckStandby, WantsAKeyAndNotes) {
  const auto bare = standby_rule_lines(load("standby: { ios: { source: live.ipa } }\n"));
  ASSERT_EQ(bare.size(), 2U);
  EXPECT_EQ(bare[0].level, Level::failure);
  EXPECT_THAT(bare[0].sentence, HasSubstr("names no key"));
  EXPECT_EQ(bare[1].level, Level::failure);
  EXPECT_THAT(bare[1].sentence, HasSubstr("names no notes"));
  const auto whole = load("standby: { ios: { source: live.ipa, identity: file:d.p12, notes: \"n/{locale}.txt\" } }\n");
  EXPECT_TRUE(standby_rule_lines(whole).empty()) << "what lies there is another question";
}

TEST(CheckFlags, ARiskyFlagWithoutAnOffValueFails) {
  const auto definition = load(
      "flags:\n"
      "  safe:   { provider: file, path: f.json, risky: true, value_off: 'off' }\n"
      "  unsafe: { provider: file, path: f.json, risky: true }\n"
      "  plain:  { provider: file, path: f.json }\n");
  const auto lines = flag_lines(definition, {{"safe", "on"}, {"unsafe", "on"}, {"plain", "on"}});
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].subject, "flag unsafe");
  EXPECT_EQ(lines[0].level, Level::failure);
  EXPECT_EQ(lines[0].because, ErrorKind::refused);
  EXPECT_EQ(lines[0].waiver_item, "risk:flag:unsafe");
}

TEST(CheckState, ARunnersDiskIsThrownAway) {
  auto definition = load("");
  EXPECT_TRUE(place_lines(definition, RunsOn::own_machine).empty());
  ASSERT_EQ(place_lines(definition, RunsOn::ci_runner).size(), 1U);
  EXPECT_EQ(place_lines(definition, RunsOn::ci_runner)[0].level, Level::warning);
  definition.state = {LogScheme::git, "origin#refs/train/charge"};
  EXPECT_TRUE(place_lines(definition, RunsOn::ci_runner).empty());
}

// ---- ticks ----------------------------------------------------------------------------------------------------------

Event seen(std::string_view when, PhasedRelease::State state, int percent) {
  event::Seen body;
  body.app = "ios";
  body.release = SeenRelease{};
  body.release->percent = Percent::whole(percent);
  body.release->phased = PhasedRelease{};
  body.release->phased->state = state;
  Event event;
  event.at = at(when);
  event.body = body;
  return event;
}

constexpr auto k_active = PhasedRelease::State::active;
constexpr auto k_paused = PhasedRelease::State::paused;

TEST(CheckTicks, RunsThatSawEveryTickAreFine) {
  const std::vector<Event> log{seen("2026-12-01T09:00:00Z", k_active, 1), seen("2026-12-02T20:00:00Z", k_active, 2),
                               seen("2026-12-03T10:00:00Z", k_active, 5)};
  const auto lines = tick_lines(load(""), log, at("2026-12-03T12:00:00Z"));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].level, Level::ok);
  EXPECT_THAT(lines[0].sentence, HasSubstr("at least daily"));
}

TEST(CheckTicks, AGapOfMoreThanTwoTicksWhileItClimbedIsFound) {
  const std::vector<Event> log{seen("2026-12-01T09:00:00Z", k_active, 1), seen("2026-12-04T09:00:00Z", k_active, 10)};
  const auto lines = tick_lines(load(""), log, at("2026-12-04T10:00:00Z"));
  EXPECT_EQ(lines[0].level, Level::warning);
  EXPECT_THAT(lines[0].sentence, HasSubstr("between 2026-12-01T09:00:00Z and 2026-12-04T09:00:00Z"));
}

TEST(CheckTicks, AGapThatLastsUntilNowIsFound) {
  const std::vector<Event> log{seen("2026-12-01T09:00:00Z", k_active, 1)};
  EXPECT_EQ(tick_lines(load(""), log, at("2026-12-03T09:00:00Z"))[0].level, Level::ok);
  EXPECT_EQ(tick_lines(load(""), log, at("2026-12-03T09:00:01Z"))[0].level, Level::warning);
}

TEST(CheckTicks, NothingClimbsWhilePausedOrAtTheTop) {
  const std::vector<Event> log{seen("2026-12-01T09:00:00Z", k_paused, 5), seen("2026-12-09T09:00:00Z", k_active, 100)};
  EXPECT_EQ(tick_lines(load(""), log, at("2026-12-20T09:00:00Z"))[0].level, Level::ok);
}

TEST(CheckTicks, AnOvershootIsProofEnough) {
  event::StageReached reached;
  reached.app = "ios";
  reached.percent = Percent::whole(10);
  reached.overshoot = true;
  Event event;
  event.at = at("2026-12-02T09:00:00Z");
  event.body = reached;
  const auto lines = tick_lines(load(""), std::vector{event}, at("2026-12-02T10:00:00Z"));
  EXPECT_EQ(lines[0].level, Level::warning);
  EXPECT_THAT(lines[0].sentence, HasSubstr("10 %"));
}

TEST(CheckTicks, GooglePlayDoesNotClimbByItself) {
  const auto definition =
      load("",
           "version: 1\ntrain: charge\napps: { android: { store: google_play, package: com.example.charge, "
           "credentials: { service_account: file:p.json } } }\n");
  EXPECT_TRUE(tick_lines(definition, LogAnswer(), at("2026-12-02T10:00:00Z")).empty());
}

}  // namespace
}  // namespace train::preflight
