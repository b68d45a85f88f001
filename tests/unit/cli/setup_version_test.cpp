// `train version` and `train schema`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../../../src/cli/version.hpp"
#include "run_cli.hpp"
#include "train/base/files.hpp"

namespace train::cli {
namespace {

using testing::HasSubstr;

TEST(Version, IsTheBuilds) {
  const auto cmake = read_file(std::string(TRAIN_SOURCE_DIR) + "/CMakeLists.txt", 1 << 20);
  ASSERT_TRUE(cmake);
  EXPECT_THAT(*cmake, HasSubstr("project(train VERSION " + std::string(k_version) + " "));
}

TEST(Version, IsOneLineAndMoreWhenAsked) {
  const auto line = "train " + std::string(k_version) + "\n";
  EXPECT_EQ(run_cli({"version"}).out, line);
  EXPECT_EQ(run_cli({"--version"}).out, line);
  const auto more = run_cli({"version", "-v"});
  EXPECT_EQ(more.code, 0);
  EXPECT_THAT(more.out, testing::StartsWith(line));
  EXPECT_THAT(more.out, HasSubstr("nlohmann/json 3."));
}

// `train recovery prepare --version 3.3.0` printed the version and ended with 0: nothing was prepared.
TEST(Version, IsNoAnswerToACommandThatDoesNotKnowTheFlag) {
  const auto ran = run_cli({"status", "--version", "3.3.0"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("--version"));
}

TEST(Version, HasAJsonForm) {
  const auto json = nlohmann::json::parse(run_cli({"version", "-o", "json"}).out, nullptr, false);
  EXPECT_EQ(json, (nlohmann::json{{"schema", "train.version/1"}, {"version", k_version}}));
  const auto more = nlohmann::json::parse(run_cli({"-v", "version", "-o", "json"}).out, nullptr, false);
  ASSERT_TRUE(more.is_object());
  EXPECT_TRUE(more.contains("built_with"));
}

TEST(Schema, IsAJsonSchemaOfTheDefinition) {
  const auto ran = run_cli({"schema"});
  EXPECT_EQ(ran.code, 0);
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_TRUE(json["$defs"]["definition"]["properties"].contains("apps"));
}

}  // namespace
}  // namespace train::cli
