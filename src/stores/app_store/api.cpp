#include "api.hpp"

#include <fmt/format.h>

#include <chrono>
#include <set>
#include <utility>

#include "train/base/patience.hpp"
#include "train/base/text.hpp"
#include "wire.hpp"

namespace train::stores::app_store {

using nlohmann::json;

namespace {

constexpr int k_pages_most = 50;
constexpr Duration k_agreements_pause{5};

http::Sleep sleep_on(Clock& clock) {
  return [&clock](std::chrono::milliseconds length) {
    clock.wait_until(clock.now() + std::chrono::ceil<Duration>(length));
  };
}

std::string with_query(std::string url, const Query& query) {
  char separator = '?';
  for (const auto& [name, value] : query) {
    url += separator + percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  }
  return url;
}

void join_page(json& all, const json& page) {
  for (const auto* part : {"data", "included"}) {
    const auto found = page.find(part);
    if (found == page.end() || !found->is_array()) continue;
    auto& into = all[part];
    if (!into.is_array()) into = json::array();
    into.insert(into.end(), found->begin(), found->end());
  }
}

// Whether a look that failed so may be answered a few seconds later.
bool may_mend(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::not_found:
    case ErrorKind::conflict:
    case ErrorKind::unreachable:
    case ErrorKind::invalid_answer:
      return true;
    case ErrorKind::usage:
    case ErrorKind::definition:
    case ErrorKind::auth:
    case ErrorKind::refused:
    case ErrorKind::rate_limited:
    case ErrorKind::unknown_outcome:
    case ErrorKind::corrupt_state:
    case ErrorKind::storage:
    case ErrorKind::internal:
      return false;
  }
  return false;
}

}  // namespace

Api::Api(const std::string& endpoint, auth::AppStoreTokens tokens, Clock& clock)
    : endpoint_(endpoint), tokens_(std::move(tokens)), clock_(clock), client_(sleep_on(clock)) {}

Result<Done> Api::await_budget(Instant now, std::string_view what) {
  if (spending_reserve_ > 0) return Done{};
  if (const auto until = budget_.wait_until(now)) {
    if (!clock_.wait_until(*until)) {
      return fail(ErrorKind::rate_limited,
                  fmt::format("Cannot {}: interrupted while the minute's budget of requests was spent.", what),
                  "Nothing was sent: run it again.");
    }
    now = clock_.now();
  }
  if (auto refusal = budget_.refusal(now, what)) return tl::unexpected(std::move(*refusal));
  return Done{};
}

void Api::note(const http::Outcome& outcome, Instant sent) {
  if (outcome.transport != http::Transport::answered && outcome.transport != http::Transport::cut) return;
  const auto theirs = http::date_of(outcome);
  // The answer is a second old at most, or it is asked when it came: a made-up clock costs a request.
  const bool at_once = !theirs || *theirs <= sent + Duration{1};
  const auto received = at_once ? sent : clock_.now();
  budget_.note(outcome, received);
  if (theirs) skew_ = skew_of(sent, received, *theirs);
}

bool Api::try_again(const http::Request& request, const http::Outcome& outcome, Tried& tried) {
  if (outcome.transport != http::Transport::answered || outcome.status < 400) return false;
  const bool reads = request.purpose == http::Purpose::read;
  switch (next_of(outcome)) {
    case Next::new_token:  // Apple refuses good tokens now and then; a new one usually passes
      if (std::exchange(tried.token, true)) return false;
      tokens_.forget();
      return true;
    case Next::read_again:  // on 5xx the client has tried three times; the other one is an agreement that may pass
      if (!reads || outcome.status >= 500 || std::exchange(tried.pause, true)) return false;
      return clock_.wait_until(clock_.now() + k_agreements_pause);
    case Next::later:
      if (!reads || outcome.status != 429 || !budget_.passes_in_a_minute(outcome, clock_.now())) return false;
      if (std::exchange(tried.minute, true)) return false;
      return clock_.wait_until(clock_.now() + k_minute);
    case Next::look:
    case Next::person:
    case Next::ours:
      return false;
  }
  return false;
}

Result<http::Outcome> Api::send(http::Request request, std::string_view what) {
  if (auto may = await_budget(clock_.now(), what); !may) return tl::unexpected(may.error());
  const auto plain = request.headers;
  Tried tried;
  while (true) {
    const auto sent = clock_.now();
    const auto token = tokens_.bearer(sent);
    if (!token) return tl::unexpected(token.error());
    request.headers = plain;
    request.headers.push_back({"Authorization", "Bearer " + token->expose()});
    auto outcome = request.purpose == http::Purpose::read ? client_.read(request) : client_.send(request);
    note(outcome, sent);
    if (!try_again(request, outcome, tried)) return outcome;
  }
}

