// Numbers behind any URL that answers JSON.
#include <fmt/format.h>

#include "ask.hpp"
#include "descriptors.hpp"
#include "fill.hpp"
#include "json_pointer.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

constexpr Provider k_anywhere{"the server", "`token` and `headers`", "`url`", ""};
constexpr std::string_view k_form = "application/x-www-form-urlencoded";

bool looks_like_json(std::string_view body) {
  const auto text = trim(body);
  return !text.empty() && (text.front() == '{' || text.front() == '[');
}

// A body that is no JSON is a form, as that is the other one whose values have a way to be written.
Reading<std::string> fill_body(const std::string& body, const Subject& subject) {
  if (!looks_like_json(body)) return fill(body, subject, Into::address);
  auto filled = fill(body, subject, Into::json_text);
  if (filled && !json::accept(*filled)) return cannot("`body` is no JSON once its variables are filled in");
  return filled;
}

class HttpSource final : public SignalSource {
 public:
  HttpSource(Link link, Secret token, std::vector<std::pair<std::string, Secret>> headers)
      : asker_(k_anywhere, std::move(link)), token_(std::move(token)), headers_(std::move(headers)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const auto request = request_for(signal, subject);
    if (!request) return request.error();
    const auto document = asker_.ask(*request, http::describe(*request), subject.now);
    if (!document) return document.error();
    const auto at = end_of_count(*document, option_named(signal, "as_of"), subject);
    if (!at) return at.error();
    return measure_queries(
        signal, subject, "pointer leads nowhere in the answer",
        [&](const std::string& pointer, std::string_view) { return sample_at(*document, pointer, subject, *at); });
  }

 private:
  Reading<http::Request> request_for(const Signal& signal, const Subject& subject) const {
    const auto url = fill(signal.url, subject, Into::address);
    if (!url) return tl::unexpected(url.error());
    http::Request request = get_from(*url);
    const std::string body = option_named(signal, "body");
    if (option_named(signal, "method") == "POST") request.method = http::Method::post;
    if (!body.empty()) {
      auto filled = fill_body(body, subject);
      if (!filled) return tl::unexpected(filled.error());
      request.body = std::move(*filled);
      const std::string_view type = looks_like_json(body) ? "application/json" : k_form;
      request.headers.push_back({"Content-Type", std::string(type)});
    }
    if (!token_.empty()) request.headers.push_back({"Authorization", "Bearer " + token_.expose()});
    for (const auto& [name, secret] : headers_) request.headers.push_back({name, secret.expose()});
    return request;
  }

  static Reading<Instant> end_of_count(const json& document, const std::string& pointer, const Subject& subject) {
    if (pointer.empty()) return subject.end();
    const auto filled = fill(pointer, subject, Into::pointer);
    if (!filled) return tl::unexpected(filled.error());
    const json* found = find_at(document, *filled);
    if (found == nullptr || found->is_null()) return nothing_yet("the as_of pointer leads nowhere in the answer");
    return time_in(*found, "as_of");
  }

  Asker asker_;
  Secret token_;
  std::vector<std::pair<std::string, Secret>> headers_;
};

}  // namespace

std::unique_ptr<SignalSource> make_http_source(Link link, Secret token,
                                               std::vector<std::pair<std::string, Secret>> headers) {
  return std::make_unique<HttpSource>(std::move(link), std::move(token), std::move(headers));
}

namespace {

std::vector<KeyProblem> settle_http(Signal& signal, const WrittenKeys& written) {
  const bool body = written.count("body") != 0;
  auto& method = signal.options.try_emplace("method", body ? "POST" : "GET").first->second;
  if (!body || method != "GET") return {};
  return {{"method", "a GET has no body; leave `method` away, or write POST"}};
}

Result<std::vector<std::pair<std::string, Secret>>> headers_of(const Signal& signal, const Site& site) {
  std::vector<std::pair<std::string, Secret>> headers;
  for (const auto& [name, ref] : signal.secret_headers) {
    auto value = site.resolve(ref);
    if (!value) return tl::unexpected(value.error());
    headers.emplace_back(name, std::move(*value));
  }
  return headers;
}

Result<std::unique_ptr<SignalSource>> wire_http(const Signal& signal, const Site& site) {
  auto token = site.token(signal);
  if (!token) return tl::unexpected(token.error());
  auto headers = headers_of(signal, site);
  if (!headers) return tl::unexpected(headers.error());
  return make_http_source(site.link(), std::move(*token), std::move(*headers));
}

}  // namespace

Descriptor describe_http() {
  SignalKeys keys{"http",
                  {{.name = "url",
                    .kind = KeyKind::url,
                    .meaning = "the whole address, in which variables may stand",
                    .need = Need::required},
                   {.name = "method",
                    .kind = KeyKind::choice,
                    .meaning = "of the request",
                    .otherwise = "`POST` with a `body`, else `GET`",
                    .words = {"GET", "POST"}},
                   {.name = "headers", .kind = KeyKind::secret_headers, .meaning = "names to secrets"},
                   {.name = "token", .kind = KeyKind::secret, .meaning = "a secret: the bearer token"},
                   {.name = "body", .kind = KeyKind::query, .meaning = "JSON or a form, in which variables may stand"},
                   {.name = "as_of",
                    .meaning = "a JSON pointer to when the numbers end",
                    .otherwise = "now",
                    .fault = pointer_fault}}};
  keys.query_fault = pointer_fault;
  keys.settle = settle_http;
  return {std::move(keys), wire_http};
}

}  // namespace train::signals
