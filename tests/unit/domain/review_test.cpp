#include "train/domain/review.hpp"

#include <gtest/gtest.h>

#include <set>

#include "train/domain/words.hpp"

namespace train {
namespace {

TEST(StoreReviewOfARelease, IsWaitedForOrGoingOn) {
  std::set<std::string_view> in_review;
  for (const auto& each : EnumWords<ReleaseStatus>::all) {
    if (is_in_review(each.value)) in_review.insert(each.text);
  }
  EXPECT_EQ(in_review, (std::set<std::string_view>{"waiting_for_review", "in_review"}));
}

TEST(StoreReviewOfARelease, WhatCameBackOrNeverWentIsNotHandedIn) {
  std::set<std::string_view> with_us;
  for (const auto& each : EnumWords<ReleaseStatus>::all) {
    if (!is_handed_in(each.value)) with_us.insert(each.text);
  }
  EXPECT_EQ(with_us, (std::set<std::string_view>{"draft", "rejected", "withdrawn", "unknown"}));
}

}  // namespace
}  // namespace train
