// Outcomes as errors that say what was tried, what came back and what to do next.
#include <fmt/format.h>

#include "train/base/secret.hpp"
#include "train/base/text.hpp"
#include "train/base/time.hpp"
#include "train/http/client.hpp"
#include "url.hpp"

namespace train::http {

namespace {

constexpr std::size_t k_quoted_bytes = 200;

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  if (what.size() < 8) return;  // nothing that short is a credential, and it would eat ordinary words
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// What the other side said, without anything we sent it in a header: some servers echo the request.
std::string quoted_body(const Request& request, const Outcome& outcome) {
  // Echoes are looked for in a longer piece than is shown, so that a credential across the edge is still found.
  std::string text = outcome.body.substr(0, 64 * 1024);
  for (const Header& header : request.headers) {
    const std::string_view value = header.value;
    replace_all(text, value.substr(value.rfind(' ') == std::string_view::npos ? 0 : value.rfind(' ') + 1), k_redacted);
  }
  const std::string_view said = trim(text);
  if (said.empty()) return {};
  if (said.front() == '<') return ": an HTML or XML page";
  return ": " + printable(said, k_quoted_bytes);
}

std::string what_came_back(const Request& request, const Outcome& outcome) {
  switch (outcome.transport) {
    case Transport::not_sent:
      return "nothing was sent: " + outcome.detail;
    case Transport::lost:
      return "sent, but no answer came back: " + outcome.detail;
    case Transport::cut:
      return fmt::format("answered {}, but the answer broke off: {}", outcome.status, outcome.detail);
    case Transport::answered:
      break;
  }
  return fmt::format("answered {}{}", outcome.status, quoted_body(request, outcome));
}

ErrorKind kind_of_status(const Request& request, const Outcome& outcome) {
  const int status = outcome.status;
  if (status == 401) return ErrorKind::auth;
  if (status == 404) return ErrorKind::not_found;
  if (status == 409) return ErrorKind::conflict;
  if (status == 429) return ErrorKind::rate_limited;
  const bool may_have_changed = request.purpose != Purpose::read && effect_of(outcome) != Effect::not_applied;
  if (may_have_changed) return ErrorKind::unknown_outcome;
  if (status >= 200 && status < 300) return ErrorKind::invalid_answer;
  return status >= 500 || status == 408 ? ErrorKind::unreachable : ErrorKind::refused;
}

ErrorKind kind_of(const Request& request, const Outcome& outcome) {
  const bool reads = request.purpose == Purpose::read;
  switch (outcome.transport) {
    case Transport::not_sent:
      return ErrorKind::unreachable;
    case Transport::lost:
      return reads ? ErrorKind::unreachable : ErrorKind::unknown_outcome;
    case Transport::cut:
      if (!reads) return kind_of_status(request, outcome);
      return outcome.over_limit ? ErrorKind::invalid_answer : ErrorKind::unreachable;
    case Transport::answered:
      break;
  }
  return kind_of_status(request, outcome);
}

std::string redirect_hint(const Outcome& outcome) {
  const auto location = outcome.header("location");
  const std::string origin = location ? origin_of(*location) : std::string();
  return "Redirects are not followed" + (origin.empty() ? "" : " (this one points to " + printable(origin, 200) + ")") +
         "; use the address it ends at, and check that no proxy or login page is in the way.";
}

std::string refused_hint(const Outcome& outcome) {
  if (outcome.status >= 300 && outcome.status < 400) return redirect_hint(outcome);
  if (outcome.status == 403) return "Check that these credentials may do this, and that all agreements are signed.";
  return {};
}

std::string rate_limit_hint(const Outcome& outcome) {
  const auto wait = retry_after(outcome);
  if (!wait) return "Come back later: the other side limits how often it is called.";
  return "Come back in " + format_duration(std::chrono::duration_cast<Duration>(*wait)) + ".";
}

std::string hint_of(ErrorKind kind, const Outcome& outcome) {
  switch (kind) {
    case ErrorKind::unreachable:
      return "Nothing was changed. Check the address, the network and any proxy, then run it again.";
    case ErrorKind::unknown_outcome:
      return "It may have been applied: run `train advance` again, which looks before it acts.";
    case ErrorKind::auth:
      return "Check the credentials: the right key, not revoked, and this machine's clock.";
    case ErrorKind::refused:
      return refused_hint(outcome);
    case ErrorKind::rate_limited:
      return rate_limit_hint(outcome);
    case ErrorKind::conflict:
      return "Look at what is there now before trying again: it may be our own earlier call.";
    case ErrorKind::invalid_answer:
      return "Check that the address is the service's own, and that no proxy or login page answers in its place.";
    case ErrorKind::not_found:
    case ErrorKind::usage:
    case ErrorKind::definition:
    case ErrorKind::corrupt_state:
    case ErrorKind::storage:
    case ErrorKind::internal:
      return {};
  }
  return {};
}

}  // namespace

std::string describe(const Request& request) {
  const auto url = parse_url(request.url);
  if (!url) return std::string(to_string(request.method)) + " (an unreadable address)";
  return printable(fmt::format("{} {}{}", to_string(request.method), url->authority(), url->path), 500);
}

Error error_of(const Request& request, const Outcome& outcome, std::string_view what_was_tried) {
  const ErrorKind kind = kind_of(request, outcome);
  const std::string tried = what_was_tried.empty() ? "" : std::string(what_was_tried) + ": ";
  return Error{kind, tried + describe(request) + ": " + what_came_back(request, outcome), hint_of(kind, outcome)};
}

}  // namespace train::http
