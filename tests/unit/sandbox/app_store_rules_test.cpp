// The App Store's rules before and in review: who may create, attach, add, submit, cancel.
#include <gtest/gtest.h>

#include <functional>

#include "app_store_world.hpp"

namespace train::sandbox {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

struct Refused {
  std::string name;
  std::function<Seen(AppStoreWorld&)> act;
  int status;
  std::string code;
  std::string detail;  // a part of it
};

void PrintTo(const Refused& row, std::ostream* out) { *out << row.name; }

class AppStoreRefuses : public testing::TestWithParam<Refused> {};

TEST_P(AppStoreRefuses, WithApplesWords) {
  AppStoreWorld world;
  const auto seen = GetParam().act(world);
  EXPECT_EQ(seen.status, GetParam().status) << seen.body.dump();
  EXPECT_EQ(seen.code(), GetParam().code);
  EXPECT_NE(seen.body.dump().find(GetParam().detail), std::string::npos) << seen.body.dump();
  EXPECT_FALSE(seen.effect);
  EXPECT_EQ(seen.change, "");
}

Seen submit_without_notes(AppStoreWorld& world) {
  const auto version = world.create_version("3.4.0").id();
  world.attach(version, world.build_id("340"));
  return world.add_item(world.create_submission().id(), version);
}

Seen processing_build(AppStoreWorld& world) {
  EXPECT_TRUE(
      world.service->person({{"app", "ios"}, {"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}}, world.now));
  return world.attach(world.create_version("3.4.0").id(), world.build_id("341"));
}

Seen added_twice(AppStoreWorld& world) {
  const auto ids = world.submitted();
  return world.add_item(world.create_submission().id(), ids.version);
}

Seen same_phase_state(AppStoreWorld& world) { return world.set_phase(world.live().phase, "ACTIVE"); }

Seen final_phase_state(AppStoreWorld& world) {
  const auto ids = world.live();
  EXPECT_EQ(world.set_phase(ids.phase, "COMPLETE").status, 200);
  return world.set_phase(ids.phase, "PAUSED");
}

Seen renamed_to(AppStoreWorld& world, const std::string& version_id, const std::string& number) {
  return world.send("PATCH", "/v1/appStoreVersions/" + version_id,
                    resource("appStoreVersions", {{"versionString", number}}, {}, version_id));
}

Seen notes_of(AppStoreWorld& world, const std::string& text) {
  const auto version = world.create_version("3.4.0").id();
  const auto rows = world.send("GET", "/v1/appStoreVersions/" + version + "/appStoreVersionLocalizations");
  const auto id = rows.body.at("data").at(0).at("id").get<std::string>();
  return world.send("PATCH", "/v1/appStoreVersionLocalizations/" + id,
                    resource("appStoreVersionLocalizations", {{"whatsNew", text}}, {}, id));
}

Seen close_storefront(AppStoreWorld& world, const std::string& id) {
  return world.send("PATCH", "/v1/territoryAvailabilities/" + id,
                    resource("territoryAvailabilities", {{"available", false}}, {}, id));
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreRefuses,
    testing::Values(
        Refused{"unknown_path", [](auto& w) { return w.send("GET", "/v1/nothing"); }, 404, "PATH_ERROR", "/v1/nothing"},
        Refused{"unknown_parameter",
                [](auto& w) {
                  return w.send("GET", "/v1/apps", nullptr, {{"filter[x]", "1"}});
                },
                400, "PARAMETER_ERROR.ILLEGAL", "filter[x]"},
        Refused{"limit_above_200",
                [](auto& w) {
                  return w.send("GET", "/v1/apps", nullptr, {{"limit", "201"}});
                },
                400, "PARAMETER_ERROR.INVALID", "201"},
        Refused{"unknown_include",
                [](auto& w) {
                  return w.send("GET", "/v1/builds", nullptr, {{"include", "x"}});
                },
                400, "PARAMETER_ERROR.INVALID", "include"},
        Refused{"submissions_need_an_app", [](auto& w) { return w.send("GET", "/v1/reviewSubmissions"); }, 400,
                "PARAMETER_ERROR.REQUIRED", "filter[app]"},
        Refused{"body_that_is_no_json", [](auto& w) { return w.send("POST", "/v1/appStoreVersions", json("text")); },
                422, "ENTITY_UNPROCESSABLE", "data"},
        Refused{"unknown_attribute",
                [](auto& w) {
                  return w.send(
                      "POST", "/v1/appStoreVersions",
                      resource("appStoreVersions", {{"platform", "IOS"}, {"versionString", "3.4.0"}, {"colour", "red"}},
                               {{"app", "apps", w.app_id()}}));
                },
                409, "ENTITY_ERROR.ATTRIBUTE.UNKNOWN", "colour"},
        Refused{"missing_attribute",
                [](auto& w) {
                  return w.send("POST", "/v1/appStoreVersions",
                                resource("appStoreVersions", {{"platform", "IOS"}}, {{"app", "apps", w.app_id()}}));
                },
                409, "ENTITY_ERROR.ATTRIBUTE.REQUIRED", "versionString"},
        Refused{"second_editable_version",
                [](auto& w) {
                  w.create_version("3.4.0");
                  return w.create_version("3.5.0");
                },
                409, "ENTITY_ERROR.RELATIONSHIP.INVALID", "cannot create a new version"},
        Refused{"version_that_does_not_rise", [](auto& w) { return w.create_version("3.2.9"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID", "higher than 3.3.0"},
        Refused{"version_used_before", [](auto& w) { return w.create_version("3.3"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", "previously used"},
        Refused{"version_of_four_numbers", [](auto& w) { return w.create_version("5.44.0.1"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID", "5.44.0.1 has 4 numbers"},
        Refused{"version_with_a_number_that_is_too_high", [](auto& w) { return w.create_version("3.4.3000000000"); },
                409, "ENTITY_ERROR.ATTRIBUTE.INVALID", "above 2147483647"},
        Refused{"rename_to_four_numbers",
                [](auto& w) { return renamed_to(w, w.create_version("3.4.0").id(), "5.44.0.1"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID", "5.44.0.1 has 4 numbers"},
        Refused{"rename_below_what_is_live",
                [](auto& w) { return renamed_to(w, w.create_version("3.4.0").id(), "3.2.9"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID", "higher than 3.3.0"},
        Refused{"rename_to_a_used_number",
                [](auto& w) { return renamed_to(w, w.create_version("3.4.0").id(), "3.3.0"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", "previously used"},
        Refused{"rename_in_the_queue", [](auto& w) { return renamed_to(w, w.submitted().version, "3.5.0"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE", "'versionString' can not be modified"},
        Refused{"submission_after_a_rename_with_the_old_build",
                [](auto& w) {
                  const auto ids = w.draft();
                  renamed_to(w, ids.version, "3.5.0");
                  return w.add_item(w.create_submission().id(), ids.version);
                },
                409, "STATE_ERROR.ENTITY_STATE_INVALID", "must choose a build of 3.5.0"},
        Refused{"an_emoji_in_the_notes", [](auto& w) { return notes_of(w, "\xF0\x9F\x9A\xA8 new"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID", "can't contain the following character(s)"},
        Refused{"an_angle_bracket_in_the_notes", [](auto& w) { return notes_of(w, "in < 1 s"); }, 409,
                "ENTITY_ERROR.ATTRIBUTE.INVALID", "can't contain the following character(s)"},
        Refused{"a_locale_that_is_not_listed",
                [](auto& w) {
                  return w.send("POST", "/v1/appStoreVersionLocalizations",
                                resource("appStoreVersionLocalizations", {{"locale", "de"}, {"whatsNew", "Neu"}},
                                         {{"appStoreVersion", "appStoreVersions", w.create_version("3.4.0").id()}}));
                },
                409, "ENTITY_ERROR.ATTRIBUTE.INVALID", "not listed for localization"},
        Refused{"the_older_withdrawal_while_in_review",
                [](auto& w) {
                  return w.send("DELETE", "/v1/appStoreVersionSubmissions/submission-" + w.submitted().version);
                },
                403, "FORBIDDEN_ERROR", "does not allow 'DELETE'"},
        Refused{"the_older_submission_of_a_draft",
                [](auto& w) {
                  return w.send("GET", "/v1/appStoreVersions/" + w.draft().version + "/appStoreVersionSubmission");
                },
                404, "NOT_FOUND", "appStoreVersionSubmissions"},
        Refused{"a_storefront_that_is_not_there", [](auto& w) { return close_storefront(w, "1600000001-XXX"); }, 404,
                "NOT_FOUND", "territoryAvailabilities"},
        Refused{"build_still_processing", processing_build, 409, "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "not in a valid processing state"},
        Refused{"build_of_another_version",
                [](auto& w) { return w.attach(w.create_version("3.4.0").id(), w.build_id("330")); }, 409,
                "ENTITY_ERROR.RELATIONSHIP.INVALID", "could not be added"},
        Refused{"notes_missing", submit_without_notes, 409, "STATE_ERROR.ENTITY_STATE_INVALID", "'whatsNew'"},
        Refused{"build_missing",
                [](auto& w) { return w.add_item(w.create_submission().id(), w.create_version("3.4.0").id()); }, 409,
                "STATE_ERROR.ENTITY_STATE_INVALID", "must choose a build"},
        Refused{"item_in_another_submission", added_twice, 409, "STATE_ERROR.ENTITY_STATE_INVALID",
                "was already added to another reviewSubmission with id"},
        Refused{"submission_without_items", [](auto& w) { return w.submit(w.create_submission().id()); }, 409,
                "STATE_ERROR", "no items"},
        Refused{"second_open_submission",
                [](auto& w) {
                  w.create_submission();
                  return w.create_submission();
                },
                409, "STATE_ERROR", "still in progress"},
        Refused{"release_before_approval", [](auto& w) { return w.request_release(w.submitted().version); }, 409,
                "STATE_ERROR.ENTITY_STATE_INVALID", "WAITING_FOR_REVIEW"},
        Refused{"same_phase_state", same_phase_state, 409, "ENTITY_ERROR.ATTRIBUTE.INVALID", "already has this value"},
        Refused{"final_phase_state", final_phase_state, 409, "ENTITY_ERROR.ATTRIBUTE.INVALID", "in a final state"},
        Refused{"phase_twice", [](auto& w) { return w.add_phase(w.draft().version); }, 409,
                "ENTITY_ERROR.RELATIONSHIP.INVALID.DUPLICATE", "already"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreService, RefusesATokenItCannotVerify) {
  AppStoreWorld world;
  ServerRequest request;
  request.method = "GET";
  request.path = "/v1/apps";
  request.headers = {{"authorization", "Bearer forged"}};
  const auto handled = world.service->handle(request, world.now);
  EXPECT_EQ(handled.response.status, 401);
  EXPECT_NE(handled.response.body.find("NOT_AUTHORIZED"), std::string::npos);
}

TEST(AppStoreService, ASecondErrorTellsThatTheVersionExists) {
  AppStoreWorld world;
  world.create_version("3.4.0");
  const auto seen = world.create_version("3.4.0");
  EXPECT_EQ(seen.code(0), "ENTITY_ERROR.RELATIONSHIP.INVALID");
  EXPECT_EQ(seen.code(1), "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE");
}

TEST(AppStoreService, CountsRequestsOfARollingHour) {
  AppStoreWorld world;
  EXPECT_EQ(world.send("GET", "/v1/apps").rate_limit, "user-hour-lim:36000;user-hour-rem:35999;");
  EXPECT_EQ(world.send("GET", "/v1/apps").rate_limit, "user-hour-lim:36000;user-hour-rem:35998;");
  world.pass(1h);
  EXPECT_EQ(world.send("GET", "/v1/apps").rate_limit, "user-hour-lim:36000;user-hour-rem:35999;");
}

struct AccountCase {
  std::string name;
  std::string worse;
  std::string better;
  int read_status;
  int write_status;
  std::string code;
};

void PrintTo(const AccountCase& row, std::ostream* out) { *out << row.name; }

class AppStoreAccount : public testing::TestWithParam<AccountCase> {};

TEST_P(AppStoreAccount, StandsBeforeEveryRequest) {
  AppStoreWorld world;
  const auto act = [&](const std::string& action) {
    return world.service->person({{"app", "ios"}, {"action", action}}, world.now);
  };
  const auto app = world.app_id();
  const auto changed = act(GetParam().worse);
  ASSERT_TRUE(changed) << changed.error().text();
  const auto read = world.send("GET", "/v1/apps/" + app + "/appStoreVersions");
  EXPECT_EQ(read.status, GetParam().read_status);
  const auto written = world.send(
      "POST", "/v1/appStoreVersions",
      resource("appStoreVersions", {{"platform", "IOS"}, {"versionString", "3.4.0"}}, {{"app", "apps", app}}));
  EXPECT_EQ(written.status, GetParam().write_status) << written.body.dump();
  EXPECT_EQ(written.code(), GetParam().code);
  EXPECT_FALSE(written.effect);
  ASSERT_TRUE(act(GetParam().better));
  EXPECT_EQ(world.create_version("3.4.0").status, 201);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreAccount,
    testing::Values(AccountCase{"revoked", "revoke_key", "renew_key", 401, 401, "NOT_AUTHORIZED"},
                    AccountCase{"agreements", "expire_agreements", "sign_agreements", 403, 403,
                                "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED"},
                    AccountCase{"membership", "lapse_membership", "renew_membership", 403, 403, "FORBIDDEN_ERROR"},
                    AccountCase{"role", "narrow_role", "widen_role", 200, 403, "FORBIDDEN_ERROR"},
                    AccountCase{"another_team", "transfer_app", "return_app", 404, 404, "NOT_FOUND"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreService, EveryEffectHasItsOwnWords) {
  AppStoreWorld world;
  const auto version = world.create_version("3.4.0");
  EXPECT_EQ(version.status, 201);
  EXPECT_EQ(version.change, "app-store/3.4.0 created");
  EXPECT_EQ(world.state("3.4.0"), "PREPARE_FOR_SUBMISSION");
  const auto attached = world.attach(version.id(), world.build_id("340"));
  EXPECT_EQ(attached.status, 204);
  EXPECT_EQ(attached.change, "app-store/3.4.0 build 340");
  EXPECT_FALSE(world.attach(version.id(), world.build_id("340")).effect) << "nothing changed";
  EXPECT_EQ(world.add_phase(version.id()).change, "app-store/3.4.0 phased INACTIVE");
  world.set_notes(version.id(), "Faster charging.");
  const auto submission = world.create_submission();
  EXPECT_EQ(submission.change, "app-store/3.4.0 submission created");
  EXPECT_EQ(world.add_item(submission.id(), version.id()).change, "app-store/3.4.0 item added");
  EXPECT_EQ(world.state("3.4.0"), "READY_FOR_REVIEW");
  EXPECT_EQ(world.submit(submission.id()).change, "app-store/3.4.0 WAITING_FOR_REVIEW");
}

TEST(AppStoreService, ReviewEndsByItselfInApproval) {
  AppStoreWorld world;
  const auto ids = world.submitted();
  world.pass(59min);
  EXPECT_EQ(world.state("3.4.0"), "WAITING_FOR_REVIEW");
  world.pass(1min);
  EXPECT_EQ(world.state("3.4.0"), "IN_REVIEW");
  world.pass(23h);
  EXPECT_EQ(world.state("3.4.0"), "PENDING_DEVELOPER_RELEASE");
  EXPECT_EQ(world.request_release(ids.version).change, "app-store/3.4.0 release requested");
  EXPECT_EQ(world.state("3.4.0"), "PROCESSING_FOR_DISTRIBUTION");
  world.pass(10min);
  EXPECT_EQ(world.state("3.4.0"), "READY_FOR_DISTRIBUTION");
  EXPECT_EQ(world.state("3.3.0"), "REPLACED_WITH_NEW_VERSION");
}

TEST(AppStoreService, ARejectedSubmissionStaysOpenAndIsSentAgain) {
  AppStoreWorld world;
  const auto ids = world.submitted();
  ASSERT_TRUE(world.service->review("ios", *VersionName::parse("3.4.0"), false, world.now));
  EXPECT_EQ(world.state("3.4.0"), "REJECTED");
  const auto submission = world.send("GET", "/v1/reviewSubmissions/" + ids.submission);
  EXPECT_EQ(submission.attribute("state"), "\"UNRESOLVED_ISSUES\"");
  const auto again = world.submit(ids.submission);
  EXPECT_EQ(again.status, 200) << again.body.dump();
  EXPECT_EQ(world.state("3.4.0"), "WAITING_FOR_REVIEW");
  EXPECT_FALSE(world.service->review("ios", *VersionName::parse("3.3.0"), true, world.now)) << "not in review";
}

TEST(AppStoreService, AnApprovedVersionIsWithdrawnByTheOlderSubmission) {
  AppStoreWorld world;
  const auto ids = world.submitted();
  ASSERT_TRUE(world.service->review("ios", *VersionName::parse("3.4.0"), true, world.now));
  const auto older = world.send("GET", "/v1/appStoreVersions/" + ids.version + "/appStoreVersionSubmission");
  ASSERT_EQ(older.status, 200);
  const auto withdrawn = world.send("DELETE", "/v1/appStoreVersionSubmissions/" + older.id());
  EXPECT_EQ(withdrawn.status, 204);
  EXPECT_EQ(withdrawn.change, "app-store/3.4.0 DEVELOPER_REJECTED");
  EXPECT_EQ(world.state("3.4.0"), "DEVELOPER_REJECTED");
}

TEST(AppStoreService, AScheduledVersionReleasesItselfOnItsDate) {
  AppStoreWorld world;
  const auto date = world.now + 72h;
  const auto ids = world.draft();
  world.send("PATCH", "/v1/appStoreVersions/" + ids.version,
             resource("appStoreVersions", {{"releaseType", "SCHEDULED"}, {"earliestReleaseDate", format_rfc3339(date)}},
                      {}, ids.version));
  const auto submission = world.create_submission().id();
  world.add_item(submission, ids.version);
  ASSERT_EQ(world.submit(submission).status, 200);
  world.pass(71h);
  EXPECT_EQ(world.state("3.4.0"), "PENDING_DEVELOPER_RELEASE");
  world.pass(1h + 10min);
  EXPECT_EQ(world.state("3.4.0"), "READY_FOR_DISTRIBUTION");
}

TEST(AppStoreService, TheLastStorefrontThatClosesEndsThePhase) {
  AppStoreWorld world;
  const auto ids = world.live();
  const auto app = world.app_id();
  const auto availability = world.send("GET", "/v1/apps/" + app + "/appAvailabilityV2").id();
  const auto rows = world.send("GET", "/v2/appAvailabilities/" + availability + "/territoryAvailabilities");
  ASSERT_EQ(rows.body.at("data").size(), 5u);
  for (const auto& row : rows.body.at("data")) {
    EXPECT_EQ(world.phase_of(ids.version).attribute("phasedReleaseState"), "\"ACTIVE\"");
    EXPECT_TRUE(close_storefront(world, row.at("id")).effect);
  }
  EXPECT_FALSE(close_storefront(world, app + "-DEU").effect) << "nothing changed";
  EXPECT_EQ(world.phase_of(ids.version).attribute("phasedReleaseState"), "\"COMPLETE\"");
  EXPECT_EQ(world.version("3.4.0").at("attributes").at("appStoreState"), "DEVELOPER_REMOVED_FROM_SALE");
}

TEST(AppStoreService, CancellingTakesFiveSeconds) {
  AppStoreWorld world;
  const auto ids = world.submitted();
  const auto canceled = world.send("PATCH", "/v1/reviewSubmissions/" + ids.submission,
                                   resource("reviewSubmissions", {{"canceled", true}}, {}, ids.submission));
  EXPECT_EQ(canceled.attribute("state"), "\"CANCELING\"");
  EXPECT_EQ(world.state("3.4.0"), "WAITING_FOR_REVIEW");
  world.pass(5s);
  EXPECT_EQ(world.state("3.4.0"), "DEVELOPER_REJECTED");
  EXPECT_EQ(world.send("GET", "/v1/reviewSubmissions/" + ids.submission).attribute("state"), "\"COMPLETE\"");
  world.pass(48h);
  EXPECT_EQ(world.state("3.4.0"), "DEVELOPER_REJECTED") << "a cancelled review does not go on";
}

TEST(AppStoreService, AFirstVersionNeedsNoNotesAndHasNoPhase) {
  AppSetup app;
  app.name = "ios";
  app.store_id = "com.example.charge";
  app.uploaded = VersionName::parse("1.0");
  app.uploaded_build = *BuildNumber::parse("1");
  AppStoreWorld world(app);
  const auto version = world.create_version("1.0").id();
  EXPECT_EQ(world.add_phase(version).code(), "ENTITY_ERROR.RELATIONSHIP.INVALID");
  world.attach(version, world.build_id("1"));
  const auto submission = world.create_submission().id();
  EXPECT_EQ(world.add_item(submission, version).status, 201);
  EXPECT_EQ(world.submit(submission).status, 200);
}

}  // namespace
}  // namespace train::sandbox
