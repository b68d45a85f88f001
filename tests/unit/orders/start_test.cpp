// What opens a release and what goes into it: start, build add.
#include "train/orders/add_build.hpp"
#include "train/orders/start_release.hpp"
#include "unit/orders/ordering.hpp"

namespace train::orders::test {
namespace {

VersionName v(const char* text) { return *VersionName::parse(text); }

Events starting(const Scene& s, const char* version, bool hotfix = false, std::map<AppName, StoreBefore> stores = {}) {
  return start_release(s.def, s.state, "ana", {v(version), hotfix, std::move(stores)}, s.now);
}
Events start_next(const Scene& s) { return starting(s, "3.5.0"); }
Events start_same(const Scene& s) { return starting(s, "3.4.0"); }
Events start_older(const Scene& s) { return starting(s, "3.3.9"); }
Events start_hotfix(const Scene& s) { return starting(s, "3.4.1", true); }
Events start_below_live(const Scene& s) { return starting(s, "3.2.0", false, {{"ios", {k_live, false}}}); }
Events start_below_live_of_play(const Scene& s) { return starting(s, "3.2.0", false, {{"android", {k_live, false}}}); }
Events start_what_the_store_has(const Scene& s) { return starting(s, "3.2.0", false, {{"ios", {k_live, true}}}); }

void a_standby_of_3_4_1(Scene& scene) {
  android_at_5(scene);
  event::StandbyChosen chosen;
  chosen.version = k_version;
  chosen.app = "android";
  chosen.standby = v("3.4.1");
  chosen.build = BuildNumber::from(341);
  scene.add(chosen);
}
void a_hotfix_beside(Scene& scene) {
  android_at_5(scene);
  scene.add(event::Opened{v("3.4.1"), true, std::nullopt, k_live}, "ana");
}

class StartDone : public testing::TestWithParam<Accepted> {};
TEST_P(StartDone, AppendsTheEvent) { expect_accepted(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , StartDone,
    testing::Values(Accepted{"first", nothing, start_next, {R"(opened {"version":"3.5.0"})"}},
                    Accepted{"after_one_that_ended", an_ended_release, start_next, {R"(opened {"version":"3.5.0"})"}},
                    Accepted{"while_one_is_on_its_way", android_at_5, start_next, {R"(opened {"version":"3.5.0"})"}},
                    Accepted{"hotfix_cut_from_what_is_live",
                             android_at_5,
                             start_hotfix,
                             {R"(opened {"hotfix":true,"replaces":"3.3.0","version":"3.4.1"})"}},
                    Accepted{"below_live_where_the_store_has_it",
                             nothing,
                             start_what_the_store_has,
                             {R"(opened {"version":"3.2.0"})"}},
                    Accepted{"below_live_of_a_store_without_records",
                             nothing,
                             start_below_live_of_play,
                             {R"(opened {"version":"3.2.0"})"}}),
    by_name);

class StartRefused : public testing::TestWithParam<Refused> {};
TEST_P(StartRefused, SaysWhy) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , StartRefused,
    testing::Values(
        Refused{"again", an_ended_release, start_same, ErrorKind::refused, "Release 3.4.0 exists already (abandoned)."},
        Refused{"older", an_open_release, start_older, ErrorKind::refused,
                "Release 3.4.0 is open; 3.3.9 would not be newer."},
        Refused{"before_it_left", an_open_release, start_next, ErrorKind::refused, "Release 3.4.0 has not left yet."},
        Refused{"number_of_a_standby", a_standby_of_3_4_1, start_hotfix, ErrorKind::refused,
                "3.4.1 is taken by the standby of android for 3.4.0."},
        Refused{"second_hotfix", a_hotfix_beside, [](const Scene& s) { return starting(s, "3.4.2", true); },
                ErrorKind::refused, "Release 3.4.1 has not left yet."},
        Refused{"four_numbers_for_the_app_store", nothing, [](const Scene& s) { return starting(s, "5.44.0.1"); },
                ErrorKind::usage, "Cannot open 5.44.0.1 for ios: it has 4 numbers"},
        Refused{"a_leading_zero", nothing, [](const Scene& s) { return starting(s, "3.04.0"); }, ErrorKind::usage,
                "leading zero"},
        Refused{"a_number_above_all", nothing, [](const Scene& s) { return starting(s, "3.4294967296.0", true); },
                ErrorKind::usage, "above 2147483647"},
        Refused{"below_live", nothing, start_below_live, ErrorKind::refused,
                "Cannot open 3.2.0: 3.3.0 is live on ios, and its store takes only numbers that rise."}),
    by_name);

TEST(Start, TheNextVersionFollowsTheNewestThatIsTaken) {
  Scene scene;
  const auto next = [&](bool hotfix, std::optional<VersionName> live) {
    const auto version = next_version(scene.def, scene.state, hotfix, live);
    return version ? version->text() : version.error().message;
  };
  EXPECT_EQ(next(false, std::nullopt), "Nothing is live yet, so the next version is not known.");
  EXPECT_EQ(next(false, k_live), "3.4.0");
  a_standby_of_3_4_1(scene);
  EXPECT_EQ(next(true, k_live), "3.4.2");
  EXPECT_EQ(next(false, k_live), "3.5.0");
}

TEST(Start, ABreachOfAnotherOpenReleaseIsNamed) {
  Scene scene;
  a_breach_of_crashes(scene);
  EXPECT_THAT(trouble_beside(scene.state, v("9.9.0")),
              testing::ElementsAre("Release 3.4.0 is open too, with a breach of crashes on android."));
  EXPECT_THAT(trouble_beside(scene.state, k_version), testing::IsEmpty());
}

// ---- build add ------------------------------------------------------------------------------------------------------

template <const char* app, int number>
Events added(const Scene& s) {
  return add_build(s.def, s.state, "ana", {app, BuildNumber::from(number), std::nullopt}, s.now);
}
Events archive_added(const Scene& s, const char* id, const char* version) {
  InspectedArchive archive{id, v(version), "ab12", "/builds/charge.ipa"};
  return add_build(s.def, s.state, "ana", {"ios", BuildNumber::from(341), archive}, s.now);
}
Events our_archive(const Scene& s) { return archive_added(s, "com.example.charge", "3.4.0"); }
Events archive_of_another(const Scene& s) { return archive_added(s, "com.example.other", "3.4.0"); }
Events archive_of_another_version(const Scene& s) { return archive_added(s, "com.example.charge", "3.5.0"); }
constexpr char k_its[] = "ios";
constexpr char k_served[] = "android";
constexpr char k_nobodys[] = "web";

void a_hotfix_without_a_build(Scene& scene) {
  a_hotfix_beside(scene);
  scene.add(event::Departed{v("3.4.1")});
}

void signed_by_qa(Scene& scene) {
  android_at_5(scene);
  scene.sign("submission:qa");
}

class AddBuildDone : public testing::TestWithParam<Accepted> {};
TEST_P(AddBuildDone, AppendsTheEvent) { expect_accepted(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , AddBuildDone,
    testing::Values(
        Accepted{"first",
                 an_open_release,
                 added<k_its, 340>,
                 {R"(candidate_chosen {"app":"ios","build":"340","origin":"build add","version":"3.4.0"})"}},
        Accepted{
            "voids_what_was_signed",
            signed_by_qa,
            added<k_its, 341>,
            {R"(candidate_chosen {"app":"ios","build":"341","origin":"build add","version":"3.4.0","voided":["submission:qa"]})"}},
        Accepted{
            "archive",
            an_open_release,
            our_archive,
            {R"(candidate_chosen {"app":"ios","build":"341","origin":"build add","path":"/builds/charge.ipa","sha256":"ab12","version":"3.4.0"})"}}),
    by_name);

class AddBuildRefused : public testing::TestWithParam<Refused> {};
TEST_P(AddBuildRefused, SaysWhy) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , AddBuildRefused,
    testing::Values(Refused{"unknown_app", an_open_release, added<k_nobodys, 341>, ErrorKind::usage,
                            "There is no app `web`."},
                    Refused{"nothing", nothing, added<k_its, 341>, ErrorKind::refused, "No release is open."},
                    Refused{"not_newer", android_at_5, added<k_its, 340>, ErrorKind::refused,
                            "Build 340 is not newer than the candidate 340."},
                    Refused{"served", android_at_5, added<k_served, 341>, ErrorKind::refused,
                            "android is already serving users: another build is another version."},
                    Refused{"of_another_release", a_hotfix_without_a_build, added<k_served, 340>, ErrorKind::refused,
                            "Build 340 of android is the candidate of 3.4.0."},
                    Refused{"another_app", an_open_release, archive_of_another, ErrorKind::refused,
                            "/builds/charge.ipa is com.example.other 3.4.0, not com.example.charge 3.4.0."},
                    Refused{"another_version", an_open_release, archive_of_another_version, ErrorKind::refused,
                            "/builds/charge.ipa is com.example.charge 3.5.0, not com.example.charge 3.4.0."}),
    by_name);

}  // namespace
}  // namespace train::orders::test
