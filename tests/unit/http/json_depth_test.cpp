#include "train/http/json_depth.hpp"

#include <gtest/gtest.h>

#include <string>

namespace train::http {
namespace {

TEST(JsonDepth, CountsWhatIsOpenAtOnce) {
  EXPECT_TRUE(is_nested_within(""));
  EXPECT_TRUE(is_nested_within(std::string(64, '[')));
  EXPECT_FALSE(is_nested_within(std::string(65, '[')));
  EXPECT_FALSE(is_nested_within("[{[", 2));
  EXPECT_TRUE(is_nested_within("[[],[],{},{}]", 2));
}

TEST(JsonDepth, BracketsInsideATextDoNotCount) {
  EXPECT_TRUE(is_nested_within(R"(["[[[["])", 1));
  EXPECT_TRUE(is_nested_within(R"(["\"[[[["])", 1));
  EXPECT_FALSE(is_nested_within(R"(["\\"[)", 1));
}

}  // namespace
}  // namespace train::http
