// What `train check` shows: lines that fit and stay in their columns, and the JSON that scripts read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "train/base/text.hpp"
#include "views/check_view.hpp"

namespace train::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string k_long_detail =
    "no answer for the live version 3.3.0: the query returned no series, and the one before it returned none either";

preflight::Lines example() {
  return {{"Secrets", "android service_account", preflight::Level::ok, "file:keys/play.json", ""},
          {"Signals", "android crashes", preflight::Level::failure, k_long_detail,
           "Try the query by hand, and compare its labels with those of the app."},
          {"Signals", "a-name-that-is-longer-than-its-column", preflight::Level::warning, "short", ""},
          {"Not active yet", "standby.ios", preflight::Level::inactive, "later", ""}};
}

std::string drawn(const preflight::Lines& lines, std::size_t columns, Amount amount = Amount::everything) {
  std::ostringstream out;
  show_check(lines, amount, {out, Paint(false), columns});
  return out.str();
}

TEST(CheckView, FitsEightyColumnsAndKeepsTheDetailsInOne) {
  const auto text = drawn(example(), 80);
  for (const auto& line : split(text, '\n')) EXPECT_LE(width_of(line), 80U) << line;
  EXPECT_THAT(text, HasSubstr("\n  ✗ android crashes           no answer for the live version 3.3.0"));
  EXPECT_THAT(text, HasSubstr("\n  ! a-name-that-is-longer-than-its-column\n                              short\n"));
  EXPECT_THAT(text, HasSubstr("Signals\n"));
  EXPECT_THAT(text, HasSubstr("1 failed, 1 warning, 1 not active yet, 1 ok."));
}

TEST(CheckView, IsNotWrappedIntoAPipe) { EXPECT_THAT(drawn(example(), 0), HasSubstr(k_long_detail + "\n")); }

TEST(CheckView, QuietShowsOnlyTrouble) {
  const auto text = drawn(example(), 80, Amount::only_trouble);
  EXPECT_THAT(text, Not(HasSubstr("service_account")));
  EXPECT_THAT(text, Not(HasSubstr("standby")));
  EXPECT_THAT(text, HasSubstr("android crashes"));
}

TEST(CheckView, WhatAStoreSaysCannotSteerTheTerminal) {
  const auto text = drawn({{"G", "w", preflight::Level::failure, "\x1b[2Jgone", ""}}, 80);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(CheckDocument, HasEveryLineWithItsResult) {
  const auto json = nlohmann::json::parse(check_document(example()), nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["schema"], "train.check/1");
  EXPECT_EQ(json["ok"], false);
  ASSERT_EQ(json["lines"].size(), 4U);
  EXPECT_EQ(json["lines"][1],
            (nlohmann::json{{"group", "Signals"},
                            {"what", "android crashes"},
                            {"result", "failed"},
                            {"detail", k_long_detail},
                            {"hint", "Try the query by hand, and compare its labels with those of the app."},
                            {"risk", nullptr}}));
  EXPECT_EQ(json["lines"][3]["result"], "inactive");
}

TEST(CheckDocument, IsOkWithWarnings) {
  const auto json =
      nlohmann::json::parse(check_document({{"G", "w", preflight::Level::warning, "d", "h"}}), nullptr, false);
  EXPECT_EQ(json["ok"], true);
}

}  // namespace
}  // namespace train::cli
