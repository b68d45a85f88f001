// The four ends of a request, seen on real sockets: one row per line of the table in docs/http.md.
#include <gtest/gtest.h>

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

Request write_to(const std::string& url) {
  Request request;
  request.method = Method::post;
  request.url = url;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = R"({"submit":true})";
  request.purpose = Purpose::write;
  request.timeout = 5s;
  return request;
}

Request read_of(const std::string& url) {
  Request request;
  request.url = url;
  request.timeout = 5s;
  return request;
}

struct EndCase {
  const char* name;
  Reply reply;
  Transport transport;
  int status;
  Effect effect;
  std::chrono::milliseconds timeout{5000};
};
class End : public ::testing::TestWithParam<EndCase> {};

TEST_P(End, OfAWriteIsToldFromTheWire) {
  ScriptedServer server({GetParam().reply});
  Client client(nullptr);
  Request request = write_to(server.url("/v1/things"));
  request.timeout = GetParam().timeout;
  const Outcome outcome = client.send(request);
  EXPECT_EQ(outcome.transport, GetParam().transport) << outcome.detail;
  EXPECT_EQ(outcome.status, GetParam().status) << outcome.detail;
  EXPECT_EQ(effect_of(outcome), GetParam().effect);
  EXPECT_EQ(outcome.detail.empty(), outcome.transport == Transport::answered) << outcome.detail;
  ASSERT_EQ(server.request_count(), 1u);
  EXPECT_EQ(server.requests()[0].body, request.body);
}

constexpr auto k_close = Reply::Then::close;
constexpr auto k_reset = Reply::Then::reset;
constexpr auto k_hang = Reply::Then::hang;

