// What outcomes mean, without a network: effects, delays, errors.
#include <gtest/gtest.h>

#include <string>

#include "train/http/client.hpp"

namespace train::http {
namespace {

using namespace std::chrono_literals;

template <typename Case>
std::string row_name(const ::testing::TestParamInfo<Case>& row) {
  return row.param.name;
}

Outcome outcome_of(Transport transport, int status, std::string body = {}) {
  Outcome outcome;
  outcome.transport = transport;
  outcome.status = status;
  outcome.body = std::move(body);
  return outcome;
}

struct EffectCase {
  const char* name;
  Transport transport;
  int status;
  Effect effect;
};
class EffectOf : public ::testing::TestWithParam<EffectCase> {};

TEST_P(EffectOf, FollowsTheTable) {
  EXPECT_EQ(effect_of(outcome_of(GetParam().transport, GetParam().status)), GetParam().effect);
}

INSTANTIATE_TEST_SUITE_P(, EffectOf,
                         ::testing::Values(EffectCase{"not_sent", Transport::not_sent, 0, Effect::not_applied},
                                           EffectCase{"lost", Transport::lost, 0, Effect::ambiguous},
                                           EffectCase{"ok", Transport::answered, 200, Effect::applied},
                                           EffectCase{"created", Transport::answered, 201, Effect::applied},
                                           EffectCase{"no_content", Transport::answered, 204, Effect::applied},
                                           EffectCase{"created_cut", Transport::cut, 201, Effect::applied_unseen},
                                           EffectCase{"moved", Transport::answered, 301, Effect::not_applied},
                                           EffectCase{"resume_incomplete", Transport::answered, 308,
                                                      Effect::not_applied},
                                           EffectCase{"bad_request", Transport::answered, 400, Effect::not_applied},
                                           EffectCase{"unauthorized", Transport::answered, 401, Effect::not_applied},
                                           EffectCase{"forbidden", Transport::answered, 403, Effect::not_applied},
                                           EffectCase{"not_found", Transport::answered, 404, Effect::not_applied},
                                           EffectCase{"request_timeout", Transport::answered, 408, Effect::ambiguous},
                                           EffectCase{"conflict", Transport::answered, 409, Effect::ambiguous},
                                           EffectCase{"unprocessable", Transport::answered, 422, Effect::not_applied},
                                           EffectCase{"unprocessable_cut", Transport::cut, 422, Effect::not_applied},
                                           EffectCase{"too_many", Transport::answered, 429, Effect::not_applied},
                                           EffectCase{"client_left", Transport::answered, 499, Effect::ambiguous},
                                           EffectCase{"server_error", Transport::answered, 500, Effect::ambiguous},
                                           EffectCase{"unavailable", Transport::answered, 503, Effect::ambiguous},
                                           EffectCase{"unavailable_cut", Transport::cut, 503, Effect::ambiguous},
                                           EffectCase{"nonsense", Transport::answered, 777, Effect::ambiguous}),
                         row_name<EffectCase>);

struct DelayCase {
  const char* name;
  RetryInput in;
  std::chrono::milliseconds delay;
};
class RetryDelay : public ::testing::TestWithParam<DelayCase> {};

TEST_P(RetryDelay, IsArithmetic) { EXPECT_EQ(retry_delay(GetParam().in), GetParam().delay); }

INSTANTIATE_TEST_SUITE_P(, RetryDelay,
                         ::testing::Values(DelayCase{"first_is_base", {1, 1s, 30s, {}}, 1s},
                                           DelayCase{"doubles", {3, 1s, 30s, {}}, 4s},
                                           DelayCase{"growth_stops_at_ceiling", {9, 1s, 60s, {}}, 60s},
                                           DelayCase{"does_not_overflow", {2000000000, 1s, 60s, {}}, 60s},
                                           DelayCase{"server_wish_beats_ceiling", {1, 1s, 60s, 90s}, 90s},
                                           DelayCase{"early_wish_does_not_shorten", {3, 1s, 60s, 1s}, 4s}),
                         row_name<DelayCase>);

struct WishCase {
  const char* name;
  const char* retry_after;
  const char* date;
  std::optional<std::chrono::milliseconds> wait;
};
class RetryAfter : public ::testing::TestWithParam<WishCase> {};

TEST_P(RetryAfter, IsReadInItsForms) {
  Outcome outcome = outcome_of(Transport::answered, 429);
  if (GetParam().retry_after != nullptr) outcome.headers.push_back({"retry-after", GetParam().retry_after});
  if (GetParam().date != nullptr) outcome.headers.push_back({"date", GetParam().date});
  EXPECT_EQ(retry_after(outcome), GetParam().wait);
}

INSTANTIATE_TEST_SUITE_P(
    , RetryAfter,
    ::testing::Values(WishCase{"absent", nullptr, nullptr, std::nullopt}, WishCase{"seconds", "120", nullptr, 120s},
                      WishCase{"zero", "0", nullptr, 0s}, WishCase{"spaces", " 7 ", nullptr, 7s},
                      WishCase{"date", "Mon, 30 Nov 2026 09:02:00 GMT", "Mon, 30 Nov 2026 09:00:00 GMT", 120s},
                      WishCase{"date_passed", "Mon, 30 Nov 2026 08:59:00 GMT", "Mon, 30 Nov 2026 09:00:00 GMT", 0s},
                      WishCase{"date_without_a_date_to_compare", "Mon, 30 Nov 2026 09:02:00 GMT", nullptr,
                               std::nullopt},
                      WishCase{"negative", "-5", "Mon, 30 Nov 2026 09:00:00 GMT", std::nullopt},
                      WishCase{"fraction", "1.5", "Mon, 30 Nov 2026 09:00:00 GMT", std::nullopt},
                      WishCase{"words", "soon", "Mon, 30 Nov 2026 09:00:00 GMT", std::nullopt},
                      WishCase{"empty", "", nullptr, std::nullopt},
                      WishCase{"absurd", "99999999999999999999999", nullptr, std::chrono::hours(24 * 3660)}),
    row_name<WishCase>);

struct ErrorCase {
  const char* name;
  Purpose purpose;
  Transport transport;
  int status;
  ErrorKind kind;
};
class ErrorOf : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(ErrorOf, HasTheKindOfItsFacts) {
  Request request;
  request.url = "https://api.example.com/v1/apps?secret=1";
  request.purpose = GetParam().purpose;
  const Error error = error_of(request, outcome_of(GetParam().transport, GetParam().status), "Listing the apps");
  EXPECT_EQ(to_string(error.kind), to_string(GetParam().kind));
  EXPECT_NE(error.message.find("Listing the apps: GET api.example.com/v1/apps: "), std::string::npos) << error.message;
  EXPECT_EQ(error.text().find("secret=1"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    , ErrorOf,
    ::testing::Values(
        ErrorCase{"read_not_sent", Purpose::read, Transport::not_sent, 0, ErrorKind::unreachable},
        ErrorCase{"read_lost", Purpose::read, Transport::lost, 0, ErrorKind::unreachable},
        ErrorCase{"read_cut", Purpose::read, Transport::cut, 200, ErrorKind::unreachable},
        ErrorCase{"read_503", Purpose::read, Transport::answered, 503, ErrorKind::unreachable},
        ErrorCase{"read_200_unusable", Purpose::read, Transport::answered, 200, ErrorKind::invalid_answer},
        ErrorCase{"read_302", Purpose::read, Transport::answered, 302, ErrorKind::refused},
        ErrorCase{"write_not_sent", Purpose::write, Transport::not_sent, 0, ErrorKind::unreachable},
        ErrorCase{"write_lost", Purpose::write, Transport::lost, 0, ErrorKind::unknown_outcome},
        ErrorCase{"write_201_cut", Purpose::write, Transport::cut, 201, ErrorKind::unknown_outcome},
        ErrorCase{"write_200_unusable", Purpose::write, Transport::answered, 200, ErrorKind::unknown_outcome},
        ErrorCase{"write_422_cut", Purpose::write, Transport::cut, 422, ErrorKind::refused},
        ErrorCase{"write_503", Purpose::write, Transport::answered, 503, ErrorKind::unknown_outcome},
        ErrorCase{"write_307", Purpose::write, Transport::answered, 307, ErrorKind::refused},
        ErrorCase{"write_400", Purpose::write, Transport::answered, 400, ErrorKind::refused},
        ErrorCase{"write_401", Purpose::write, Transport::answered, 401, ErrorKind::auth},
        ErrorCase{"write_403", Purpose::write, Transport::answered, 403, ErrorKind::refused},
        ErrorCase{"write_404", Purpose::write, Transport::answered, 404, ErrorKind::not_found},
        ErrorCase{"write_409", Purpose::write, Transport::answered, 409, ErrorKind::conflict},
        ErrorCase{"write_429", Purpose::write, Transport::answered, 429, ErrorKind::rate_limited},
        ErrorCase{"chunk_lost", Purpose::chunk, Transport::lost, 0, ErrorKind::unknown_outcome}),
    row_name<ErrorCase>);

TEST(ErrorText, QuotesTheAnswerButNoCredentialAndNoControlCharacter) {
  Request request;
  request.url = "https://api.example.com/v1/apps";
  request.headers = {{"Authorization", "Bearer canary-0123456789"}};
  const std::string echo = "you sent Bearer canary-0123456789 \x1b[31m" + std::string(500, 'x');
  const Error error = error_of(request, outcome_of(Transport::answered, 400, echo), "");
  EXPECT_EQ(error.message.find("canary"), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
  EXPECT_NE(error.message.find("you sent Bearer [redacted]"), std::string::npos) << error.message;
  EXPECT_LT(error.message.size(), 350u);
}

TEST(DateOf, IsTheOtherSidesTime) {
  Outcome outcome = outcome_of(Transport::answered, 200);
  EXPECT_FALSE(date_of(outcome));
  outcome.headers = {{"date", " Mon, 30 Nov 2026 09:00:00 GMT "}};
  EXPECT_EQ(date_of(outcome), parse_rfc3339("2026-11-30T09:00:00Z"));
  outcome.headers = {{"date", "20261130"}};
  EXPECT_FALSE(date_of(outcome)) << "a bare number is no HTTP date";
}

TEST(ErrorText, ARedirectNamesOnlyWhereItPoints) {
  Request request;
  request.url = "https://api.example.com/";
  Outcome outcome = outcome_of(Transport::answered, 302);
  outcome.headers.push_back({"location", "https://login.example.net/start?token=canary"});
  const Error error = error_of(request, outcome, "");
  EXPECT_NE(error.hint.find("https://login.example.net)"), std::string::npos) << error.hint;
  EXPECT_EQ(error.text().find("canary"), std::string::npos);
}

TEST(Describe, LeavesOutQueryUserAndFragment) {
  Request request;
  request.method = Method::patch;
  request.url = "https://user:canary@api.example.com:8443/v1/apps/7?key=canary#canary";
  EXPECT_EQ(describe(request), "PATCH api.example.com:8443/v1/apps/7");
  request.url = "no url at all";
  EXPECT_EQ(describe(request), "PATCH (an unreadable address)");
}

struct LoopbackCase {
  const char* name;
  const char* url;
  bool loopback;
};
class Loopback : public ::testing::TestWithParam<LoopbackCase> {};
TEST_P(Loopback, IsTold) { EXPECT_EQ(is_loopback_url(GetParam().url), GetParam().loopback); }
INSTANTIATE_TEST_SUITE_P(, Loopback,
                         ::testing::Values(LoopbackCase{"v4", "http://127.0.0.1:8080/x", true},
                                           LoopbackCase{"v4_other", "http://127.9.8.7/", true},
                                           LoopbackCase{"v4_short", "http://127.1/", true},
                                           LoopbackCase{"v6", "http://[::1]:80/", true},
                                           LoopbackCase{"name", "http://LocalHost/", true},
                                           LoopbackCase{"https", "https://localhost/", true},
                                           LoopbackCase{"name_like_address", "http://127.example.com/", false},
                                           LoopbackCase{"name_like_localhost", "http://localhost.example.com/", false},
                                           LoopbackCase{"user_like_host", "http://127.0.0.1@example.com/", false},
                                           LoopbackCase{"any_address", "http://0.0.0.0/", false},
                                           LoopbackCase{"public_v6", "http://[2001:db8::1]/", false},
                                           LoopbackCase{"backslash", "http://127.0.0.1\\@example.com/", false},
                                           LoopbackCase{"empty", "", false}),
                         row_name<LoopbackCase>);

TEST(OriginOf, HasNothingBehindTheHost) {
  EXPECT_EQ(origin_of("https://hooks.example.com/services/T0/B0/secret?x=1"), "https://hooks.example.com");
  EXPECT_EQ(origin_of("http://u:p@127.0.0.1:81/x"), "http://127.0.0.1:81");
  EXPECT_EQ(origin_of("::::"), "");
}

}  // namespace
}  // namespace train::http
