// The App Store's last resort and its rising numbers, by the commands people type.
#include <gmock/gmock.h>

#include "sandbox_fixture.hpp"

namespace train::e2e {
namespace {

using testing::Contains;
using testing::HasSubstr;

class LastResort : public SandboxFixture {
 protected:
  // 3.4.0 climbs on the App Store.
  void go_live() {
    ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
    sign_off();
    ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
    pass("25h");
    ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
    pass("1h");
    ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
    ASSERT_THAT(percent_of("ios"), testing::Gt(0));
  }
  std::size_t closed() const {
    std::size_t count = 0;
    for (const auto& change : changes()) count += change.find("off sale") != std::string::npos ? 1 : 0;
    return count;
  }
};

struct Unconfirmed {
  const char* name;
  std::vector<std::string> arguments;
  const char* says;
};

class WithoutBothWords : public LastResort, public testing::WithParamInterface<Unconfirmed> {};

TEST_P(WithoutBothWords, NothingIsDone) {
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  auto arguments = GetParam().arguments;
  arguments.insert(arguments.begin(), "remove-from-sale");
  const auto ran = train_here(arguments);
  EXPECT_EQ(ran.code, 2) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr(GetParam().says));
  EXPECT_EQ(closed(), 0u);
  EXPECT_EQ(train_here({"log", "-o", "json"}).out.find("removal"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    , WithoutBothWords,
    testing::Values(
        Unconfirmed{"neither", {"ios", "--why", "x"}, "on every platform, in every storefront"},
        Unconfirmed{"only_yes", {"ios", "--why", "x", "--yes"}, "--confirm com.example.charge"},
        Unconfirmed{"only_the_id", {"ios", "--why", "x", "--confirm", "com.example.charge"}, "not confirmed"},
        Unconfirmed{
            "another_id", {"ios", "--why", "x", "--yes", "--confirm", "com.example"}, "not the app's bundle id"},
        Unconfirmed{"no_such_app", {"web", "--why", "x", "--yes", "--confirm", "x"}, "There is no app `web`"},
        Unconfirmed{"google_play",
                    {"android", "--why", "x", "--yes", "--confirm", "com.example.charge"},
                    "Google Play's API cannot"}),
    [](const auto& row) { return row.param.name; });

TEST_F(LastResort, TakesTheAppOffSaleOnceAndSaysHowItComesBack) {
  go_live();
  const auto ran = train_here(
      {"remove-from-sale", "ios", "--why", "charges twice", "--yes", "--confirm", "com.example.charge", "--as", "ana"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_EQ(closed(), 5u);
  EXPECT_THAT(ran.out, HasSubstr("off sale everywhere"));
  EXPECT_THAT(ran.out, HasSubstr("train resume ios"));
  const auto again = train_here({"advance"});
  EXPECT_EQ(again.code, 3) << again.out;
  EXPECT_EQ(closed(), 5u);
  EXPECT_EQ(status()["apps"][0]["phase"], "halted");
  expect_each_change_once();
}

TEST_F(LastResort, GoesOnWithTheNextAdvanceWhenItWasCutShort) {
  go_live();
  control("POST", "faults",
          {{"path", "/app-store/v1/territoryAvailabilities"},
           {"method", "PATCH"},
           {"times", 0},
           {"every", 3},
           {"fault", "status:429"}});
  const auto cut =
      train_here({"remove-from-sale", "ios", "--why", "charges twice", "--yes", "--confirm", "com.example.charge"});
  EXPECT_EQ(cut.code, 1) << cut.out << cut.err;
  EXPECT_THAT(cut.out, HasSubstr("of 5 storefronts had been closed"));
  EXPECT_GT(closed(), 0u);
  EXPECT_LT(closed(), 5u);
  control("DELETE", "faults");
  EXPECT_EQ(train_here({"advance", "-q"}).code, 3);
  EXPECT_EQ(closed(), 5u);
  expect_each_change_once();
}

TEST_F(LastResort, ANumberThatDoesNotRiseIsRefusedBeforeAnythingIsOpened) {
  for (const auto* version : {"3.2.9", "3.2"}) {
    const auto ran = train_here({"start", version});
    EXPECT_EQ(ran.code, 1) << ran.out;
    EXPECT_THAT(ran.err, HasSubstr("takes only numbers that rise"));
  }
  EXPECT_TRUE(status()["release"].is_null());
  EXPECT_THAT(changes(), testing::IsEmpty());
}

}  // namespace
}  // namespace train::e2e
