// How long a command waits for others.
#include "train/base/patience.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace train {
namespace {

using namespace std::chrono_literals;

TEST(Patience, IsWithoutEndUnlessALengthIsGiven) {
  EXPECT_FALSE(Patience().left());
  EXPECT_FALSE(Patience().is_over());
  const Patience hour(3600s);
  ASSERT_TRUE(hour.left());
  EXPECT_GT(*hour.left(), 3500s);
  EXPECT_TRUE(Patience(0ms).is_over());
}

TEST(Patience, IsShortenedForEverybodyWhoHoldsItAndNeverMadeLonger) {
  const Patience mine(3600s);
  const Patience theirs = mine;
  mine.shorten_to(0ms);
  EXPECT_TRUE(theirs.is_over());
  theirs.shorten_to(10s);
  EXPECT_TRUE(mine.is_over());
}

TEST(Patience, BelongsToOneThreadWhileItIsGiven) {
  {
    const WithPatience bound{Patience(0ms)};
    EXPECT_TRUE(patience_of_thread().is_over());
    bool over_elsewhere = true;
    std::thread([&] { over_elsewhere = patience_of_thread().is_over(); }).join();
    EXPECT_FALSE(over_elsewhere);
  }
  EXPECT_FALSE(patience_of_thread().left());
}

TEST(Patience, WithinAShorterOneTheShorterHolds) {
  const WithPatience bound{Patience(1s)};
  EXPECT_LE(*patience_within(3600s).left(), 1s);
  EXPECT_LE(*patience_within(1ms).left(), 1ms);
}

}  // namespace
}  // namespace train
