// App recovery: moving users off a version code, by the real client against the built-in store.
#include "google_play_discovery.hpp"

namespace train::testing_play {
namespace {

using RecoveryChanges = std::vector<std::string>;

const BuildNumber k_bad = BuildNumber::from(330);
constexpr const char* k_first = "4611000000000000001";

// 3.3.0 (330) is what harms; 3.4.0 (340) goes to a fifth, and is what its users update to.
struct GooglePlayRecovery : GooglePlayStore {
  void SetUp() override {
    GooglePlayStore::SetUp();
    roll_out(20);
    watch->calls.clear();
    recoveries = std::move(*stores::make_google_play_recoveries(make_settings()));
  }
  Result<Recovery> prepare(RecoveryReach reach = in_germany()) { return recoveries->prepare({{k_bad}, reach}); }
  static RecoveryReach in_germany() { return {false, {"DE"}, {}}; }
  static RecoveryReach in(std::vector<std::string> regions) { return {false, std::move(regions), {}}; }
  std::unique_ptr<Recoveries> recoveries;
};

std::string said_of(const Result<Recovery>& seen) { return seen ? "status " + seen->raw : seen.error().text(); }
const RecoveryKey k_key{k_first, k_bad};

TEST_F(GooglePlayRecovery, WalksFromTheDraftToItsEndAndTellsHowFarItIs) {
  const auto draft = prepare();
  ASSERT_TRUE(draft) << said_of(draft);
  EXPECT_EQ(draft->status, RecoveryStatus::draft);
  EXPECT_EQ(draft->id, k_first);
  EXPECT_EQ(draft->builds, std::vector<BuildNumber>{k_bad});
  EXPECT_TRUE(draft->progress.empty()) << "a draft reaches nobody";
  const auto out = recoveries->deploy(k_key);
  ASSERT_TRUE(out) << said_of(out);
  EXPECT_EQ(out->status, RecoveryStatus::active);
  EXPECT_EQ(out->deployed, world->now());
  ASSERT_EQ(out->progress.size(), 1u);
  EXPECT_EQ(out->progress[0].devices, 8000) << "a tenth of the 80 % that have it";
  EXPECT_EQ(out->progress[0].recovered, 0);
  world->advance_to(world->now() + std::chrono::hours(24));
  const auto wider = recoveries->widen(k_key, in({"DE", "FR"}));
  ASSERT_TRUE(wider) << said_of(wider);
  EXPECT_EQ(wider->reach, in({"DE", "FR"}));
  EXPECT_EQ(wider->progress[0].devices, 16000);
  EXPECT_EQ(wider->progress[0].recovered, 8000);
  const auto over = recoveries->cancel(k_key);
  ASSERT_TRUE(over) << said_of(over);
  EXPECT_EQ(over->status, RecoveryStatus::cancelled);
  world->advance_to(world->now() + std::chrono::hours(240));
  const auto all = recoveries->list(k_bad);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().progress[0].recovered, 8000) << "nobody is asked any more";
  EXPECT_EQ(recoveries->list(BuildNumber::from(340))->size(), 0u);
  EXPECT_EQ(changes(),
            (RecoveryChanges{"play/recovery/4611000000000000001 DRAFT", "play/recovery/4611000000000000001 ACTIVE",
                             "play/recovery/4611000000000000001 targets "
                             R"({"regions":{"regionCode":["DE","FR"]},"versionList":{"versionCodes":["330"]}})",
                             "play/recovery/4611000000000000001 CANCELED"}));
}

TEST_F(GooglePlayRecovery, OpensNoEditAndStandsInTheDiscoveryDocument) {
  ASSERT_TRUE(prepare());
  ASSERT_TRUE(recoveries->prepare({{k_bad}, {true, {}, {}}}));
  ASSERT_TRUE(recoveries->prepare({{k_bad}, {false, {}, {33, 34}}}));
  ASSERT_TRUE(recoveries->deploy(k_key));
  ASSERT_TRUE(recoveries->widen(k_key, in({"FR"})));
  ASSERT_TRUE(recoveries->cancel(k_key));
  EXPECT_EQ(count("POST", "/edits"), 0u) << "it ends nobody's edit";
  const auto document = discovery_document();
  if (!document) GTEST_SKIP() << no_discovery_document();
  const auto [used, wrong] = compare(Discovery(*document), watch->calls);
  EXPECT_EQ(wrong, std::vector<std::string>{});
  for (const char* call : {"create", "addTargeting", "deploy", "cancel", "list"})
    EXPECT_EQ(used.count(std::string("androidpublisher.apprecovery.") + call), 1u) << call;
}

TEST_F(GooglePlayRecovery, EveryStepAskedAgainChangesNothing) {
  const std::vector<std::function<Result<Recovery>()>> steps{
      [&] { return prepare(); }, [&] { return recoveries->deploy(k_key); },
      [&] {
        return recoveries->widen(k_key, in({"DE", "FR"}));
      },
      [&] { return prepare(in({"FR"})); }, [&] { return recoveries->cancel(k_key); }};
  for (const auto& step : steps) {
    const auto first = step();
    ASSERT_TRUE(first) << said_of(first);
    const auto again = step();
    ASSERT_TRUE(again) << said_of(again);
    EXPECT_EQ(again->id, k_first);
    EXPECT_EQ(again->status, first->status);
  }
  EXPECT_EQ(changes().size(), 4u) << "what was asked for a fourth time was covered already";
  EXPECT_EQ(count("POST", "/appRecoveries"), 4u);
  const auto next = prepare();
  ASSERT_TRUE(next) << said_of(next);
  EXPECT_NE(next->id, k_first) << "the cancelled one is over for good";
}

struct LostOrder {
  const char* name;
  const char* fault;
};
void PrintTo(const LostOrder& row, std::ostream* out) { *out << row.name; }
struct LostRecovery : GooglePlayRecovery, testing::WithParamInterface<LostOrder> {
  // As a person does who is told to run it again.
  void insist(const char* what, const std::function<Result<Recovery>()>& step) {
    fault("POST", "/play/androidpublisher/v3/applications/com.example.charge/appRecoveries", GetParam().fault);
    Result<Recovery> result = step();
    if (!result) {
      ASSERT_EQ(result.error().kind, ErrorKind::unknown_outcome) << what << ": " << said_of(result);
      EXPECT_NE(result.error().hint.find("run it again"), std::string::npos) << said_of(result);
      result = step();
    }
    EXPECT_TRUE(result) << what << ": " << said_of(result);
  }
};

TEST_P(LostRecovery, IsSettledByTheListAndOrderedOnce) {
  insist("prepare", [&] { return prepare(); });
  insist("deploy", [&] { return recoveries->deploy(k_key); });
  insist("widen", [&] { return recoveries->widen(k_key, in({"FR"})); });
  insist("cancel", [&] { return recoveries->cancel(k_key); });
  EXPECT_EQ(changes().size(), 4u) << Json(changes()).dump();
  EXPECT_EQ(recoveries->list(k_bad)->size(), 1u);
}
INSTANTIATE_TEST_SUITE_P(, LostRecovery,
                         testing::Values(LostOrder{"answer_lost", "drop_after_effect"},
                                         LostOrder{"request_lost", "drop_before_effect"}, LostOrder{"half", "half"},
                                         LostOrder{"login_page", "html"}, LostOrder{"status_503", "status:503"}),
                         [](const auto& each) { return each.param.name; });

TEST_F(GooglePlayRecovery, AnswerThatWasLostIsSaid) {
  fault("POST", "/play/androidpublisher/v3/applications/com.example.charge/appRecoveries", "drop_after_effect");
  ASSERT_TRUE(prepare());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("had taken effect"), std::string::npos) << told[0];
}

