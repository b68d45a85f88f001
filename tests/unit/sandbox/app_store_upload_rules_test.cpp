// The rules by which the built-in App Store takes a build.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "app_store_world.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::sandbox {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

struct Arrived {
  int status = 0;
  std::string body;
};

class UploadWorld : public AppStoreWorld {
 public:
  explicit UploadWorld(std::string bytes = example_archive("com.example.charge", "341", "3.4.0", 1u << 20))
      : bytes_(std::move(bytes)) {}

  Seen reserve(const std::string& version = "3.4.0", const std::string& build = "341") {
    auto seen =
        send("POST", "/v1/buildUploads",
             resource("buildUploads",
                      {{"cfBundleShortVersionString", version}, {"cfBundleVersion", build}, {"platform", "IOS"}},
                      {{"app", "apps", app_id()}}));
    upload_ = seen.id();
    return seen;
  }
  Seen describe() {
    auto seen = send(
        "POST", "/v1/buildUploadFiles",
        resource(
            "buildUploadFiles",
            {{"assetType", "ASSET"}, {"fileName", "Charge.ipa"}, {"fileSize", bytes_.size()}, {"uti", "com.apple.ipa"}},
            {{"buildUpload", "buildUploads", upload_}}));
    file_ = seen.id();
    orders_ = seen.body["data"]["attributes"]["uploadOperations"];
    return seen;
  }
  // One slice as it was ordered, but for what `spoil` does to it.
  Arrived put(std::size_t at, const std::function<void(ServerRequest&)>& spoil = {}) {
    const auto& order = orders_.at(at);
    ServerRequest request;
    request.method = "PUT";
    const auto url = order["url"].get<std::string>();
    const auto path = url.substr(url.find("/upload/"));
    request.path = path.substr(0, path.find('?'));
    request.query = {{"partNumber", path.substr(path.find('=') + 1)}};
    for (const auto& header : order["requestHeaders"]) {
      auto name = header["name"].get<std::string>();
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      request.headers[name] = header["value"].get<std::string>();
    }
    request.body = bytes_.substr(order["offset"].get<std::size_t>(), order["length"].get<std::size_t>());
    if (spoil) spoil(request);
    const auto handled = service->handle(request, now);
    EXPECT_FALSE(handled.effect) << "a slice changes nothing until it is committed";
    return {handled.response.status, handled.response.body};
  }
  void put_all() {
    for (std::size_t i = 0; i < orders_.size(); ++i) EXPECT_EQ(put(i).status, 200);
  }
  Seen commit(const json& attributes = {{"uploaded", true}}) {
    return send("PATCH", "/v1/buildUploadFiles/" + file_, resource("buildUploadFiles", attributes, {}, file_));
  }
  Seen deliver() {
    reserve();
    describe();
    put_all();
    return commit();
  }
  json upload() { return send("GET", "/v1/buildUploads/" + upload_, nullptr, {{"include", "build"}}).body; }
  std::string state_of_upload() { return upload()["data"]["attributes"]["state"]["state"]; }
  std::string first_error() { return upload()["data"]["attributes"]["state"]["errors"].at(0)["code"]; }

  std::string upload_;
  std::string file_;
  json orders_;
  std::string bytes_;
};

TEST(AppStoreUploadRules, HooksHearOfIt) {
  UploadWorld world;
  const auto hook = world
                        .send("POST", "/v1/webhooks",
                              resource("webhooks",
                                       {{"enabled", true},
                                        {"eventTypes", {"BUILD_UPLOAD_STATE_UPDATED"}},
                                        {"name", "train"},
                                        {"secret", "s"},
                                        {"url", "https://ci.example.com/hook"}},
                                       {{"app", "apps", world.app_id()}}))
                        .id();
  world.reserve();
  world.describe();
  world.put_all();
  world.commit();
  world.pass(2min);
  const auto seen = world.send("GET", "/v1/webhooks/" + hook + "/deliveries", nullptr, {{"include", "event"}}).body;
  std::vector<std::string> told;
  for (const auto& event : seen.at("included")) {
    const auto payload = json::parse(event.at("attributes").at("payload").get<std::string>()).at("data");
    EXPECT_EQ(payload.at("type"), "buildUploadStateUpdated");
    told.push_back(payload.at("attributes").at("newState").get<std::string>());
  }
  EXPECT_THAT(told, testing::UnorderedElementsAre("PROCESSING", "COMPLETE"));
}

