#include "train/domain/sign_off_item.hpp"

#include <gtest/gtest.h>

#include "train/domain/words.hpp"

namespace train {
namespace {

struct ItemRow {
  const char* text;
  SignOffItem item;
};

class WrittenItem : public testing::TestWithParam<ItemRow> {};
TEST_P(WrittenItem, IsReadAndPrintedTheSame) {
  const auto read = parse_sign_off_item(GetParam().text);
  ASSERT_TRUE(read) << GetParam().text;
  EXPECT_TRUE(*read == GetParam().item) << "alternative " << read->index();
  EXPECT_EQ(text_of(GetParam().item), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    , WrittenItem,
    testing::Values(ItemRow{"store-copy", item::Checklist{"store-copy"}},
                    ItemRow{"submission:qa", item::Approval{Before::submission, "qa"}},
                    ItemRow{"rollout:release_manager", item::Approval{Before::rollout, "release_manager"}},
                    ItemRow{"android:gate:crashes", item::Gate{"android", "crashes"}},
                    ItemRow{"android:gate:any", item::Gate{"android", std::string(item::k_any_gate)}},
                    ItemRow{"rollout:gate:crashes", item::Gate{"rollout", "crashes"}},
                    ItemRow{"ios:testers:Field: Berlin", item::Testers{"ios", "Field: Berlin"}},
                    ItemRow{"android:full_release", item::FullRelease{"android"}},
                    ItemRow{"ios:standby", item::Standby{"ios"}}, ItemRow{"ios:rollback", item::Rollback{"ios"}},
                    ItemRow{"force-update:3.4.0:hard:qa",
                            item::ForceUpdate{*VersionName::parse("3.4.0"), Degree::hard, "qa"}},
                    ItemRow{"risk:signal:ios:crashes", item::Risk{"signal:ios:crashes"}}));

TEST(SignOffItems, OtherTextIsNone) {
  for (const char* text : {"", ":", "ios:", ":qa", "nonsense:item", "ios:gate", "ios:gate:", "ios:standby:now",
                           "force-update:3.4.0:hard", "force-update:x:hard:qa", "force-update:3.4.0:harder:qa"})
    EXPECT_FALSE(parse_sign_off_item(text)) << text;
}

TEST(EnumWords, EveryWordIsReadBack) {
  for (const auto& each : EnumWords<Action>::all) EXPECT_EQ(parse_action(each.text), each.value) << each.text;
  EXPECT_EQ(to_string(Action::remove_from_sale), "remove_from_sale");
  EXPECT_FALSE(parse_action("removed_from_sale"));
}

TEST(LogAddresses, AreReadAndPrintedTheSame) {
  for (const char* text : {"file:/var/lib/train", "git:origin#refs/train", "postgres://db/train", "etcd:https://e:2379",
                           "s3://releases/train", "gcs://releases/train"}) {
    const auto address = LogAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->text(), text);
    EXPECT_EQ(address->directory().has_value(), address->scheme == LogScheme::file) << text;
  }
  for (const char* text : {"", "/var/lib/train", "ftp://host", "File:/x"})
    EXPECT_FALSE(LogAddress::parse(text)) << text;
}

}  // namespace
}  // namespace train
