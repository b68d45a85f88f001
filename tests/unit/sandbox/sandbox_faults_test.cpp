#include <chrono>

#include "../../../src/sandbox/world/altered_answer.hpp"
#include "../../../src/sandbox/world/faults.hpp"
#include "sandbox_fakes.hpp"
#include "train/sandbox/person_actions.hpp"

namespace train::sandbox::testbed {
namespace {

using nlohmann::json;

Answer order(Sandbox& sandbox, const json& fault) { return sandbox.control("POST", "/_sandbox/faults", fault.dump()); }

int count_of(const Sandbox& sandbox, const std::string& where) { return ask(sandbox, "GET", where).json()["count"]; }

TEST(SandboxFaults, AStatusHasNoEffectAndTheStoresShape) {
  const auto sandbox = start_counting();
  order(*sandbox, {{"path", "/"}, {"times", 3}, {"fault", "status:503"}, {"retry_after", 7}});
  const auto apple = ask(*sandbox, "POST", "/app-store/v1/x");
  EXPECT_EQ(apple.status, 503);
  EXPECT_EQ(apple.headers.at("Retry-After"), "7");
  EXPECT_EQ(apple.json()["errors"][0]["status"], "503");
  const auto google = ask(*sandbox, "POST", "/play/androidpublisher/v3/x");
  EXPECT_EQ(google.json()["error"]["code"], 503);
  EXPECT_EQ(google.json()["error"]["status"], "UNAVAILABLE");
  EXPECT_EQ(ask(*sandbox, "POST", "/oauth2/token").status, 503);
  EXPECT_EQ(count_of(*sandbox, "/app-store/v1/x"), 0);
  const auto calls = calls_of(*sandbox);
  EXPECT_EQ(calls[0]["status"], 503);
  EXPECT_EQ(calls[0]["effect"], false);
}

TEST(SandboxFaults, ADropAfterTheEffectLosesOnlyTheAnswer) {
  const auto sandbox = start_counting();
  order(*sandbox, {{"path", "/play"}, {"fault", "drop_after_effect"}});
  EXPECT_EQ(ask(*sandbox, "POST", "/play/x").status, 0);
  EXPECT_EQ(count_of(*sandbox, "/play/x"), 1);
  const auto calls = calls_of(*sandbox);
  EXPECT_EQ(calls[0], json({{"at", "2026-11-30T09:00:00Z"},
                            {"method", "POST"},
                            {"path", "/play/x"},
                            {"status", 0},
                            {"effect", true},
                            {"change", "play/count 1"}}));
}

TEST(SandboxFaults, ADropBeforeTheEffectChangesNothing) {
  const auto sandbox = start_counting();
  order(*sandbox, {{"path", "/play"}, {"fault", "drop_before_effect"}});
  EXPECT_EQ(ask(*sandbox, "POST", "/play/x").status, 0);
  EXPECT_EQ(count_of(*sandbox, "/play/x"), 0);
  EXPECT_EQ(calls_of(*sandbox)[0]["effect"], false);
}

TEST(SandboxFaults, HalfAnAnswerBreaksOff) {
  const auto sandbox = start_counting();
  order(*sandbox, {{"path", "/play"}, {"fault", "half"}});
  RawClient client(sandbox->port());
  client.send(request_text("POST", "/play/x"));
  const auto seen = client.receive();
  EXPECT_EQ(seen.status, 200);
  EXPECT_FALSE(seen.whole);
  EXPECT_FALSE(seen.body.empty());
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(count_of(*sandbox, "/play/x"), 1);
}

TEST(SandboxFaults, APageAndARedirectAreNotTheStore) {
  const auto sandbox = start_counting();
  order(*sandbox, {{"path", "/play"}, {"fault", "html"}});
  order(*sandbox, {{"path", "/play"}, {"fault", "redirect:http://127.0.0.1:9/elsewhere"}});
  const auto page = ask(*sandbox, "POST", "/play/x");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("Content-Type"), "text/html; charset=utf-8");
  const auto redirect = ask(*sandbox, "POST", "/play/x");
  EXPECT_EQ(redirect.status, 302);
  EXPECT_EQ(redirect.headers.at("Location"), "http://127.0.0.1:9/elsewhere");
  EXPECT_EQ(count_of(*sandbox, "/play/x"), 0);
}

TEST(SandboxFaults, ADelayPutsOffTheAnswerNotTheEffect) {
  const auto sandbox = start_counting();
  order(*sandbox, {{"path", "/play"}, {"fault", "delay:80ms"}});
  const auto begin = std::chrono::steady_clock::now();
  RawClient client(sandbox->port());
  client.send(request_text("POST", "/play/x"));
  const auto seen = client.receive();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(80));
  EXPECT_EQ(seen.json()["count"], 1);
}

