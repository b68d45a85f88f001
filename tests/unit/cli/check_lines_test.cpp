// The checks that need nobody else, on definitions written out here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "../../../src/cli/check.hpp"

namespace train::cli {
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
  auto loaded = definition::load_text(std::string(head) + more, "train.yaml");
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().front().format());
  return loaded ? *loaded : Definition{};
}

Instant at(std::string_view text) { return *parse_rfc3339(text); }

const CheckLine* find(const CheckLines& lines, std::string_view what) {
  for (const auto& line : lines) {
    if (line.what == what) return &line;
  }
  return nullptr;
}

CheckResult result_of(const CheckLines& lines, std::string_view what) {
  const auto* line = find(lines, what);
  EXPECT_NE(line, nullptr) << "there is no line " << what;
  return line == nullptr ? CheckResult::failed : line->result;
}

TEST(CheckDefinition, CountsWhatItHoldsAndNamesWhatIsNotActiveWithItsLine) {
  const auto lines = check_definition(load("notify: [{ teams: env:HOOK }]\n"));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].result, CheckResult::ok);
  EXPECT_THAT(lines[0].detail, HasSubstr("train charge: 1 app, 0 signals, 0 gates, 0 flags"));
  EXPECT_EQ(lines[1].result, CheckResult::inactive);
  EXPECT_EQ(lines[1].what, "notify[0].teams");
  EXPECT_THAT(lines[1].detail, HasSubstr("(train.yaml:8)"));
}

TEST(CheckProblems, EachIsALineWithItsPlaceAndExitTwo) {
  const auto loaded = definition::load_text("version: 2\ntrain: charge\n", "train.yaml");
  ASSERT_FALSE(loaded);
  const auto lines = check_problems(loaded.error());
  EXPECT_EQ(lines.size(), loaded.error().size());
  EXPECT_THAT(lines[0].what, HasSubstr("train.yaml:1:"));
  EXPECT_EQ(exit_of(lines), Exit::usage);
}

constexpr std::string_view k_people = R"(people:
  owners: { rotation: [ana, ben], every: 1w, from: 2026-11-30 }
  members: { ana: { roles: [release_manager] }, ben: { roles: [qa, release_manager] } }
approvals:
  - { role: release_manager, before: rollout }
)";

TEST(CheckPeople, NamesTheOwnerOfTheWeekAndWhoHoldsEachRole) {
  const auto definition = load(std::string(k_people));
  const auto first = check_people(definition, at("2026-12-01T09:00:00Z"));
  EXPECT_EQ(find(first, "owner")->detail, "ana is on watch now");
  EXPECT_EQ(find(first, "release_manager")->detail, "ana, ben");
  EXPECT_EQ(exit_of(first), Exit::done);
  const auto second = check_people(definition, at("2026-12-08T09:00:00Z"));
  EXPECT_EQ(find(second, "owner")->detail, "ben is on watch now");
}

TEST(CheckPeople, BeforeTheRotationBeginsNobodyWatches) {
  const auto lines = check_people(load(std::string(k_people)), at("2026-11-01T09:00:00Z"));
  EXPECT_EQ(result_of(lines, "owner"), CheckResult::warning);
  EXPECT_THAT(find(lines, "owner")->detail, HasSubstr("2026-11-30"));
}

TEST(CheckPeople, WithoutMembersSaysThatAnyoneCounts) {
  const auto lines = check_people(load("approvals: [{ role: qa, before: submission }]\n"), at("2026-12-01T09:00:00Z"));
  EXPECT_EQ(result_of(lines, "sign-offs"), CheckResult::warning);
  EXPECT_EQ(result_of(lines, "owner"), CheckResult::warning);
}

TEST(CheckPeople, ARoleThatNobodyHoldsFails) {
  auto definition = load(std::string(k_people));
  definition.members.pop_back();
  definition.members.pop_back();
  definition.members.push_back({"cleo", {"product"}, std::nullopt});
  const auto lines = check_people(definition, at("2026-12-01T09:00:00Z"));
  EXPECT_EQ(result_of(lines, "release_manager"), CheckResult::failed);
  EXPECT_EQ(exit_of(lines), Exit::usage);
}

constexpr std::string_view k_signal = R"(signals:
  crashes: { source: prometheus, url: "http://127.0.0.1:9090", events: e, exposures: x }
  revenue: { source: datadog, api_key: env:A, application_key: env:B, events: e, exposures: x }
)";

struct GateCase {
  std::string name;
  std::string more;
  CheckResult wanted;
};

class CheckGates : public testing::TestWithParam<GateCase> {};

TEST_P(CheckGates, Says) {
  const auto lines = check_gates(load(GetParam().more));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].result, GetParam().wanted) << lines[0].detail;
  EXPECT_EQ(exit_of(lines), Exit::done);  // all of it is allowed
}

INSTANTIATE_TEST_SUITE_P(
    , CheckGates,
    testing::Values(
        GateCase{"none", "", CheckResult::warning},
        GateCase{"one", std::string(k_signal) + "gates: [{ signal: crashes, limit: 1%, on_breach: pause }]\n",
                 CheckResult::ok},
        GateCase{"advisory_only",
                 std::string(k_signal) + "gates: [{ signal: crashes, limit: 1%, on_breach: pause, advisory: true }]\n",
                 CheckResult::warning}),
    [](const auto& row) { return row.param.name; });

TEST(CheckGatesOf, AnAlarmAloneDecidesNothing) {
  auto definition = load(std::string(k_signal) + "gates: [{ signal: crashes, limit: 1%, on_breach: pause }]\n");
  definition.signals[0].kind = SignalKind::alarm;
  EXPECT_EQ(check_gates(definition)[0].result, CheckResult::warning);
}

