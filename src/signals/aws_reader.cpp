#include "aws_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "aws_refusal.hpp"
#include "json_answer.hpp"
#include "train/base/text.hpp"

namespace train::signals {

namespace {

using nlohmann::json;

constexpr int k_aws_attempts = 3;
constexpr std::chrono::milliseconds k_aws_longest_wait{60000};
constexpr std::size_t k_aws_answer_limit_bytes = 16u << 20;

struct AwsAddress {
  std::string host;    // with a port that is not the scheme's own
  std::string target;  // "/" or a path that ends in one
};

AwsAddress address_of(const std::string& url) {
  std::string origin = http::origin_of(url);
  AwsAddress out;
  out.target = (url.size() > origin.size() ? url.substr(origin.size()) : std::string()) + "/";
  const bool https = starts_with(origin, "https://");
  out.host = origin.substr(std::min(origin.size(), https ? std::size_t{8} : std::size_t{7}));
  const std::string_view usual = https ? ":443" : ":80";
  if (out.host.size() > usual.size() && out.host.compare(out.host.size() - usual.size(), usual.size(), usual) == 0) {
    out.host.erase(out.host.size() - usual.size());
  }
  return out;
}

std::string without_slashes_at_end(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

bool is_plain(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-' || c == '+' || c == ' ';
  });
}

}  // namespace

AwsReader::AwsReader(AwsService service, AwsAccess access)
    : service_(service),
      access_(std::move(access)),
      client_([this](std::chrono::milliseconds length) { wait(length); }) {}

void AwsReader::wait(std::chrono::milliseconds length) {
  waited_ += length;
  if (access_.sleep) access_.sleep(length);
}

Reading<json> AwsReader::ask(const std::string& url, std::string_view operation, const json& body, Instant now) {
  if (now != asked_at_) waited_ = std::chrono::milliseconds(0);
  asked_at_ = now;
  const std::string text = body.dump(-1, ' ', false, json::error_handler_t::replace);
  for (http::RetryInput retry;; ++retry.attempt) {
    const Instant at = now + std::chrono::floor<Duration>(waited_);
    const auto request = signed_request(without_slashes_at_end(url), operation, text, at);
    const auto outcome = client_.read(request);
    if (outcome.transport != http::Transport::answered) {
      return cannot(http::error_of(request, outcome, operation).message);
    }
    const std::string code = aws_error_code(outcome);
    if (outcome.status == 200 && code.empty()) return parse_answer(outcome, operation);
    retry.retry_after = http::retry_after(outcome);
    const auto delay = http::retry_delay(retry);
    // A busy Amazon says so with 400, which the client takes for a last word.
    const bool busy = outcome.status == 400 && is_aws_throttle(code) && delay <= k_aws_longest_wait;
    if (!busy || retry.attempt >= k_aws_attempts) {
      auto told = code.empty() ? http::error_of(request, outcome, operation).message
                               : aws_refusal(service_, operation, outcome, at);
      return is_aws_denial(code) ? unauthorized(std::move(told)) : cannot_for(outcome, std::move(told));
    }
    wait(delay);
  }
}

http::Request AwsReader::signed_request(const std::string& url, std::string_view operation, const std::string& body,
                                        Instant at) const {
  const AwsAddress address = address_of(url);
  auth::AwsRequest to_sign;
  to_sign.target = address.target;
  to_sign.body = body;
  to_sign.headers = {{"Host", address.host},
                     {"Content-Type", std::string(service_.content_type)},
                     {"X-Amz-Target", std::string(service_.target) + std::string(operation)}};
  if (service_.query_mode) to_sign.headers.emplace_back("X-Amzn-Query-Mode", "true");
  auth::AwsScope scope;
  scope.region = access_.region;
  scope.service = std::string(service_.name);
  scope.at = at;
  const auto signature = sign_aws(to_sign, access_.credentials, scope);
  http::Request request;
  request.method = http::Method::post;  // a question with a body: it changes nothing, and may be asked again
  request.url = url + "/";
  for (const auto& [name, value] : to_sign.headers) request.headers.push_back({name, value});
  for (const auto& [name, value] : signature.headers) request.headers.push_back({name, value});
  request.body = body;
  request.purpose = http::Purpose::read;
  request.timeout = access_.timeout;
  request.answer_limit_bytes = k_aws_answer_limit_bytes;
  return request;
}

std::optional<Measurement> not_insertable(const Subject& subject) {
  const std::pair<std::string_view, std::string> values[] = {
      {"app", subject.app},
      {"version", subject.version.text()},
      {"build", subject.build ? subject.build->text() : ""},
      {"baseline_version", subject.baseline_version ? subject.baseline_version->text() : ""}};
  for (const auto& [name, value] : values) {
    if (is_plain(value)) continue;
    return unmeasured(
        Measurement::State::failed,
        fmt::format("the value of ${} has characters other than letters, digits, spaces and . _ - +, which "
                    "cannot stand in a query to Amazon",
                    name));
  }
  return std::nullopt;
}

Reading<std::string> fill_aws_query(std::string_view query, const Subject& subject) {
  if (auto refused = not_insertable(subject)) return tl::unexpected(std::move(*refused));
  return fill_query(query, subject);
}

}  // namespace train::signals
