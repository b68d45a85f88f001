#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "train/flags/providers.hpp"

namespace train::flags {
namespace {

class FileFlags : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/train-flags-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    directory_ = pattern;
    flag_.name = "new_checkout";
    flag_.parameter = "new_checkout_enabled";
    flag_.path = directory_ / "flags.json";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& text) { std::ofstream(flag_.path) << text; }
  std::string text() {
    std::ostringstream out;
    out << std::ifstream(flag_.path).rdbuf();
    return out.str();
  }

  std::filesystem::path directory_;
  Flag flag_;
  std::unique_ptr<FlagProvider> provider_ = make_file_provider();
};

struct SetCase {
  const char* name;
  const char* before;
  const char* value;
  const char* after;
};
class FileSet : public FileFlags, public ::testing::WithParamInterface<SetCase> {};

TEST_P(FileSet, ChangesThatMemberAndNothingElse) {
  write(GetParam().before);
  const auto set = provider_->set(flag_, GetParam().value);
  ASSERT_TRUE(set) << set.error().text();
  EXPECT_EQ(text(), GetParam().after);
  EXPECT_EQ(provider_->get(flag_).value(), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    , FileSet,
    ::testing::Values(
        SetCase{"a_text", R"({"new_checkout_enabled":"true"})", "false", R"({"new_checkout_enabled":"false"})"},
        SetCase{"a_boolean_stays_one", R"({"new_checkout_enabled": true})", "false",
                R"({"new_checkout_enabled": false})"},
        SetCase{"a_number_stays_one", R"({"new_checkout_enabled": 1})", "0.5", R"({"new_checkout_enabled": 0.5})"},
        SetCase{"a_boolean_becomes_text", R"({"new_checkout_enabled": true})", "off",
                R"({"new_checkout_enabled": "off"})"},
        SetCase{"an_object_is_replaced", R"({"new_checkout_enabled": {"a": [1, "}"]}, "b": 1})", "off",
                R"({"new_checkout_enabled": "off", "b": 1})"},
        SetCase{"others_stay_as_written",
                "{\n    \"z\": 1.50,\n\t\"new_checkout_enabled\" : \"on\" ,\n  \"a\": 123456789012345678901\n}\n",
                "off",
                "{\n    \"z\": 1.50,\n\t\"new_checkout_enabled\" : \"off\" ,\n  \"a\": 123456789012345678901\n}\n"},
        SetCase{"only_at_the_top", R"({"x": {"new_checkout_enabled": "on"}, "new_checkout_enabled": "on"})", "off",
                R"({"x": {"new_checkout_enabled": "on"}, "new_checkout_enabled": "off"})"},
        SetCase{"an_escaped_key", R"({"new_checkout\u005fenabled": "on"})", "off",
                R"({"new_checkout\u005fenabled": "off"})"},
        SetCase{"a_brace_in_a_text", R"({"x": "}\"{", "new_checkout_enabled": "on"})", "off",
                R"({"x": "}\"{", "new_checkout_enabled": "off"})"},
        SetCase{"added_in_line", R"({"a": 1})", "off", R"({"a": 1, "new_checkout_enabled": "off"})"},
        SetCase{"added_with_its_indent", "{\n    \"a\": [1]\n}\n", "off",
                "{\n    \"a\": [1],\n    \"new_checkout_enabled\": \"off\"\n}\n"},
        SetCase{"added_to_an_empty_object", "{ }", "off", "{\n  \"new_checkout_enabled\": \"off\"\n}"},
        SetCase{"quotes_and_lines", R"({"new_checkout_enabled": "on"})", "a \"b\"\n\\",
                R"({"new_checkout_enabled": "a \"b\"\n\\"})"}),
    [](const auto& row) { return std::string(row.param.name); });

struct GetCase {
  const char* name;
  const char* file;
  const char* value;  // nullptr: an error
  ErrorKind kind = ErrorKind::internal;
};
class FileGet : public FileFlags, public ::testing::WithParamInterface<GetCase> {};

TEST_P(FileGet, ReadsOneMember) {
  write(GetParam().file);
  const auto value = provider_->get(flag_);
  if (GetParam().value != nullptr) {
    ASSERT_TRUE(value) << value.error().text();
    EXPECT_EQ(*value, GetParam().value);
    return;
  }
  ASSERT_FALSE(value) << *value;
  EXPECT_EQ(to_string(value.error().kind), to_string(GetParam().kind));
  EXPECT_NE(value.error().message.find(flag_.path.string()), std::string::npos) << value.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    , FileGet,
    ::testing::Values(GetCase{"text", R"({"new_checkout_enabled":"on"})", "on"},
                      GetCase{"boolean", R"({"new_checkout_enabled":false})", "false"},
                      GetCase{"number", R"({"new_checkout_enabled":12})", "12"},
                      GetCase{"absent", R"({"other":1})", nullptr, ErrorKind::not_found},
                      GetCase{"null_value", R"({"new_checkout_enabled":null})", nullptr, ErrorKind::invalid_answer},
                      GetCase{"list", R"({"new_checkout_enabled":[1]})", nullptr, ErrorKind::invalid_answer},
                      GetCase{"twice", R"({"new_checkout_enabled":1,"new_checkout_enabled":2})", nullptr,
                              ErrorKind::refused},
                      GetCase{"not_json", "new_checkout_enabled: on", nullptr, ErrorKind::refused},
                      GetCase{"not_an_object", "[]", nullptr, ErrorKind::refused},
                      GetCase{"empty", "", nullptr, ErrorKind::refused}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(FileFlags, AMissingFileIsNotFoundWithAHint) {
  for (const auto& error : {provider_->get(flag_).error(), provider_->set(flag_, "off").error()}) {
    EXPECT_EQ(to_string(error.kind), to_string(ErrorKind::not_found));
    EXPECT_FALSE(error.hint.empty());
  }
  EXPECT_FALSE(std::filesystem::exists(flag_.path)) << "a typo in `path` must not make a file nobody reads";
}

TEST_F(FileFlags, DeepNestingIsRefused) {
  write("{\"a\":" + std::string(100000, '['));
  EXPECT_EQ(to_string(provider_->get(flag_).error().kind), to_string(ErrorKind::refused));
}

TEST_F(FileFlags, TheNameServesWithoutAParameter) {
  flag_.parameter.clear();
  write(R"({"new_checkout":"on"})");
  EXPECT_EQ(provider_->get(flag_).value(), "on");
}

TEST_F(FileFlags, ModeAndLinkSurvive) {
  write(R"({"new_checkout_enabled":"on"})");
  ::chmod(flag_.path.c_str(), 0640);
  const auto real = flag_.path;
  flag_.path = directory_ / "link.json";
  std::filesystem::create_symlink(real, flag_.path);
  ASSERT_TRUE(provider_->set(flag_, "off"));
  EXPECT_TRUE(std::filesystem::is_symlink(flag_.path));
  struct stat seen {};
  ASSERT_EQ(::stat(real.c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777, 0640u);
}

}  // namespace
}  // namespace train::flags
