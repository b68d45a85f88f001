#include "world/world.hpp"

#include <algorithm>

#include "train/base/text.hpp"
#include "world/altered_answer.hpp"

namespace train::sandbox {
namespace {

Parsed<ServerRequest> decoded(WireRequest&& wire) {
  const std::string_view target = wire.target;
  const auto mark = target.find('?');
  auto path = percent_decode(target.substr(0, mark), Plus::literal);
  auto query = parse_form(mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1));
  if (!path || !query || path->find('\0') != std::string::npos) {
    return tl::unexpected(BadRequest{400, "the target's percent-encoding is broken"});
  }
  ServerRequest request;
  request.method = std::move(wire.method);
  request.path = std::move(*path);
  request.query = std::move(*query);
  request.headers = std::move(wire.headers);
  request.body = std::move(wire.body);
  request.spooled = std::move(wire.spooled);
  return request;
}

bool is_letter(const ServerRequest& request) { return request.path == "/_sandbox/inbox" && request.method == "POST"; }

// Swallows a body as a store swallows a slice: what an upload's speed is measured against.
bool is_sink(const ServerRequest& request) { return request.path == "/_sandbox/sink" && request.method == "PUT"; }

constexpr std::uint64_t k_large_chunk_bytes = 4u << 20;

bool is_slice(const WireRequest& head) {
  return starts_with(head.target, "/app-store/upload/") || starts_with(head.target, "/_sandbox/sink");
}

// Each becomes a file; smaller chunks do not, because thousands of them may make up one build.
bool is_large_chunk(const WireRequest& head) {
  const auto framing = framing_of(head.headers);
  return starts_with(head.target, "/play/upload/") && framing && framing->length >= k_large_chunk_bytes;
}

ServerResponse swallowed(const ServerRequest& request) {
  ServerResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::to_string(request.body_bytes()) + " bytes\n";
  return response;
}

bool is_control(const ServerRequest& request) {
  const bool inside = request.path == "/" || request.path == "/_sandbox" || request.path.rfind("/_sandbox/", 0) == 0;
  return inside && !is_letter(request);
}

Delivery delivery_of(const std::optional<Fault>& fault) {
  if (!fault) return Delivery::whole;
  switch (fault->kind) {
    case Fault::Kind::drop_after_effect:
    case Fault::Kind::drop_before_effect:
      return Delivery::dropped;
    case Fault::Kind::half:
      return Delivery::half;
    case Fault::Kind::status:
    case Fault::Kind::delay:
    case Fault::Kind::stale:
    case Fault::Kind::html:
    case Fault::Kind::redirect:
    case Fault::Kind::empty:
    case Fault::Kind::legacy:
    case Fault::Kind::clock_skew:
    case Fault::Kind::budget:
    case Fault::Kind::lacks:
    case Fault::Kind::nulls:
    case Fault::Kind::cut_body:
      return Delivery::whole;
  }
  return Delivery::whole;
}

// As Apple tells what is left; at 0 it has refused.
void tell_budget(ServerResponse& response, int left) {
  auto& headers = response.headers;
  headers.erase(
      std::remove_if(headers.begin(), headers.end(), [](const auto& one) { return one.first == "X-Rate-Limit"; }),
      headers.end());
  headers.emplace_back("X-Rate-Limit", "user-hour-lim:3600;user-hour-rem:" + std::to_string(left) + ";");
}

// A budget that is spent refuses, as a fault of its own kind would.
std::optional<Fault> fault_of(const Struck& struck) {
  if (struck.fault || struck.budget != 0) return struck.fault;
  Fault refused;
  refused.kind = Fault::Kind::status;
  refused.status = 429;
  return refused;
}

constexpr std::size_t k_calls_kept = 200'000;

}  // namespace

std::vector<AppSetup> example_apps() {
  AppSetup ios;
  ios.name = "ios";
  ios.store = StoreKind::app_store;
  ios.store_id = "com.example.charge";
  ios.live = VersionName::parse("3.3.0");
  ios.live_build = BuildNumber::from(330);
  ios.uploaded = VersionName::parse("3.4.0");
  ios.uploaded_build = BuildNumber::from(340);
  ios.testers = {"internal-qa", "field-beta"};
  AppSetup android;
  android.name = "android";
  android.store = StoreKind::google_play;
  android.store_id = "com.example.charge";
  android.live = VersionName::parse("3.3.0");
  android.live_build = BuildNumber::from(330);
  return {ios, android};
}

