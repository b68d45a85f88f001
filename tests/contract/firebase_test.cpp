// Kill switches in Firebase Remote Config, against a small server with Google's rules, and every request held against
// Google's discovery document.
#include <gmock/gmock.h>

#include "firebase_fake.hpp"
#include "google_play_discovery.hpp"
#include "train/flags/providers.hpp"

namespace train::contract {
namespace {

using testing::HasSubstr;
using testing::Not;
using Template = FirebaseFake::Template;

class StillClock final : public Clock {
 public:
  Instant now() override { return *parse_rfc3339("2026-11-30T10:00:00Z"); }
  bool wait_until(Instant) override { return true; }
};

Flag checkout(const std::string& url) {
  Flag flag;
  flag.name = "new_checkout";
  flag.provider = "firebase_remote_config";
  flag.parameter = "new_checkout_enabled";
  flag.value_on = "true";
  flag.value_off = "false";
  flag.options = {{"project", "charge-prod"}, {"endpoint", url}};
  return flag;
}

// Digits, order and words that only survive where nothing is rewritten.
const char* const k_plain = R"({"conditions":[{"name":"ios","expression":"device.os == 'ios'","tagColor":"BLUE"}],
  "parameters":{"zeta":{"defaultValue":{"value":"1.50"},"valueType":"NUMBER"},
    "new_checkout_enabled":{"defaultValue":{"value":"true"},"valueType":"BOOLEAN","description":"the checkout"},
    "alpha":{"defaultValue":{"useInAppDefault":true},"conditionalValues":{"ios":{"value":"é \u2028"}}}},
  "parameterGroups":{"g":{"description":"grouped","parameters":{"in_group":{"defaultValue":{"value":"on"}}}}}})";

Template plain() { return Template::parse(k_plain); }
Template with_conditions() {
  auto out = plain();
  out["parameters"]["new_checkout_enabled"]["conditionalValues"]["ios"]["value"] = "true";
  return out;
}

class FirebaseFlags : public ::testing::Test {
 protected:
  explicit FirebaseFlags(Template first = plain()) : fake(std::move(first)) {}

  std::unique_ptr<FlagProvider> provider() {
    auth::AuthorizedUser person{"client", Secret("client-secret"), Secret("refresh"), fake.url() + "/token"};
    return flags::make_firebase_provider([](std::chrono::milliseconds) {}, clock, auth::GoogleCredentials(person));
  }
  Result<Done> set(const std::string& value) { return provider()->set(flag(), value); }
  std::string get() { return provider()->get(flag()).value_or("(error)"); }
  Flag flag() const { return checkout(fake.url()); }

  StillClock clock;
  FirebaseFake fake;
};

class FirebaseConditions : public FirebaseFlags {
 protected:
  FirebaseConditions() : FirebaseFlags(with_conditions()) {}
};

TEST_F(FirebaseFlags, ChangesOneParameterAndNothingElse) {
  EXPECT_EQ(get(), "true");
  const auto done = set("false");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(get(), "false");
  auto expected = plain();
  expected["parameters"]["new_checkout_enabled"]["defaultValue"]["value"] = "false";
  EXPECT_EQ(fake.now().dump(), expected.dump()) << "order and digits included";
  EXPECT_EQ(fake.versions(), 2u);
}

TEST_F(FirebaseFlags, ValidatesFirstAndPublishesUnderTheETagItRead) {
  ASSERT_TRUE(set("false"));
  std::vector<std::string> seen;
  for (const auto& request : fake.requests()) seen.push_back(request.method + " " + request.target);
  const std::string path = "/v1/projects/charge-prod/remoteConfig";
  EXPECT_EQ(seen, (std::vector<std::string>{"POST /token", "GET " + path, "PUT " + path + "?validateOnly=true",
                                            "PUT " + path, "GET " + path}));
  EXPECT_EQ(fake.requests().at(3).header("if-match"), "etag-charge-prod-1");
}

TEST_F(FirebaseFlags, WhatIsSoAlreadyIsNotPublished) {
  ASSERT_TRUE(set("true"));
  EXPECT_EQ(fake.versions(), 1u);
}

TEST_F(FirebaseFlags, AParameterInAGroupIsFoundThere) {
  Flag grouped = flag();
  grouped.parameter = "in_group";
  ASSERT_TRUE(provider()->set(grouped, "later"));
  EXPECT_EQ(fake.value_for("in_group"), "later");
}

TEST_F(FirebaseFlags, AParameterThatIsNotThereIsNotMade) {
  Flag slip = flag();
  slip.parameter = "new_chekout_enabled";
  const auto done = provider()->set(slip, "false");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::not_found);
  EXPECT_THAT(done.error().message, HasSubstr("new_chekout_enabled"));
  EXPECT_EQ(fake.versions(), 1u);
}