TEST_F(GooglePlayRecovery, FailedListIsNeverAnEmptyOne) {
  for (const char* bad : {"status:503", "half", "html"}) {
    fault("GET", "/play/androidpublisher/v3/applications/com.example.charge/appRecoveries", bad, 20);
    EXPECT_FALSE(recoveries->list(k_bad)) << bad;
    EXPECT_FALSE(prepare()) << bad << ": nothing is ordered blindly";
    EXPECT_TRUE(changes().empty()) << bad;
    world->control("DELETE", "/_sandbox/faults", "");
  }
}

// ---- what is refused ------------------------------------------------------------------------------

struct RefusedRecovery {
  const char* name;
  std::function<Result<Recovery>(Recoveries&)> ask;  // after a draft for DE
  ErrorKind kind;
  const char* says;
  bool sent;  // the store said no; else nothing was sent
};
void PrintTo(const RefusedRecovery& row, std::ostream* out) { *out << row.name; }
struct RecoveryRefusal : GooglePlayRecovery, testing::WithParamInterface<RefusedRecovery> {};

TEST_P(RecoveryRefusal, SaysWhyAndChangesNothing) {
  ASSERT_TRUE(prepare());
  const auto before = changes();
  const auto posts = count("POST", "/appRecoveries");
  const auto refused = GetParam().ask(*recoveries);
  ASSERT_FALSE(refused) << said_of(refused);
  EXPECT_EQ(refused.error().kind, GetParam().kind) << said_of(refused);
  EXPECT_NE(refused.error().text().find(GetParam().says), std::string::npos) << said_of(refused);
  EXPECT_EQ(changes(), before);
  EXPECT_EQ(count("POST", "/appRecoveries") - posts, GetParam().sent ? 1u : 0u);
}

