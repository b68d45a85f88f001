#include "caller.hpp"

#include <fmt/format.h>

#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

using http::Transport;

constexpr std::string_view k_scope = "https://www.googleapis.com/auth/androidpublisher";
constexpr int k_attempts_when_slowed = 4;
constexpr std::string_view k_google = ".googleapis.com";

http::Sleep sleep_on(Clock& clock) {
  // A wait on the train's own clock, so that a rehearsal does not sleep. Whole seconds, rounded up.
  return [&clock](std::chrono::milliseconds length) {
    clock.wait_until(clock.now() + std::chrono::ceil<std::chrono::seconds>(length));
  };
}

// "https://host:port" of an address; empty when it has none.
std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

bool is_google(std::string_view origin) {
  return starts_with(origin, "https://") && origin.find('@') == std::string_view::npos &&
         origin.size() > k_google.size() && origin.substr(origin.size() - k_google.size()) == k_google;
}

bool is_success(const http::Outcome& outcome) {
  return outcome.transport == Transport::answered && outcome.status >= 200 && outcome.status < 300;
}

// Google also says with a 403 that calls come too fast; the client's own retries know 429 only.
bool is_slowed_down(const http::Outcome& outcome) {
  return outcome.transport == Transport::answered && outcome.status == 403 &&
         is_rate_limit(parse_error(outcome.status, outcome.body));
}

}  // namespace

Caller::Caller(std::string endpoint, std::string package, auth::GoogleCredentials account, Clock& clock)
    : endpoint_(std::move(endpoint)),
      package_(std::move(package)),
      clock_(&clock),
      client_(sleep_on(clock)),
      tokens_(std::move(account), std::string(k_scope), client_) {}

std::string Caller::app_url() const {
  return endpoint_ + "/androidpublisher/v3/applications/" + percent_encode(package_);
}

std::string Caller::app_upload_url() const {
  return endpoint_ + "/upload/androidpublisher/v3/applications/" + percent_encode(package_);
}

bool Caller::may_upload_to(std::string_view url) const {
  const std::string_view here = origin_of(endpoint_);
  const std::string_view there = origin_of(url);
  // Google may answer from another of its own hosts; nobody else is ever given the token.
  return !there.empty() && (there == here || (is_google(here) && is_google(there)));
}

Result<Done> Caller::check_token() {
  const auto token = tokens_.bearer(clock_->now());
  if (!token) return tl::unexpected(token.error());
  return Done{};
}

Called<http::Outcome> Caller::exchange(http::Request request, Retry retry) {
  const std::size_t header = request.headers.size();
  request.headers.push_back({"Authorization", {}});
  int tokens_refused = 0;
  http::RetryInput pause;
  for (;;) {
    const auto token = tokens_.bearer(clock_->now());
    if (!token) return stop(CallError{token.error(), Trouble::none});
    request.headers[header].value = "Bearer " + token->expose();
    http::Outcome outcome = retry == Retry::yes ? client_.read(request) : client_.send(request);
    if (outcome.transport == Transport::answered && outcome.status == 401 && tokens_refused++ == 0) {
      tokens_.forget();
    } else if (retry == Retry::yes && is_slowed_down(outcome) && pause.attempt < k_attempts_when_slowed) {
      if (!wait(std::chrono::ceil<std::chrono::seconds>(http::retry_delay(pause)))) return outcome;
      ++pause.attempt;
    } else {
      return outcome;
    }
  }
}

Called<http::Outcome> Caller::send(http::Request request) { return exchange(std::move(request), Retry::no); }

Called<std::string> Caller::judge(const Call& call, const http::Request& request, const http::Outcome& outcome) const {
  if (is_success(outcome)) return outcome.body;
  const std::string what = fmt::format("{} of {}", call.what, package_);
  const bool lost =
      http::effect_of(outcome) == http::Effect::ambiguous || http::effect_of(outcome) == http::Effect::applied_unseen;
  const bool answered = outcome.transport == Transport::answered;
  CallError error = answered && outcome.status < 500 ? error_of(parse_error(outcome.status, outcome.body), what)
                                                     : CallError{http::error_of(request, outcome, what), Trouble::none};
  if (answered && outcome.status >= 500) {
    const ApiError said = parse_error(outcome.status, outcome.body);
    if (!said.message.empty()) error.error.message = error_of(said, what).error.message;
  }
  if (request.purpose == http::Purpose::read || !lost) return stop(std::move(error));
  if (call.repeat == Repeat::never) {
    error.trouble = Trouble::ambiguous;
  } else {
    // Inside an edit nothing lasts.
    error.error.kind = ErrorKind::unreachable;
    error.error.hint = "Nothing was committed. Run it again.";
  }
  return stop(std::move(error));
}

Called<std::string> Caller::call(const Call& call) {
  http::Request request;
  request.method = call.method;
  request.url = app_url() + call.path;
  request.body = call.body;
  request.headers = {{"Accept", "application/json"}};
  if (!call.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.purpose = call.method == http::Method::get ? http::Purpose::read : http::Purpose::write;
  const auto outcome = exchange(request, call.repeat == Repeat::harmless ? Retry::yes : Retry::no);
  if (!outcome) return stop(outcome.error());
  return judge(call, request, *outcome);
}

}  // namespace train::stores::google_play
