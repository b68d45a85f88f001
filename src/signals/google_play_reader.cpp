#include "google_play_reader.hpp"

#include <fmt/format.h>

#include <set>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::signals {

using nlohmann::json;

namespace google_play {
namespace {

constexpr std::string_view k_publisher = "https://androidpublisher.googleapis.com";
constexpr std::string_view k_reporting = "https://playdeveloperreporting.googleapis.com";
constexpr const char* k_publisher_scope = "https://www.googleapis.com/auth/androidpublisher";
constexpr const char* k_reporting_scope = "https://www.googleapis.com/auth/playdeveloperreporting";
constexpr std::chrono::milliseconds k_answer_wait{30000};
constexpr std::size_t k_bytes_most = 8u << 20;
constexpr int k_pages_most = 10;

struct Hint {
  int status;
  std::string_view words;  // stand in Google's message; empty: any
  std::string_view text;
};
constexpr Hint k_hints[] = {
    {401, "", "the account was refused: look at its key and this machine's clock"},
    {403, "has not been used in project", "enable the API in the account's Cloud project"},
    {403, "is disabled", "enable the API in the account's Cloud project"},
    {403, "insufficient authentication scopes", "the credentials must be allowed the scope that is named"},
    {403, "",
     "in the Play Console the account needs `View app information` (for vitals) or `Reply to reviews`; a new grant "
     "takes "
     "a day or two"},
    {404, "", "the account sees no such app"},
    {429, "", "the API's quota is used up for now"},
};

std::string_view hint_of(int status, const std::string& message) {
  for (const auto& row : k_hints) {
    if (row.status == status && message.find(row.words) != std::string::npos) return row.text;
  }
  return status >= 500 ? "Google has a problem of its own" : "";
}

}  // namespace

std::string refusal(const http::Outcome& outcome, std::string_view what) {
  const bool readable = http::is_nested_within(outcome.body);
  const json document = readable ? json::parse(outcome.body, nullptr, false) : json();
  const auto& error = part(document, "error");
  const std::string status = words_of(part(error, "status"));
  const std::string message = words_of(part(error, "message"));
  std::string text = fmt::format("{}: Google answered {}", what, outcome.status);
  if (!status.empty()) text += " " + printable(status, 60);
  if (!message.empty()) text += " (" + printable(message, 300) + ")";
  const auto hint = hint_of(outcome.status, message);
  return hint.empty() ? text : fmt::format("{}: {}", text, hint);
}

Reading<std::vector<json>> read_pages(std::string_view what, const char* list,
                                      const std::function<Reading<json>(const std::string& token)>& ask) {
  std::vector<json> entries;
  std::set<std::string> tokens;
  std::string token;
  for (int page = 1;; ++page) {
    if (page > k_pages_most)
      return cannot(fmt::format("{}: more than {} pages, so the count is not whole", what, k_pages_most));
    const auto document = ask(token);
    if (!document) return tl::unexpected(document.error());
    const auto& more = part(*document, list);
    if (!more.is_null() && !more.is_array()) return cannot(fmt::format("{}: the answer's {} are no list", what, list));
    if (more.is_array()) entries.insert(entries.end(), more.begin(), more.end());
    token = words_of(part(*document, "nextPageToken"));
    if (token.empty()) return entries;
    if (!tokens.insert(token).second) return cannot(fmt::format("{}: the next page was read already", what));
  }
}

}  // namespace google_play

using google_play::k_publisher_scope;
using google_play::k_reporting_scope;

std::string reporting_beside(const std::string& publisher) {
  return publisher == google_play::k_publisher ? std::string(google_play::k_reporting) : publisher;
}

PlayReader::PlayReader(PlayAccess access, http::Sleep sleep)
    : access_(std::move(access)),
      client_(std::move(sleep)),
      reporting_tokens_(access_.account, k_reporting_scope, client_),
      publisher_tokens_(access_.account, k_publisher_scope, client_) {}

Reading<json> PlayReader::report(const std::string& path, const std::string& body, Instant now, std::string_view what) {
  http::Request request;
  request.url = access_.reporting + "/v1beta1/apps/" + percent_encode(access_.package) + path;
  if (!body.empty()) {
    request.method = http::Method::post;  // a question with a body: it changes nothing, and may be asked again
    request.headers = {{"Content-Type", "application/json"}};
    request.body = body;
  }
  return ask(reporting_tokens_, std::move(request), now, what);
}

Reading<json> PlayReader::publisher(const std::string& path, Instant now, std::string_view what) {
  http::Request request;
  request.url = access_.publisher + "/androidpublisher/v3/applications/" + percent_encode(access_.package) + path;
  return ask(publisher_tokens_, std::move(request), now, what);
}

Reading<json> PlayReader::ask(auth::GoogleTokens& tokens, http::Request request, Instant now, std::string_view what) {
  request.purpose = http::Purpose::read;
  request.timeout = google_play::k_answer_wait;
  request.answer_limit_bytes = google_play::k_bytes_most;
  request.headers.push_back({"Accept", "application/json"});
  const auto outcome = send(tokens, request, now);
  if (!outcome) return tl::unexpected(outcome.error());
  if (outcome->transport != http::Transport::answered) return cannot(http::error_of(request, *outcome, what).message);
  if (outcome->status != 200) return cannot_for(*outcome, google_play::refusal(*outcome, what));
  return parse_answer(*outcome, what);
}

Reading<http::Outcome> PlayReader::send(auth::GoogleTokens& tokens, http::Request request, Instant now) {
  const auto plain = request.headers;
  for (bool again = false;; again = true) {
    const auto token = tokens.bearer(now);
    if (!token) return cannot_sign_in(token.error());
    request.headers = plain;
    request.headers.push_back({"Authorization", "Bearer " + token->expose()});
    auto outcome = client_.read(request);
    if (outcome.status != 401 || again) return outcome;
    tokens.forget();
  }
}

std::shared_ptr<PlayReader> open_play_reader(PlayAccess access, http::Sleep sleep) {
  return std::make_shared<PlayReader>(std::move(access), std::move(sleep));
}

}  // namespace train::signals