TEST_F(FirebaseConditions, OffIsOffForEverybodyAndTheWayBackIsWhatWasThere) {
  const std::set<std::string> on_ios{"device.os == 'ios'"};
  ASSERT_TRUE(set("false"));
  EXPECT_EQ(get(), "false");
  EXPECT_EQ(fake.value_for("new_checkout_enabled"), "false");
  EXPECT_EQ(fake.value_for("new_checkout_enabled", on_ios), "false");
  EXPECT_EQ(fake.value_for("alpha", on_ios), "é \u2028") << "other parameters keep their conditions";
  EXPECT_EQ(fake.now()["conditions"][0]["name"], "train_kill_new_checkout_enabled");
  ASSERT_TRUE(set("false"));
  EXPECT_EQ(fake.versions(), 2u) << "off already";
  ASSERT_TRUE(set("true"));
  EXPECT_EQ(fake.now().dump(), with_conditions().dump());
}

TEST_F(FirebaseConditions, AConditionSomebodyPutInFrontIsPassedAgain) {
  ASSERT_TRUE(set("false"));
  auto moved = fake.now();
  const Template beta = {{"name", "beta"}, {"expression", "app.id == 'beta'"}};
  moved["conditions"].insert(moved["conditions"].begin(), beta);
  moved["parameters"]["new_checkout_enabled"]["conditionalValues"]["beta"]["value"] = "true";
  fake.publish_by_somebody(moved);
  EXPECT_EQ(fake.value_for("new_checkout_enabled", {"app.id == 'beta'"}), "true");
  ASSERT_TRUE(set("false"));
  EXPECT_EQ(fake.value_for("new_checkout_enabled", {"app.id == 'beta'"}), "false");
}

TEST_F(FirebaseConditions, AnExpressionThatGoogleRefusesIsReplacedByOneItTakes) {
  fake.refuse_expression("true");
  const auto done = set("false");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(fake.now()["conditions"][0]["expression"], "percent <= 100");
  EXPECT_EQ(fake.value_for("new_checkout_enabled", {"device.os == 'ios'"}), "false");
}

TEST_F(FirebaseConditions, ARefusedCheckPublishesNothingAndSaysWhy) {
  fake.refuse_expression("true");
  fake.refuse_expression("percent <= 100");
  const auto done = set("false");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::refused);
  EXPECT_THAT(done.error().message, HasSubstr("[VALIDATION_ERROR]"));
  EXPECT_EQ(fake.versions(), 1u);
}

TEST_F(FirebaseFlags, SomebodyElsesPublishIsKept) {
  auto theirs = plain();
  theirs["parameters"]["zeta"]["defaultValue"]["value"] = "2";
  fake.publish_before_next(theirs);
  const auto done = set("false");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(fake.value_for("zeta"), "2");
  EXPECT_EQ(fake.value_for("new_checkout_enabled"), "false");
}

TEST_F(FirebaseFlags, ALostAnswerIsSettledByReading) {
  fake.lose_next_publish(FirebaseFake::Loss::after_effect);
  EXPECT_TRUE(set("false"));
  EXPECT_EQ(fake.versions(), 2u) << "and not published twice";
  fake.lose_next_publish(FirebaseFake::Loss::before_effect);
  const auto done = set("true");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::unreachable);
  EXPECT_THAT(done.error().message, HasSubstr("it reads \"false\""));
}

TEST_F(FirebaseFlags, TooManyRequestsSaysWhenToComeBack) {
  fake.answer_next_publish(429, "Retry-After: 90\r\n");
  const auto done = set("false");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(done.error().text(), HasSubstr("1m 30s"));
}

TEST_F(FirebaseFlags, ARevokedTokenIsAskedForAnewAndNeverShown) {
  auto one = provider();
  ASSERT_TRUE(one->get(flag()));
  fake.revoke_token();
  EXPECT_TRUE(one->set(flag(), "false"));
  Flag elsewhere = flag();
  elsewhere.options["project"] = "no-such-project";
  const auto value = one->get(elsewhere);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::not_found);
  EXPECT_THAT(value.error().text(), Not(HasSubstr("canary")));
}

TEST_F(FirebaseFlags, AnEarlierVersionComesBackWhole) {
  auto theirs = plain();
  theirs["parameters"]["zeta"]["defaultValue"]["value"] = "2";
  theirs["parameters"]["new_checkout_enabled"]["defaultValue"]["value"] = "false";
  fake.publish_by_somebody(theirs);
  auto one = provider();
  EXPECT_EQ(one->value_in(flag(), 1).value_or("(error)"), "true");
  ASSERT_TRUE(one->roll_back(flag(), 1));
  EXPECT_EQ(fake.now().dump(), plain().dump());
  EXPECT_EQ(fake.versions(), 3u);
  EXPECT_EQ(one->roll_back(flag(), 9).error().kind, ErrorKind::not_found);
  EXPECT_EQ(one->roll_back(flag(), 3).error().kind, ErrorKind::refused);
}

