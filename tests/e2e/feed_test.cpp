// `watch` with a feed acts within a minute of what the store tells; and a definition with Apple's own signals is asked
// about by the real program.
#include <gmock/gmock.h>

#include <fstream>

#include "sandbox_fixture.hpp"
#include "train/auth/app_store_token.hpp"
#include "train/http/client.hpp"

namespace train::e2e {
namespace {

using testing::HasSubstr;

class Feed : public SandboxFixture {
 protected:
  std::string read(const std::filesystem::path& path) const {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void edit(const std::string& from, const std::string& to) const {
    auto text = read(directory_ / "train.yaml");
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in\n" << text;
    std::ofstream(directory_ / "train.yaml") << text.replace(at, from.size(), to);
  }

  Instant now() const { return *parse_rfc3339(control("GET", "clock").at("now").get<std::string>()); }

  Json app_store(http::Method method, const std::string& path, const Json& body) const {
    const auto& keys = sandbox_->credentials();
    auto tokens = auth::AppStoreTokens::create(
        {keys.app_store_key_id, keys.app_store_issuer_id, Secret(keys.app_store_private_key)});
    http::Request request;
    request.method = method;
    request.purpose = method == http::Method::get ? http::Purpose::read : http::Purpose::write;
    request.url = sandbox_->url() + "/app-store" + path;
    request.headers = {{"Authorization", "Bearer " + tokens->bearer(now())->expose()},
                       {"Content-Type", "application/json"}};
    if (!body.is_null()) request.body = body.dump();
    const auto seen = http::Client([](std::chrono::milliseconds) {}).send(request);
    EXPECT_LT(seen.status, 300) << seen.body;
    return Json::parse(seen.body, nullptr, false);
  }

  void add_webhook() const {
    const auto app = app_store(http::Method::get, "/v1/apps", nullptr).at("data").at(0).at("id");
    app_store(http::Method::post, "/v1/webhooks",
              {{"data",
                {{"type", "webhooks"},
                 {"attributes",
                  {{"enabled", true},
                   {"eventTypes", {"APP_STORE_VERSION_APP_VERSION_STATE_UPDATED"}},
                   {"name", "train"},
                   {"secret", "s"},
                   {"url", "https://ci.example.com/hook"}}},
                 {"relationships", {{"app", {{"data", {{"type", "apps"}, {"id", app}}}}}}}}}});
  }

  // When the first request with this method and path was made.
  std::optional<Instant> first_call(const std::string& method, const std::string& path) const {
    for (const auto& call : control("GET", "calls")) {
      if (call.at("method") == method && call.at("path").get<std::string>().find(path) != std::string::npos)
        return parse_rfc3339(call.at("at").get<std::string>());
    }
    return std::nullopt;
  }

  // In review, with looks that fall half an hour beside the end of it. What crashes ends the watch.
  Instant submit_and_watch() {
    EXPECT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
    sign_off();
    EXPECT_EQ(train_here({"advance", "-q"}).code, 0);
    const auto submitted = now();
    for (const auto* app : {"ios", "android"})
      control("POST", "health", {{"app", app}, {"version", "3.4.0"}, {"crash_rate", 0.5}});
    pass("30m");
    watched_ = train_here({"watch"});
    EXPECT_EQ(watched_.code, 3) << watched_.err;
    return submitted;
  }

  Ran watched_;
};

TEST_F(Feed, ShortensTheWaitForAReview) {
  edit("store: app_store", "store: app_store\n    webhook_feed: true");
  add_webhook();
  const auto submitted = submit_and_watch();
  EXPECT_THAT(watched_.err, HasSubstr("ios: version state IN_REVIEW → PENDING_DEVELOPER_RELEASE"));
  const auto released = first_call("POST", "/v1/appStoreVersionReleaseRequests");
  ASSERT_TRUE(released);
  EXPECT_LE(*released - submitted, Duration(24 * 3600 + 120));
}

TEST_F(Feed, WithoutOneTheHourDecides) {
  const auto submitted = submit_and_watch();
  const auto released = first_call("POST", "/v1/appStoreVersionReleaseRequests");
  ASSERT_TRUE(released);
  EXPECT_GE(*released - submitted, Duration(24 * 3600 + 1200)) << "else the test above shows nothing";
}

TEST_F(Feed, WithoutAWebhookItIsSaidAndTheClockDecides) {
  edit("store: app_store", "store: app_store\n    webhook_feed: true");
  submit_and_watch();
  EXPECT_THAT(watched_.err, HasSubstr("no news of ios: ios has no enabled webhook in App Store Connect"));
}

TEST_F(Feed, CheckAsksAppleForItsSignalsAndSaysWhereTheyDoNotApply) {
  edit("signals:\n",
       "signals:\n  stars: { source: app_store_reviews }\n  launch: { source: app_store_metrics, metric: launch, unit: "
       "ms }\n"
       "  beta: { source: app_store_metrics, metric: beta_crashes }\n");
  edit("gates:\n", "gates:\n  - { signal: stars, limit: 30% }\n");
  const auto ran = train_here({"check", "-o", "json"});
  const auto lines = Json::parse(ran.out);
  const auto text = lines.dump();
  EXPECT_THAT(text, HasSubstr("0 of 0 for 3.3.0 (one or two stars out of written reviews"));
  EXPECT_THAT(text, HasSubstr("900 ms for 3.3.0 (launchTime p90 on all_iphones, in ms, ± 18)"));
  EXPECT_THAT(text, HasSubstr("(TestFlight sessions only)"));
  EXPECT_THAT(text, HasSubstr("not measured here, only for ios: its gates ask nothing"));
  EXPECT_THAT(text, HasSubstr("its stages rise by crashes; not measured for it: stars"));
}

}  // namespace
}  // namespace train::e2e