TEST(CheckWayBack, ARiskyFlagWithoutAnOffValueFails) {
  const auto definition = load(
      "flags:\n"
      "  safe:   { provider: file, path: f.json, risky: true, value_off: 'off' }\n"
      "  unsafe: { provider: file, path: f.json, risky: true }\n"
      "  plain:  { provider: file, path: f.json }\n");
  const auto lines = check_standby(definition);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].what, "flag unsafe");
  EXPECT_EQ(exit_of(lines), Exit::failed);
}

TEST(CheckWayBack, ARollbackBuildWantsAKeyAndNotes) {
  const auto without_key = check_standby(load("standby: { ios: { source: live.ipa } }\n"));
  ASSERT_FALSE(without_key.empty());
  EXPECT_EQ(without_key[0].result, CheckResult::failed);
  EXPECT_THAT(without_key[0].detail, HasSubstr("no key"));
  const auto without_notes = check_standby(load("standby: { ios: { source: live.ipa, identity: file:d.p12 } }\n"));
  EXPECT_EQ(without_notes[0].result, CheckResult::failed);
  EXPECT_THAT(without_notes[0].detail, HasSubstr("notes"));
  const auto whole =
      check_standby(load("standby: { ios: { source: live.ipa, identity: file:d.p12, notes: \"n/{locale}.txt\" } }\n"));
  EXPECT_EQ(whole[0].result, CheckResult::ok);
}

TEST(CheckState, ARunnersDiskIsThrownAway) {
  auto definition = load("");
  EXPECT_TRUE(check_state(definition, RunsOn::own_machine).empty());
  ASSERT_EQ(check_state(definition, RunsOn::ci_runner).size(), 1U);
  EXPECT_EQ(check_state(definition, RunsOn::ci_runner)[0].result, CheckResult::warning);
  definition.state = "git:origin#refs/train/charge";
  EXPECT_TRUE(check_state(definition, RunsOn::ci_runner).empty());
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
  const auto lines = check_ticks(load(""), log, at("2026-12-03T12:00:00Z"));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].result, CheckResult::ok);
  EXPECT_THAT(lines[0].detail, HasSubstr("at least daily"));
}

TEST(CheckTicks, AGapOfMoreThanTwoTicksWhileItClimbedIsFound) {
  const std::vector<Event> log{seen("2026-12-01T09:00:00Z", k_active, 1), seen("2026-12-04T09:00:00Z", k_active, 10)};
  const auto lines = check_ticks(load(""), log, at("2026-12-04T10:00:00Z"));
  EXPECT_EQ(lines[0].result, CheckResult::warning);
  EXPECT_THAT(lines[0].detail, HasSubstr("between 2026-12-01T09:00:00Z and 2026-12-04T09:00:00Z"));
  EXPECT_EQ(exit_of(lines), Exit::done);
}

TEST(CheckTicks, AGapThatLastsUntilNowIsFound) {
  const std::vector<Event> log{seen("2026-12-01T09:00:00Z", k_active, 1)};
  EXPECT_EQ(check_ticks(load(""), log, at("2026-12-03T09:00:00Z"))[0].result, CheckResult::ok);
  EXPECT_EQ(check_ticks(load(""), log, at("2026-12-03T09:00:01Z"))[0].result, CheckResult::warning);
}

TEST(CheckTicks, NothingClimbsWhilePausedOrAtTheTop) {
  const std::vector<Event> log{seen("2026-12-01T09:00:00Z", k_paused, 5), seen("2026-12-09T09:00:00Z", k_active, 100)};
  EXPECT_EQ(check_ticks(load(""), log, at("2026-12-20T09:00:00Z"))[0].result, CheckResult::ok);
}

TEST(CheckTicks, AnOvershootIsProofEnough) {
  event::StageReached reached;
  reached.app = "ios";
  reached.percent = Percent::whole(10);
  reached.overshoot = true;
  Event event;
  event.at = at("2026-12-02T09:00:00Z");
  event.body = reached;
  const auto lines = check_ticks(load(""), std::array{event}, at("2026-12-02T10:00:00Z"));
  EXPECT_EQ(lines[0].result, CheckResult::warning);
  EXPECT_THAT(lines[0].detail, HasSubstr("10 %"));
}

TEST(CheckTicks, GooglePlayDoesNotClimbByItself) {
  const auto definition =
      load("",
           "version: 1\ntrain: charge\napps: { android: { store: google_play, package: com.example.charge, "
           "credentials: { service_account: file:p.json } } }\n");
  EXPECT_TRUE(check_ticks(definition, {}, at("2026-12-02T10:00:00Z")).empty());
}

// ---- exit codes -----------------------------------------------------------------------------------------------------

struct ExitCase {
  std::string name;
  std::vector<ErrorKind> failed;
  Exit wanted;
};

class CheckExit : public testing::TestWithParam<ExitCase> {};

TEST_P(CheckExit, IsTheWorst) {
  CheckLines lines{{"G", "fine", CheckResult::ok, "", ""},
                   {"G", "warned", CheckResult::warning, "", ""},
                   {"G", "later", CheckResult::inactive, "", ""}};
  for (const auto kind : GetParam().failed) lines.push_back(failed_line("G", "w", Error{kind, "m", ""}));
  EXPECT_EQ(exit_of(lines), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    , CheckExit,
    testing::Values(ExitCase{"nothing_failed", {}, Exit::done},
                    ExitCase{"a_call", {ErrorKind::unreachable}, Exit::failed},
                    ExitCase{"credentials_before_calls", {ErrorKind::unreachable, ErrorKind::auth}, Exit::credentials},
                    ExitCase{"a_secret", {ErrorKind::definition}, Exit::usage},
                    ExitCase{"a_conflict_is_a_failed_call", {ErrorKind::conflict}, Exit::failed}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::cli
