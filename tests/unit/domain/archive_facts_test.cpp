// What a store would say to an archive: one row for each rule, and one just inside it.
#include "train/domain/archive_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "train/domain/play_rules.hpp"

namespace train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Instant k_now = *parse_rfc3339("2026-11-30T09:00:00Z");

ArchiveFacts good_android() {
  ArchiveFacts facts;
  facts.bytes = 1000;
  AndroidContents& android = facts.android.emplace();
  android.target_sdk = static_cast<int>(k_play_target_sdk_floor);
  android.abis = {"armeabi-v7a", "arm64-v8a"};
  android.permissions = {"android.permission.INTERNET"};
  return facts;
}

ArchiveFacts good_apple() {
  ArchiveFacts facts;
  facts.bytes = 1000;
  AppleContents& apple = facts.apple.emplace();
  apple.get_task_allow = false;
  apple.says_encryption = true;
  ProvisioningProfile profile;
  profile.name = "Charge";
  profile.app_id = "ABCDE12345.com.example.charge";
  profile.expires = k_now + Duration(86400);
  profile.certificate_expires = k_now + Duration(86400);
  apple.profile = profile;
  return facts;
}

std::string word_of(const ArchiveFinding& finding) {
  constexpr std::array words{"shown", "warned", "refused"};
  return finding.rule + " " + words.at(static_cast<std::size_t>(finding.weight));
}

std::vector<std::string> judged(const ArchiveFacts& facts, const ArchiveFacts* live = nullptr, bool declared = false) {
  std::vector<std::string> out;
  for (const auto& finding : judge_archive(facts, {"com.example.charge", live, declared, k_now})) {
    EXPECT_FALSE(finding.text.empty());
    EXPECT_FALSE(finding.source.empty());
    out.push_back(word_of(finding));
  }
  return out;
}

TEST(ArchiveJudge, HasNothingAgainstAGoodOne) {
  EXPECT_THAT(judged(good_android()), IsEmpty());
  EXPECT_THAT(judged(good_apple()), IsEmpty());
}

struct ArchiveCase {
  const char* name;
  void (*change)(ArchiveFacts&);
  std::vector<std::string> found;
};
void PrintTo(const ArchiveCase& row, std::ostream* out) { *out << row.name; }

class AndroidArchive : public testing::TestWithParam<ArchiveCase> {};
TEST_P(AndroidArchive, IsJudged) {
  auto facts = good_android();
  GetParam().change(facts);
  EXPECT_EQ(judged(facts), GetParam().found);
}
const ArchiveCase k_android[] = {
    {"debuggable", [](ArchiveFacts& f) { f.android->debuggable = true; }, {"debuggable refused"}},
    {"test_only", [](ArchiveFacts& f) { f.android->test_only = true; }, {"test_only refused"}},
    {"target_below_the_floor", [](ArchiveFacts& f) { f.android->target_sdk = 35; }, {"target_sdk refused"}},
    {"target_not_named", [](ArchiveFacts& f) { f.android->target_sdk.reset(); }, {"target_sdk warned"}},
    {"arm_without_64_bit", [](ArchiveFacts& f) { f.android->abis = {"armeabi-v7a"}; }, {"64_bit refused"}},
    {"x86_without_64_bit",
     [](ArchiveFacts& f) {
       f.android->abis = {"arm64-v8a", "x86"};
     },
     {"64_bit_x86 refused"}},
    {"no_native_code", [](ArchiveFacts& f) { f.android->abis.clear(); }, {}},
    {"small_pages", [](ArchiveFacts& f) { f.android->not_aligned = {"lib/arm64-v8a/a.so"}; }, {"page_size refused"}},
    {"small_pages_before_they_count",
     [](ArchiveFacts& f) {
       f.android->not_aligned = {"lib/arm64-v8a/a.so"};
       f.android->target_sdk = 34;
     },
     {"target_sdk refused", "page_size warned"}},
};
INSTANTIATE_TEST_SUITE_P(, AndroidArchive, testing::ValuesIn(k_android),
                         [](const auto& row) { return row.param.name; });

class AppleArchive : public testing::TestWithParam<ArchiveCase> {};
TEST_P(AppleArchive, IsJudged) {
  auto facts = good_apple();
  GetParam().change(facts);
  EXPECT_EQ(judged(facts), GetParam().found);
}
const ArchiveCase k_apple_archives[] = {
    {"get_task_allow", [](ArchiveFacts& f) { f.apple->get_task_allow = true; }, {"get_task_allow refused"}},
    {"unsigned", [](ArchiveFacts& f) { f.apple->get_task_allow.reset(); }, {}},
    {"without_a_profile", [](ArchiveFacts& f) { f.apple->profile.reset(); }, {}},
    {"development_profile",
     [](ArchiveFacts& f) { f.apple->profile->debugging = f.apple->profile->for_devices = true; },
     {"profile_kind refused"}},
    {"ad_hoc_profile", [](ArchiveFacts& f) { f.apple->profile->for_devices = true; }, {"profile_kind refused"}},
    {"enterprise_profile",
     [](ArchiveFacts& f) { f.apple->profile->for_devices = f.apple->profile->for_all_devices = true; },
     {"profile_kind refused"}},
    {"profile_of_another_app",
     [](ArchiveFacts& f) { f.apple->profile->app_id = "ABCDE12345.com.example.charge.beta"; },
     {"profile_app refused"}},
    {"profile_with_a_wildcard", [](ArchiveFacts& f) { f.apple->profile->app_id = "ABCDE12345.com.example.*"; }, {}},
    {"profile_expired", [](ArchiveFacts& f) { f.apple->profile->expires = k_now; }, {"profile_expired refused"}},
    {"certificate_expired",
     [](ArchiveFacts& f) { f.apple->profile->certificate_expires = k_now - Duration(1); },
     {"certificate_expired refused"}},
    {"export_compliance", [](ArchiveFacts& f) { f.apple->says_encryption = false; }, {"export_compliance warned"}},
};
INSTANTIATE_TEST_SUITE_P(, AppleArchive, testing::ValuesIn(k_apple_archives),
                         [](const auto& row) { return row.param.name; });

TEST(ArchiveJudge, TheDefinitionMayAnswerForExportCompliance) {
  auto facts = good_apple();
  facts.apple->says_encryption = false;
  EXPECT_THAT(judged(facts, nullptr, true), IsEmpty());
}

TEST(ArchiveJudge, WhatIsNewSinceLiveIsShownAndGrowthIsAWarning) {
  const auto live = good_android();
  auto facts = good_android();
  facts.android->permissions.insert("android.permission.CAMERA");
  facts.android->service_types.insert("location");
  facts.bytes = 1251;
  EXPECT_THAT(judged(facts, &live), ElementsAre("permissions shown", "foreground_services shown", "size warned"));
  EXPECT_THAT(judge_archive(facts, {"com.example.charge", &live, false, k_now}).front().text,
              HasSubstr("android.permission.CAMERA"));
  facts.bytes = 1250;
  EXPECT_THAT(judged(facts, &live), ElementsAre("permissions shown", "foreground_services shown"));
  EXPECT_THAT(judged(live, &facts), IsEmpty()) << "what is gone is no news";
}

TEST(ArchiveJudge, AWaiverNamesAppAndRule) {
  EXPECT_EQ(archive_item("android", {"debuggable", ArchiveFinding::Weight::refused, "", ""}),
            "risk:archive:android:debuggable");
}

}  // namespace
}  // namespace train
