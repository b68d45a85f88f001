// What an observer is told of requests, and what it is never told.
#include "train/http/observer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/scripted_server.hpp"

namespace train::http {
namespace {

using testbed::answer;
using testbed::ScriptedServer;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using namespace std::chrono_literals;

class Recorder final : public Observer {
 public:
  void on_request(const RequestTrace& trace) override { seen.push_back(trace); }
  std::vector<RequestTrace> seen;
};

Request request_to(const std::string& url) {
  Request request;
  request.url = url;
  request.headers = {{"Authorization", "Bearer canarytoken"}};
  request.timeout = 5s;
  return request;
}

TEST(HttpObserver, IsToldOfEachAttemptAndWhenTheNextComes) {
  ScriptedServer server({answer(503, ""), answer(200, "{}")});
  Recorder recorder;
  const Observing observing(recorder);
  Client client({});
  ASSERT_EQ(client.read(request_to(server.url("/v1/apps?token=canaryquery"))).status, 200);
  ASSERT_THAT(recorder.seen, SizeIs(2));
  EXPECT_EQ(recorder.seen[0].status, 503);
  EXPECT_EQ(recorder.seen[0].attempt, 1);
  EXPECT_EQ(recorder.seen[0].next_try, 1000ms);
  EXPECT_EQ(recorder.seen[1].status, 200);
  EXPECT_EQ(recorder.seen[1].attempt, 2);
  EXPECT_FALSE(recorder.seen[1].next_try);
  EXPECT_EQ(recorder.seen[1].transport, Transport::answered);
  for (const auto& trace : recorder.seen) {
    EXPECT_THAT(trace.what, HasSubstr("GET 127.0.0.1"));
    EXPECT_THAT(trace.what, HasSubstr("/v1/apps"));
    EXPECT_THAT(trace.what, Not(HasSubstr("canary")));
    EXPECT_GE(trace.took, 0ms);
  }
}

TEST(HttpObserver, SeesOnlyTheOriginOfASecretAddress) {
  ScriptedServer server({answer(200, "ok")});
  Recorder recorder;
  const Observing observing(recorder);
  Client client({});
  auto request = request_to(server.url("/services/T00/canarypath?key=canaryquery"));
  request.method = Method::post;
  request.purpose = Purpose::write;
  request.secret_address = true;
  ASSERT_EQ(client.send(request).status, 200);
  ASSERT_THAT(recorder.seen, SizeIs(1));
  EXPECT_EQ(recorder.seen[0].what, "POST 127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(recorder.seen[0].purpose, Purpose::write);
}

TEST(HttpObserver, IsToldOfWhatWasNeverSent) {
  Recorder recorder;
  const Observing observing(recorder);
  Client client({});
  static_cast<void>(client.read(request_to("http://api.example.com/v1/apps")));
  ASSERT_THAT(recorder.seen, SizeIs(1));
  EXPECT_EQ(recorder.seen[0].transport, Transport::not_sent);
  EXPECT_EQ(recorder.seen[0].status, 0);
}

TEST(HttpObserver, IsToldOnlyWhileItObserves) {
  ScriptedServer server({answer(200, "{}"), answer(200, "{}")});
  Recorder recorder;
  Client client({});
  { const Observing observing(recorder); }
  ASSERT_EQ(client.read(request_to(server.url("/a"))).status, 200);
  EXPECT_THAT(recorder.seen, IsEmpty());
  const Observing again(recorder);
  ASSERT_EQ(client.read(request_to(server.url("/b"))).status, 200);
  EXPECT_THAT(recorder.seen, SizeIs(1));
}

}  // namespace
}  // namespace train::http
