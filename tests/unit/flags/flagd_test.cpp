// flagd's format in a file: off is off for everybody, and everything else stays as it is written.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "train/flags/providers.hpp"

namespace train::flags {
namespace {

class FlagdFile : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/train-flagd-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    directory_ = pattern;
    flag_.name = "new_checkout";
    flag_.path = directory_ / "flags.json";
    flag_.value_on = "true";
    flag_.value_off = "false";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // One flag beside another, as a person would write it.
  static std::string file_with(const std::string& members) {
    return "{\n  \"$schema\": \"https://flagd.dev/schema/v0/flags.json\",\n  \"flags\": {\n"
           "    \"other\": { \"state\": \"ENABLED\", \"variants\": { \"a\": 1.50 }, \"defaultVariant\": \"a\" },\n"
           "    \"new_checkout\": { " +
           members + " }\n  }\n}\n";
  }
  void write(const std::string& members) { std::ofstream(flag_.path) << file_with(members); }
  std::string text() const {
    std::ostringstream out;
    out << std::ifstream(flag_.path).rdbuf();
    return out.str();
  }
  std::string get() { return provider_->get(flag_).value_or("(error)"); }

  std::filesystem::path directory_;
  Flag flag_;
  std::unique_ptr<FlagProvider> provider_ = make_file_provider();
};

const std::string k_on_off = R"("variants": { "on": true, "off": false })";

TEST_F(FlagdFile, MovesTheDefaultVariantAndNothingElse) {
  write(R"("state": "ENABLED", )" + k_on_off + R"(, "defaultVariant": "on")");
  EXPECT_EQ(get(), "true");
  const auto done = provider_->set(flag_, "false");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(text(), file_with(R"("state": "ENABLED", )" + k_on_off + R"(, "defaultVariant": "off")"));
  EXPECT_EQ(get(), "false");
}

TEST_F(FlagdFile, TargetingIsPassedByAndComesBack) {
  const std::string targeting = R"({"if":[{"in":["@example.com",{"var":"email"}]},"on",null]})";
  const std::string before = R"("state": "ENABLED", )" + k_on_off + R"(, "defaultVariant": "on", "targeting": )";
  write(before + targeting);
  ASSERT_TRUE(provider_->set(flag_, "false"));
  EXPECT_EQ(text(), file_with(before + R"({"if": [true, "off", )" + targeting + "]}"));
  EXPECT_EQ(get(), "false");
  ASSERT_TRUE(provider_->set(flag_, "false")) << "twice is harmless";
  EXPECT_EQ(text(), file_with(before + R"({"if": [true, "off", )" + targeting + "]}"));
  ASSERT_TRUE(provider_->set(flag_, "true"));
  EXPECT_EQ(text(), file_with(before + targeting));
}

TEST_F(FlagdFile, ADisabledFlagIsShownAndEnabledWithItsValue) {
  write(R"("state": "DISABLED", )" + k_on_off + R"(, "defaultVariant": "on")");
  EXPECT_EQ(get(), "DISABLED");
  ASSERT_TRUE(provider_->set(flag_, "false"));
  EXPECT_EQ(text(), file_with(R"("state": "ENABLED", )" + k_on_off + R"(, "defaultVariant": "off")"));
}

TEST_F(FlagdFile, AValueThatNoVariantHasIsRefused) {
  write(R"("state": "ENABLED", "variants": { "a": "blue", "b": {"x": 1} }, "defaultVariant": "a")");
  const auto done = provider_->set(flag_, "red");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::refused);
  EXPECT_NE(done.error().hint.find("blue, {\"x\":1}"), std::string::npos) << done.error().text();
}

struct BrokenFlagd {
  const char* name;
  const char* members;
};
class BrokenFlagdFile : public FlagdFile, public ::testing::WithParamInterface<BrokenFlagd> {};

TEST_P(BrokenFlagdFile, IsAnErrorAndNotTouched) {
  write(GetParam().members);
  EXPECT_FALSE(provider_->get(flag_));
  EXPECT_EQ(text(), file_with(GetParam().members));
}

INSTANTIATE_TEST_SUITE_P(
    , BrokenFlagdFile,
    ::testing::Values(BrokenFlagd{"no_variants", R"("state": "ENABLED", "defaultVariant": "on")"},
                      BrokenFlagd{"variants_are_a_list", R"("variants": [true])"},
                      BrokenFlagd{"no_default", R"("variants": { "on": true })"},
                      BrokenFlagd{"default_is_null", R"("variants": { "on": true }, "defaultVariant": null)"},
                      BrokenFlagd{"default_is_unknown", R"("variants": { "on": true }, "defaultVariant": "off")"},
                      BrokenFlagd{"state_is_a_number", R"("state": 3, "variants": { "on": true })"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(FlagdFile, AFlagThatIsNotThereIsNamed) {
  write(R"("variants": { "on": true }, "defaultVariant": "on")");
  flag_.parameter = "absent";
  const auto value = provider_->get(flag_);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::not_found);
  EXPECT_NE(value.error().message.find("`flags` has no `absent`"), std::string::npos) << value.error().text();
}

}  // namespace
}  // namespace train::flags
