// One row a store: words that cannot be confused, and a ladder that can be climbed.
#include "train/domain/store_facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "train/domain/definition.hpp"

namespace train {
namespace {

TEST(StoreFacts, EveryStoreHasARowUnderItsOwnKind) {
  ASSERT_EQ(all_stores().size(), std::variant_size_v<StorePart>) << "one alternative of StorePart for each row";
  for (const auto& row : all_stores()) {
    EXPECT_EQ(&facts_of(row.kind), &row) << row.key;
    EXPECT_EQ(parse_store_kind(row.key), row.kind) << row.key;
    EXPECT_EQ(to_string(row.kind), row.key);
  }
  EXPECT_EQ(parse_store_kind("appstore"), std::nullopt);
}

TEST(StoreFacts, TheWordsTellStoresApart) {
  std::set<std::string> keys;
  std::set<std::string> names;
  std::set<std::string> built_in;
  for (const auto& row : all_stores()) {
    EXPECT_TRUE(keys.emplace(row.key).second) << row.key;
    EXPECT_TRUE(names.emplace(row.name).second) << row.name;
    EXPECT_TRUE(built_in.emplace(row.built_in).second) << row.built_in;
    EXPECT_EQ(row.endpoint.substr(0, 8), "https://") << row.key;
    EXPECT_NE(row.endpoint.back(), '/') << row.key;
  }
}

TEST(StoreFacts, ALadderOfItsOwnRisesToEverybody) {
  for (const auto& row : all_stores()) {
    if (!row.climbs_by_itself()) continue;
    EXPECT_TRUE(std::is_sorted(row.rungs.begin(), row.rungs.end())) << row.key;
    EXPECT_FALSE(row.rungs.front().is_zero()) << row.key;
    EXPECT_TRUE(row.rungs.back().is_all()) << row.key;
  }
}

TEST(StoreFacts, AnAppKnowsItsStoreByItsPart) {
  for (const auto& row : all_stores()) {
    App app;
    app.part = part_of(row.kind);
    EXPECT_EQ(app.store(), row.kind) << row.key;
    EXPECT_EQ(&app.facts(), &row) << row.key;
  }
}

}  // namespace
}  // namespace train
