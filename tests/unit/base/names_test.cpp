// Versions, build numbers and percentages: what is read, what is refused, and the order.
#include "train/base/names.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "train/base/percent.hpp"

namespace train {
namespace {

VersionName version(const char* text) { return *VersionName::parse(text); }
BuildNumber build(const char* text) { return *BuildNumber::parse(text); }

TEST(Versions, AreOneToFourWholeNumbers) {
  for (const char* text : {"3", "3.4", "3.4.0", "3.4.0.12", "0.0.1"}) EXPECT_EQ(version(text).text(), text);
  for (const char* text : {"", ".", "3.", ".4", "3..4", "3.4.0.1.2", "v3.4", "3.4-rc1", "3,4", "-1", " 3.4"})
    EXPECT_FALSE(VersionName::parse(text)) << text;
}

TEST(Versions, AreComparedByNumberWithMissingPartsAsZero) {
  EXPECT_EQ(version("3.4"), version("3.4.0"));
  EXPECT_LT(version("3.9.0"), version("3.10.0"));
  EXPECT_GT(version("4"), version("3.99.99"));
  EXPECT_LT(VersionName(), version("0.0.1"));
}

TEST(Versions, AreBumpedToThreeParts) {
  EXPECT_EQ(version("3.4").next(Bump::major).text(), "4.0.0");
  EXPECT_EQ(version("3.4.7").next(Bump::minor).text(), "3.5.0");
  EXPECT_EQ(version("3.4.9").next(Bump::patch).text(), "3.4.10");
}

TEST(BuildNumbers, AreComparedPartByPartAsNumbers) {
  EXPECT_LT(build("9"), build("10"));
  EXPECT_LT(build("3.4.9"), build("3.4.10"));
  EXPECT_EQ(build("3.4"), build("3.4.0"));
  EXPECT_EQ(build("0340"), build("340"));
  EXPECT_EQ(build("340").number(), 340);
  EXPECT_FALSE(build("3.4").number());
  EXPECT_EQ(BuildNumber::from(2100000000).text(), "2100000000");
  for (const char* text : {"", "a1", "1.", "1..2", "1234567890123456789", "-3"})
    EXPECT_FALSE(BuildNumber::parse(text)) << text;
}

TEST(Percents, AreWholeBasisPoints) {
  EXPECT_EQ(Percent::whole(5).basis_points(), 500);
  EXPECT_EQ(Percent::parse("0.5 %")->basis_points(), 50);
  EXPECT_EQ(Percent::parse("5")->basis_points(), 500);
  EXPECT_EQ(Percent::parse("5%")->basis_points(), 500);
  EXPECT_EQ(Percent::parse("100"), k_percent_all);
  EXPECT_TRUE(Percent::parse("0")->is_zero());
  for (const char* text : {"", "%", "101", "-1", "0.001", "5.", "five", "5 %%", "1e2"})
    EXPECT_FALSE(Percent::parse(text)) << text;
}

TEST(Percents, RoundAStoresFractionAndRefuseWhatIsNone) {
  EXPECT_EQ(Percent::from_fraction(0.05)->basis_points(), 500);
  EXPECT_EQ(Percent::from_fraction(0.1 + 0.2)->basis_points(), 3000);
  EXPECT_EQ(Percent::from_fraction(1.0), k_percent_all);
  for (const double fraction :
       {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    EXPECT_FALSE(Percent::from_fraction(fraction)) << fraction;
}

TEST(Percents, AreShownWithoutNeedlessDigits) {
  EXPECT_EQ(Percent::whole(5).text(), "5 %");
  EXPECT_EQ(Percent::parse("0.5")->text(), "0.5 %");
  EXPECT_EQ(Percent::parse("12.25")->text(), "12.25 %");
  EXPECT_EQ(k_percent_all.text(), "100 %");
}

TEST(Percents, AreCheckedWhenTheyAreWrittenInTheCode) { EXPECT_DEATH(Percent::whole(101), ""); }

}  // namespace
}  // namespace train
