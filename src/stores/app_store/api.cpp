#include "api.hpp"

#include <fmt/format.h>

#include <set>

#include "train/base/text.hpp"
#include "wire.hpp"

namespace train::stores::app_store {

using nlohmann::json;

namespace {

constexpr int k_pages_most = 50;

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

}  // namespace

Api::Api(const std::string& endpoint, auth::AppStoreTokens tokens, Clock& clock)
    : endpoint_(endpoint), tokens_(std::move(tokens)), clock_(clock), client_(sleep_on(clock)) {}

Result<http::Outcome> Api::send(http::Request request) {
  const auto plain = request.headers;
  for (bool again = false;; again = true) {
    const auto token = tokens_.bearer(clock_.now());
    if (!token) return tl::unexpected(token.error());
    request.headers = plain;
    request.headers.push_back({"Authorization", "Bearer " + token->expose()});
    auto outcome = request.purpose == http::Purpose::read ? client_.read(request) : client_.send(request);
    if (const auto header = outcome.header("x-rate-limit")) rate_limit_ = read_rate_limit(*header);
    if (outcome.transport != http::Transport::answered || outcome.status != 401 || again) return outcome;
    tokens_.forget();  // Apple refuses good tokens now and then; a new one usually passes
  }
}

Result<json> Api::get_url(const std::string& url, std::string_view what) {
  http::Request request;
  request.url = url;
  auto outcome = send(request);
  if (!outcome) return tl::unexpected(outcome.error());
  if (outcome->transport != http::Transport::answered) {
    return tl::unexpected(http::error_of(request, *outcome, what));
  }
  if (outcome->status != 200) return tl::unexpected(explain(*outcome, what));
  return parse_document(outcome->body, what);
}

Result<json> Api::get(const std::string& path, const Query& query, std::string_view what) {
  return get_url(with_query(endpoint_ + path, query), what);
}

Result<json> Api::get_all(const std::string& path, const Query& query, std::string_view what) {
  auto all = get(path, query, what);
  std::set<std::string> visited;
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
  const auto outcome = send(request);
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
      written.error = answered ? explain(*outcome, what) : http::error_of(request, *outcome, what);
      return written;
    case http::Effect::ambiguous:
      if (!answered || outcome->status != 409) break;
      written.certainty = Written::Certainty::conflict;
      written.error = explain(*outcome, what);
      return written;
  }
  written.error = answered ? explain(*outcome, what) : http::error_of(request, *outcome, what);
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
    const auto now = clock_.now();
    if (now >= until) return seen ? Result<bool>(false) : seen;
    if (!clock_.wait_until(std::min(now + k_look_again, until))) {
      return fail(ErrorKind::unknown_outcome, "Interrupted while waiting for App Store Connect.",
                  "Run `train advance` again: it looks before it acts.");
    }
  }
}

}  // namespace train::stores::app_store