TEST_F(FirebaseFlags, ADefaultThatIsAnExperimentIsKilledButNeverReplaced) {
  auto experiment = plain();
  experiment["parameters"]["new_checkout_enabled"]["defaultValue"] = {
      {"personalizationValue", {{"personalizationId", "p"}}}};
  fake.publish_by_somebody(experiment);
  EXPECT_EQ(provider()->get(flag()).error().kind, ErrorKind::refused);
  EXPECT_FALSE(set("true"));
  ASSERT_TRUE(set("false"));
  EXPECT_EQ(fake.value_for("new_checkout_enabled"), "false");
  EXPECT_FALSE(set("true")) << "what is read back is no one value";
  EXPECT_EQ(fake.now().dump(), experiment.dump()) << "but the experiment runs again";
}

class FirebaseShares : public FirebaseConditions {
 protected:
  Flag ramped() const {
    Flag out = flag();
    out.ramp = true;
    out.always_on = {"app.userProperty['beta'].exactlyMatches(['yes'])"};
    return out;
  }
  Result<Done> set_share(const std::string& value) { return provider()->set(ramped(), value); }
  std::string share() { return provider()->get(ramped()).value_or("(error)"); }

  const std::string k_name = "new_checkout_enabled";
  const std::string k_beta = "app.userProperty['beta'].exactlyMatches(['yes'])";
};

TEST_F(FirebaseShares, AreAConditionBehindAllOthersAndLeaveNobodyOutWhoIsAlwaysOn) {
  const auto done = set_share("5%");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(share(), "5%");
  EXPECT_EQ(fake.value_for(k_name), "false");
  EXPECT_EQ(fake.value_for(k_name, {"percent('new_checkout_enabled') <= 5"}), "true");
  EXPECT_EQ(fake.value_for(k_name, {k_beta}), "true");
  ASSERT_TRUE(set_share("0.5%"));
  EXPECT_EQ(share(), "0.5%");
  EXPECT_EQ(fake.now()["conditions"].size(), 3u) << "theirs, and two of ours";
  ASSERT_TRUE(set_share("true"));
  EXPECT_EQ(fake.now().dump(), with_conditions().dump());
}

TEST_F(FirebaseShares, AreOffWithEverythingElseAndComeBack) {
  ASSERT_TRUE(set_share("20%"));
  ASSERT_TRUE(set_share("false"));
  EXPECT_EQ(share(), "false");
  EXPECT_EQ(fake.value_for(k_name, {"percent('new_checkout_enabled') <= 20", k_beta}), "false");
  ASSERT_TRUE(set_share("20%"));
  EXPECT_EQ(share(), "20%");
  EXPECT_EQ(fake.value_for(k_name, {k_beta}), "true");
}

TEST_F(FirebaseShares, AreWordedAsGoogleTakesThem) {
  fake.refuse_expression("percent('new_checkout_enabled') <= 5");
  ASSERT_TRUE(set_share("5%"));
  EXPECT_EQ(fake.value_for(k_name, {"percent <= 5"}), "true");
  EXPECT_EQ(share(), "5%");
}

TEST_F(FirebaseFlags, WithoutAProjectNothingIsAsked) {
  Flag homeless = flag();
  homeless.options.erase("project");
  EXPECT_EQ(provider()->get(homeless).error().kind, ErrorKind::definition);
  EXPECT_TRUE(fake.requests().empty());
}

TEST_F(FirebaseConditions, EveryRequestStandsInGooglesDocument) {
  const auto document = testing_play::discovery_document("firebaseremoteconfig.v1");
  if (!document) GTEST_SKIP() << testing_play::no_discovery_document("firebaseremoteconfig.v1");
  const testing_play::Discovery google(*document);
  ASSERT_TRUE(set("false"));
  ASSERT_TRUE(set("true"));
  ASSERT_TRUE(provider()->value_in(flag(), 2));
  ASSERT_TRUE(provider()->roll_back(flag(), 2));
  std::set<std::string> used;
  std::vector<std::string> wrong;
  for (const auto& request : fake.requests()) {
    if (request.target == "/token") continue;
    const auto mark = request.target.find('?');
    const auto* method = google.find(request.method, request.target.substr(0, mark));
    ASSERT_NE(method, nullptr) << request.method << " " << request.target;
    used.insert(method->id);
    const std::string query = mark == std::string::npos ? "" : request.target.substr(mark + 1);
    const bool known = query.empty() || method->query.count(query.substr(0, query.find('='))) == 1;
    EXPECT_TRUE(known) << query;
    google.check_body(request.body, method->request, wrong);
  }
  EXPECT_EQ(wrong, std::vector<std::string>{});
  EXPECT_EQ(used.size(), 3u);
}

}  // namespace
}  // namespace train::contract