TEST(AppStoreUploadRules, AnUploadIsCheckedBecomesABuildAndIsValidAfterAQuarterOfAnHour) {
  UploadWorld world;
  EXPECT_EQ(world.reserve().change, "app-store/3.4.0 build 341 upload reserved");
  EXPECT_EQ(world.state_of_upload(), "AWAITING_UPLOAD");
  EXPECT_EQ(world.describe().status, 201);
  EXPECT_EQ(world.orders_.size(), 8u);
  world.put_all();
  const auto committed = world.commit();
  EXPECT_EQ(committed.status, 200);
  EXPECT_EQ(committed.change, "app-store/3.4.0 build 341 uploaded");
  EXPECT_EQ(world.state_of_upload(), "PROCESSING");
  EXPECT_EQ(world.build_id("341"), "") << "a build is not listed at once";
  world.pass(2min);
  EXPECT_EQ(world.state_of_upload(), "COMPLETE");
  const auto build = world.build_id("341");
  EXPECT_EQ(world.upload()["data"]["relationships"]["build"]["data"]["id"], build);
  EXPECT_EQ(world.send("GET", "/v1/builds/" + build).attribute("processingState"), "\"PROCESSING\"");
  world.pass(13min);
  EXPECT_EQ(world.send("GET", "/v1/builds/" + build).attribute("processingState"), "\"VALID\"");
}

TEST(AppStoreUploadRules, TheSlicesAreTheWholeFileOnce) {
  UploadWorld world;
  world.reserve();
  world.describe();
  std::uint64_t reached = 0;
  for (const auto& order : world.orders_) {
    EXPECT_EQ(order["offset"], reached);
    EXPECT_EQ(order["method"], "PUT");
    EXPECT_EQ(order["expiration"], "2026-12-01T09:00:00Z");
    reached += order["length"].get<std::uint64_t>();
  }
  EXPECT_EQ(reached, world.bytes_.size());
}

struct Spoilt {
  std::string name;
  std::function<void(ServerRequest&)> how;
  int status;
  std::string says;
};
void PrintTo(const Spoilt& row, std::ostream* out) { *out << row.name; }

class AppStoreSliceRules : public testing::TestWithParam<Spoilt> {};

