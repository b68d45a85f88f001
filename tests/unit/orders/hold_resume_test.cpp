#include "train/orders/hold.hpp"
#include "train/orders/resume.hpp"
#include "unit/orders/ordering.hpp"

namespace train::orders::test {
namespace {

template <const char* app>
Events held(const Scene& s) {
  return hold(s.def, s.state, "ana", {app, "support sees something"}, s.now);
}
template <const char* app>
Events resumed(const Scene& s) {
  return resume(s.def, s.state, "ana", {app, "mended", {}}, s.now);
}
constexpr char k_all[] = "";
constexpr char k_ios[] = "ios";
constexpr char k_android[] = "android";
constexpr char k_web[] = "web";

Events resumed_in_spite(const Scene& s) {
  return resume(s.def, s.state, "ana", {"android", "mended", {"crashes"}}, s.now);
}

class HoldAndResumeDone : public testing::TestWithParam<Accepted> {};
TEST_P(HoldAndResumeDone, AppendsTheEvent) { expect_accepted(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , HoldAndResumeDone,
    testing::Values(
        Accepted{
            "hold_all", an_open_release, held<k_all>, {R"(held {"version":"3.4.0","why":"support sees something"})"}},
        Accepted{"hold_one",
                 an_open_release,
                 held<k_ios>,
                 {R"(held {"app":"ios","version":"3.4.0","why":"support sees something"})"}},
        Accepted{"resume_an_ended_release",
                 an_ended_release,
                 resumed<k_all>,
                 {R"(resumed {"version":"3.4.0","why":"mended"})"}},
        Accepted{"resume_beside_a_breach_elsewhere",
                 a_breach_of_crashes,
                 resumed<k_ios>,
                 {R"(resumed {"app":"ios","version":"3.4.0","why":"mended"})"}},
        Accepted{"resume_in_spite_of_a_breach",
                 a_breach_of_crashes,
                 resumed_in_spite,
                 {R"(resumed {"app":"android","overrides":["crashes"],"version":"3.4.0","why":"mended"})"}}),
    by_name);

class HoldAndResumeRefused : public testing::TestWithParam<Refused> {};
TEST_P(HoldAndResumeRefused, SaysWhy) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , HoldAndResumeRefused,
    testing::Values(
        Refused{"hold_unknown_app", an_open_release, held<k_web>, ErrorKind::usage,
                "There is no app `web`.\nThe definition has: ios, android."},
        Refused{"hold_nothing", nothing, held<k_all>, ErrorKind::refused, "No release is open."},
        Refused{"hold_an_ended_release", an_ended_release, held<k_all>, ErrorKind::refused, "No release is open."},
        Refused{"resume_unknown_app", an_open_release, resumed<k_web>, ErrorKind::usage, "There is no app `web`."},
        Refused{"resume_nothing", nothing, resumed<k_all>, ErrorKind::refused, "There is no release to resume."},
        Refused{"resume_over_a_breach", a_breach_of_crashes, resumed<k_android>, ErrorKind::refused,
                "A breach is latched: crashes.\nAdd `--override crashes`"},
        Refused{"resume_all_over_a_breach", a_breach_of_crashes, resumed<k_all>, ErrorKind::refused,
                "A breach is latched: crashes."}),
    by_name);

// ---- what a resume ends ---------------------------------------------------------------------------------------------

TEST(Resume, NamesAllThatItEnds) {
  Scene scene;
  a_breach_of_crashes(scene);
  scene.add(event::Held{k_version, "android", "wait"}, "ana");
  scene.add(event::HaltOrdered{k_version, "android", "lost trips"}, "ana");
  scene.add(event::HaltOrdered{k_version, "android", "lost trips", true}, "ana");
  const auto& release = scene.state.releases.front();
  EXPECT_THAT(ended_by(release, {"android", "mended", {"crashes"}}),
              testing::ElementsAre("the hold of android", "the halt of android", "the rollback of android",
                                   "the breach of crashes on android"));
  EXPECT_THAT(ended_by(release, {"ios", "mended", {}}), testing::IsEmpty());
}

TEST(Resume, NamesWhatStillStops) {
  Scene scene;
  android_at_5(scene);
  scene.add(event::Held{k_version, "", "a long weekend"}, "ben");
  scene.add(event::Resumed{k_version, "android", "mended", {}}, "ana");
  const auto& release = scene.state.releases.front();
  EXPECT_THAT(still_stopped(release, "android"), testing::ElementsAre("the release is held by ben: a long weekend"));
  scene.add(event::Resumed{k_version, "", "mended", {}}, "ana");
  EXPECT_THAT(still_stopped(scene.state.releases.front(), ""), testing::IsEmpty());
}

}  // namespace
}  // namespace train::orders::test
