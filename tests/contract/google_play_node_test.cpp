// Google's own Node client performs a full upload and rollout against the built-in Google Play: what `train` relies on
// is what the real client expects. Everything that passes is held against Google's discovery document.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "google_play_discovery.hpp"
#include "npm_tools.hpp"
#include "train/base/process.hpp"

namespace train::testing_play {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GooglePlayNodeClient : public GooglePlayStore {
 protected:
  // Google's client dates its assertions by the machine's clock, so the store begins at that time and stands still.
  sandbox::Options options() const override {
    sandbox::Options now;
    now.start = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    return now;
  }

  ProcessOutput run_client() {
    const auto account = folder.path / "account.json";
    std::ofstream(account) << world->credentials().service_account_json;
    ProcessRequest request;
    request.argv = {"node", std::string(TRAIN_SOURCE_DIR) + "/tests/contract/node/play_rollout.js"};
    request.environment = {{"NODE_PATH", contract::npm_modules().string()},
                           {"PLAY_URL", world->url()},
                           {"PLAY_ACCOUNT", account.string()},
                           {"PLAY_BUNDLE", bundle({.padding_bytes = 3u << 20}).file.string()}};
    request.timeout_seconds = 120;
    const auto output = run_process(request);
    EXPECT_TRUE(output) << (output ? "" : output.error().text());
    return output ? *output : ProcessOutput{};
  }
};

std::vector<std::string> said(const ProcessOutput& output, const std::string& what) {
  std::vector<std::string> all;
  std::istringstream lines(output.out);
  for (std::string line; std::getline(lines, line);) {
    const Json row = Json::parse(line, nullptr, false);
    if (row.is_object() && row["what"] == what) all.push_back(row["value"].dump());
  }
  return all;
}

TEST_F(GooglePlayNodeClient, TakesAReleaseAllTheWay) {
  const auto document = discovery_document();
  if (!document) GTEST_SKIP() << no_discovery_document();
  const auto why = contract::why_not("@googleapis/androidpublisher");
  if (!why.empty()) GTEST_SKIP() << "Google's client did not run: " << why;

  const auto output = run_client();
  ASSERT_EQ(output.exit_code, 0) << output.out << output.err;
  EXPECT_THAT(changes(), ElementsAre(HasSubstr("play/bundle 340; play/production/340 inProgress 0.05"),
                                     "play/production/340 inProgress 0.2", "play/production/340 halted 0.2",
                                     "play/production/340 inProgress 0.2", "play/production/340 completed"));
  EXPECT_THAT(said(output, "refused"),
              ElementsAre(HasSubstr("This Edit has been deleted"), HasSubstr("Version code 340 has already been used"),
                          HasSubstr("\"status\":400"), HasSubstr("\"status\":400"), HasSubstr("\"status\":404")));
  EXPECT_THAT(said(output, "listed"), ElementsAre(HasSubstr("RELEASE_LIFECYCLE_STATE_PUBLISHED")));

  const auto [methods, wrong] = compare(Discovery(*document), watch->calls);
  EXPECT_EQ(wrong, std::vector<std::string>{});
  std::cout << watch->calls.size() << " requests, " << methods.size() << " operations, " << wrong.size()
            << " violations\n";
  for (const auto& method : methods) std::cout << method << "\n";
  EXPECT_GE(methods.size(), 11u);
}

}  // namespace
}  // namespace train::testing_play