TEST_P(AppStoreSliceRules, RefuseWhatWasNotOrdered) {
  UploadWorld world;
  world.reserve();
  world.describe();
  const auto refused = world.put(2, GetParam().how);
  EXPECT_EQ(refused.status, GetParam().status);
  EXPECT_THAT(refused.body, HasSubstr(GetParam().says));
  for (std::size_t i = 0; i < world.orders_.size(); ++i) {
    if (i == 2) continue;
    EXPECT_EQ(world.put(i).status, 200);
  }
  EXPECT_EQ(world.commit().status, 409) << "it was not kept";
  EXPECT_EQ(world.put(2).status, 200);
  EXPECT_EQ(world.commit().status, 200);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreSliceRules,
    testing::Values(
        Spoilt{"a_bearer_token", [](ServerRequest& r) { r.headers["authorization"] = "Bearer good"; }, 400, "auth"},
        Spoilt{"no_signature", [](ServerRequest& r) { r.headers.erase("x-upload-signature"); }, 403, "Signature"},
        Spoilt{"another_signature", [](ServerRequest& r) { r.headers["x-upload-signature"][0] = 'x'; }, 403,
               "Signature"},
        Spoilt{"another_type", [](ServerRequest& r) { r.headers["content-type"] = "application/json"; }, 403,
               "Signature"},
        Spoilt{"another_part",
               [](ServerRequest& r) {
                 r.query = {{"partNumber", "7"}};
               },
               403, "Signature"},
        Spoilt{"a_byte_less", [](ServerRequest& r) { r.body.pop_back(); }, 400, "IncompleteBody"},
        Spoilt{"a_byte_more", [](ServerRequest& r) { r.body += 'x'; }, 400, "IncompleteBody"},
        Spoilt{"another_address", [](ServerRequest& r) { r.path += "0"; }, 404, "NoSuchUpload"},
        Spoilt{"another_method", [](ServerRequest& r) { r.method = "POST"; }, 405, "MethodNotAllowed"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreUploadRules, AReservationEndsAfterADay) {
  UploadWorld world;
  world.reserve();
  world.describe();
  world.pass(24h);
  EXPECT_EQ(world.put(0).status, 403);
}

TEST(AppStoreUploadRules, NothingArrivesOnceItIsCommitted) {
  UploadWorld world;
  world.deliver();
  EXPECT_EQ(world.put(0).status, 404);
  EXPECT_EQ(world.commit().code(), "STATE_ERROR");
}

TEST(AppStoreUploadRules, ChecksumsInTheCommitAreRefusedAsAppleDoes) {
  UploadWorld world;
  world.reserve();
  world.describe();
  world.put_all();
  const auto refused = world.commit({{"uploaded", true}, {"sourceFileChecksums", {{"file", {{"hash", "0"}}}}}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.code(), HasSubstr("ENTITY_ERROR.ATTRIBUTE"));
  EXPECT_EQ(world.state_of_upload(), "AWAITING_UPLOAD");
}

TEST(AppStoreUploadRules, ABuildNumberIsTakenOnceForAVersion) {
  UploadWorld world;
  EXPECT_EQ(world.reserve("3.4.0", "340").code(), "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE");
  EXPECT_EQ(world.reserve("3.4", "340").code(), "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE");
  EXPECT_EQ(world.reserve("3.5.0", "340").status, 201);
}

struct BadArchive {
  std::string name;
  std::string bytes;
  std::string code;
};
void PrintTo(const BadArchive& row, std::ostream* out) { *out << row.name; }

class AppStoreChecks : public testing::TestWithParam<BadArchive> {};

TEST_P(AppStoreChecks, FailWhatTheArchiveSays) {
  UploadWorld world(GetParam().bytes);
  EXPECT_EQ(world.deliver().status, 200) << "the check comes later";
  world.pass(2min);
  EXPECT_EQ(world.state_of_upload(), "FAILED");
  EXPECT_EQ(world.first_error(), GetParam().code);
  EXPECT_EQ(world.build_id("341"), "");
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreChecks,
    testing::Values(BadArchive{"a_text", std::string(200'000, 'x'), "90034"},
                    BadArchive{"another_app", example_archive("com.example.other", "341", "3.4.0"), "90054"},
                    BadArchive{"another_version", example_archive("com.example.charge", "341", "3.4.1"), "90345"},
                    BadArchive{"another_build", example_archive("com.example.charge", "342", "3.4.0"), "90345"},
                    BadArchive{"an_android_bundle", example_bundle("com.example.charge", 341, "3.4.0"), "90034"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreUploadRules, ATrainThatIsNotAboveTheLiveOneIsClosed) {
  UploadWorld world(example_archive("com.example.charge", "341", "3.3"));
  world.reserve("3.3", "341");
  world.describe();
  world.put_all();
  world.commit();
  world.pass(2min);
  EXPECT_EQ(world.first_error(), "90186");
}

TEST(AppStoreUploadRules, OnlyWhatWaitsOrIsOverIsDeleted) {
  UploadWorld world;
  world.deliver();
  EXPECT_EQ(world.send("DELETE", "/v1/buildUploads/" + world.upload_).status, 409);
  world.reserve("3.4.0", "342");
  EXPECT_EQ(world.send("DELETE", "/v1/buildUploads/" + world.upload_).change,
            "app-store/3.4.0 build 342 upload deleted");
  EXPECT_EQ(world.send("GET", "/v1/buildUploads/" + world.upload_).status, 404);
}

TEST(AppStoreUploadRules, APersonCanLetABuildFail) {
  UploadWorld world;
  world.deliver();
  const json act{{"app", "ios"}, {"action", "fail_processing"}, {"version", "3.4.0"}, {"build", "341"}};
  const auto failed = world.service->person(act, world.now);
  ASSERT_TRUE(failed) << failed.error().text();
  EXPECT_EQ(*failed, "app-store/3.4.0 build 341 upload FAILED");
  EXPECT_EQ(world.state_of_upload(), "FAILED");
  EXPECT_FALSE(world.service->person(act, world.now)) << "there is nothing left to fail";
}

TEST(AppStoreUploadRules, ABuildMayBeProcessedWithoutEnd) {
  UploadWorld world;
  world.deliver();
  world.now += Duration(5 * 60);
  const json act{{"app", "ios"}, {"action", "stall_processing"}, {"version", "3.4.0"}, {"build", "341"}};
  world.service->pass_time(world.now);
  const auto stalled = world.service->person(act, world.now);
  ASSERT_TRUE(stalled) << stalled.error().text();
  world.now += Duration(90 * 24 * 3600);
  world.service->pass_time(world.now);
  const auto builds = world.send("GET", "/v1/builds", nullptr, {{"filter[app]", world.app_id()}});
  EXPECT_THAT(builds.body.dump(), HasSubstr("PROCESSING"));
  EXPECT_FALSE(world.service->person({{"app", "ios"}, {"action", "stall_processing"}}, world.now));
}

}  // namespace
}  // namespace train::sandbox
