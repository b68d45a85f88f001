// The client against the built-in Google Play, over HTTP, with a place to look at and into every request.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "../../src/sandbox/sandbox.hpp"
#include "../../src/sandbox/world/service.hpp"
#include "../unit/sandbox/play_bundle_file.hpp"
#include "train/base/digest.hpp"
#include "train/sandbox/sandbox.hpp"
#include "train/stores/google_play.hpp"

namespace train::testing_play {

using Json = nlohmann::json;

struct SeenCall {
  sandbox::ServerRequest request;
  sandbox::Handled handled;
};

// What a test sees and does from inside the store.
struct Watch {
  std::vector<SeenCall> calls;
  std::function<void(sandbox::ServerRequest&, sandbox::Service& play, Instant now)> before;
  std::function<void(SeenCall&)> after;  // may change the answer
};

class WatchedPlay final : public sandbox::Service {
 public:
  WatchedPlay(std::unique_ptr<Service> inner, std::shared_ptr<Watch> watch)
      : inner_(std::move(inner)), watch_(std::move(watch)) {}

  std::unique_ptr<Service> clone() const override { return inner_->clone(); }
  void set_share_listener(sandbox::ShareChanged listener) override { inner_->set_share_listener(std::move(listener)); }
  void set_usage(sandbox::UsageOf usage) override { inner_->set_usage(std::move(usage)); }
  void pass_time(Instant now) override { inner_->pass_time(now); }
  sandbox::Handled handle(const sandbox::ServerRequest& request, Instant now) override {
    sandbox::ServerRequest changed = request;
    if (watch_->before) watch_->before(changed, *inner_, now);
    SeenCall call{request, inner_->handle(changed, now)};
    if (call.request.body.size() > 65536) call.request.body.clear();
    if (watch_->after) watch_->after(call);
    watch_->calls.push_back(call);
    return call.handled;
  }
  std::vector<sandbox::AppReport> report() const override { return inner_->report(); }
  bool review(const AppName& app, const VersionName& version, bool approved, Instant now) override {
    return inner_->review(app, version, approved, now);
  }
  Result<std::string> person(const Json& act, Instant now) override { return inner_->person(act, now); }

 private:
  std::unique_ptr<Service> inner_;
  std::shared_ptr<Watch> watch_;
};

class SandboxClock final : public Clock {
 public:
  explicit SandboxClock(sandbox::Sandbox& world) : world_(&world) {}
  Instant now() override { return world_->now(); }
  bool wait_until(Instant until) override {
    world_->advance_to(until);
    return true;
  }

 private:
  sandbox::Sandbox* world_;
};

struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "train-play-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
};

class GooglePlayStore : public testing::Test {
 protected:
  void SetUp() override {
    auto started = sandbox::start_with(
        options(), sandbox::make_app_store_service, [this](auto apps, auto verify, auto seed, auto url, auto start) {
          return std::make_unique<WatchedPlay>(sandbox::make_play_service(apps, verify, seed, url, start), watch);
        });
    ASSERT_TRUE(started) << started.error().message;
    world = std::move(*started);
    clock = std::make_unique<SandboxClock>(*world);
    store = new_client();
  }

  virtual sandbox::Options options() const { return {}; }

  std::unique_ptr<Store> new_client() { return std::move(*stores::make_google_play(make_settings())); }

  stores::GooglePlaySettings make_settings() {
    stores::GooglePlaySettings settings;
    settings.app.name = "android";
    settings.app.part = GooglePlayApp{};
    settings.app.store_id = "com.example.charge";
    settings.app.endpoint = endpoint.empty() ? world->url() + "/play" : endpoint;
    auto account = auth::parse_service_account(Secret(world->credentials().service_account_json));
    EXPECT_TRUE(account) << (account ? "" : account.error().message);
    settings.account = *account;
    settings.clock = clock.get();
    settings.kept_upload = kept_upload;
    settings.told = [this](const std::string& sentence) { told.push_back(sentence); };
    if (settings_hook) settings_hook(settings);
    return settings;
  }

  Upload bundle(const BundleFile& wanted = {}) {
    const std::filesystem::path file = folder.path / (wanted.version + ".aab");
    const std::string bytes = make_bundle(wanted);
    std::ofstream(file, std::ios::binary) << bytes;
    return {{*VersionName::parse(wanted.version), BuildNumber::from(wanted.code)}, file, sha256_hex(bytes)};
  }

  void fault(const std::string& method, const std::string& path, const std::string& fault, int times = 1) {
    const Json body = {{"path", path}, {"method", method}, {"times", times}, {"fault", fault}};
    const auto answer = world->control("POST", "/_sandbox/faults", body.dump());
    ASSERT_LT(answer.status, 300) << answer.body;
  }
  void review(bool approved = true, const std::string& version = "3.4.0") {
    const Json body = {{"app", "android"}, {"version", version}, {"outcome", approved ? "approved" : "rejected"}};
    const auto answer = world->control("POST", "/_sandbox/review", body.dump());
    ASSERT_LT(answer.status, 300) << answer.body;
  }
  // What changed in the store, in order.
  std::vector<std::string> changes() const {
    std::vector<std::string> all;
    for (const SeenCall& call : watch->calls) {
      if (call.handled.effect) all.push_back(call.handled.change);
    }
    return all;
  }
  std::size_t count(const std::string& method, const std::string& part) const {
    std::size_t seen = 0;
    for (const SeenCall& call : watch->calls) {
      seen += call.request.method == method && call.request.path.find(part) != std::string::npos ? 1 : 0;
    }
    return seen;
  }
  SeenRelease look(Depth how = Depth::full, const std::string& version = "3.4.0") {
    Sought sought(*VersionName::parse(version));
    if (sought.version == candidate.version) sought.builds = {candidate.build};
    const auto view = store->observe(sought, how);
    EXPECT_TRUE(view) << (view ? "" : view.error().text());
    return view && view->release ? *view->release : SeenRelease{};
  }
  // 3.4.0 rolling out at `percent`, reviewed.
  void roll_out(int percent) {
    ASSERT_TRUE(store->offers().uploads->upload_build(bundle()));
    const auto started = store->start_rollout(candidate, Percent::whole(percent), {{"en-US", "Faster."}});
    ASSERT_TRUE(started) << started.error().text();
    review();
  }

  std::string endpoint;               // empty: the store's own
  std::filesystem::path kept_upload;  // empty: nothing outlives a client
  std::function<void(stores::GooglePlaySettings&)> settings_hook;
  std::vector<std::string> told;
  std::shared_ptr<Watch> watch = std::make_shared<Watch>();
  std::unique_ptr<sandbox::Sandbox> world;
  std::unique_ptr<SandboxClock> clock;
  std::unique_ptr<Store> store;
  TemporaryFolder folder;
  Candidate candidate{*VersionName::parse("3.4.0"), BuildNumber::from(340)};
};

inline std::string text(const Result<Done>& result) { return result ? "done" : result.error().text(); }

}  // namespace train::testing_play
