// The client against the whole sandbox: tokens verified, faults on order, every call on record.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "train/ports/clock.hpp"
#include "train/sandbox/sandbox.hpp"
#include "train/stores/app_store.hpp"

namespace train::contract {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

class SandboxClock final : public Clock {
 public:
  explicit SandboxClock(sandbox::Sandbox& sandbox) : sandbox_(sandbox) {}
  Instant now() override { return sandbox_.now(); }
  bool wait_until(Instant until) override {
    if (until > sandbox_.now()) sandbox_.advance_to(until);
    return true;
  }

 private:
  sandbox::Sandbox& sandbox_;
};

class AppStoreInSandbox : public testing::Test {
 protected:
  AppStoreInSandbox() : sandbox_(*sandbox::Sandbox::start({})), clock_(*sandbox_) {}

  std::unique_ptr<Store> store(const std::string& key_id = {}) {
    const auto& keys = sandbox_->credentials();
    App app;
    app.name = "ios";
    app.store_id = "com.example.charge";
    app.endpoint = sandbox_->url() + "/app-store";
    auto made = stores::make_app_store({app,
                                        {key_id.empty() ? keys.app_store_key_id : key_id, keys.app_store_issuer_id,
                                         Secret(keys.app_store_private_key)},
                                        &clock_});
    return std::move(*made);
  }

  json control(const std::string& method, const std::string& path, const json& body = json::object()) {
    return json::parse(sandbox_->control(method, path, body.dump()).body, nullptr, false);
  }

  std::vector<std::string> changes() {
    std::vector<std::string> out;
    for (const auto& call : control("GET", "/_sandbox/calls")) {
      if (call["effect"] == true) out.push_back(call["change"]);
    }
    return out;
  }

  std::unique_ptr<sandbox::Sandbox> sandbox_;
  SandboxClock clock_;
  Candidate candidate_{*VersionName::parse("3.4.0"), *BuildNumber::parse("340")};
};

TEST_F(AppStoreInSandbox, ReleasesWithEveryAnswerLost) {
  const Notes notes{{"en-US", "Faster charging."}};
  const std::vector<std::function<Result<Done>(Store&)>> way{
      [&](Store& s) { return s.offers().version_records->create_version(candidate_); },
      [&](Store& s) { return s.offers().version_records->attach_build(candidate_); },
      [&](Store& s) { return s.offers().version_records->set_release_notes(candidate_, notes); },
      [&](Store& s) { return s.offers().review->submit(candidate_); },
      [&](Store& s) {
        clock_.wait_until(clock_.now() + 24h);
        return s.start_rollout(candidate_, Percent::whole(1), {});
      },
      [&](Store& s) {
        clock_.wait_until(clock_.now() + 10min);
        return s.offers().own_ladder->pause(candidate_);
      },
      [&](Store& s) { return s.complete(candidate_); }};
  for (const auto* method : {"POST", "PATCH"}) {
    control("POST", "/_sandbox/faults",
            {{"path", "/app-store/v1"}, {"method", method}, {"times", 99}, {"fault", "drop_after_effect"}});
  }
  for (const auto& step : way) {
    const auto done = step(*store());
    ASSERT_TRUE(done) << done.error().text();
  }
  const auto seen = changes();
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << testing::PrintToString(seen);
  const auto view = store()->observe(candidate_.version, Depth::full);
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_EQ(view->release->percent, k_percent_all);
  EXPECT_EQ(view->live->version.text(), "3.3.0");
}

TEST_F(AppStoreInSandbox, AForeignKeyIsRefused) {
  const auto view = store("OTHERKEY01")->observe(candidate_.version, Depth::summary);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().kind, ErrorKind::auth) << view.error().text();
}

}  // namespace
}  // namespace train::contract
