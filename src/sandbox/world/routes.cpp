// Which part of the world a request is for, and how it is asked.
#include <algorithm>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "http/json_text.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"
#include "world/prometheus.hpp"
#include "world/world.hpp"

namespace train::sandbox {
namespace {

constexpr std::size_t k_inbox_kept = 10'000;
constexpr std::string_view k_bearer = "Bearer ";

bool is_below(std::string_view path, std::string_view prefix) {
  return starts_with(path, prefix) && path.size() > prefix.size() && path[prefix.size()] == '/';
}

std::string_view bearer_of(const ServerRequest& request) {
  const auto at = request.headers.find("authorization");
  if (at == request.headers.end() || !starts_with(at->second, k_bearer)) return {};
  return trim(std::string_view(at->second).substr(k_bearer.size()));
}

bool is_read(const ServerRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

std::string_view scope_of(std::string_view path) {
  if (starts_with(path, "/play/v1beta1")) return k_scope_reporting;
  return starts_with(path, "/firebase") ? k_scope_remote_config : k_scope_publisher;
}

}  // namespace

Handled World::route(ServerRequest request, std::optional<Duration> age) {
  const auto path = request.path;
  if (is_below(path, "/app-store")) return ask_store(app_store_, std::move(request), "/app-store", age);
  if (is_below(path, "/play") || is_below(path, "/firebase")) {
    if (auto refusal = lacks_scope(request, path)) return answered(std::move(*refusal));
    if (is_below(path, "/firebase")) return ask_remote_config(std::move(request));
    return ask_store(play_, std::move(request), "/play", age);
  }
  if (path == "/oauth2/token") return answered(tokens_.issue(request, now_));
  if (path == "/prometheus/api/v1/query") {
    know_versions();
    return answered(answer_prometheus(request, metrics_, now_));
  }
  if (path == "/_sandbox/inbox") return receive_letter(request);
  return answered(plain_error(
      404,
      "There is nothing here. Served: /app-store/v1, /play/androidpublisher/v3, /play/v1beta1, /oauth2/token, "
      "/prometheus/api/v1/query, /firebase/v1, /_sandbox."));
}

Handled World::ask_store(Store& store, ServerRequest request, std::string_view prefix, std::optional<Duration> age) {
  request.path.erase(0, prefix.size());
  store.service->pass_time(now_);
  if (age && is_read(request)) {
    const auto then = now_ - *age;
    if (const auto past = store.past.as_of(then)) return answered(past->handle(request, then).response);
  }
  if (!is_read(request)) store.past.keep(*store.service, now_);
  return store.service->handle(request, now_);
}

// Google tells a token without the scope (403) apart from one that is no good (401, the store's own answer).
std::optional<ServerResponse> World::lacks_scope(const ServerRequest& request, std::string_view path) const {
  const auto token = bearer_of(request);
  if (!tokens_.verify_google(token, now_) || tokens_.has_scope(token, scope_of(path))) return std::nullopt;
  return google_error(403, "PERMISSION_DENIED",
                      fmt::format("Request had insufficient authentication scopes; needed: {}.", scope_of(path)));
}

Handled World::ask_remote_config(ServerRequest request) {
  if (const auto good = tokens_.verify_google(bearer_of(request), now_); !good) {
    return answered(google_error(401, "UNAUTHENTICATED",
                                 "Request had invalid authentication credentials: " + good.error().message + "."));
  }
  request.path.erase(0, std::string_view("/firebase").size());
  return remote_config_.handle(request);
}

Handled World::receive_letter(const ServerRequest& request) {
  const auto body = parse_json(request.body);
  if (!body) return answered(plain_error(400, "The inbox takes one JSON document."));
  const auto header = request.headers.find("x-train-event");
  const auto event = header == request.headers.end() ? std::string() : header->second;
  Handled handled;
  handled.response.content_type = "text/plain; charset=utf-8";
  handled.response.body = "ok";
  if (!event.empty() && !letters_seen_.insert(event).second) return handled;
  if (inbox_.size() >= k_inbox_kept) inbox_.pop_front();
  inbox_.push_back(InboxMessage{now_, event, request.body});
  handled.effect = true;
  handled.change = fmt::format("inbox/{}", event.empty() ? sha256_hex(request.body).substr(0, 12) : event);
  return handled;
}

void World::know_versions() {
  for (const auto* store : {&app_store_, &play_}) {
    for (const auto& report : store->service->report()) {
      for (const auto* side : {&report.live, &report.candidate}) {
        const auto version = *side ? VersionName::parse((*side)->version) : std::nullopt;
        if (version) metrics_.know(report.app, *version, now_);
      }
    }
  }
}

}  // namespace train::sandbox