TEST(SandboxFaults, ADelayAddsToAnotherFault) {
  Faults faults;
  ASSERT_TRUE(faults.add(*parse_fault(R"({"path":"/","times":0,"fault":"delay:250ms"})")));
  ASSERT_TRUE(faults.add(*parse_fault(R"({"path":"/","fault":"status:500"})")));
  const auto first = faults.take("GET", "/x");
  EXPECT_EQ(first.delay, std::chrono::milliseconds(250));
  ASSERT_TRUE(first.fault.has_value());
  EXPECT_EQ(first.fault->status, 500);
  const auto second = faults.take("GET", "/x");
  EXPECT_EQ(second.delay, std::chrono::milliseconds(250));
  EXPECT_FALSE(second.fault.has_value());
}

TEST(SandboxFaults, AStaleReadIsAnsweredFromThePast) {
  const auto sandbox = start_counting();
  ask(*sandbox, "POST", "/play/x");
  sandbox->advance_to(sandbox->now() + std::chrono::seconds(20));
  ask(*sandbox, "POST", "/play/x");
  sandbox->advance_to(sandbox->now() + std::chrono::seconds(20));
  order(*sandbox, {{"path", "/play"}, {"times", 0}, {"fault", "stale:30s"}});
  EXPECT_EQ(count_of(*sandbox, "/play/x"), 1) << "30 s ago only the first write was there";
  EXPECT_EQ(ask(*sandbox, "POST", "/play/x").json()["count"], 3) << "a write is never stale";
  EXPECT_EQ(count_of(*sandbox, "/play/y/edits/1/tracks"), 3) << "nor what is read inside an edit";
  sandbox->advance_to(sandbox->now() + std::chrono::seconds(60));
  EXPECT_EQ(count_of(*sandbox, "/play/x"), 3) << "what was written longer ago is seen";
}

TEST(SandboxFaults, TimesEveryMethodAndPrefixChooseTheRequest) {
  Faults faults;
  ASSERT_TRUE(
      faults.add(*parse_fault(R"({"path":"/play/a","method":"patch","times":2,"every":3,"fault":"status:500"})")));
  std::string struck;
  for (int i = 0; i < 12; ++i) {
    EXPECT_FALSE(faults.take("GET", "/play/a").fault);
    EXPECT_FALSE(faults.take("PATCH", "/play/b").fault);
    struck += faults.take("PATCH", "/play/a?x=1").fault ? 'x' : '.';
  }
  EXPECT_EQ(struck, "..x..x......");
  EXPECT_TRUE(faults.all().empty());
}

TEST(SandboxFaults, AreListedAndCleared) {
  const auto sandbox = start_counting();
  const auto added = order(*sandbox, {{"path", "/play"}, {"method", "GET"}, {"times", 2}, {"fault", "status:500"}});
  EXPECT_EQ(added.status, 200);
  EXPECT_EQ(ask(*sandbox, "GET", "/_sandbox/faults").json(),
            json::array({{{"path", "/play"}, {"method", "GET"}, {"times", 2}, {"every", 1}, {"fault", "status:500"}}}));
  EXPECT_EQ(ask(*sandbox, "DELETE", "/_sandbox/faults").json(), json::array());
  EXPECT_EQ(ask(*sandbox, "GET", "/play/x").status, 200);
}

