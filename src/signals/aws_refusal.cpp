#include "aws_refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json_answer.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::signals {

namespace {

using nlohmann::json;

constexpr Duration k_aws_clock_slack{60};  // Amazon allows five minutes; less than one explains nothing

constexpr std::string_view k_aws_throttles[] = {"ThrottlingException",       "Throttling",
                                                "ThrottledException",        "RequestThrottled",
                                                "RequestThrottledException", "TooManyRequestsException",
                                                "LimitExceededException",    "RequestLimitExceeded",
                                                "ServiceUnavailable",        "ServiceUnavailableException"};

struct AwsHint {
  std::string_view code;
  std::string_view text;
};
constexpr AwsHint k_aws_hints[] = {
    {"ExpiredToken", "the session token has expired: get new credentials"},
    {"ExpiredTokenException", "the session token has expired: get new credentials"},
    {"UnrecognizedClientException",
     "Amazon knows no such access key: it was deleted, mistyped, or lacks its session token"},
    {"InvalidClientTokenId", "Amazon knows no such access key: it was deleted, mistyped, or lacks its session token"},
    {"MissingAuthenticationToken", "the signature got lost on its way: is a proxy in between?"},
    {"MissingAuthenticationTokenException", "the signature got lost on its way: is a proxy in between?"},
    {"OptInRequired", "the account is not signed up for this service or region"},
    {"ResourceNotFoundException", "look at `log_group` and `region`"},
    {"MalformedQueryException", "try the query in the CloudWatch console"},
    {"InvalidNextToken", "the pages were cut off; the next look begins anew"},
    {"LimitExceededException", "too many queries run at once in this account and region"},
};

json document_of(const http::Outcome& outcome) {
  if (!http::is_nested_within(outcome.body)) return {};
  auto document = json::parse(outcome.body, nullptr, false);
  return document.is_object() ? document : json();
}

std::string message_of(const http::Outcome& outcome) {
  const json document = document_of(outcome);
  const std::string lower = words_of(part(document, "message"));
  return lower.empty() ? words_of(part(document, "Message")) : lower;
}

bool is_about_the_signature(std::string_view code) {
  constexpr std::string_view codes[] = {"SignatureDoesNotMatch", "InvalidSignatureException",   "InvalidSignature",
                                        "RequestExpired",        "RequestTimeTooSkewed",        "RequestInTheFuture",
                                        "IncompleteSignature",   "IncompleteSignatureException"};
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

std::string signature_hint(const http::Outcome& outcome, Instant at) {
  const auto theirs = http::date_of(outcome);
  const Duration ahead = theirs ? at - *theirs : Duration(0);
  if (ahead > k_aws_clock_slack || ahead < -k_aws_clock_slack) {
    return fmt::format("this machine's clock is {} {} Amazon's; set it, five minutes are allowed",
                       format_duration(std::chrono::abs(ahead)), ahead > Duration(0) ? "ahead of" : "behind");
  }
  return "the secret access key does not belong to the access key id, `region` is not the endpoint's, or something in "
         "between changes requests";
}

std::string hint_for(const AwsService& service, std::string_view operation, const http::Outcome& outcome, Instant at,
                     std::string_view code) {
  if (is_about_the_signature(code)) return signature_hint(outcome, at);
  if (is_aws_denial(code)) {
    return fmt::format("the policy of these credentials must allow {}{}", service.permission, operation);
  }
  for (const auto& row : k_aws_hints) {
    if (row.code == code) return std::string(row.text);
  }
  if (is_aws_throttle(code)) return "Amazon limits how often it is asked; the next look tries again";
  return outcome.status >= 500 ? "Amazon has a problem of its own" : "";
}

}  // namespace

bool is_aws_denial(std::string_view code) {
  return starts_with(code, "AccessDenied") || code == "UnauthorizedOperation" || code == "NotAuthorized";
}

std::string aws_error_code(const http::Outcome& outcome) {
  std::string code = words_of(part(document_of(outcome), "__type"));
  const auto header = outcome.header("x-amzn-errortype");
  if (code.empty() && header) code = std::string(*header);
  if (const auto hash = code.rfind('#'); hash != std::string::npos) code.erase(0, hash + 1);
  if (const auto colon = code.find(':'); colon != std::string::npos) code.erase(colon);
  return code;
}

bool is_aws_throttle(std::string_view code) {
  return std::find(std::begin(k_aws_throttles), std::end(k_aws_throttles), code) != std::end(k_aws_throttles);
}

std::string aws_refusal(const AwsService& service, std::string_view operation, const http::Outcome& outcome,
                        Instant at) {
  const std::string code = aws_error_code(outcome);
  const std::string message = message_of(outcome);
  std::string text = fmt::format("{}: Amazon answered {}", operation, outcome.status);
  if (!code.empty()) text += " " + printable(code, 80);
  if (!message.empty()) text += " (" + printable(message, 300) + ")";
  const std::string hint = hint_for(service, operation, outcome, at, code);
  return hint.empty() ? text : fmt::format("{}: {}", text, hint);
}

}  // namespace train::signals
