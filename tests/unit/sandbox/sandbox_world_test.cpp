#include <mutex>

#include "../../../src/sandbox/http/keys.hpp"
#include "../../../src/sandbox/world/remote_config.hpp"
#include "sandbox_fakes.hpp"

namespace train::sandbox::testbed {
namespace {

using nlohmann::json;

TEST(SandboxRoutes, EachServiceSeesItsOwnPath) {
  const auto sandbox = start_counting();
  struct Row {
    const char* target;
    const char* path;
  };
  for (const auto& row : {Row{"/app-store/v1/apps?filter%5Bapp%5D=1", "/v1/apps"},
                          Row{"/play/androidpublisher/v3/applications/a", "/androidpublisher/v3/applications/a"},
                          Row{"/play/upload/androidpublisher/v3/x", "/upload/androidpublisher/v3/x"},
                          Row{"/play/v1beta1/apps/a%2Fb", "/v1beta1/apps/a/b"}}) {
    EXPECT_EQ(ask(*sandbox, "GET", row.target).json()["path"], row.path);
  }
  for (const auto* target :
       {"/", "/app-store", "/app-storex/v1", "/playx", "/oauth2", "/prometheus/api/v1/query_range"}) {
    const auto seen = ask(*sandbox, "POST", target);
    EXPECT_TRUE(seen.status == 404 || seen.status == 405) << target << " " << seen.status;
  }
}

TEST(SandboxRoutes, TheCallsAreEveryRequestInOrder) {
  const auto sandbox = start_counting();
  ask(*sandbox, "GET", "/app-store/v1/apps?limit=2&x=%20");
  ask(*sandbox, "POST", "/play/x");
  ask(*sandbox, "GET", "/_sandbox/state");
  ask(*sandbox, "GET", "/prometheus/api/v1/query?query=bad");
  sandbox->advance_to(sandbox->now() + std::chrono::hours(1));
  ask(*sandbox, "POST", "/_sandbox/inbox", "{}", {{"X-Train-Event", "charge/7"}});
  ask(*sandbox, "GET", "/nowhere");
  const auto calls = ask(*sandbox, "GET", "/_sandbox/calls").json();
  std::string seen;
  for (const auto& call : calls) {
    seen += call["at"].get<std::string>().substr(11, 5) + " " + call["method"].get<std::string>() + " " +
            call["path"].get<std::string>() + " " + call["status"].dump() + " " + call["effect"].dump() + " " +
            call["change"].get<std::string>() + "\n";
  }
  EXPECT_EQ(seen,
            "09:00 GET /app-store/v1/apps?limit=2&x=%20 200 false \n"
            "09:00 POST /play/x 200 true play/count 1\n"
            "09:00 GET /prometheus/api/v1/query?query=bad 400 false \n"
            "10:00 POST /_sandbox/inbox 200 true inbox/charge/7\n"
            "10:00 GET /nowhere 404 false \n");
}

TEST(SandboxInbox, ARepeatIsTakenOnce) {
  const auto sandbox = start_counting();
  const HeaderList seven = {{"X-Train-Event", "charge/7"}};
  for (int i = 0; i < 2; ++i) {
    const auto seen = ask(*sandbox, "POST", "/_sandbox/inbox", R"({"headline":"at 5 %"})", seven);
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.body, "ok");
  }
  ask(*sandbox, "POST", "/_sandbox/inbox", R"({"text":"without a number"})");
  EXPECT_EQ(ask(*sandbox, "POST", "/_sandbox/inbox", "not json").status, 400);
  const auto letters = ask(*sandbox, "GET", "/_sandbox/inbox").json();
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[0],
            json({{"at", "2026-11-30T09:00:00Z"}, {"event", "charge/7"}, {"body", {{"headline", "at 5 %"}}}}));
  EXPECT_EQ(letters[1]["event"], "");
  const auto calls = calls_of(*sandbox);
  EXPECT_EQ(calls[0]["effect"], true);
  EXPECT_EQ(calls[1]["effect"], false);
  EXPECT_EQ(calls[1]["change"], "");
}

TEST(SandboxInbox, FaultsStrikeItToo) {
  const auto sandbox = start_counting();
  sandbox->control("POST", "/faults", R"({"path":"/_sandbox/inbox","fault":"drop_after_effect"})");
  EXPECT_EQ(ask(*sandbox, "POST", "/_sandbox/inbox", "{}", {{"X-Train-Event", "a/1"}}).status, 0);
  EXPECT_EQ(ask(*sandbox, "POST", "/_sandbox/inbox", "{}", {{"X-Train-Event", "a/1"}}).status, 200);
  EXPECT_EQ(ask(*sandbox, "GET", "/_sandbox/inbox").json().size(), 1u);
}