TEST(SandboxFaults, AStatusMaySayWhatTheStoreWould) {
  const auto sandbox = start_counting();
  order(*sandbox,
        {{"path", "/"}, {"times", 2}, {"fault", "status:409"}, {"code", "STATE_ERROR.X"}, {"detail", "Not now."}});
  const auto apple = ask(*sandbox, "POST", "/app-store/v1/x").json()["errors"][0];
  EXPECT_EQ(apple["code"], "STATE_ERROR.X");
  EXPECT_EQ(apple["detail"], "Not now.");
  EXPECT_EQ(ask(*sandbox, "POST", "/play/x").json()["error"]["message"], "Not now.");
}

TEST(SandboxFaults, AnAnswerMayBeEmptyOrOfTheOldForm) {
  const auto sandbox = start_counting();
  order(*sandbox, {{"path", "/app-store"}, {"fault", "empty:503"}});
  order(*sandbox, {{"path", "/app-store"}, {"fault", "legacy"}});
  const auto empty = ask(*sandbox, "POST", "/app-store/v1/x");
  EXPECT_EQ(empty.status, 503);
  EXPECT_EQ(empty.body, "");
  const auto legacy = ask(*sandbox, "POST", "/app-store/v1/x");
  EXPECT_EQ(legacy.status, 200);
  EXPECT_EQ(legacy.json()["statusCode"], "ERROR");
  EXPECT_EQ(count_of(*sandbox, "/app-store/v1/x"), 0);
}

TEST(SandboxFaults, AStoreWhoseClockIsBehindSaysItsOwnTime) {
  const auto sandbox = start_counting();
  EXPECT_EQ(ask(*sandbox, "GET", "/app-store/v1/x").headers.at("Date"), "Mon, 30 Nov 2026 09:00:00 GMT");
  order(*sandbox, {{"path", "/app-store"}, {"fault", "clock_skew:7m"}});
  order(*sandbox, {{"path", "/app-store"}, {"fault", "status:503"}});
  const auto behind = ask(*sandbox, "GET", "/app-store/v1/x");
  EXPECT_EQ(behind.headers.at("Date"), "Mon, 30 Nov 2026 08:53:00 GMT");
  EXPECT_EQ(behind.status, 503) << "it adds to another fault";
  order(*sandbox, {{"path", "/app-store"}, {"fault", "clock_skew:-7m"}});
  EXPECT_EQ(ask(*sandbox, "GET", "/app-store/v1/x").headers.at("Date"), "Mon, 30 Nov 2026 09:07:00 GMT");
}

TEST(SandboxFaults, ABudgetIsToldAndRefusesOnceItIsSpent) {
  const auto sandbox = start_counting();
  order(*sandbox, {{"path", "/app-store"}, {"fault", "budget:12"}});
  order(*sandbox, {{"path", "/app-store"}, {"fault", "budget:0"}});
  // Each takes its request, and the last that strikes is the one told.
  const auto told = ask(*sandbox, "POST", "/app-store/v1/x");
  EXPECT_EQ(told.headers.at("X-Rate-Limit"), "user-hour-lim:3600;user-hour-rem:0;");
  EXPECT_EQ(told.status, 429);
  order(*sandbox, {{"path", "/app-store"}, {"fault", "budget:12"}});
  const auto left = ask(*sandbox, "POST", "/app-store/v1/x");
  EXPECT_EQ(left.headers.at("X-Rate-Limit"), "user-hour-lim:3600;user-hour-rem:12;");
  EXPECT_EQ(left.status, 200);
}

struct WrongFault {
  const char* name;
  const char* text;
  const char* said;
};
class WrongFaults : public ::testing::TestWithParam<WrongFault> {};

