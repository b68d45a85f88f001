#include "train/notify/notifiers.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/scripted_server.hpp"
#include "train/base/text.hpp"

namespace train::notify {
namespace {

using nlohmann::json;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;
using namespace std::chrono_literals;
using Waits = std::vector<std::chrono::milliseconds>;

constexpr const char* k_path = "/services/T00/B00/canarysecret?key=canarytoo";

Message a_message() {
  Message message;
  message.topic = Topic::breach;
  message.train = "charge";
  message.version = *VersionName::parse("3.4.0");
  message.app = "android";
  message.headline = "crashes breached on android";
  message.body = "12 of 400 sessions (3 %), limit 1 %";
  message.seq = 41;
  message.at = *parse_rfc3339("2026-11-30T10:00:00Z");
  message.by = "train";
  return message;
}

Reply ok() { return answer(200, "ok", "text/html"); }

// ---- both --------------------------------------------------------------------------------------------------------

struct SendCase {
  const char* name;
  std::vector<Reply> script;
  bool slack_done;
  std::size_t slack_requests;
  bool webhook_done;
  std::size_t webhook_requests;
  ErrorKind kind;
};
class Send : public ::testing::TestWithParam<SendCase> {
 protected:
  void expect(Result<Done> sent, bool done, std::size_t requests, const ScriptedServer& server) {
    EXPECT_EQ(sent.has_value(), done);
    EXPECT_EQ(server.request_count(), requests);
    if (sent) return;
    EXPECT_EQ(to_string(sent.error().kind), to_string(GetParam().kind)) << sent.error().text();
    EXPECT_NE(sent.error().message.find("127.0.0.1"), std::string::npos) << sent.error().text();
    EXPECT_EQ(sent.error().text().find("canary"), std::string::npos) << sent.error().text();
  }
};

TEST_P(Send, ToSlack) {
  ScriptedServer server(GetParam().script);
  const auto sent = make_slack(nullptr, Secret(server.url(k_path)))->send(Channel{}, a_message());
  expect(sent, GetParam().slack_done, GetParam().slack_requests, server);
}

TEST_P(Send, ToAWebhook) {
  ScriptedServer server(GetParam().script);
  const auto sent = make_webhook(nullptr, Secret(server.url(k_path)))->send(Channel{}, a_message());
  expect(sent, GetParam().webhook_done, GetParam().webhook_requests, server);
}

const Reply k_closed{"", Reply::Then::close};
const Reply k_echo = answer(404, "no route for /services/T00/B00/canarysecret?key=canarytoo", "text/plain");
INSTANTIATE_TEST_SUITE_P(
    , Send,
    ::testing::Values(
        SendCase{"ok", {ok()}, true, 1, true, 1, {}}, SendCase{"accepted", {answer(202, "")}, true, 1, true, 1, {}},
        SendCase{"no_content", {answer(204, "")}, true, 1, true, 1, {}},
        SendCase{"limited_then_ok", {answer(429, "", "text/plain", "Retry-After: 2\r\n"), ok()}, true, 2, true, 2, {}},
        SendCase{"busy_then_ok", {answer(503, ""), ok()}, true, 2, true, 2, {}},
        SendCase{"busy",
                 {answer(503, ""), answer(503, ""), answer(503, "")},
                 false,
                 3,
                 false,
                 3,
                 ErrorKind::unknown_outcome},
        SendCase{"limited_for_an_hour",
                 {answer(429, "", "text/plain", "Retry-After: 3600\r\n")},
                 false,
                 1,
                 false,
                 1,
                 ErrorKind::rate_limited},
        SendCase{"bad_payload", {answer(400, "invalid_payload")}, false, 1, false, 1, ErrorKind::refused},
        SendCase{"gone", {k_echo}, false, 1, false, 1, ErrorKind::not_found},
        SendCase{"secret_as_a_word", {answer(403, "canarysecret")}, false, 1, false, 1, ErrorKind::refused},
        SendCase{"redirect",
                 {answer(302, "", "text/plain", "Location: https://example.com/canary\r\n")},
                 false,
                 1,
                 false,
                 1,
                 ErrorKind::refused},
        // Only a receiver that drops repeats is sent the same again after a lost answer.
        SendCase{"lost_then_ok", {k_closed, ok()}, false, 1, true, 2, ErrorKind::unknown_outcome}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Notifiers, WaitAsTold) {
  ScriptedServer server({answer(429, "", "text/plain", "Retry-After: 7\r\n"), answer(503, ""), ok()});
  Waits waits;
  const auto slack = make_slack([&](auto wait) { waits.push_back(wait); }, Secret(server.url(k_path)));
  ASSERT_TRUE(slack->send(Channel{}, a_message()));
  EXPECT_EQ(waits, (Waits{7s, 2s}));
}

TEST(Notifiers, UnusableAddressesAreNamedWithoutShowingThem) {
  for (const std::string url : {"", "canary", "http://hooks.example.com/canary", "file:///canary"}) {
    const auto sent = make_webhook(nullptr, Secret(url))->send(Channel{}, a_message());
    ASSERT_FALSE(sent);
    EXPECT_EQ(to_string(sent.error().kind), to_string(ErrorKind::definition));
    EXPECT_EQ(sent.error().text().find("canary"), std::string::npos);
  }
  const auto dead =
      make_slack(nullptr, Secret("http://127.0.0.1:" + std::to_string(testbed::refused_port()) + "/canary"))
          ->send(Channel{}, a_message());
  ASSERT_FALSE(dead);
  EXPECT_EQ(to_string(dead.error().kind), to_string(ErrorKind::unreachable));
  EXPECT_EQ(dead.error().text().find("canary"), std::string::npos) << dead.error().text();
}

// ---- what is sent ------------------------------------------------------------------------------------------------

TEST(Webhook, CarriesTheMessageAndWhatDropsARepeat) {
  ScriptedServer server({ok()});
  ASSERT_TRUE(make_webhook(nullptr, Secret(server.url(k_path)))->send(Channel{}, a_message()));
  const auto seen = server.requests().at(0);
  EXPECT_EQ(seen.target, k_path);
  EXPECT_EQ(seen.header("x-train-event"), "charge/41");
  EXPECT_EQ(seen.header("content-type"), "application/json");
  EXPECT_EQ(json::parse(seen.body), json({{"schema", "train.message/1"},
                                          {"train", "charge"},
                                          {"version", "3.4.0"},
                                          {"app", "android"},
                                          {"topic", "breach"},
                                          {"headline", "crashes breached on android"},
                                          {"body", "12 of 400 sessions (3 %), limit 1 %"},
                                          {"seq", 41},
                                          {"at", "2026-11-30T10:00:00Z"},
                                          {"by", "train"}}));
}

TEST(Webhook, AMessageAboutNoAppSaysNull) {
  ScriptedServer server({ok()});
  Message message = a_message();
  message.app.clear();
  ASSERT_TRUE(make_webhook(nullptr, Secret(server.url(k_path)))->send(Channel{}, message));
  EXPECT_TRUE(json::parse(server.requests().at(0).body)["app"].is_null());
}

json slack_payload(const Message& message) {
  ScriptedServer server({ok()});
  EXPECT_TRUE(make_slack(nullptr, Secret(server.url(k_path)))->send(Channel{}, message));
  return json::parse(server.requests().at(0).body);
}

TEST(Slack, HasAFallbackAndThreeBlocks) {
  const json payload = slack_payload(a_message());
  EXPECT_EQ(payload["text"], "crashes breached on android");
  ASSERT_EQ(payload["blocks"].size(), 3u);
  EXPECT_EQ(payload["blocks"][0]["type"], "header");
  EXPECT_EQ(payload["blocks"][0]["text"]["text"], "crashes breached on android");
  EXPECT_EQ(payload["blocks"][1]["text"]["text"], "12 of 400 sessions (3 %), limit 1 %");
  EXPECT_EQ(payload["blocks"][2]["elements"][0]["text"],
            "charge 3.4.0 · android · breach · 2026-11-30T10:00:00Z · by train");
}

TEST(Slack, ForeignTextCannotMentionAnybodyOrBreakTheLayout) {
  Message message = a_message();
  message.headline = "<!channel> a & b \x1b[31m";
  message.body = "first <@U123>\nsecond\x07 \xff";
  const json payload = slack_payload(message);
  EXPECT_EQ(payload["text"], "&lt;!channel&gt; a &amp; b \\u{1b}[31m");
  EXPECT_EQ(payload["blocks"][1]["text"]["text"], "first &lt;@U123&gt;\nsecond\\u{07} \xef\xbf\xbd");
}

TEST(Slack, StaysWithinItsLimits) {
  Message message = a_message();
  for (int i = 0; i < 400; ++i) {
    message.headline += "ü";
    message.body += "& ü\n";
  }
  const json payload = slack_payload(message);
  EXPECT_LE(utf8_length(payload["blocks"][0]["text"]["text"].get<std::string>()), 150u);
  const auto body = payload["blocks"][1]["text"]["text"].get<std::string>();
  EXPECT_LE(body.size(), 3000u);
  EXPECT_GT(body.size(), 2800u);
  EXPECT_TRUE(is_valid_utf8(body));
}

TEST(Slack, WithoutABodyThereIsNoEmptyBlock) {
  Message message = a_message();
  message.body.clear();
  EXPECT_EQ(slack_payload(message)["blocks"].size(), 2u);
}

}  // namespace
}  // namespace train::notify
