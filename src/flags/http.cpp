// Flags behind one URL: GET reads, `method` sets.
#include <array>

#include "descriptors.hpp"
#include "train/base/text.hpp"
#include "train/flags/providers.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

constexpr std::size_t k_value_limit_bytes = 64 * 1024;

std::optional<http::Method> writing_method(std::string_view name) {
  constexpr std::array k_writing = {http::Method::put, http::Method::post, http::Method::patch};
  for (const http::Method method : k_writing) {
    if (to_string(method) == name) return method;
  }
  return std::nullopt;
}

class HttpProvider final : public FlagProvider {
 public:
  HttpProvider(http::Sleep sleep, std::map<std::string, Secret> secrets)
      : client_(std::move(sleep)), secrets_(std::move(secrets)) {}

  Result<std::string> get(const Flag& flag) override {
    const http::Request request = request_for(flag, http::Method::get);
    const http::Outcome outcome = client_.read(request);
    const bool answered = outcome.transport == http::Transport::answered && outcome.status == 200;
    if (answered) {
      if (auto value = value_of(outcome.body)) return *value;
    }
    return tl::unexpected(http::error_of(request, outcome, "Reading the flag " + flag.name));
  }

  Result<Done> set(const Flag& flag, const std::string& value) override {
    const auto method = writing_method(flag.method);
    if (!method) {
      return fail(ErrorKind::definition,
                  "The flag " + flag.name + " cannot be set with the method " + printable(flag.method, 20) + ".",
                  "Allowed are PUT, POST and PATCH.");
    }
    http::Request request = request_for(flag, *method);
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = json_of_text(value);
    request.purpose = http::Purpose::write;
    const http::Outcome outcome = client_.send(request);
    const Error error = http::error_of(request, outcome, "Setting the flag " + flag.name);
    switch (http::effect_of(outcome)) {
      case http::Effect::applied:
        return conclude_by_reading_back(*this, flag, value, std::nullopt);
      case http::Effect::applied_unseen:
      case http::Effect::ambiguous:
        return conclude_by_reading_back(*this, flag, value, error);
      case http::Effect::not_applied:
        break;
    }
    return tl::unexpected(error);
  }

 private:
  // A JSON text, number, true or false; or plain text on one line. Not a page, a list or an object.
  static std::optional<std::string> value_of(std::string_view body) {
    const std::string_view text = trim(body);
    if (auto value = text_of_json(text)) return value;
    const bool is_something_else = text.empty() || text == "null" || text.front() == '<' || text.front() == '{' ||
                                   text.front() == '[' || text.front() == '"' ||
                                   text.find('\n') != std::string_view::npos;
    if (is_something_else) return std::nullopt;
    return std::string(text);
  }

  http::Request request_for(const Flag& flag, http::Method method) const {
    http::Request request;
    request.method = method;
    request.url = flag.url;
    request.answer_limit_bytes = k_value_limit_bytes;
    for (const auto& [name, secret] : secrets_) request.headers.push_back({name, secret.expose()});
    return request;
  }

  http::Client client_;
  std::map<std::string, Secret> secrets_;
};

}  // namespace

std::unique_ptr<FlagProvider> make_http_provider(http::Sleep sleep, std::map<std::string, Secret> secrets) {
  return std::make_unique<HttpProvider>(std::move(sleep), std::move(secrets));
}

namespace {

Result<std::vector<std::string>> http_addresses(const Flag& flag, const Site&) {
  return std::vector<std::string>{flag.url};
}

Result<std::unique_ptr<FlagProvider>> wire_http(const Flag& flag, const Site& site) {
  std::map<std::string, Secret> headers;
  for (const auto& [name, ref] : flag.secret_headers) {
    auto value = site.resolve(ref);
    if (!value) return tl::unexpected(value.error());
    headers[name] = std::move(*value);
  }
  return make_http_provider(site.sleep, std::move(headers));
}

}  // namespace

Descriptor describe_http() {
  FlagKeys keys{"http",
                {{.name = "url", .kind = KeyKind::url, .meaning = "GET reads, `method` sets", .need = Need::required},
                 {.name = "method",
                  .kind = KeyKind::choice,
                  .meaning = "what sets",
                  .fallback = "PUT",
                  .words = {"PUT", "POST", "PATCH"}},
                 {.name = "headers", .kind = KeyKind::secret_headers, .meaning = "names to secrets"}}};
  return {std::move(keys), wire_http, http_addresses};
}

}  // namespace train::flags
