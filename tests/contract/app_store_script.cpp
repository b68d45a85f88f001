#include "app_store_script.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "../../src/sandbox/http/keys.hpp"
#include "../../src/sandbox/http/message.hpp"
#include "train/stores/app_store.hpp"

namespace train::contract {
namespace {

auth::AppStoreKey scripted_key() {
  static const auto pem = sandbox::KeyPair::generate(sandbox::KeyType::p256).private_pem();
  return {"KEY1234567", "69a6de70-03db-47e3-e053-5b8c7c11a4d1", Secret(pem)};
}

}  // namespace

AppStoreScript::AppStoreScript() : now_(std::chrono::seconds{1796029200}) {
  server_ = *sandbox::HttpServer::listen(0);
  server_->serve([this](sandbox::WireRequest&& request) { return handle(std::move(request)); });
}

AppStoreScript::~AppStoreScript() { server_.reset(); }

Instant AppStoreScript::now() {
  const std::lock_guard lock(mutex_);
  return now_;
}

bool AppStoreScript::wait_until(Instant until) {
  const std::lock_guard lock(mutex_);
  now_ = std::max(now_, until);
  return true;
}

std::string AppStoreScript::endpoint() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

stores::app_store::Api AppStoreScript::api() {
  return stores::app_store::Api(endpoint(), *auth::AppStoreTokens::create(scripted_key()), *this);
}

std::unique_ptr<Store> AppStoreScript::store() {
  App app;
  app.name = "ios";
  app.store_id = "com.example.charge";
  app.endpoint = endpoint();
  auto made = stores::make_app_store({app, scripted_key(), this});
  EXPECT_TRUE(made);
  return std::move(*made);
}

void AppStoreScript::answer(ScriptedAnswer next) {
  const std::lock_guard lock(mutex_);
  answers_.push_back(std::move(next));
}

std::vector<AppStoreScript::Asked> AppStoreScript::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

sandbox::Reply AppStoreScript::handle(sandbox::WireRequest&& request) {
  const std::lock_guard lock(mutex_);
  asked_.push_back({request.method, request.target, request.headers["authorization"], now_});
  auto next = answers_.empty() ? ScriptedAnswer{} : answers_.front();
  if (answers_.size() > 1) answers_.pop_front();
  sandbox::Reply reply;
  reply.response.status = next.status;
  reply.response.body = std::move(next.body);
  reply.response.headers = std::move(next.headers);
  reply.response.headers.emplace_back("Date", sandbox::http_date(now_ + their_clock_));
  return reply;
}

}  // namespace train::contract