World::World(const Options& options, const std::string& url, const MakeService& app_store, const MakeService& play)
    : apps_(options.apps.empty() ? example_apps() : options.apps),
      now_(options.start),
      tokens_(url + "/oauth2/token"),
      metrics_(options.chance) {
  // A token is judged by the present even when a read is answered from the past.
  const VerifyToken apple = [this](std::string_view token, Instant) {
    return tokens_.verify_app_store(token, now_ - clock_skew_);
  };
  const VerifyToken google = [this](std::string_view token, Instant) {
    return tokens_.verify_google(token, now_ - clock_skew_);
  };
  for (const auto& app : apps_) {
    if (app.live) metrics_.know(app.name, *app.live, now_);
    if (app.uploaded) metrics_.know(app.name, *app.uploaded, now_);
  }
  const ShareChanged listener = [this](const AppName& app, const VersionName& version, Percent share, Instant at) {
    metrics_.set_share(app, version, share, at);
  };
  app_store_.service = app_store(apps_, apple, options.seed, url + "/app-store", now_);
  play_.service = play(apps_, google, options.seed, url + "/play", now_);
  app_store_.service->set_share_listener(listener);
  play_.service->set_share_listener(listener);
  const UsageOf usage = [this](const AppName& app, const VersionName& version, Instant at) {
    return metrics_.usage(app, version, at);
  };
  app_store_.service->set_usage(usage);
  play_.service->set_usage(usage);
}

BodyPlan World::plan_body(const WireRequest& head) {
  BodyPlan plan;
  const bool slice = is_slice(head);
  if (head.method != "PUT" || (!slice && !is_large_chunk(head))) return plan;
  plan.into = BodyPlan::Into::spool;
  if (!slice) return plan;
  const std::lock_guard lock(mutex_);
  plan.cut_after = faults_.take_cut(head.method, head.target);
  if (plan.cut_after) calls_.push_back(RecordedCall{now_, head.method, head.target, 0, false, {}});
  return plan;
}

Reply World::serve(WireRequest&& wire) {
  const std::string target = wire.target;
  auto request = decoded(std::move(wire));
  Served served;
  if (!request) {
    served.reply.response.status = request.error().status;
    served.reply.response.content_type = "text/plain; charset=utf-8";
    served.reply.response.body = "The sandbox cannot read this request: " + request.error().why + ".\n";
  } else if (is_sink(*request)) {
    served.reply.response = swallowed(*request);
  } else if (is_control(*request)) {
    served.reply.response = control(request->method, target, request->body);
  } else {
    const auto number = ++requests_;
    call_hook(Moment::before_effect, number, *request);
    {
      const std::lock_guard lock(mutex_);
      served = serve_locked(*request, target);
    }
    wait(served.delay);
    call_hook(Moment::after_effect, number, *request);
  }
  // The store's Date tells a client how wrong its own clock is.
  served.reply.response.headers.emplace_back("Date", http_date(now() - served.clock_skew));
  return std::move(served.reply);
}

World::Served World::serve_locked(const ServerRequest& request, const std::string& target) {
  const auto struck = faults_.take(request.method, target);
  const auto fault = fault_of(struck);
  clock_skew_ = struck.clock_skew;
  Handled handled;
  if (fault && answers_itself(*fault)) {
    handled.response = fault_response(*fault, target);
  } else if (!fault || fault->kind != Fault::Kind::drop_before_effect) {
    const bool stale = fault && fault->kind == Fault::Kind::stale;
    handled = route(request, stale ? std::optional(fault->age) : std::nullopt);
    if (fault) alter_answer(*fault, handled.response);
  }
  if (struck.budget) tell_budget(handled.response, *struck.budget);
  Served served;
  served.delay = struck.delay;
  served.clock_skew = struck.clock_skew;
  served.reply.delivery = delivery_of(fault);
  record(request, target, served.reply.delivery == Delivery::dropped ? 0 : handled.response.status, handled);
  served.reply.response = std::move(handled.response);
  return served;
}

void World::record(const ServerRequest& request, const std::string& target, int status, const Handled& handled) {
  if (calls_.size() >= k_calls_kept) calls_.pop_front();
  calls_.push_back(RecordedCall{now_, request.method, target, status, handled.effect, handled.change});
}

void World::call_hook(Moment moment, std::uint64_t number, const ServerRequest& request) {
  std::shared_ptr<const Hook> hook;
  {
    const std::lock_guard lock(mutex_);
    hook = hook_;
  }
  if (hook) (*hook)(moment, number, request.method, request.path);
}

void World::wait(std::chrono::milliseconds delay) {
  if (delay.count() == 0) return;
  std::unique_lock lock(stop_mutex_);
  stop_.wait_for(lock, delay, [this] { return stopping_; });
}

void World::stop() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
}

Instant World::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void World::advance_to(Instant at) {
  const std::lock_guard lock(mutex_);
  advance_locked(at);
}

void World::advance_locked(Instant at) {
  now_ = std::max(now_, at);
  app_store_.service->pass_time(now_);
  play_.service->pass_time(now_);
}

void World::set_hook(Hook hook) {
  const std::lock_guard lock(mutex_);
  hook_ = hook ? std::make_shared<const Hook>(std::move(hook)) : nullptr;
}

}  // namespace train::sandbox
