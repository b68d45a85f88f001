#include <chrono>
#include <future>
#include <thread>

#include "sandbox_fakes.hpp"

namespace train::sandbox::testbed {
namespace {

using Clock = std::chrono::steady_clock;

struct BrokenCase {
  const char* name;
  std::string bytes;
  int status;
};

class BrokenRequest : public ::testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenRequest, IsRefusedWithItsReasonAndTheConnectionEnds) {
  const auto sandbox = start_counting();
  RawClient client(sandbox->port());
  client.send(GetParam().bytes);
  const auto seen = client.receive();
  EXPECT_EQ(seen.status, GetParam().status);
  EXPECT_NE(seen.body.find("cannot read this request"), std::string::npos) << seen.body;
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(ask(*sandbox, "GET", "/app-store/v1/apps").status, 200) << "the next client is served";
}

std::string long_headers() {
  std::string text = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 101; ++i) text += "X-" + std::to_string(i) + ": 1\r\n";
  return text + "\r\n";
}

const BrokenCase k_broken[] = {
    {"no_version", "GET /\r\n\r\n", 400},
    {"garbage", "\x16\x03\x01\r\n\r\n", 400},
    {"http2", "PRI * HTTP/2.0\r\n\r\n", 400},
    {"future_version", "GET / HTTP/3.0\r\n\r\n", 505},
    {"blank_in_target", "GET /a b HTTP/1.1\r\n\r\n", 400},
    {"relative_target", "GET a HTTP/1.1\r\n\r\n", 400},
    {"long_target", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n", 414},
    {"header_without_colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", 400},
    {"header_with_blank_name", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
    {"folded_header", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400},
    {"control_in_header", std::string("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 27), 400},
    {"too_many_headers", long_headers(), 431},
    {"endless_headers", "GET / HTTP/1.1\r\nA: " + std::string(70'000, 'x'), 431},
    {"negative_length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
    {"two_lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
    {"length_and_chunks", "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"huge_length", "POST / HTTP/1.1\r\nContent-Length: 1073741825\r\n\r\n", 413},
    {"absurd_length", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413},
    {"unknown_coding", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
    {"bad_chunk_size", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
    {"huge_chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", 413},
    {"chunk_too_long", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400},
};

INSTANTIATE_TEST_SUITE_P(, BrokenRequest, ::testing::ValuesIn(k_broken),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SandboxHttp, ABadPercentEscapeIsAnAnswerAndTheConnectionStays) {
  const auto sandbox = start_counting();
  RawClient client(sandbox->port());
  client.send(request_text("GET", "/app-store/%zz"));
  EXPECT_EQ(client.receive().status, 400);
  client.send(request_text("GET", "/app-store/v1"));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(SandboxHttp, PipelinedRequestsAreAnsweredInOrder) {
  const auto sandbox = start_counting();
  RawClient client(sandbox->port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += request_text("POST", "/app-store/v1/" + std::to_string(i), std::string(i, 'x'));
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    const auto seen = client.receive();
    ASSERT_EQ(seen.status, 200);
    EXPECT_EQ(seen.json()["path"], "/v1/" + std::to_string(i));
    EXPECT_EQ(seen.json()["bytes"], i);
    EXPECT_EQ(seen.json()["count"], i + 1);
  }
}

TEST(SandboxHttp, ARequestMayArriveByteByByte) {
  const auto sandbox = start_counting();
  RawClient client(sandbox->port());
  for (const char c : request_text("POST", "/play/x", "body")) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_EQ(client.receive().json()["bytes"], 4);
}

TEST(SandboxHttp, ChunkedBodiesAndTrailersAreRead) {
  const auto sandbox = start_counting();
  RawClient client(sandbox->port());
  client.send(
      "POST /play/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;note=1\r\n0123456789\r\n0\r\nX: "
      "y\r\n\r\n");
  EXPECT_EQ(client.receive().json()["bytes"], 15);
  client.send(request_text("GET", "/play/x"));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(SandboxHttp, ABigBodyArrivesWholeAfterContinue) {
  const auto sandbox = start_counting();
  RawClient client(sandbox->port());
  const std::string body(24u << 20, 'b');
  client.send("POST /play/x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send(body);
  EXPECT_EQ(client.receive().json()["bytes"], body.size());
}

TEST(SandboxHttp, HeadHasNoBodyAndOldClientsAreClosed) {
  const auto sandbox = start_counting();
  RawClient client(sandbox->port());
  client.send("HEAD /play/x HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto seen = client.receive(RawClient::Body::none);
  EXPECT_EQ(seen.status, 200);
  EXPECT_NE(seen.headers.at("Content-Length"), "0");
  client.send(request_text("GET", "/play/x"));
  EXPECT_EQ(client.receive().status, 200) << "no byte of a body stood between";
  RawClient old(sandbox->port());
  old.send("GET /play/x HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.receive().status, 200);
  EXPECT_TRUE(old.closed_by_server());
}

TEST(SandboxHttp, TheDateIsTheSandboxsOwn) {
  const auto sandbox = start_counting();
  EXPECT_EQ(ask(*sandbox, "GET", "/play/x").headers["Date"], "Mon, 30 Nov 2026 09:00:00 GMT");
}

TEST(SandboxHttp, ATakenPortIsRefused) {
  const auto sandbox = start_counting();
  Options options;
  options.port = sandbox->port();
  const auto second = start_with(options, counting("a", StoreKind::app_store), counting("p", StoreKind::google_play));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::refused);
  EXPECT_NE(second.error().message.find(std::to_string(options.port)), std::string::npos);
}

TEST(SandboxHttp, DestroyedAtOnceWhateverTheClientsDo) {
  auto sandbox = start_counting();
  sandbox->control("POST", "/faults", R"({"path":"/play/slow","fault":"delay:60s"})");
  RawClient idle(sandbox->port());
  RawClient half_head(sandbox->port());
  half_head.send("GET / HT");
  RawClient half_body(sandbox->port());
  half_body.send("POST /play/x HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc");
  RawClient delayed(sandbox->port());
  delayed.send(request_text("GET", "/play/slow"));
  // Served after the four above were accepted: they are all in their threads by now.
  while (calls_of(*sandbox).empty()) std::this_thread::yield();
  const auto begin = Clock::now();
  sandbox.reset();
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2));
  EXPECT_TRUE(idle.closed_by_server());
  EXPECT_TRUE(half_head.closed_by_server());
  EXPECT_TRUE(half_body.closed_by_server());
}

TEST(SandboxHttp, ManyClientsAtOnceLoseNothing) {
  const auto sandbox = start_counting();
  std::vector<std::future<int>> clients;
  for (int c = 0; c < 8; ++c) {
    clients.push_back(std::async(std::launch::async, [&] {
      RawClient client(sandbox->port());
      int good = 0;
      for (int i = 0; i < 50; ++i) {
        client.send(request_text("POST", "/play/x"));
        good += client.receive().status == 200 ? 1 : 0;
      }
      return good;
    }));
  }
  int good = 0;
  for (auto& client : clients) good += client.get();
  EXPECT_EQ(good, 400);
  EXPECT_EQ(ask(*sandbox, "GET", "/play/x").json()["count"], 400);
  EXPECT_EQ(calls_of(*sandbox).size(), 401u);
}

}  // namespace
}  // namespace train::sandbox::testbed