Error Api::told(const http::Outcome& outcome, std::string_view what) {
  auto error = explain(outcome, what);
  if (outcome.status == 429) error.hint = budget_.come_back(outcome, clock_.now());
  if (outcome.status != 401) return error;
  error.message += fmt::format(" A new token of key {} was refused like the first.", printable(tokens_.key_id(), 40));
  if (!skew_ || std::chrono::abs(*skew_) < k_skew_named) return error;
  error.message += fmt::format(" But {}.", skew_words(*skew_));
  if (skew_explains_refusal(*skew_)) {
    error.hint =
        "Set the clock by NTP and run it again: Apple refuses tokens that are from the future or have expired. The "
        "key itself may be good.";
  }
  return error;
}

Result<json> Api::get_url(const std::string& url, std::string_view what) {
  http::Request request;
  request.url = url;
  auto outcome = send(request, what);
  if (!outcome) return tl::unexpected(outcome.error());
  if (outcome->transport != http::Transport::answered) {
    return tl::unexpected(http::error_of(request, *outcome, what));
  }
  if (outcome->status != 200) return tl::unexpected(told(*outcome, what));
  return parse_document(outcome->body, what);
}

Result<json> Api::get(const std::string& path, const Query& query, std::string_view what) {
  return get_url(with_query(endpoint_ + path, query), what);
}

Result<json> Api::get_all(const std::string& path, const Query& query, std::string_view what) {
  const auto first = with_query(endpoint_ + path, query);
  auto all = get_url(first, what);
  std::set<std::string> visited{first};
  auto next = all ? read_next(*all) : std::nullopt;
  for (int page = 1; next; ++page) {
    if (!starts_with(*next, endpoint_ + "/v1/") || !visited.insert(*next).second || page > k_pages_most) {
      return fail(ErrorKind::invalid_answer,
                  fmt::format("Cannot {}: the list's next page is not followed: {}", what, printable(*next, 200)),
                  "It points elsewhere, repeats, or the list does not end.");
    }
    const auto more = get_url(*next, what);
    if (!more) return more;
    join_page(*all, *more);
    next = read_next(*more);
  }
  return all;
}

Written Api::write(http::Method method, const std::string& path, const std::string& body, std::string_view what) {
  http::Request request;
  request.method = method;
  request.url = endpoint_ + path;
  request.purpose = http::Purpose::write;
  request.body = body;
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  const auto outcome = send(request, what);
  Written written;
  if (!outcome) {
    written.certainty = Written::Certainty::refused;
    written.error = outcome.error();
    return written;
  }
  const bool answered = outcome->transport == http::Transport::answered;
  switch (http::effect_of(*outcome)) {
    case http::Effect::applied: {
      auto document = outcome->status == 204 ? Result<json>(json()) : parse_document(outcome->body, what);
      written.certainty = document ? Written::Certainty::accepted : Written::Certainty::doubtful;
      if (document)
        written.document = std::move(*document);
      else
        written.error = document.error();
      return written;
    }
    case http::Effect::applied_unseen:
      break;
    case http::Effect::not_applied:
      written.certainty = Written::Certainty::refused;
      written.error = answered ? told(*outcome, what) : http::error_of(request, *outcome, what);
      return written;
    case http::Effect::ambiguous:
      if (!answered || outcome->status != 409) break;
      written.certainty = Written::Certainty::conflict;
      written.error = told(*outcome, what);
      return written;
  }
  written.error = answered ? told(*outcome, what) : http::error_of(request, *outcome, what);
  return written;
}

Result<Done> Api::settle(const Written& written, const Shown& shown, std::string_view what) {
  switch (written.certainty) {
    case Written::Certainty::refused:
      return tl::unexpected(written.error);
    case Written::Certainty::conflict: {
      const auto seen = shown();
      if (seen && *seen) return Done{};
      return tl::unexpected(written.error);
    }
    case Written::Certainty::accepted:
    case Written::Certainty::doubtful:
      break;
  }
  const bool accepted = written.certainty == Written::Certainty::accepted;
  if (accepted) patience_of_thread().note_acceptance();
  const auto seen = wait_for(accepted ? k_shown_within : k_doubt_within, shown);
  if (seen && *seen) return Done{};
  const auto why = accepted ? std::string("it was accepted, but the store does not show it yet")
                            : "the answer was lost and the store does not show it: " + written.error.message;
  const auto and_then = seen ? std::string{} : " Reading it back failed: " + seen.error().message;
  return fail(ErrorKind::unknown_outcome,
              fmt::format("Cannot tell whether `{}` took effect: {}.{}", what, why, and_then),
              "Run `train advance` again: it looks before it acts, and sends nothing twice.");
}

Result<bool> Api::wait_for(Duration at_most, const Shown& shown) {
  const auto until = clock_.now() + at_most;
  while (true) {
    const auto seen = shown();
    if (seen && *seen) return true;
    if (!seen && !may_mend(seen.error().kind)) return seen;
    const auto now = clock_.now();
    const auto left = patience_of_thread().left();
    const bool is_over = now >= until || (left && *left <= k_look_again);
    if (is_over) return seen ? Result<bool>(false) : seen;
    if (!clock_.wait_until(std::min(now + k_look_again, until))) {
      return fail(ErrorKind::unknown_outcome, "Interrupted while waiting for App Store Connect.",
                  "Run `train advance` again: it looks before it acts.");
    }
  }
}

}  // namespace train::stores::app_store
