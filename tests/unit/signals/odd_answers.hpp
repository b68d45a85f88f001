// What any provider over HTTP may answer one day, and what must come of it: never a number.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "support/scripted_server.hpp"
#include "train/signals/providers.hpp"

namespace train::signals {

inline const Instant k_asked_at = *parse_rfc3339("2026-11-30T10:00:00Z");  // 1796032800

// A version that went out three hours before.
inline Subject asked_subject() {
  Subject subject;
  subject.app = "android";
  subject.version = *VersionName::parse("3.4.0");
  subject.build = BuildNumber::from(341);
  subject.platform = "android";
  subject.start = k_asked_at - Duration(3 * 3600);
  subject.now = k_asked_at;
  return subject;
}

struct OddAnswer {
  const char* name;
  testbed::Reply reply;
  const char* says;
  std::size_t requests = 1;
};

inline std::vector<OddAnswer> odd_answers() {
  using testbed::answer;
  using testbed::Reply;
  return {
      {"html_200", answer(200, "<html>Sign in</html>", "text/html"), "something else than a JSON object: <html>"},
      {"empty_200", answer(200, ""), "something else than a JSON object"},
      {"half_json", answer(200, "{\"status\":\"o"), "something else than a JSON object"},
      {"a_bare_number", answer(200, "12"), "something else than a JSON object: 12"},
      {"nested", answer(200, std::string(100000, '[')), "something else than a JSON object"},
      {"redirect", answer(302, "", "text/plain", "Location: https://sso.example.com/x?t=canary\r\n"),
       "a redirect to https://sso.example.com is not followed"},
      {"refused", answer(401, R"({"message":"Invalid token"})"), "401 (Invalid token): the credentials were refused"},
      {"forbidden", answer(403, R"({"errors":["Forbidden"]})"), "403 (Forbidden): reading this is not allowed; check"},
      {"not_found", answer(404, R"({"error":{"message":"gone"}})"), "404 (gone): there is nothing of that name; check"},
      {"bad_request", answer(400, R"({"detail":"bad query"})"), "400 (bad query)"},
      {"html_401", answer(401, "<html>", "text/html"), "401: the credentials were refused"},
      {"busy", answer(503, ""), "503: ", 3},
      {"limited", answer(429, ""), "429: too many requests", 3},
      {"closed", {"", Reply::Then::close}, "no answer came back", 3},
      {"silent", {"", Reply::Then::hang}, "no answer came back", 3},
      {"too_large", answer(200, "[\"" + std::string((16u << 20), 'x') + "\"]"), "16"},
      {"clock", answer(200, "{}", "application/json", "Date: Mon, 30 Nov 2026 14:00:00 GMT\r\n"), "4h apart; set the"},
      {"control_characters", answer(400, R"({"message":"\u001b[31mred"})"), "\\u{1b}[31mred"},
  };
}

// `measure` asks a source whose provider is at that address, over that link.
inline void expect_odd_answers_to_hold(const std::function<Measurement(const std::string& url, Link link)>& measure) {
  for (const OddAnswer& row : odd_answers()) {
    SCOPED_TRACE(row.name);
    testbed::ScriptedServer server(std::vector<testbed::Reply>(row.requests, row.reply));
    const bool silent = row.reply.then == testbed::Reply::Then::hang;
    const Measurement seen = measure(server.url(""), {{}, std::chrono::milliseconds(silent ? 100 : 30000)});
    EXPECT_EQ(seen.state, Measurement::State::failed);
    EXPECT_NE(seen.detail.find(row.says), std::string::npos) << seen.detail;
    EXPECT_EQ(seen.detail.find("canary"), std::string::npos) << seen.detail;
    EXPECT_EQ(server.request_count(), row.requests);
  }
  const Measurement absent = measure("http://127.0.0.1:" + std::to_string(testbed::refused_port()), {});
  EXPECT_EQ(absent.state, Measurement::State::failed);
  EXPECT_NE(absent.detail.find("nothing was sent"), std::string::npos) << absent.detail;
}

// One answer of a provider's own, or two of them, and what it becomes.
struct AskedCase {
  const char* name;
  std::vector<testbed::Reply> replies;
  Measurement::State state = Measurement::State::measured;
  const char* says = "";
  Counts counts;
  double value = 0;
};
inline void PrintTo(const AskedCase& row, std::ostream* out) { *out << row.name; }

inline void expect_case(const AskedCase& row, const std::function<Measurement(const std::string& url)>& measure) {
  testbed::ScriptedServer server(row.replies);
  const Measurement seen = measure(server.url(""));
  EXPECT_EQ(seen.state, row.state) << seen.detail;
  EXPECT_NE(seen.detail.find(row.says), std::string::npos) << seen.detail;
  EXPECT_EQ(seen.counts, row.counts);
  EXPECT_EQ(seen.value, row.value);
  EXPECT_EQ(server.request_count(), row.replies.size());
}

}  // namespace train::signals
