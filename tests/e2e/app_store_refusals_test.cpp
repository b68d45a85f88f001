// App Store Connect says no: each time a message that says what to do, the right exit code, nothing done twice, and the
// next `advance` goes on once the trouble is over.
#include <algorithm>
#include <fstream>

#include "sandbox_fixture.hpp"

namespace train::e2e {
namespace {

struct Trouble {
  std::string name;
  Json fault;          // of the sandbox, or
  std::string worse;   // what somebody does to the account behind the key,
  std::string better;  // and undoes
  int code;            // of `advance` meanwhile
  std::vector<std::string> says;
};

void PrintTo(const Trouble& row, std::ostream* out) { *out << row.name; }

class AppStoreSaysNo : public SandboxFixture, public testing::WithParamInterface<Trouble> {
 protected:
  void begin() const {
    const auto& trouble = GetParam();
    if (!trouble.worse.empty()) control("POST", "person", {{"app", "ios"}, {"action", trouble.worse}});
    if (!trouble.fault.is_null()) control("POST", "faults", trouble.fault);
  }
  void end() const {
    const auto& trouble = GetParam();
    if (!trouble.better.empty()) control("POST", "person", {{"app", "ios"}, {"action", trouble.better}});
    control("DELETE", "faults");
  }
  std::size_t app_store_changes() const {
    const auto all = changes();
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const std::string& change) { return change.rfind("app-store/", 0) == 0; }));
  }
};

TEST_P(AppStoreSaysNo, IsSaidAndTheNextRunGoesOn) {
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  sign_off();
  begin();
  for (int i = 0; i < 6; ++i) {
    const auto ran = train_here({"advance"});
    // From the third refusal on somebody is called for it.
    const bool is_called = i >= 2 && ran.code == 3;
    EXPECT_TRUE(is_called || ran.code == GetParam().code) << ran.code << "\n" << ran.out << ran.err;
    for (const auto& words : GetParam().says) {
      EXPECT_NE((ran.out + ran.err).find(words), std::string::npos) << words << "\n" << ran.out << ran.err;
    }
    EXPECT_EQ(app_store_changes(), 0u);
    EXPECT_EQ(train_here({"status", "-q"}).code, 0) << "the log alone tells where it stands";
    pass("10m");
  }
  end();
  const auto healed = train_here({"advance", "-q"});
  EXPECT_EQ(healed.code, 0) << healed.out << healed.err;
  EXPECT_GT(app_store_changes(), 0u);
  EXPECT_EQ(train_here({"log", "--verify", "-q"}).code, 0);
  expect_each_change_once();
}

Json app_store_fault(const std::string& what, const std::string& method = {}) {
  Json out{{"path", "/app-store/"}, {"times", 0}, {"fault", what}};
  if (!method.empty()) out["method"] = method;
  return out;
}

Json refused_with(int status, const std::string& code, const std::string& detail) {
  auto out = app_store_fault("status:" + std::to_string(status));
  out["code"] = code;
  out["detail"] = detail;
  return out;
}

Json an_hour_to_wait(const std::string& method = {}) {
  auto out = app_store_fault("status:429", method);
  out["retry_after"] = 3600;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreSaysNo,
    testing::Values(
        Trouble{"revoked_key",
                nullptr,
                "revoke_key",
                "renew_key",
                5,
                {"token was not accepted", "was refused like the first", "still active"}},
        Trouble{"key_of_another_team",
                nullptr,
                "transfer_app",
                "return_app",
                1,
                {"shows this key no app com.example.charge", "the key belongs to the app's team"}},
        Trouble{"lapsed_membership",
                nullptr,
                "lapse_membership",
                "renew_membership",
                5,
                {"membership has lapsed", "The Account Holder must renew"}},
        Trouble{"agreements",
                nullptr,
                "expire_agreements",
                "sign_agreements",
                1,
                {"an agreement with Apple", "The Account Holder must sign"}},
        Trouble{"narrow_role", nullptr, "narrow_role", "widen_role", 5, {"may not do this", "App Manager role"}},
        Trouble{
            "agreements_as_of_old",
            refused_with(403, "FORBIDDEN", "The Account Holder must agree to the latest Program License Agreement."),
            "",
            "",
            1,
            {"The Account Holder must sign"}},
        Trouble{"wrong_clock",
                app_store_fault("clock_skew:7m"),
                "",
                "",
                5,
                {"this machine's clock is 7m ahead of Apple's", "Set the clock by NTP"}},
        Trouble{
            "an_hour_to_wait", an_hour_to_wait(), "", "", 1, {"too many requests", "Run it again at about", "(in 1h)"}},
        Trouble{"an_hour_to_wait_for_writes", an_hour_to_wait("WRITE"), "", "", 1, {"too many requests", "(in 1h)"}},
        Trouble{"budget_nearly_spent",
                app_store_fault("budget:12"),
                "",
                "",
                1,
                {"12 of 3600 left, 60 are kept for a halt; next look at about"}},
        Trouble{"budget_spent", app_store_fault("budget:0"), "", "", 1, {"too many requests", "at the latest"}},
        Trouble{"an_hour_of_500", app_store_fault("status:500"), "", "", 1, {"fault of its own", "in a few minutes"}},
        Trouble{"an_hour_of_500_for_writes", app_store_fault("status:500", "WRITE"), "", "", 1, {"fault of its own"}},
        Trouble{"an_hour_of_silent_503", app_store_fault("empty:503"), "", "", 1, {"fault of its own"}},
        Trouble{"html_on_200", app_store_fault("html"), "", "", 1, {"a page of HTML", "captive portal"}},
        Trouble{"html_on_200_for_writes", app_store_fault("html", "WRITE"), "", "", 1, {"a page of HTML"}},
        Trouble{"the_old_form_on_200", app_store_fault("legacy"), "", "", 1, {"statusCode ERROR"}}),
    [](const auto& row) { return row.param.name; });

