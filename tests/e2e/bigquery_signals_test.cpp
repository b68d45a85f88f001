// Crashlytics through BigQuery, as docs/signals/bigquery.md has it: from a service account to a verdict.
#include <gmock/gmock.h>

#include <fstream>

#include "contract/bigquery_fake.hpp"
#include "sandbox_fixture.hpp"
#include "support/recipes.hpp"

namespace train::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Crashlytics : public SandboxFixture {
 protected:
  void SetUp() override {
    SandboxFixture::SetUp();
    use_recipe("crashlytics");
  }

  void use_recipe(const std::string& name) {
    Json account = Json::parse(sandbox_->credentials().service_account_json);
    account["token_uri"] = google_.url() + "/token";
    write_key("bigquery.json", account.dump());
    const std::string signals = testbed::with(testbed::recipe("bigquery.md", name), "source: bigquery\n",
                                              "source: bigquery\n    url: " + google_.url() + "\n");
    const auto path = directory_ / "train.yaml";
    std::ifstream in(path);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto begin = text.find("signals:\n"), end = text.find("approvals:\n");
    ASSERT_NE(end, std::string::npos);
    text.replace(begin, end - begin, signals);
    std::ofstream(path) << text;
  }
  void write_key(const std::string& name, const std::string& text) const {
    const auto path = directory_ / "keys" / name;
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }

  // 3,000 user-days more, of which this share had a crash.
  void use_the_app(double share) {
    exposures_ += 3000;
    events_ += 3000 * share;
    google_.count("3.4.0", {{"exposures", exposures_}, {"events", std::round(events_)}, {"lag_seconds", 5400}});
    google_.count("3.3.0", {{"exposures", 100000}, {"events", 300}, {"lag_seconds", 5400}});
  }
  // Looks every three hours until android is there, or `most` looks are over. The last look's exit code.
  int go_on_to(double percent, double share, int most = 60) {
    int code = 0;
    for (int look = 0; look < most && code == 0 && percent_of("android") < percent; ++look) {
      use_the_app(share);
      pass("3h");
      code = train_here({"advance", "-q"}).code;
    }
    return code;
  }

  contract::BigQueryFake google_;
  double exposures_ = 0;
  double events_ = 0;
};

TEST_F(Crashlytics, RaisesAHealthyReleaseAndHaltsABadOne) {
  use_the_app(0.002);
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  sign_off();
  EXPECT_EQ(go_on_to(5, 0.002), 0);
  EXPECT_GE(percent_of("android"), 5) << train_here({"status"}).out;
  EXPECT_EQ(go_on_to(100, 0.06, 8), 3);
  EXPECT_EQ(store_state()["android"]["candidate"]["state"], "halted");
  EXPECT_THAT(train_here({"status"}).out, HasSubstr("crashes"));
  EXPECT_EQ(google_.violations(), std::vector<std::string>{});
  expect_each_change_once();
}

TEST_F(Crashlytics, CheckSaysWhatALookCosts) {
  use_the_app(0.002);
  const auto ran = train_here({"check"});
  EXPECT_THAT(ran.out, HasSubstr("300 of 100000 for 3.3.0; one look reads 2.5 GB; 10 GB are billed at most"));
  google_.take_bytes(12e9);
  EXPECT_THAT(train_here({"check"}).out,
              AllOf(HasSubstr("more than `maximum_gb_billed` allows"), HasSubstr("one look reads 12 GB")));
  EXPECT_EQ(google_.violations(), std::vector<std::string>{});
}

TEST_F(Crashlytics, SessionsTellHowFarTheyHangTogether) {
  use_recipe("crashlytics_sessions");
  google_.count("3.3.0", {{"exposures", 100000}, {"events", 300}, {"design_effect", 3.5}});
  EXPECT_THAT(train_here({"check"}).out, HasSubstr("300 of 100000 for 3.3.0"));
  EXPECT_EQ(google_.violations(), std::vector<std::string>{});
}

TEST_F(Crashlytics, AWorkloadSignsInWithoutAKey) {
  write_key("workload.jwt", "a-token-of-the-ci-system");
  const Json external{
      {"type", "external_account"},
      {"audience", "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/ci"},
      {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"},
      {"token_url", google_.url() + "/token"},
      {"credential_source", {{"file", (directory_ / "keys/workload.jwt").string()}}}};
  write_key("bigquery.json", external.dump());
  use_the_app(0.002);
  EXPECT_THAT(train_here({"check"}).out, HasSubstr("300 of 100000 for 3.3.0"));
  EXPECT_EQ(google_.violations(), std::vector<std::string>{});
}

}  // namespace
}  // namespace train::e2e
