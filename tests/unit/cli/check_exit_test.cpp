// Which exit code the lines of `train check` end in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compose/catalog.hpp"
#include "exit_code.hpp"
#include "views/check_view.hpp"

namespace train::cli {
namespace {

using preflight::failed_line;
using preflight::Level;
using testing::HasSubstr;

TEST(CheckProblems, EachIsALineWithItsPlaceAndExitTwo) {
  const auto loaded = definition::load_text("version: 2\ntrain: charge\n", "train.yaml", catalog());
  ASSERT_FALSE(loaded);
  const auto lines = problem_lines(loaded.error());
  EXPECT_EQ(lines.size(), loaded.error().size());
  EXPECT_THAT(lines[0].subject, HasSubstr("train.yaml:1:"));
  EXPECT_EQ(exit_of(lines), Exit::usage);
}

struct ExitCase {
  std::string name;
  std::vector<ErrorKind> failed;
  Exit wanted;
};

class CheckExit : public testing::TestWithParam<ExitCase> {};

TEST_P(CheckExit, IsTheWorst) {
  preflight::Lines lines{{"G", "fine", Level::ok, "", ""},
                         {"G", "warned", Level::warning, "", ""},
                         {"G", "later", Level::inactive, "", ""}};
  for (const auto kind : GetParam().failed) lines.push_back(failed_line("G", "w", Error{kind, "m", ""}));
  EXPECT_EQ(exit_of(lines), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    , CheckExit,
    testing::Values(ExitCase{"nothing_failed", {}, Exit::done},
                    ExitCase{"a_call", {ErrorKind::unreachable}, Exit::failed},
                    ExitCase{"credentials_before_calls", {ErrorKind::unreachable, ErrorKind::auth}, Exit::credentials},
                    ExitCase{"a_secret", {ErrorKind::definition}, Exit::usage},
                    ExitCase{"a_conflict_is_a_failed_call", {ErrorKind::conflict}, Exit::failed}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::cli
