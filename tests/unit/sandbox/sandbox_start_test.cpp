// The whole sandbox with its real stores, as a client with the handed-out credentials meets it.
#include "../../../src/sandbox/http/keys.hpp"
#include "sandbox_fakes.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::testbed {
namespace {

using nlohmann::json;

std::string jwt_of(const json& header, const json& claims, const std::string& pem) {
  const auto signed_part = base64url(header.dump()) + "." + base64url(claims.dump());
  return signed_part + "." + base64url(KeyPair::from_pem(pem)->sign(signed_part));
}

class Started : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = Sandbox::start({});
    ASSERT_TRUE(started.has_value()) << started.error().text();
    sandbox_ = std::move(*started);
  }

  std::int64_t seconds() const { return sandbox_->now().time_since_epoch().count(); }

  HeaderList apple() const {
    const auto& keys = sandbox_->credentials();
    const json claims = {{"iss", keys.app_store_issuer_id},
                         {"iat", seconds() - 60},
                         {"exp", seconds() + 600},
                         {"aud", "appstoreconnect-v1"}};
    return {{"Authorization", "Bearer " + jwt_of({{"alg", "ES256"}, {"kid", keys.app_store_key_id}}, claims,
                                                 keys.app_store_private_key)}};
  }

  HeaderList google() const {
    const auto account = json::parse(sandbox_->credentials().service_account_json);
    const json claims = {{"iss", account["client_email"]},
                         {"scope", "https://www.googleapis.com/auth/androidpublisher"},
                         {"aud", account["token_uri"]},
                         {"iat", seconds()},
                         {"exp", seconds() + 3600}};
    const auto assertion = jwt_of({{"alg", "RS256"}}, claims, account["private_key"].get<std::string>());
    const auto issued = ask(*sandbox_, "POST", "/oauth2/token",
                            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion);
    return {{"Authorization", "Bearer " + issued.json()["access_token"].get<std::string>()}};
  }

  std::unique_ptr<Sandbox> sandbox_;
};

TEST_F(Started, ShowsTheExamplesApps) {
  const auto state = ask(*sandbox_, "GET", "/_sandbox/state").json();
  for (const auto* app : {"ios", "android"}) {
    SCOPED_TRACE(app);
    EXPECT_EQ(state[app]["live"]["version"], "3.3.0");
    EXPECT_EQ(state[app]["live"]["build"], "330");
    EXPECT_EQ(state[app]["live"]["percent"], 100);
    EXPECT_TRUE(state[app]["candidate"].is_null()) << state[app].dump();
  }
}

TEST_F(Started, TheAppStoreTakesItsTokensAndNoOthers) {
  const std::string target = "/app-store/v1/apps?filter%5BbundleId%5D=com.example.charge";
  const auto seen = ask(*sandbox_, "GET", target, "", apple());
  ASSERT_EQ(seen.status, 200) << seen.body;
  std::vector<std::string> found;
  const auto document = seen.json();
  for (const auto& app : document["data"]) found.push_back(app["attributes"]["bundleId"]);
  ASSERT_GT(found.size(), 2u) << "Apple's filter finds parts of bundle ids: " << seen.body;
  EXPECT_EQ(found.back(), "com.example.charge");
  const auto refused = ask(*sandbox_, "GET", target, "", {{"Authorization", "Bearer e30.e30.AAAA"}});
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.json()["errors"][0]["code"], "NOT_AUTHORIZED");
  EXPECT_EQ(ask(*sandbox_, "GET", target).status, 401);
  const auto early = apple();
  sandbox_->advance_to(sandbox_->now() + std::chrono::minutes(10));
  EXPECT_EQ(ask(*sandbox_, "GET", target, "", early).status, 401) << "expired by the sandbox's clock";
}

TEST_F(Started, GooglePlayTakesItsTokensAndNoOthers) {
  const std::string target = "/play/androidpublisher/v3/applications/com.example.charge/edits";
  const auto seen = ask(*sandbox_, "POST", target, "{}", google());
  ASSERT_EQ(seen.status, 200) << seen.body;
  EXPECT_TRUE(seen.json()["id"].is_string());
  const auto refused = ask(*sandbox_, "POST", target, "{}", {{"Authorization", "Bearer ya29.mine"}});
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.json()["error"]["status"], "UNAUTHENTICATED");
  EXPECT_FALSE(calls_of(*sandbox_)[1]["effect"].get<bool>()) << "an open edit is not yet an effect";
}

TEST_F(Started, TheUploadGoesToTheSandboxItself) {
  const auto bearer = google();
  const std::string edits = "/androidpublisher/v3/applications/com.example.charge/edits";
  const auto edit = ask(*sandbox_, "POST", "/play" + edits, "{}", bearer).json()["id"].get<std::string>();
  auto headers = bearer;
  headers.emplace_back("X-Upload-Content-Type", "application/octet-stream");
  const auto begun =
      ask(*sandbox_, "POST", "/play/upload" + edits + "/" + edit + "/bundles?uploadType=resumable", "", headers);
  ASSERT_EQ(begun.status, 200) << begun.body;
  const auto location = begun.headers.at("Location");
  ASSERT_EQ(location.rfind(sandbox_->url() + "/play/upload/", 0), 0u) << location;
  const auto bundle = example_bundle("com.example.charge", 340, "3.4.0");
  auto range = bearer;
  range.emplace_back("Content-Range",
                     "bytes 0-" + std::to_string(bundle.size() - 1) + "/" + std::to_string(bundle.size()));
  const auto sent = ask(*sandbox_, "PUT", location.substr(sandbox_->url().size()), bundle, range);
  EXPECT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(sent.json()["versionCode"], 340);
}

TEST_F(Started, TheLiveVersionsServeEverybody) {
  sandbox_->advance_to(sandbox_->now() + std::chrono::hours(24));
  for (const auto* app : {"ios", "android"}) {
    const auto seen = ask(
        *sandbox_, "GET",
        std::string("/prometheus/api/v1/query?query=sum(app_sessions_total{app=\"") + app + "\",version=\"3.3.0\"})");
    EXPECT_EQ(seen.json()["data"]["result"][0]["value"][1], "100000") << app;
  }
}

}  // namespace
}  // namespace train::sandbox::testbed
