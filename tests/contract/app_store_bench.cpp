#include "app_store_bench.hpp"

#include <gtest/gtest.h>

#include "../../src/sandbox/http/keys.hpp"

namespace train::contract {

using sandbox::ServerRequest;
using sandbox::ServerResponse;

namespace {

constexpr std::string_view k_prefix = "/app-store";
constexpr std::string_view k_slice_prefix = "/app-store/upload/";

sandbox::AppSetup example() {
  sandbox::AppSetup setup;
  setup.name = "ios";
  setup.store_id = "com.example.charge";
  setup.live = VersionName::parse("3.3.0");
  setup.live_build = *BuildNumber::parse("330");
  setup.uploaded = VersionName::parse("3.4.0");
  setup.uploaded_build = *BuildNumber::parse("340");
  setup.testers = {"internal-qa", "field-beta"};
  return setup;
}

// "/app-store/v1/apps?limit=2" as the service sees it.
ServerRequest request_of(const sandbox::WireRequest& wire) {
  ServerRequest request;
  request.method = wire.method;
  request.headers = wire.headers;
  request.body = wire.body;
  request.spooled = wire.spooled;
  const auto question = wire.target.find('?');
  request.path = wire.target.substr(0, question).substr(k_prefix.size());
  if (question != std::string::npos) {
    request.query = sandbox::parse_form(wire.target.substr(question + 1)).value_or(sandbox::FormFields{});
  }
  return request;
}

ServerResponse plain(int status, std::string body) {
  ServerResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

bool happens(Fate fate) { return fate == Fate::lost_after_effect || fate == Fate::half || fate == Fate::stale; }

}  // namespace

AppStoreBench::AppStoreBench() : AppStoreBench(example()) {}

AppStoreBench::AppStoreBench(sandbox::AppSetup setup) : now_(std::chrono::seconds{1796029200}) {
  server_ = *sandbox::HttpServer::listen(0);
  app.endpoint = direct_url();
  app.release_notes = "notes/{version}/{locale}.txt";
  begin_anew(std::move(setup));
  server_->serve([this](sandbox::WireRequest&& request) { return handle(std::move(request)); },
                 [this](const sandbox::WireRequest& head) { return plan(head); });
}

std::string AppStoreBench::direct_url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port()) + std::string(k_prefix);
}

void AppStoreBench::stand_behind(const std::string& url) {
  app.endpoint = url;
  begin_anew();
}

void AppStoreBench::begin_anew() { begin_anew(example()); }

void AppStoreBench::begin_anew(sandbox::AppSetup setup) {
  app.name = setup.name;
  app.store_id = setup.store_id;
  std::get<AppStoreApp>(app.part).uses_non_exempt_encryption = false;
  const auto verify = [](std::string_view token, Instant) -> Result<Done> {
    // Three parts: signatures are the token room's test, and the sandbox's own.
    if (std::count(token.begin(), token.end(), '.') == 2) return Done{};
    return fail(ErrorKind::auth, "not a token");
  };
  const std::lock_guard lock(mutex_);
  past_.reset();
  frozen_.reset();
  dooms_.clear();
  service_ = sandbox::make_app_store_service({std::move(setup)}, verify, 7, app.endpoint, now_);
}

AppStoreBench::~AppStoreBench() { server_.reset(); }

Instant AppStoreBench::now() {
  const std::lock_guard lock(mutex_);
  return now_;
}

bool AppStoreBench::wait_until(Instant until) {
  const std::lock_guard lock(mutex_);
  now_ = std::max(now_, until);
  service_->pass_time(now_);
  return true;
}

std::unique_ptr<Store> AppStoreBench::store() {
  static const auto pem = sandbox::KeyPair::generate(sandbox::KeyType::p256).private_pem();
  auth::AppStoreKey key{"KEY1234567", "69a6de70-03db-47e3-e053-5b8c7c11a4d1", Secret(pem)};
  auto made = stores::make_app_store(
      {app, std::move(key), this, {}, [this](const std::string& sentence) { told.push_back(sentence); }});
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return made ? std::move(*made) : nullptr;
}

void AppStoreBench::doom(std::string method, std::string path_prefix, Fate fate, int times) {
  const std::lock_guard lock(mutex_);
  dooms_.push_back({std::move(method), std::move(path_prefix), fate, times});
}

std::optional<Fate> AppStoreBench::take_doom(const std::string& method, const std::string& path) {
  for (auto doom = dooms_.begin(); doom != dooms_.end(); ++doom) {
    if (doom->method != method || path.compare(0, doom->prefix.size(), doom->prefix) != 0) continue;
    const auto fate = doom->fate;
    if (--doom->times == 0) dooms_.erase(doom);
    return fate;
  }
  return std::nullopt;
}

