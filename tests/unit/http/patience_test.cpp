// What a caller's patience and an interruption do to a request.
#include <gtest/gtest.h>

#include "support/scripted_server.hpp"
#include "train/base/interruption.hpp"
#include "train/base/patience.hpp"
#include "train/http/client.hpp"

namespace train::http {
namespace {

using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;
using namespace std::chrono_literals;

Request request_to(const ScriptedServer& server, Purpose purpose) {
  Request request;
  request.url = server.url("/list");
  request.purpose = purpose;
  request.method = purpose == Purpose::read ? Method::get : Method::post;
  return request;
}

// 120 to 160 s of silence: each attempt had 30 s, and there were three.
TEST(CallersPatience, EndsARequestThatIsNotAnswered) {
  ScriptedServer server({Reply{"", Reply::Then::hang}});
  Client client({});
  const auto began = std::chrono::steady_clock::now();
  const WithPatience bound{Patience(300ms)};
  const auto outcome = client.read(request_to(server, Purpose::read));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  EXPECT_EQ(outcome.transport, Transport::lost);
  EXPECT_EQ(server.request_count(), 1U) << "there was no time for another attempt";
}

TEST(CallersPatience, SendsNothingOnceItIsOver) {
  ScriptedServer server({});
  Client client({});
  const WithPatience bound{Patience(0ms)};
  const auto outcome = client.send(request_to(server, Purpose::write));
  EXPECT_EQ(outcome.transport, Transport::not_sent);
  EXPECT_EQ(effect_of(outcome), Effect::not_applied);
  EXPECT_NE(outcome.detail.find("time"), std::string::npos) << outcome.detail;
  EXPECT_EQ(server.request_count(), 0U);
}

class AfterAnInterruption : public ::testing::Test {
 protected:
  void SetUp() override { interrupt(); }
  void TearDown() override { forget_interruption(); }
};

TEST_F(AfterAnInterruption, NoWriteIsBegunAndWhatWasWrittenIsStillLookedAt) {
  ScriptedServer server({answer(200, "{}")});
  Client client({});
  for (const auto purpose : {Purpose::write, Purpose::chunk}) {
    const auto outcome = client.send(request_to(server, purpose));
    EXPECT_EQ(effect_of(outcome), Effect::not_applied);
    EXPECT_NE(outcome.detail.find("interrupted"), std::string::npos) << outcome.detail;
  }
  EXPECT_EQ(server.request_count(), 0U);
  EXPECT_EQ(client.read(request_to(server, Purpose::read)).status, 200);
}

}  // namespace
}  // namespace train::http
