// The endpoints that drive and show the sandbox: /_sandbox/….
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "http/json_text.hpp"
#include "train/base/text.hpp"
#include "world/world.hpp"

namespace train::sandbox {
namespace {

using nlohmann::json;

constexpr std::string_view k_prefix = "/_sandbox";
constexpr Instant k_latest{std::chrono::seconds{4'102'444'800}};  // 2100

json to_json(const std::optional<AppReport::Side>& side) {
  if (!side) return nullptr;
  return {{"version", side->version},
          {"build", side->build},
          {"state", side->state},
          {"percent", plain_number(side->percent)}};
}

ServerResponse usage(const Error& error) { return plain_error(400, error.message); }

// A member that is a number from 0 to `most`; absent stays absent.
Result<std::optional<double>> rate_member(const json& object, std::string_view name, double most) {
  const auto at = object.find(name);
  if (at == object.end()) return std::optional<double>();
  const double value = at->is_number() ? at->get<double>() : -1;
  if (!std::isfinite(value) || value < 0 || value > most) {
    return fail(ErrorKind::usage, fmt::format("\"{}\" must be a number from 0 to {}.", name, most));
  }
  return std::optional(value);
}

Result<Done> read_signals(const json& object, HealthChange& change) {
  const auto at = object.find("signals");
  if (at == object.end()) return Done{};
  if (!at->is_object() || at->size() > 100) return fail(ErrorKind::usage, "\"signals\" must be {name: rate}.");
  for (const auto& [name, value] : at->items()) {
    const auto rate = rate_member(*at, name, 1e12);
    if (!rate) return tl::unexpected(rate.error());
    change.signals[name] = **rate;
  }
  return Done{};
}

Result<HealthChange> read_health(const json& object) {
  HealthChange change;
  const auto crash = rate_member(object, "crash_rate", 1);
  const auto payment = rate_member(object, "payment_failure_rate", 1);
  const auto response = rate_member(object, "response_p95", 1e6);
  for (const auto* read : {&crash, &payment, &response}) {
    if (!*read) return tl::unexpected(read->error());
  }
  change.crash_rate = *crash;
  change.payment_failure_rate = *payment;
  change.response_p95 = *response;
  if (object.contains("silent")) {
    if (!object["silent"].is_boolean()) return fail(ErrorKind::usage, "\"silent\" must be true or false.");
    change.silent = object["silent"].get<bool>();
  }
  if (const auto good = read_signals(object, change); !good) return tl::unexpected(good.error());
  return change;
}

struct Subject {
  AppName app;
  VersionName version;
};
Result<Subject> read_subject(const json& object) {
  const auto app = text_member(object, "app");
  const auto version = VersionName::parse(text_member(object, "version").value_or(""));
  if (!app || !version)
    return fail(ErrorKind::usage, "\"app\" and \"version\" must be given, as in \"android\", \"3.4.0\".");
  return Subject{*app, *version};
}

Result<Instant> read_clock(std::string_view body, Instant now) {
  const auto object = parse_object(body, {"advance", "to"});
  if (!object) return tl::unexpected(object.error());
  const auto length = parse_duration(text_member(*object, "advance").value_or(""));
  const auto to = parse_rfc3339(text_member(*object, "to").value_or(""));
  if (object->size() != 1 || (!length && !to)) {
    return fail(ErrorKind::usage, R"(Either {"advance":"6h"} or {"to":"2026-12-01T09:00:00Z"} is wanted.)");
  }
  const auto at = length ? now + *length : *to;
  if (at < now)
    return fail(ErrorKind::usage, fmt::format("The clock is at {} and never goes back.", format_rfc3339(now)));
  if (at > k_latest) return fail(ErrorKind::usage, "The clock ends in 2100.");
  return at;
}

ServerResponse index() {
  return json_response(200, {{"endpoints",
                              {"GET /_sandbox/state", "GET /_sandbox/calls", "GET|POST /_sandbox/clock",
                               "GET|POST|DELETE /_sandbox/faults", "POST /_sandbox/health", "POST /_sandbox/review",
                               "POST /_sandbox/person", "GET|POST /_sandbox/inbox", "PUT /_sandbox/sink"}}});
}

ServerResponse wrong_method(std::string_view allowed) {
  auto response = plain_error(405, fmt::format("Allowed here: {}.", allowed));
  response.headers.emplace_back("Allow", std::string(allowed));
  return response;
}

}  // namespace

ServerResponse World::control(std::string_view method, std::string_view target, std::string_view body) {
  auto path = target.substr(0, target.find('?'));
  if (starts_with(path, k_prefix)) path.remove_prefix(k_prefix.size());
  const std::lock_guard lock(mutex_);
  return control_locked(method, path, body);
}

ServerResponse World::control_locked(std::string_view method, std::string_view path, std::string_view body) {
  const bool get = method == "GET";
  const bool post = method == "POST";
  if (path.empty() || path == "/") return get ? index() : wrong_method("GET");
  if (path == "/state") return get ? state() : wrong_method("GET");
  if (path == "/calls") return get ? calls() : wrong_method("GET");
  if (path == "/clock") return get || post ? clock(method, body) : wrong_method("GET, POST");
  if (path == "/faults") return faults(method, body);
  if (path == "/health") return post ? health(body) : wrong_method("POST");
  if (path == "/review") return post ? review(body) : wrong_method("POST");
  if (path == "/person") return post ? person(body) : wrong_method("POST");
  if (path == "/inbox" && get) return inbox();
  if (path == "/inbox" && post) {
    ServerRequest request;
    request.body = std::string(body);
    return receive_letter(request).response;
  }
  if (path == "/inbox") return wrong_method("GET, POST");
  return plain_error(404, "There is no such endpoint; GET /_sandbox lists them.");
}

ServerResponse World::state() const {
  json all = json::object();
  for (const auto* store : {&app_store_, &play_}) {
    for (const auto& report : store->service->report()) {
      json versions = json::array();
      for (const auto& side : report.versions) versions.push_back(to_json(side));
      all[report.app] = {
          {"live", to_json(report.live)}, {"candidate", to_json(report.candidate)}, {"versions", std::move(versions)}};
    }
  }
  return json_response(200, all);
}

ServerResponse World::calls() const {
  json all = json::array();
  for (const auto& call : calls_) {
    all.push_back({{"at", format_rfc3339(call.at)},
                   {"method", call.method},
                   {"path", call.target},
                   {"status", call.status},
                   {"effect", call.effect},
                   {"change", call.change}});
  }
  return json_response(200, all);
}

ServerResponse World::inbox() const {
  json all = json::array();
  for (const auto& message : inbox_) {
    all.push_back({{"at", format_rfc3339(message.at)},
                   {"event", message.event},
                   {"body", json::parse(message.body, nullptr, false)}});
  }
  return json_response(200, all);
}

ServerResponse World::clock(std::string_view method, std::string_view body) {
  if (method == "POST") {
    const auto at = read_clock(body, now_);
    if (!at) return usage(at.error());
    advance_locked(*at);
  }
  return json_response(200, {{"now", format_rfc3339(now_)}});
}

ServerResponse World::faults(std::string_view method, std::string_view body) {
  if (method == "POST") {
    auto fault = parse_fault(body);
    if (!fault) return usage(fault.error());
    if (const auto added = faults_.add(std::move(*fault)); !added) return plain_error(429, added.error().message);
  } else if (method == "DELETE") {
    faults_.clear();
  } else if (method != "GET") {
    return wrong_method("GET, POST, DELETE");
  }
  json all = json::array();
  for (const auto& fault : faults_.all()) all.push_back(sandbox::to_json(fault));
  return json_response(200, all);
}

ServerResponse World::health(std::string_view body) {
  const auto object =
      parse_object(body, {"app", "version", "crash_rate", "payment_failure_rate", "response_p95", "silent", "signals"});
  if (!object) return usage(object.error());
  const auto subject = read_subject(*object);
  if (!subject) return usage(subject.error());
  if (store_of(subject->app) == nullptr)
    return plain_error(404, fmt::format("There is no app \"{}\" here.", subject->app));
  const auto change = read_health(*object);
  if (!change) return usage(change.error());
  metrics_.change(subject->app, subject->version, *change, now_);
  return json_response(200, *object);
}

ServerResponse World::review(std::string_view body) {
  const auto object = parse_object(body, {"app", "version", "outcome"});
  if (!object) return usage(object.error());
  const auto subject = read_subject(*object);
  if (!subject) return usage(subject.error());
  const auto outcome = text_member(*object, "outcome").value_or("");
  if (outcome != "approved" && outcome != "rejected")
    return plain_error(400, R"("outcome" is "approved" or "rejected".)");
  auto* store = store_of(subject->app);
  if (store == nullptr) return plain_error(404, fmt::format("There is no app \"{}\" here.", subject->app));
  store->past.keep(*store->service, now_);
  if (!store->service->review(subject->app, subject->version, outcome == "approved", now_)) {
    return plain_error(409, fmt::format("{} {} is not in review.", subject->app, subject->version.text()));
  }
  return json_response(200, *object);
}

ServerResponse World::person(std::string_view body) {
  const auto act = parse_json(body);
  if (!act || !act->is_object()) return plain_error(400, "The body must be one JSON object.");
  auto* store = store_of(text_member(*act, "app").value_or(""));
  if (store == nullptr) return plain_error(404, "\"app\" must name an app of this sandbox.");
  store->past.keep(*store->service, now_);
  const auto change = store->service->person(*act, now_);
  if (!change) return plain_error(409, change.error().message);
  return json_response(200, {{"change", *change}});
}

World::Store* World::store_of(const AppName& app) {
  const auto at = std::find_if(apps_.begin(), apps_.end(), [&](const AppSetup& setup) { return setup.name == app; });
  if (at == apps_.end()) return nullptr;
  switch (at->store) {
    case StoreKind::app_store:
      return &app_store_;
    case StoreKind::google_play:
      return &play_;
  }
  return nullptr;
}

}  // namespace train::sandbox