TEST(SandboxClock, MovesOnlyWhenTold) {
  const auto sandbox = start_counting();
  EXPECT_EQ(ask(*sandbox, "GET", "/_sandbox/clock").json(), json({{"now", "2026-11-30T09:00:00Z"}}));
  EXPECT_EQ(ask(*sandbox, "POST", "/_sandbox/clock", R"({"advance":"6h"})").json()["now"], "2026-11-30T15:00:00Z");
  EXPECT_EQ(ask(*sandbox, "POST", "/_sandbox/clock", R"({"to":"2026-12-01T00:00:00Z"})").json()["now"],
            "2026-12-01T00:00:00Z");
  sandbox->advance_to(sandbox->now() - std::chrono::hours(5));
  EXPECT_EQ(format_rfc3339(sandbox->now()), "2026-12-01T00:00:00Z") << "never back";
}

struct ControlCase {
  const char* name;
  const char* method;
  const char* path;
  const char* body;
  int status;
  const char* said;
};
class Control : public ::testing::TestWithParam<ControlCase> {};

TEST_P(Control, AnswersWithAndWithoutASocket) {
  const auto& row = GetParam();
  const auto sandbox = start_counting();
  const auto direct = sandbox->control(row.method, row.path, row.body);
  EXPECT_EQ(direct.status, row.status);
  EXPECT_NE(direct.body.find(row.said), std::string::npos) << direct.body;
  const auto other = start_counting();
  const auto seen = ask(*other, row.method, row.path, row.body);
  EXPECT_EQ(seen.status, row.status);
  EXPECT_EQ(seen.body, direct.body);
}

const ControlCase k_control[] = {
    {"index", "GET", "/_sandbox", "", 200, "/_sandbox/person"},
    {"unknown", "GET", "/_sandbox/nothing", "", 404, "GET /_sandbox"},
    {"state_by_post", "POST", "/_sandbox/state", "{}", 405, "GET"},
    {"clock_back", "POST", "/_sandbox/clock", R"({"to":"2026-11-30T08:59:59Z"})", 400, "never goes back"},
    {"clock_both", "POST", "/_sandbox/clock", R"({"to":"2026-12-01T09:00:00Z","advance":"1h"})", 400, "Either"},
    {"clock_bad", "POST", "/_sandbox/clock", R"({"advance":"six hours"})", 400, "Either"},
    {"clock_far", "POST", "/_sandbox/clock", R"({"to":"2150-12-01T09:00:00Z"})", 400, "2100"},
    {"clock_delete", "DELETE", "/_sandbox/clock", "", 405, "GET, POST"},
    {"health", "POST", "/_sandbox/health", R"({"app":"ios","version":"3.4.0","crash_rate":0.03})", 200, "0.03"},
    {"health_percent", "POST", "/_sandbox/health", R"({"app":"ios","version":"3.4.0","crash_rate":3})", 400, "0 to 1"},
    {"health_no_app", "POST", "/_sandbox/health", R"({"version":"3.4.0","crash_rate":0.03})", 400, "app"},
    {"health_other_app", "POST", "/_sandbox/health", R"({"app":"web","version":"3.4.0"})", 404, "web"},
    {"health_bad_version", "POST", "/_sandbox/health", R"({"app":"ios","version":"x"})", 400, "version"},
    {"health_typo", "POST", "/_sandbox/health", R"({"app":"ios","version":"3.4.0","crashrate":1})", 400, "crashrate"},
    {"health_signals", "POST", "/_sandbox/health", R"({"app":"ios","version":"3.4.0","signals":{"a":"b"}})", 400,
     "\\\"a\\\""},
    {"review", "POST", "/_sandbox/review", R"({"app":"ios","version":"3.4.0","outcome":"rejected"})", 200, "rejected"},
    {"review_not_there", "POST", "/_sandbox/review", R"({"app":"ios","version":"9","outcome":"approved"})", 409,
     "not in review"},
    {"review_maybe", "POST", "/_sandbox/review", R"({"app":"ios","version":"9","outcome":"maybe"})", 400, "outcome"},
    {"person", "POST", "/_sandbox/person", R"({"app":"android","action":"halt"})", 200, "play by hand"},
    {"person_no_action", "POST", "/_sandbox/person", R"({"app":"ios"})", 409, "no action"},
    {"person_no_app", "POST", "/_sandbox/person", R"({"action":"halt"})", 404, "app"},
};