INSTANTIATE_TEST_SUITE_P(
    , End,
    ::testing::Values(
        EndCase{"answered", answer(201, "{}"), Transport::answered, 201, Effect::applied},
        EndCase{"no_content", {"HTTP/1.1 204 No Content\r\n\r\n", k_close}, Transport::answered, 204, Effect::applied},
        EndCase{"closed_without_a_byte", {"", k_close}, Transport::lost, 0, Effect::ambiguous},
        EndCase{"reset_without_a_byte", {"", k_reset}, Transport::lost, 0, Effect::ambiguous},
        EndCase{"half_status_line", {"HTTP/1.1 20", k_close}, Transport::lost, 0, Effect::ambiguous},
        EndCase{"not_http", {"SSH-2.0-OpenSSH_9.2\r\n", k_close}, Transport::lost, 0, Effect::ambiguous},
        EndCase{"timeout", {"", k_hang}, Transport::lost, 0, Effect::ambiguous, 200ms},
        EndCase{"timeout_after_continue",
                {"HTTP/1.1 100 Continue\r\n\r\n", k_hang},
                Transport::lost,
                0,
                Effect::ambiguous,
                200ms},
        EndCase{
            "closed_after_continue", {"HTTP/1.1 100 Continue\r\n\r\n", k_close}, Transport::lost, 0, Effect::ambiguous},
        EndCase{"timeout_in_the_body",
                {"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{", k_hang},
                Transport::cut,
                201,
                Effect::applied_unseen,
                200ms},
        EndCase{"closed_in_the_headers",
                {"HTTP/1.1 201 Created\r\nContent-Le", k_close},
                Transport::cut,
                201,
                Effect::applied_unseen},
        EndCase{"cut_by_content_length",
                {"HTTP/1.1 201 Created\r\nContent-Length: 90\r\n\r\n{\"id\"", k_close},
                Transport::cut,
                201,
                Effect::applied_unseen},
        EndCase{"cut_in_a_chunk",
                {"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"id\"", k_close},
                Transport::cut,
                201,
                Effect::applied_unseen},
        EndCase{"cut_between_chunks",
                {"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", k_close},
                Transport::cut,
                201,
                Effect::applied_unseen},
        EndCase{"reset_in_the_body",
                {"HTTP/1.1 201 Created\r\nContent-Length: 90\r\n\r\n{", k_reset},
                Transport::cut,
                201,
                Effect::applied_unseen},
        EndCase{"cut_close_delimited_looks_whole",
                {"HTTP/1.1 201 Created\r\n\r\n{\"id\"", k_close},
                Transport::answered,
                201,
                Effect::applied},
        EndCase{"html_from_a_portal", answer(200, "<html>log in</html>", "text/html"), Transport::answered, 200,
                Effect::applied},
        EndCase{"server_error", answer(503, "{}"), Transport::answered, 503, Effect::ambiguous},
        EndCase{"conflict", answer(409, "{}"), Transport::answered, 409, Effect::ambiguous},
        EndCase{"refused_400", answer(400, "{}"), Transport::answered, 400, Effect::not_applied},
        EndCase{"refused_401", answer(401, "{}"), Transport::answered, 401, Effect::not_applied},
        EndCase{"refused_403", answer(403, "{}"), Transport::answered, 403, Effect::not_applied},
        EndCase{"refused_404", answer(404, "{}"), Transport::answered, 404, Effect::not_applied},
        EndCase{"refused_422", answer(422, "{}"), Transport::answered, 422, Effect::not_applied},
        EndCase{"limited_429", answer(429, "{}"), Transport::answered, 429, Effect::not_applied},
        EndCase{"redirect_307", answer(307, "", "text/plain", "Location: /elsewhere\r\n"), Transport::answered, 307,
                Effect::not_applied}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- not sent ----------------------------------------------------------------------------------------------------

TEST(NotSent, RefusedConnection) {
  Client client(nullptr);
  const Outcome outcome = client.send(write_to("http://127.0.0.1:" + std::to_string(testbed::refused_port()) + "/"));
  EXPECT_EQ(outcome.transport, Transport::not_sent);
  EXPECT_EQ(effect_of(outcome), Effect::not_applied);
  EXPECT_FALSE(outcome.detail.empty());
}

TEST(NotSent, UnknownHost) {
  Client client(nullptr);
  Request request = write_to("https://no-such-host.invalid/");
  request.connect_timeout = 2s;
  const Outcome outcome = client.send(request);
  EXPECT_EQ(outcome.transport, Transport::not_sent);
}

TEST(NotSent, TlsToAPortThatDoesNotSpeakIt) {
  ScriptedServer server({});
  Client client(nullptr);
  Request request = write_to("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  request.connect_timeout = 300ms;  // the server waits for a request that never comes
  const Outcome outcome = client.send(request);
  EXPECT_EQ(outcome.transport, Transport::not_sent) << outcome.detail;
  EXPECT_EQ(server.request_count(), 0u);
}

struct RefusedCase {
  const char* name;
  std::string url;
};
class RefusedUrl : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedUrl, IsRefusedBeforeAByteIsSent) {
  int slept = 0;
  Client client([&](auto) { ++slept; });
  Request request = read_of(GetParam().url);
  const Outcome outcome = client.read(request);
  EXPECT_EQ(outcome.transport, Transport::not_sent);
  EXPECT_NE(outcome.detail.find("allowed"), std::string::npos) << outcome.detail;
  EXPECT_EQ(slept, 0) << "another attempt cannot help";
}

INSTANTIATE_TEST_SUITE_P(, RefusedUrl,
                         ::testing::Values(RefusedCase{"plain_http", "http://192.0.2.1/"},
                                           RefusedCase{"file", "file:///etc/passwd"},
                                           RefusedCase{"ftp", "ftp://127.0.0.1/"},
                                           RefusedCase{"gopher", "gopher://127.0.0.1:80/"},
                                           RefusedCase{"password_inside", "https://user:pw@example.com/"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(NotSent, ALineBreakInAHeaderNeverLeaves) {
  ScriptedServer server({});
  Client client(nullptr);
  Request request = write_to(server.url());
  request.headers.push_back({"X-Note", "a\r\nX-Injected: yes"});
  const Outcome outcome = client.send(request);
  EXPECT_EQ(outcome.transport, Transport::not_sent);
  EXPECT_NE(outcome.detail.find("X-Note"), std::string::npos);
  EXPECT_EQ(server.connection_count(), 0);
}

// ---- what goes over the wire -------------------------------------------------------------------------------------

// The trap: libcurl sends a request again by itself when a *reused* connection dies before an answer.
class DiesUnanswered : public ::testing::TestWithParam<Reply::Then> {};

TEST_P(DiesUnanswered, AWriteArrivesOnce) {
  ScriptedServer server({answer(200, "{}"), {"", GetParam()}, answer(201, "{}")});
  Client client(nullptr);
  ASSERT_EQ(client.send(read_of(server.url("/look"))).transport, Transport::answered);
  const Outcome outcome = client.send(write_to(server.url("/submit")));
  EXPECT_EQ(outcome.transport, Transport::lost);
  EXPECT_EQ(effect_of(outcome), Effect::ambiguous);
  ASSERT_EQ(server.request_count(), 2u) << "one read, one write";
  EXPECT_EQ(server.requests()[1].target, "/submit");
  EXPECT_NE(server.requests()[1].connection, server.requests()[0].connection) << "a write needs a fresh connection";
}

TEST_P(DiesUnanswered, TheTrapIsReal) {
  ScriptedServer server({answer(200, "{}"), {"", GetParam()}, answer(201, "{}")});
  Client client(nullptr);
  ASSERT_EQ(client.send(read_of(server.url("/look"))).transport, Transport::answered);
  Request request = write_to(server.url("/submit"));
  request.purpose = Purpose::read;  // may reuse: libcurl resends, and nobody is told
  EXPECT_EQ(client.send(request).transport, Transport::answered);
  EXPECT_EQ(server.request_count(), 3u) << "if this is 2, libcurl has changed: look at docs/http.md";
}

INSTANTIATE_TEST_SUITE_P(, DiesUnanswered, ::testing::Values(k_close, k_reset),
                         [](const auto& row) { return row.param == k_close ? "fin" : "rst"; });

TEST(Connections, ReadsShareOneAndWritesNeverDo) {
  ScriptedServer server({answer(200, "1"), answer(200, "2"), answer(200, "3"), answer(200, "4"), answer(200, "5")});
  Client client(nullptr);
  client.send(read_of(server.url("/r1")));
  client.send(write_to(server.url("/w1")));
  client.send(read_of(server.url("/r2")));
  client.send(write_to(server.url("/w2")));
  client.send(read_of(server.url("/r3")));
  std::vector<int> used;
  for (const auto& request : server.requests()) used.push_back(request.connection);
  EXPECT_EQ(used, (std::vector<int>{1, 2, 1, 3, 1}));
}

TEST(Redirect, IsAnOutcomeAndNotFollowed) {
  ScriptedServer elsewhere({answer(200, "{}")});
  ScriptedServer server({answer(302, "", "text/plain", "Location: " + elsewhere.url("/steal") + "\r\n")});
  Client client(nullptr);
  Request request = read_of(server.url());
  request.headers = {{"Authorization", "Bearer canary"}};
  const Outcome outcome = client.read(request);
  EXPECT_EQ(outcome.status, 302);
  EXPECT_EQ(outcome.header("location"), elsewhere.url("/steal"));
  EXPECT_EQ(elsewhere.connection_count(), 0);
  EXPECT_EQ(server.request_count(), 1u);
}

struct MethodCase {
  const char* name;
  Method method;
  std::string body;
  const char* content_length;
};
class SentAs : public ::testing::TestWithParam<MethodCase> {};

void expect_sent(const MethodCase& row) {
  ScriptedServer server({answer(200, "{}")});
  Client client(nullptr);
  Request request;
  request.method = row.method;
  request.url = server.url("/a%20b?x=1&y=2");
  request.body = row.body;
  request.headers = {{"X-Empty", ""}, {"X-Full", "a: b"}};
  ASSERT_EQ(client.send(request).status, 200);
  const auto seen = server.requests().at(0);
  EXPECT_EQ(seen.method, to_string(row.method));
  EXPECT_EQ(seen.target, "/a%20b?x=1&y=2");
  EXPECT_EQ(seen.body, row.body);
  EXPECT_EQ(seen.header("content-length"), row.content_length);
  EXPECT_EQ(seen.header("content-type"), "") << "nothing is claimed that was not asked for";
  EXPECT_EQ(seen.header("expect"), "");
  EXPECT_EQ(seen.header("x-full"), "a: b");
  EXPECT_NE(seen.head.find("X-Empty:"), std::string::npos);
}

TEST_P(SentAs, TheMethodAndBodyThatWereAskedFor) { expect_sent(GetParam()); }

// Not a row below: rows are made and copied in every process that runs any one test of this program.
TEST(SentWhole, ThreeMegabytes) { expect_sent({"large", Method::post, std::string(3 << 20, 'x'), "3145728"}); }

INSTANTIATE_TEST_SUITE_P(
    , SentAs,
    ::testing::Values(MethodCase{"get", Method::get, "", ""}, MethodCase{"post", Method::post, "{}", "2"},
                      MethodCase{"post_empty", Method::post, "", "0"}, MethodCase{"put", Method::put, "{}", "2"},
                      MethodCase{"put_empty", Method::put, "", "0"},
                      MethodCase{"patch", Method::patch, "{\"a\":1}", "7"}, MethodCase{"del", Method::del, "", ""},
                      MethodCase{"del_with_body", Method::del, "{}", "2"},
                      MethodCase{"with_nul", Method::post, std::string("a\0b", 3), "3"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Headers, AreThoseOfTheLastStatusInLowerCase) {
  ScriptedServer server(
      {{"HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\nHTTP/1.1 200 OK\r\nX-Rate-Limit: a;b\r\n"
        "Transfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n2\r\nok\r\n0\r\nX-Late: yes\r\n\r\n",
        Reply::Then::keep}});
  Client client(nullptr);
  const Outcome outcome = client.send(read_of(server.url()));
  EXPECT_EQ(outcome.transport, Transport::answered);
  EXPECT_EQ(outcome.body, "ok");
  EXPECT_EQ(outcome.header("x-rate-limit"), "a;b");
  EXPECT_EQ(outcome.header("link"), std::nullopt);
  EXPECT_EQ(outcome.header("x-late"), std::nullopt);
}

}  // namespace
}  // namespace train::http
