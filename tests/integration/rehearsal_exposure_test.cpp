// What people do in the stores' consoles before a release begins, against the real adapters. What happens later is in
// the built-in scenarios of the groups console and answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/cli/run_cli.hpp"

namespace train::cli {
namespace {

struct Story {
  const char* name;
  const char* yaml;
};
void PrintTo(const Story& row, std::ostream* out) { *out << row.name; }
class ExposureRehearsal : public testing::TestWithParam<Story> {};

TEST_P(ExposureRehearsal, Holds) {
  const auto path = std::filesystem::path(testing::TempDir()) / (std::string("exposure-") + GetParam().name + ".yaml");
  std::ofstream(path) << GetParam().yaml;
  const auto ran = run_cli({"rehearse", path.string()});
  std::filesystem::remove(path);
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
}

const Story k_stories[] = {
    {"a_live_release_with_a_free_text_name", R"yaml(
given: { for: 14d, sign_offs: never }
events:
  - { after: 1m, do: person, console: rename, app: android, version: 3.3.0, name: "330 (3.3.0-prod)" }
  - { after: 1h, do: person, run: "approve submission:qa" }
  - { after: 1h, do: person, run: "approve rollout:release_manager" }
expect: [release done, android reaches 100%, every rise has a pass, each change once]
)yaml"},
    {"a_live_release_named_by_its_code", R"yaml(
given: { for: 14d, sign_offs: never }
events:
  - { after: 1m, do: person, console: rename, app: android, version: 3.3.0, name: "330" }
  - { after: 1h, do: person, run: "approve submission:qa" }
  - { after: 1h, do: person, run: "approve rollout:release_manager" }
expect: [release done, android reaches 100%, every rise has a pass]
)yaml"},
    {"an_old_build_is_not_dropped_in_silence", R"yaml(
given: { for: 6d, sign_offs: never }
events:
  - { after: 1m, do: person, console: serve_beside, app: android, version: 3.3.0, build: 12 }
  - { after: 1h, do: person, run: "approve submission:qa" }
  - { after: 1h, do: person, run: "approve rollout:release_manager" }
expect: [android never above 0%, android start_rollout never happens, exit 3 at the end]
)yaml"},
    {"held_in_plays_review", R"yaml(
given: { for: 4d }
events:
  - { when: android start_rollout, after: 1h, do: person, run: "hold --why 'support sees something'" }
expect: [android phase halted, android resume never happens, android set_percent never happens, ios never above 0%]
)yaml"},
};
// It once became a phased release of seven days.
TEST(ExposureRehearsalOfOwn, WhatEverybodyShallGetAtOnceIsOutOnTheDayOfItsRelease) {
  const auto directory = std::filesystem::path(testing::TempDir());
  const auto own = directory / "exposure-at-once-definition.yaml";
  const auto scenario = directory / "exposure-at-once.yaml";
  std::ofstream(own) << "version: 1\ntrain: charge\napps:\n"
                        "  ios:\n    store: app_store\n    bundle_id: com.example.charge\n"
                        "    credentials: { key_id: env:A, issuer_id: env:B, private_key: env:C }\n"
                        "    release_notes: \"notes/{version}/{locale}.txt\"\n    rollout: [100]\n";
  std::ofstream(scenario) << "given: { for: 3d }\nexpect: [ios reaches 100%, each change once]\n";
  const auto ran = run_cli({"-f", own.string(), "rehearse", scenario.string()});
  std::filesystem::remove(own);
  std::filesystem::remove(scenario);
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
}

INSTANTIATE_TEST_SUITE_P(, ExposureRehearsal, testing::ValuesIn(k_stories),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::cli