TEST_P(WrongFaults, AreRefusedWithWhatIsAllowed) {
  const auto sandbox = start_counting();
  const auto answer = sandbox->control("POST", "/_sandbox/faults", GetParam().text);
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find(GetParam().said), std::string::npos) << answer.body;
}

const WrongFault k_wrong[] = {
    {"not_json", "{", "one JSON object"},
    {"list", "[]", "one JSON object"},
    {"no_path", R"({"fault":"status:500"})", "path"},
    {"relative_path", R"({"path":"play","fault":"status:500"})", "path"},
    {"unknown_key", R"({"path":"/","fault":"half","tims":2})", "tims"},
    {"unknown_fault", R"({"path":"/","fault":"explode"})", "drop_after_effect"},
    {"status_without_number", R"({"path":"/","fault":"status:"})", "status:NNN"},
    {"status_out_of_range", R"({"path":"/","fault":"status:999"})", "status:NNN"},
    {"empty_without_number", R"({"path":"/","fault":"empty:"})", "empty:NNN"},
    {"skew_without_unit", R"({"path":"/","fault":"clock_skew:7"})", "clock_skew:7m"},
    {"budget_below_nothing", R"({"path":"/","fault":"budget:-1"})", "budget:N"},
    {"delay_without_unit", R"({"path":"/","fault":"delay:250"})", "delay:250ms"},
    {"stale_too_old", R"({"path":"/","fault":"stale:2h"})", "stale:30s"},
    {"redirect_with_newline", "{\"path\":\"/\",\"fault\":\"redirect:http://x/\\r\\nSet-Cookie: a\"}", "redirect:URL"},
    {"negative_times", R"({"path":"/","fault":"half","times":-1})", "times"},
    {"every_zero", R"({"path":"/","fault":"half","every":0})", "every"},
    {"times_as_text", R"({"path":"/","fault":"half","times":"2"})", "times"},
};

INSTANTIATE_TEST_SUITE_P(, WrongFaults, ::testing::ValuesIn(k_wrong),
                         [](const auto& row) { return std::string(row.param.name); });

Result<json> altered(const char* fault, const char* body) {
  auto parsed = parse_fault(json{{"path", "/"}, {"fault", fault}}.dump());
  if (!parsed) return tl::unexpected(parsed.error());
  ServerResponse response;
  response.body = body;
  alter_answer(*parsed, response);
  return json::parse(response.body, nullptr, false);
}

TEST(SandboxFaults, AListLacksTheRowsThatSayTheWord) {
  const auto seen =
      altered("lacks:3.4.0", R"({"data":[{"a":{"v":"3.3.0"}},{"a":{"v":"3.4.0"}},{"v":"3.4.0-340"}],"n":2})");
  EXPECT_EQ(seen->dump(), R"({"data":[{"a":{"v":"3.3.0"}}],"n":2})");
  EXPECT_EQ(altered("lacks:340", R"({"rows":[{"code":340},{"code":3401}]})")->dump(), R"({"rows":[{"code":3401}]})");
}

TEST(SandboxFaults, AFieldIsNullWhereverItStands) {
  EXPECT_EQ(altered("nulls:state", R"({"data":[{"state":"A"},{"in":{"state":"B","x":1}}]})")->dump(),
            R"({"data":[{"state":null},{"in":{"state":null,"x":1}}]})");
  EXPECT_FALSE(altered("nulls:", "{}"));
}

// Rehearsals take these words for granted.
TEST(SandboxPerson, EveryActionIsKnownToAStore) {
  const auto sandbox = Sandbox::start({});
  ASSERT_TRUE(sandbox);
  for (const auto action : k_person_actions) {
    int unknown = 0;
    for (const char* app : {"ios", "android"}) {
      const auto told = (*sandbox)->control("POST", "/_sandbox/person", json{{"app", app}, {"action", action}}.dump());
      unknown += told.body.find("has no action") != std::string::npos;
    }
    EXPECT_LT(unknown, 2) << action;
  }
}

}  // namespace
}  // namespace train::sandbox::testbed