class AppStoreBudget : public SandboxFixture {
 protected:
  // Until the store serves the release to somebody.
  void roll_out() const {
    ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
    ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
    sign_off();
    for (int i = 0; i < 12 && percent_of("ios") < 1; ++i) {
      ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
      pass("6h");
    }
    ASSERT_GE(percent_of("ios"), 1);
  }
};

TEST_F(AppStoreBudget, AHaltGoesThroughOnWhatIsKeptForIt) {
  roll_out();
  control("POST", "faults", app_store_fault("budget:5"));
  const auto halted = train_here({"halt", "ios", "--why", "support reports lost trips", "--yes"});
  EXPECT_EQ(store_state()["ios"]["candidate"].value("state", ""), "READY_FOR_DISTRIBUTION PAUSED")
      << halted.out << halted.err;
}

TEST_F(AppStoreBudget, IsShownByStatusAndByCheck) {
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
  pass("3h");
  EXPECT_EQ(train_here({"status"}).out.find("an hour left with this key"), std::string::npos);
  const auto calls = control("GET", "calls").size();
  const auto verbose = train_here({"status", "-v"});
  EXPECT_NE(verbose.out.find("of 36000 an hour left with this key · read 3h ago"), std::string::npos) << verbose.out;
  EXPECT_EQ(control("GET", "calls").size(), calls) << "from the log alone";
  const auto fresh = train_here({"status", "-v", "--refresh"});
  EXPECT_NE(fresh.out.find("an hour left with this key · read just now"), std::string::npos) << fresh.out;
  EXPECT_TRUE(status()["apps"][0]["request_budget"].contains("left")) << status().dump(2);
  const auto check = train_here({"check"});
  EXPECT_NE(check.out.find("of 36000 requests are left this hour, 60 are kept for a halt"), std::string::npos)
      << check.out;
}

TEST_F(AppStoreBudget, CheckWarnsOfAClockThatIsOffAndOfALowBudget) {
  ASSERT_EQ(train_here({"check", "-q"}).code, 0);
  control("POST", "faults", app_store_fault("clock_skew:-5m"));
  control("POST", "faults", app_store_fault("budget:40"));
  const auto checked = train_here({"check"});
  EXPECT_EQ(checked.code, 0) << checked.out;
  EXPECT_NE(checked.out.find("this machine's clock is 5m behind Apple's"), std::string::npos) << checked.out;
  EXPECT_NE(checked.out.find("40 of 3600 requests are left this hour"), std::string::npos) << checked.out;
}

TEST_F(AppStoreBudget, AnIndividualKeyReleasesToo) {
  std::ifstream in(directory_ / "train.yaml");
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string issuer = R"(issuer_id: "file:keys/issuer-id", )";
  const auto at = text.find(issuer);
  ASSERT_NE(at, std::string::npos) << text;
  std::ofstream(directory_ / "train.yaml") << text.erase(at, issuer.size());
  std::ofstream(directory_ / "keys/key-id") << sandbox_->credentials().app_store_individual_key_id << "\n";
  roll_out();
}

}  // namespace
}  // namespace train::e2e
