#include "ask.hpp"

#include <fmt/format.h>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

constexpr Duration k_clock_tolerance{600};  // a look over many signals may take some minutes
constexpr std::chrono::seconds k_longest_reset{60};

json parsed(const std::string& body) {
  return http::is_nested_within(body) ? json::parse(body, nullptr, false) : json();
}

// A text, or an object with one inside.
std::string words_inside(const json& value) {
  if (value.is_string()) return words_of(value);
  for (const char* name : {"message", "detail", "title", "error"}) {
    if (auto words = words_of(part(value, name)); !words.empty()) return words;
  }
  return {};
}

std::optional<std::chrono::seconds> reset_of(const http::Outcome& outcome, std::string_view header) {
  const auto value = header.empty() ? std::nullopt : outcome.header(header);
  if (!value || value->empty() || value->size() > 4) return std::nullopt;
  if (value->find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return std::chrono::seconds(std::stoi(std::string(*value)));
}

}  // namespace

http::Request get_from(std::string url) {
  http::Request request;
  request.url = std::move(url);
  return request;
}

http::Request post_json_to(std::string url, std::string body) {
  http::Request request;
  request.method = http::Method::post;  // a question with a body: it changes nothing, and may be asked again
  request.url = std::move(url);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  return request;
}

std::string words_of_error(const json& document) {
  for (const char* name : {"message", "error", "detail", "reason"}) {
    if (auto words = words_inside(part(document, name)); !words.empty()) return words;
  }
  const json& errors = part(document, "errors");
  if (errors.is_array() && !errors.empty()) return words_inside(errors[0]);
  if (errors.is_object() && !errors.empty()) return words_inside(*errors.begin());
  const json& results = part(document, "results");
  if (results.is_object()) {
    for (const auto& result : results) {
      if (auto words = words_inside(part(result, "error")); !words.empty()) return words;
    }
  }
  return {};
}

Asker::Asker(Provider provider, Link link) : provider_(provider), link_(std::move(link)), client_(link_.sleep) {}

Reading<json> Asker::ask(http::Request request, std::string_view what, Instant now) {
  request.purpose = http::Purpose::read;
  request.timeout = link_.timeout;
  request.connect_timeout = std::min(request.connect_timeout, link_.timeout);
  request.headers.push_back({"Accept", "application/json"});
  const auto outcome = send(request);
  if (outcome.transport != http::Transport::answered) {
    return cannot(fmt::format("{}: {}", what, http::error_of(request, outcome, provider_.name).message));
  }
  if (outcome.status != 200) return refusal(outcome, what);
  const auto theirs = http::date_of(outcome);
  if (theirs && std::chrono::abs(*theirs - now) > k_clock_tolerance) {
    return cannot(fmt::format("{}: the clock of {} and the one here are {} apart; set the one that is off", what,
                              provider_.name, format_duration(std::chrono::abs(*theirs - now))));
  }
  auto document = parsed(outcome.body);
  if (document.is_structured()) return document;
  return cannot(fmt::format("{}: {} answered something else than a JSON object: {}", what, provider_.name,
                            printable(outcome.body, 80)));
}

http::Outcome Asker::send(const http::Request& request) {
  auto outcome = client_.read(request);
  const auto reset = reset_of(outcome, provider_.reset_header);
  if (outcome.status != 429 || !reset || *reset > k_longest_reset) return outcome;
  if (link_.sleep) link_.sleep(*reset);
  return client_.read(request, 1);
}

tl::unexpected<Measurement> Asker::refusal(const http::Outcome& outcome, std::string_view what) const {
  std::string text = fmt::format("{}: {} answered {}", what, provider_.name, outcome.status);
  const json document = parsed(outcome.body);
  const std::string words = words_of_error(document);
  if (!words.empty()) text += " (" + printable(words, 300) + ")";
  if (const auto own = provider_.explain != nullptr ? provider_.explain(document) : std::nullopt) {
    text += ": " + own->hint;
    return own->rights ? unauthorized(text) : cannot(text);
  }
  const std::string hint = hint_of(outcome);
  return cannot_for(outcome, hint.empty() ? text : text + ": " + hint);
}

std::string Asker::hint_of(const http::Outcome& outcome) const {
  const int status = outcome.status;
  if (status >= 300 && status < 400) {
    const auto target = outcome.header("location");
    const std::string origin = target ? http::origin_of(*target) : std::string();
    return fmt::format("a redirect{} is not followed; check {}",
                       origin.empty() ? std::string() : " to " + printable(origin, 200), provider_.address);
  }
  if (status == 401) return fmt::format("the credentials were refused; check {}", provider_.credentials);
  if (status == 403) return fmt::format("reading this is not allowed; check {}", provider_.credentials);
  if (status == 404) return fmt::format("there is nothing of that name; check {}", provider_.address);
  if (status == 429) {
    const auto reset = reset_of(outcome, provider_.reset_header);
    return reset ? fmt::format("too many requests; it answers again in {}", format_duration(*reset))
                 : std::string("too many requests for now; it is asked again at the next look");
  }
  if (status >= 500) return fmt::format("{} has a problem of its own", provider_.name);
  return {};
}

}  // namespace train::signals