INSTANTIATE_TEST_SUITE_P(, Control, ::testing::ValuesIn(k_control),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SandboxControl, DeepJsonIsRefused) {
  const auto sandbox = start_counting();
  const std::string deep = R"({"app":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(sandbox->control("POST", "/person", deep).status, 400);
}

TEST(SandboxControl, TheStateIsByApp) {
  const auto sandbox = start_counting();
  ask(*sandbox, "POST", "/play/x");
  const auto state = ask(*sandbox, "GET", "/_sandbox/state").json();
  EXPECT_EQ(state["android"]["candidate"],
            json({{"version", "3.4.0"}, {"build", "340"}, {"state", "counting"}, {"percent", 0.5}}));
  EXPECT_EQ(state["ios"]["candidate"]["percent"], 0);
  EXPECT_TRUE(state["ios"]["live"].is_null());
}

TEST(SandboxControl, APersonsActIsPartOfThePast) {
  const auto sandbox = start_counting();
  sandbox->control("POST", "/person", R"({"app":"android","action":"halt"})");
  sandbox->control("POST", "/faults", R"({"path":"/play","fault":"stale:1m"})");
  EXPECT_EQ(ask(*sandbox, "GET", "/play/x").json()["count"], 0);
  EXPECT_EQ(ask(*sandbox, "GET", "/play/x").json()["count"], 1);
}

TEST(SandboxHook, StandsBeforeTheEffectAndBeforeTheAnswer) {
  const auto sandbox = start_counting();
  std::mutex mutex;
  std::string seen;
  sandbox->set_hook([&](Moment moment, std::uint64_t number, std::string_view method, std::string_view path) {
    // The hook may ask the sandbox itself: it stands outside the lock.
    const auto calls = calls_of(*sandbox).size();
    const std::lock_guard lock(mutex);
    seen += std::to_string(number) + (moment == Moment::before_effect ? " before " : " after ") + std::string(method) +
            " " + std::string(path) + " " + std::to_string(calls) + "\n";
  });
  ask(*sandbox, "POST", "/play/x?y=1");
  ask(*sandbox, "GET", "/_sandbox/state");
  ask(*sandbox, "GET", "/app-store/v1");
  const std::lock_guard lock(mutex);
  EXPECT_EQ(seen,
            "1 before POST /play/x 0\n1 after POST /play/x 1\n"
            "2 before GET /app-store/v1 1\n2 after GET /app-store/v1 2\n");
}

TEST(SandboxRemoteConfig, PublishesOnlyOverWhatWasRead) {
  RemoteConfig config;
  const auto send = [&](const std::string& method, const std::string& body, const std::string& etag,
                        const std::string& path = "/v1/projects/charge-prod/remoteConfig") {
    ServerRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    if (!etag.empty()) request.headers["if-match"] = etag;
    return config.handle(request);
  };
  const auto first = send("GET", "", "");
  ASSERT_EQ(first.response.status, 200);
  const auto etag = first.response.headers.at(0).second;
  const std::string off = R"({"parameters":{"new_checkout_enabled":{"defaultValue":{"value":"false"}}}})";
  EXPECT_EQ(send("PUT", off, "").response.status, 400);
  EXPECT_EQ(send("PUT", off, "etag-of-yesterday").response.status, 412);
  EXPECT_EQ(send("PUT", "[]", etag).response.status, 400);
  const auto published = send("PUT", off, etag);
  EXPECT_EQ(published.response.status, 200);
  EXPECT_TRUE(published.effect);
  EXPECT_EQ(published.change.rfind("firebase/charge-prod remoteConfig ", 0), 0u);
  EXPECT_EQ(send("PUT", off, etag).response.status, 412) << "the template has moved on";
  EXPECT_EQ(send("PUT", off, "*").change, published.change) << "the same template twice is the same change twice";
  const auto now = json::parse(send("GET", "", "").response.body);
  EXPECT_EQ(now["parameters"]["new_checkout_enabled"]["defaultValue"]["value"], "false");
  EXPECT_EQ(now["version"]["versionNumber"], "3");
  EXPECT_EQ(send("GET", "", "", "/v1/projects//remoteConfig").response.status, 404);
  EXPECT_EQ(send("GET", "", "", "/v1/projects/a/b/remoteConfig").response.status, 404);
}

TEST(SandboxRemoteConfig, WantsAToken) {
  const auto sandbox = start_counting();
  const auto seen = ask(*sandbox, "GET", "/firebase/v1/projects/p/remoteConfig");
  EXPECT_EQ(seen.status, 401);
  EXPECT_EQ(seen.json()["error"]["status"], "UNAUTHENTICATED");
}

}  // namespace
}  // namespace train::sandbox::testbed
