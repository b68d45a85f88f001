// The small BigQuery, asked by Google's own client and by train's adapter: what train relies on is what the real client
// expects.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "../../src/sandbox/http/keys.hpp"
#include "bigquery_fake.hpp"
#include "npm_tools.hpp"
#include "train/base/digest.hpp"
#include "train/base/process.hpp"
#include "train/signals/providers.hpp"

namespace train::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string account_for(const BigQueryFake& fake) {
  const nlohmann::json account{{"type", "service_account"},
                               {"client_email", "train@charge-prod.iam.gserviceaccount.com"},
                               {"private_key_id", "1"},
                               {"private_key", sandbox::KeyPair::well_known_rsa().private_pem()},
                               {"token_uri", fake.url() + "/token"}};
  return account.dump();
}

// Each line's value that was said about `what`.
std::vector<std::string> told_of(const std::string& out, const std::string& what) {
  std::vector<std::string> all;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json row = nlohmann::json::parse(line, nullptr, false);
    if (row.is_object() && row["what"] == what) all.push_back(row["value"].dump());
  }
  return all;
}

Signal counted(const std::string& url) {
  Signal signal;
  signal.url = url;
  signal.options = {{"project", BigQueryFake::k_project},
                    {"maximum_gb_billed", "10"},
                    {"query",
                     "SELECT COUNT(*) AS exposures, COUNTIF(error_type IS NOT NULL) AS events\n"
                     "FROM `firebase_crashlytics.${firebase_table}_REALTIME`\n"
                     "WHERE application.display_version = $version"}};
  return signal;
}

Subject asked_about() {
  Subject subject;
  subject.app = "android";
  subject.store_id = "com.example.charge";
  subject.version = *VersionName::parse("3.4.0");
  subject.platform = "android";
  subject.now = *parse_rfc3339("2026-11-30T10:00:00Z");
  subject.start = subject.now - Duration(3600);
  return subject;
}

class BigQueryContract : public testing::Test {
 protected:
  BigQueryContract() { fake.count("3.4.0", {{"exposures", 1000}, {"events", 3}}); }

  std::unique_ptr<SignalSource> source() const {
    return signals::make_bigquery({}, *auth::parse_google_credentials(Secret(account_for(fake))));
  }
  BigQueryFake fake;
};

TEST_F(BigQueryContract, TheAdapterIsAnsweredFromItsAccountOn) {
  fake.end_after(2);
  const auto seen = source()->measure(counted(fake.url()), asked_about());
  EXPECT_EQ(seen.counts, (Counts{3, 1000})) << seen.detail;
  EXPECT_EQ(fake.violations(), std::vector<std::string>{});
}

TEST_F(BigQueryContract, TheAdapterIsRefusedInWords) {
  auto wrong = counted(fake.url());
  wrong.options["query"] = "SELECT 1 AS events FROM `firebase_crashlytics.$app`";
  EXPECT_THAT(source()->measure(wrong, asked_about()).detail,
              HasSubstr("404 (Not found: Table charge-prod:firebase_crashlytics.android was not found in location EU): "
                        "there is nothing of that name there"));
  fake.take_bytes(1e12);
  EXPECT_THAT(source()->measure(counted(fake.url()), asked_about()).detail, HasSubstr("`maximum_gb_billed` allows"));
}

TEST_F(BigQueryContract, GooglesNodeClientReadsTheSame) {
  if (const auto why = why_not("@google-cloud/bigquery"); !why.empty())
    GTEST_SKIP() << "Google's client did not run: " << why;
  const auto account = std::filesystem::temp_directory_path() / ("bigquery-" + random_id() + ".json");
  std::ofstream(account) << account_for(fake);
  ProcessRequest request;
  request.argv = {"node", std::string(TRAIN_SOURCE_DIR) + "/tests/contract/node/bigquery_counts.js"};
  request.environment = {
      {"NODE_PATH", npm_modules().string()}, {"BIGQUERY_URL", fake.url()}, {"BIGQUERY_ACCOUNT", account.string()}};
  request.timeout_seconds = 120;
  const auto output = run_process(request);
  std::filesystem::remove(account);
  ASSERT_TRUE(output) << output.error().text();
  ASSERT_EQ(output->exit_code, 0) << output->out << output->err;
  EXPECT_THAT(told_of(output->out, "rows"),
              ElementsAre(R"([{"events":3,"exposures":1000}])", R"([{"events":3,"exposures":1000}])"));
  EXPECT_THAT(told_of(output->out, "bytes"), ElementsAre("\"2500000000\""));
  EXPECT_THAT(told_of(output->out, "refused"),
              ElementsAre(HasSubstr("Not found: Table"), HasSubstr("Unrecognized name: versoin"),
                          HasSubstr("Query parameter 'version' not found"), HasSubstr("bytesBilledLimitExceeded")));
  EXPECT_EQ(fake.violations(), std::vector<std::string>{});
}

}  // namespace
}  // namespace train::contract