sandbox::Reply AppStoreBench::handle(sandbox::WireRequest&& wire) {
  const std::lock_guard lock(mutex_);
  const auto request = request_of(wire);
  const auto fate = take_doom(request.method, request.path);
  sandbox::Reply reply;
  sandbox::Handled handled;
  if (!fate || happens(*fate)) {
    auto before = service_->clone();
    const bool is_list = request.method == "GET" &&
                         (request.path == "/v1/reviewSubmissions" || request.path.compare(0, 9, "/v1/apps/") == 0);
    auto& from = fate == Fate::stale && past_ ? *past_ : frozen_ && is_list ? *frozen_ : *service_;
    handled = from.handle(request, now_);
    if (handled.effect) past_ = std::move(before);
  }
  if (fate == Fate::server_error) {
    handled.response = plain(503, "<html>Service Unavailable</html>");
    handled.response.content_type = "text/html";
  }
  if (fate == Fate::unauthorized) {
    handled.response = plain(401, R"({"errors":[{"status":"401","code":"NOT_AUTHORIZED","title":"no"}]})");
  }
  if (fate == Fate::forbidden) {
    handled.response = plain(403, R"({"errors":[{"status":"403","code":"FORBIDDEN_ERROR","title":"no"}]})");
  }
  if (fate == Fate::lost_before_effect) handled.response.status = 0;  // nothing was answered
  if (fate == Fate::half) reply.delivery = sandbox::Delivery::half;
  if (fate == Fate::lost_after_effect || fate == Fate::lost_before_effect) {
    reply.delivery = sandbox::Delivery::dropped;
  }
  const auto body = request.spooled ? request.spooled->read(0, request.spooled->size()) : request.body;
  sent_.push_back({request.method, request.path, request.query, body, handled.response.status, handled.response.body,
                   handled.effect, handled.change});
  reply.response = std::move(handled.response);
  if (app.endpoint != direct_url()) send_slices_past_the_proxy(reply.response.body);
  return reply;
}

void AppStoreBench::send_slices_past_the_proxy(std::string& answer) const {
  const auto proxied = app.endpoint + "/upload/";
  for (auto at = answer.find(proxied); at != std::string::npos; at = answer.find(proxied, at + 1)) {
    answer.replace(at, app.endpoint.size(), direct_url());
  }
}

sandbox::BodyPlan AppStoreBench::plan(const sandbox::WireRequest& head) {
  sandbox::BodyPlan plan;
  if (head.target.compare(0, k_slice_prefix.size(), k_slice_prefix) != 0) return plan;
  plan.into = sandbox::BodyPlan::Into::spool;
  const std::lock_guard lock(mutex_);
  if (cuts_.empty()) return plan;
  plan.cut_after = cuts_.front();
  cuts_.pop_front();
  return plan;
}

void AppStoreBench::cut_slices(std::deque<std::optional<std::uint64_t>> after) {
  const std::lock_guard lock(mutex_);
  cuts_ = std::move(after);
}

std::size_t AppStoreBench::cuts_left() const {
  const std::lock_guard lock(mutex_);
  return cuts_.size();
}

void AppStoreBench::clear_dooms() {
  const std::lock_guard lock(mutex_);
  dooms_.clear();
}

bool AppStoreBench::review(bool approved, const std::string& version) {
  const std::lock_guard lock(mutex_);
  return service_->review(app.name, *VersionName::parse(version), approved, now_);
}

std::string AppStoreBench::person(const nlohmann::json& act) {
  const std::lock_guard lock(mutex_);
  auto with_app = act;
  with_app["app"] = app.name;
  const auto change = service_->person(with_app, now_);
  return change ? *change : change.error().message;
}

void AppStoreBench::use(sandbox::UsageOf usage) {
  const std::lock_guard lock(mutex_);
  service_->set_usage(std::move(usage));
  service_->pass_time(now_);
}

nlohmann::json AppStoreBench::request(http::Method method, const std::string& path, const nlohmann::json& body) {
  http::Client client([](std::chrono::milliseconds) {});
  http::Request request;
  request.method = method;
  request.url = app.endpoint + path;
  request.headers = {{"Authorization", "Bearer a.b.c"}, {"Accept", "application/json"}};
  if (!body.is_null()) {
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = body.dump();
  }
  const auto outcome = client.send(request);
  EXPECT_EQ(outcome.transport, http::Transport::answered) << request.url;
  EXPECT_LT(outcome.status, 300) << outcome.body;
  return outcome.body.empty() ? nlohmann::json() : nlohmann::json::parse(outcome.body, nullptr, false);
}

sandbox::AppReport AppStoreBench::report() {
  const std::lock_guard lock(mutex_);
  return service_->report().at(0);
}

std::vector<Sent> AppStoreBench::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

std::vector<std::string> AppStoreBench::changes() const {
  std::vector<std::string> out;
  for (const auto& one : sent()) {
    if (one.effect) out.push_back(one.change);
  }
  return out;
}

std::size_t AppStoreBench::writes() const {
  const auto all = sent();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const Sent& one) { return one.method != "GET"; }));
}

bool AppStoreBench::every_doom_came() const {
  const std::lock_guard lock(mutex_);
  return dooms_.empty();
}

void AppStoreBench::freeze_lists() {
  const std::lock_guard lock(mutex_);
  frozen_ = service_->clone();
}

void AppStoreBench::forget() {
  const std::lock_guard lock(mutex_);
  sent_.clear();
}

Candidate candidate(const std::string& version, const std::string& build) {
  return {*VersionName::parse(version), *BuildNumber::parse(build)};
}

const Notes& notes() {
  static const Notes texts{{"en-US", "Faster charging.\n"}, {"de-DE", "Schneller laden.\n"}};
  return texts;
}

}  // namespace train::contract
