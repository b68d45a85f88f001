// Reads are tried again; answers are bounded; files are streamed.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/scripted_server.hpp"
#include "train/http/client.hpp"

namespace train::http {
namespace {

using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;
using namespace std::chrono_literals;
using Waits = std::vector<std::chrono::milliseconds>;

Request read_from(const std::string& url) {
  Request request;
  request.url = url;
  request.timeout = 5s;
  return request;
}

struct ReadCase {
  const char* name;
  std::vector<Reply> script;
  Transport transport;
  int status;
  std::size_t requests;
  Waits waits;
};
class ReadAgain : public ::testing::TestWithParam<ReadCase> {};

TEST_P(ReadAgain, IsTriedAgainWhereThatCanHelp) {
  ScriptedServer server(GetParam().script);
  Waits waits;
  Client client([&](std::chrono::milliseconds wait) { waits.push_back(wait); });
  const Outcome outcome = client.read(read_from(server.url("/list")));
  EXPECT_EQ(outcome.transport, GetParam().transport) << outcome.detail;
  EXPECT_EQ(outcome.status, GetParam().status);
  EXPECT_EQ(server.request_count(), GetParam().requests);
  EXPECT_EQ(waits, GetParam().waits);
}

const Reply k_cut{"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", Reply::Then::close};
const Reply k_half_line{"HTTP/1.1 2", Reply::Then::close};

INSTANTIATE_TEST_SUITE_P(
    , ReadAgain,
    ::testing::Values(
        ReadCase{"first_time", {answer(200, "{}")}, Transport::answered, 200, 1, {}},
        ReadCase{"after_two_503",
                 {answer(503, ""), answer(500, ""), answer(200, "{}")},
                 Transport::answered,
                 200,
                 3,
                 {1s, 2s}},
        ReadCase{"gives_up_after_three",
                 {answer(503, ""), answer(503, ""), answer(502, "")},
                 Transport::answered,
                 502,
                 3,
                 {1s, 2s}},
        ReadCase{"after_a_cut", {k_cut, answer(200, "{}")}, Transport::answered, 200, 2, {1s}},
        ReadCase{"after_half_a_status", {k_half_line, answer(200, "{}")}, Transport::answered, 200, 2, {1s}},
        ReadCase{"limited_with_seconds",
                 {answer(429, "", "text/plain", "Retry-After: 7\r\n"), answer(200, "{}")},
                 Transport::answered,
                 200,
                 2,
                 {7s}},
        ReadCase{"limited_with_date",
                 {answer(429, "", "text/plain",
                         "Date: Mon, 30 Nov 2026 09:00:00 GMT\r\nRetry-After: Mon, 30 Nov 2026 09:00:20 GMT\r\n"),
                  answer(200, "{}")},
                 Transport::answered,
                 200,
                 2,
                 {20s}},
        ReadCase{"limited_for_ten_hours",
                 {answer(429, "", "text/plain", "Retry-After: 36000\r\n")},
                 Transport::answered,
                 429,
                 1,
                 {}},
        ReadCase{"not_after_404", {answer(404, "{}")}, Transport::answered, 404, 1, {}},
        ReadCase{"not_after_401", {answer(401, "{}")}, Transport::answered, 401, 1, {}},
        ReadCase{"not_after_302", {answer(302, "")}, Transport::answered, 302, 1, {}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Read, NothingListening) {
  Waits waits;
  Client client([&](std::chrono::milliseconds wait) { waits.push_back(wait); });
  const Outcome outcome = client.read(read_from("http://127.0.0.1:" + std::to_string(testbed::refused_port())));
  EXPECT_EQ(outcome.transport, Transport::not_sent);
  EXPECT_EQ(waits, (Waits{1s, 2s}));
}

// ---- bounds ------------------------------------------------------------------------------------------------------

struct LimitCase {
  const char* name;
  std::string head;
  std::string body;
};
class OverTheLimit : public ::testing::TestWithParam<LimitCase> {};

TEST_P(OverTheLimit, IsCutAndNotAskedForAgain) {
  ScriptedServer server({{GetParam().head + GetParam().body, Reply::Then::close}});
  Client client(nullptr);
  Request request = read_from(server.url());
  request.answer_limit_bytes = 1000;
  const Outcome outcome = client.read(request);
  EXPECT_EQ(outcome.transport, Transport::cut);
  EXPECT_TRUE(outcome.over_limit);
  EXPECT_EQ(server.request_count(), 1u);
  EXPECT_LE(outcome.body.size(), 1000u);
  const Error error = error_of(request, outcome, "Listing");
  EXPECT_EQ(to_string(error.kind), to_string(ErrorKind::invalid_answer));
  EXPECT_NE(error.message.find("larger than 1000 bytes"), std::string::npos) << error.message;
}

INSTANTIATE_TEST_SUITE_P(, OverTheLimit,
                         ::testing::Values(LimitCase{"announced", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
                                                     std::string(1001, 'x')},
                                           LimitCase{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                                     "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n"},
                                           LimitCase{"until_close", "HTTP/1.1 200 OK\r\n\r\n", std::string(1001, 'x')}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Limit, AnAnswerOfExactlyTheLimitIsWhole) {
  ScriptedServer server({answer(200, std::string(1000, 'x'))});
  Client client(nullptr);
  Request request = read_from(server.url());
  request.answer_limit_bytes = 1000;
  const Outcome outcome = client.send(request);
  EXPECT_EQ(outcome.transport, Transport::answered);
  EXPECT_EQ(outcome.body.size(), 1000u);
}

TEST(Limit, EndlessHeadersAreCut) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  while (head.size() < 400 * 1024) head += "X-Filler: " + std::string(1000, 'x') + "\r\n";
  ScriptedServer server({{head + "\r\n", Reply::Then::close}});
  Client client(nullptr);
  const Outcome outcome = client.send(read_from(server.url()));
  EXPECT_EQ(outcome.transport, Transport::cut);
  EXPECT_LT(outcome.headers.size(), 300u);
}

// ---- files -------------------------------------------------------------------------------------------------------

class Slice : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/train-slice-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path write(const std::string& bytes) {
    const auto path = directory_ / "artifact";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  Request upload(const std::string& url, FileSlice slice) {
    Request request;
    request.method = Method::put;
    request.url = url;
    request.slice = std::move(slice);
    request.purpose = Purpose::chunk;
    request.timeout = 30s;
    return request;
  }
  std::filesystem::path directory_;
};

TEST_F(Slice, SendsExactlyItsBytes) {
  ScriptedServer server({answer(308, ""), answer(200, "{}"), answer(200, "{}")});
  Client client(nullptr);
  const auto file = write("0123456789");
  client.send(upload(server.url("/1"), {file, 0, 4}));
  client.send(upload(server.url("/2"), {file, 4, 6}));
  client.send(upload(server.url("/3"), {file, 10, 0}));
  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].method, "PUT");
  EXPECT_EQ(seen[0].body, "0123");
  EXPECT_EQ(seen[1].body, "456789");
  EXPECT_EQ(seen[1].header("content-length"), "6");
  EXPECT_EQ(seen[2].header("content-length"), "0");
  EXPECT_EQ(seen[1].connection, 1) << "a chunk may share a connection";
}

TEST_F(Slice, ThatDoesNotExistOrIsTooLongIsNotSent) {
  ScriptedServer server({});
  Client client(nullptr);
  const auto file = write("0123456789");
  EXPECT_EQ(client.send(upload(server.url(), {directory_ / "absent", 0, 1})).transport, Transport::not_sent);
  EXPECT_EQ(client.send(upload(server.url(), {directory_, 0, 1})).transport, Transport::not_sent);
  const Outcome outcome = client.send(upload(server.url(), {file, 5, 6}));
  EXPECT_EQ(outcome.transport, Transport::not_sent);
  EXPECT_NE(outcome.detail.find("at least 11 bytes"), std::string::npos) << outcome.detail;
  EXPECT_EQ(client.send(upload(server.url(), {file, ~0ull, 2})).transport, Transport::not_sent);
  EXPECT_EQ(server.connection_count(), 0);
}

TEST_F(Slice, OfALargeFileKeepsMemoryFlat) {
  constexpr std::uint64_t k_bytes = 256u << 20;
  const auto file = write("");
  std::filesystem::resize_file(file, k_bytes);
  ScriptedServer server({answer(200, "{}"), answer(200, "{}")});
  Client client(nullptr);
  ASSERT_EQ(client.send(upload(server.url("/warm"), {file, 0, 8u << 20})).status, 200);
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  ASSERT_EQ(client.send(upload(server.url("/big"), {file, 0, k_bytes})).status, 200);
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(server.requests().at(1).body_bytes, k_bytes);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 16 * 1024) << "KiB; the server keeps 4 MiB of it";
}

}  // namespace
}  // namespace train::http