const RecoveryReach k_all{true, {}, {}};
const RefusedRecovery k_refused_recoveries[] = {
    {"no_builds",
     [](Recoveries& r) {
       return r.prepare({{}, k_all});
     },
     ErrorKind::refused, "needs the builds", false},
    {"a_build_with_dots",
     [](Recoveries& r) {
       return r.prepare({{*BuildNumber::parse("3.4")}, k_all});
     },
     ErrorKind::refused, "no version code", false},
    {"nobody",
     [](Recoveries& r) {
       return r.prepare({{k_bad}, {}});
     },
     ErrorKind::refused, "either everybody", false},
    {"two_kinds",
     [](Recoveries& r) {
       return r.prepare({{k_bad}, {true, {"DE"}, {}}});
     },
     ErrorKind::refused, "either everybody", false},
    {"no_region",
     [](Recoveries& r) {
       return r.prepare({{k_bad}, {false, {"Germany"}, {}}});
     },
     ErrorKind::refused, "no region", false},
    {"no_level",
     [](Recoveries& r) {
       return r.prepare({{k_bad}, {false, {}, {0}}});
     },
     ErrorKind::refused, "no Android API level", false},
    {"a_build_nobody_has",
     [](Recoveries& r) {
       return r.prepare({{BuildNumber::from(999)}, k_all});
     },
     ErrorKind::refused, "has not been published", true},
    {"another_kind", [](Recoveries& r) { return r.widen(k_key, k_all); }, ErrorKind::refused, "same kind", false},
    {"an_id_there_is_not",
     [](Recoveries& r) {
       return r.deploy({"17", k_bad});
     },
     ErrorKind::not_found, "17", false},
    {"an_id_of_another_build",
     [](Recoveries& r) {
       return r.deploy({k_first, BuildNumber::from(340)});
     },
     ErrorKind::not_found, "340", false},
    {"an_id_that_is_a_path",
     [](Recoveries& r) {
       return r.cancel({"../edits", k_bad});
     },
     ErrorKind::not_found, "no app recovery", false},
    {"cancel_of_a_draft", [](Recoveries& r) { return r.cancel(k_key); }, ErrorKind::refused, "executing", true},
};
INSTANTIATE_TEST_SUITE_P(, RecoveryRefusal, testing::ValuesIn(k_refused_recoveries),
                         [](const auto& each) { return each.param.name; });

TEST_F(GooglePlayRecovery, CancelledIsForGood) {
  ASSERT_TRUE(prepare());
  ASSERT_TRUE(recoveries->deploy(k_key));
  ASSERT_TRUE(recoveries->cancel(k_key));
  for (const auto& refused : {recoveries->deploy(k_key), recoveries->widen(k_key, in({"FR"}))}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::refused) << said_of(refused);
  }
}

// What the store says of an action decides what a deployment does.
struct StatusCase {
  const char* name;
  const char* word;
  bool deployed;  // it carries a deployTime
  RecoveryStatus status;
  const char* deploy;  // "status X", or what the refusal says
};
void PrintTo(const StatusCase& row, std::ostream* out) { *out << row.name; }
struct RecoveryWord : GooglePlayRecovery, testing::WithParamInterface<StatusCase> {};

TEST_P(RecoveryWord, IsUnderstoodOrShownAndHeldOn) {
  ASSERT_TRUE(prepare());
  watch->after = [](SeenCall& call) {
    Json body = Json::parse(call.handled.response.body, nullptr, false);
    if (call.request.method != "GET" || !body.is_object() || !body.contains("recoveryActions")) return;
    body["recoveryActions"][0]["status"] = GetParam().word;
    if (GetParam().deployed) body["recoveryActions"][0]["deployTime"] = "2026-11-30T09:00:00.123456789Z";
    call.handled.response.body = body.dump();
  };
  const auto all = recoveries->list(k_bad);
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_EQ(all->front().status, GetParam().status);
  const auto deployed = recoveries->deploy(k_key);
  EXPECT_NE(said_of(deployed).find(GetParam().deploy), std::string::npos) << said_of(deployed);
  EXPECT_EQ(count("POST", ":deploy"), 0u);
}
INSTANTIATE_TEST_SUITE_P(
    , RecoveryWord,
    testing::Values(
        StatusCase{"active", "RECOVERY_STATUS_ACTIVE", true, RecoveryStatus::active, "status ACTIVE"},
        StatusCase{"on_its_way", "RECOVERY_STATUS_GENERATION_IN_PROGRESS", true, RecoveryStatus::preparing,
                   "status GENERATION_IN_PROGRESS"},
        StatusCase{"not_yet", "RECOVERY_STATUS_GENERATION_IN_PROGRESS", false, RecoveryStatus::preparing,
                   "again in a few minutes"},
        StatusCase{"failed", "RECOVERY_STATUS_GENERATION_FAILED", false, RecoveryStatus::failed, "could not generate"},
        StatusCase{"cancelled", "RECOVERY_STATUS_CANCELED", true, RecoveryStatus::cancelled, "for good"},
        StatusCase{"new_word", "RECOVERY_STATUS_PAUSED", false, RecoveryStatus::unknown, "does not know: PAUSED"}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace train::testing_play
