// What takes a release back from people: halt, rollback, the standby, the app off sale, and giving the release up.
#include "train/orders/stop.hpp"
#include "train/orders/abandon.hpp"
#include "train/orders/release_standby.hpp"
#include "train/orders/remove_from_sale.hpp"
#include "unit/orders/ordering.hpp"

namespace train::orders::test {
namespace {

template <Stop how, const char* app>
Events stopped(const Scene& s) {
  return stop(s.def, s.state, "ana", {app, how, "lost trips"}, s.now);
}
template <const char* app>
Events removed(const Scene& s) {
  return remove_from_sale(s.def, s.state, "ana", {app, "charges twice"}, s.now);
}
template <const char* app>
Events released(const Scene& s) {
  return release_standby(s.def, s.state, "ana", {app, "crash on start"}, s.now);
}
Events abandoned(const Scene& s) { return abandon(s.def, s.state, "ana", {"superseded"}, s.now); }
constexpr char k_everything[] = "";
constexpr char k_one[] = "ios";
constexpr char k_other[] = "android";
constexpr char k_unknown[] = "web";

void android_at_5_halted(Scene& scene) {
  android_at_5(scene);
  scene.seen("android", ReleaseStatus::halted, 5);
}
void android_at_1(Scene& scene) {
  android_at_5(scene);
  scene.seen("android", ReleaseStatus::serving, 1);
}
// The standby of Android waits in the store; iOS has none.
void a_standby_is_ready(Scene& scene) {
  android_at_5(scene);
  event::StandbyChosen chosen;
  chosen.version = k_version;
  chosen.app = "android";
  chosen.standby = *VersionName::parse("3.4.1");
  chosen.build = BuildNumber::from(341);
  chosen.from = k_live;
  chosen.from_build = BuildNumber::from(330);
  scene.add(chosen);
  Step upload;
  upload.action = Action::upload_standby;
  upload.app = "android";
  upload.version = k_version;
  upload.subject = "3.4.1";
  upload.build = BuildNumber::from(341);
  scene.add(event::Intent{"upload", "run", scene.now, upload});
  scene.add(event::Outcome{"upload", event::Outcome::Result::done, ""});
  scene.sign("android:standby");
}

class StopDone : public testing::TestWithParam<Accepted> {};
TEST_P(StopDone, AppendsTheEvents) { expect_accepted(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , StopDone,
    testing::Values(
        Accepted{"halt_who_is_exposed",
                 android_at_5,
                 stopped<Stop::halt, k_everything>,
                 {R"(halt_ordered {"app":"android","version":"3.4.0","why":"lost trips"})"}},
        Accepted{"halt_one_that_is_named",
                 android_at_5,
                 stopped<Stop::halt, k_one>,
                 {R"(halt_ordered {"app":"ios","version":"3.4.0","why":"lost trips"})"}},
        Accepted{"roll_back",
                 android_at_5,
                 stopped<Stop::rollback, k_other>,
                 {R"(halt_ordered {"app":"android","rollback":true,"version":"3.4.0","why":"lost trips"})"}},
        Accepted{"off_sale",
                 an_open_release,
                 removed<k_one>,
                 {R"(halt_ordered {"app":"ios","removal":true,"version":"3.4.0","why":"charges twice"})"}},
        Accepted{"standby",
                 a_standby_is_ready,
                 released<k_everything>,
                 {R"(halt_ordered {"app":"android","rollback":true,"version":"3.4.0","why":"crash on start"})"}},
        Accepted{"abandon", an_open_release, abandoned, {R"(abandoned {"version":"3.4.0","why":"superseded"})"}},
        Accepted{"abandon_what_is_halted",
                 android_at_5_halted,
                 abandoned,
                 {R"(abandoned {"version":"3.4.0","why":"superseded"})"}}),
    by_name);

class StopRefused : public testing::TestWithParam<Refused> {};
TEST_P(StopRefused, SaysWhy) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , StopRefused,
    testing::Values(
        Refused{"halt_unknown_app", android_at_5, stopped<Stop::halt, k_unknown>, ErrorKind::usage,
                "There is no app `web`."},
        Refused{"halt_without_release", nothing, stopped<Stop::halt, k_everything>, ErrorKind::refused,
                "There is no release to stop."},
        Refused{"halt_what_nobody_has", an_open_release, stopped<Stop::halt, k_everything>, ErrorKind::refused,
                "ios: nothing to stop: 3.4.0 is not in the store yet; android: nothing to stop"},
        Refused{"play_off_sale", android_at_5, removed<k_other>, ErrorKind::usage,
                "Google Play's API cannot take an app off sale; nothing was done.\n`train halt android`"},
        Refused{"unknown_off_sale", android_at_5, removed<k_unknown>, ErrorKind::usage, "There is no app `web`."},
        Refused{"nothing_off_sale", android_at_5, removed<k_everything>, ErrorKind::usage, "Name it."},
        Refused{"off_sale_without_release", nothing, removed<k_one>, ErrorKind::refused,
                "This train has no release yet, so it takes nothing off sale."},
        Refused{"standby_of_unknown", a_standby_is_ready, released<k_unknown>, ErrorKind::usage,
                "There is no app `web`."},
        Refused{"standby_absent", a_standby_is_ready, released<k_one>, ErrorKind::refused,
                "No standby is ready: ios is absent.\n`train standby status` says what is missing."},
        Refused{"standby_without_release", nothing, released<k_everything>, ErrorKind::refused,
                "There is no release with a standby."},
        Refused{"abandon_nothing", nothing, abandoned, ErrorKind::refused, "No release is open."},
        Refused{"abandon_twice", an_ended_release, abandoned, ErrorKind::refused, "No release is open."},
        Refused{"abandon_at_1_percent", android_at_1, abandoned, ErrorKind::refused,
                "android is serving 1 % of its users.\n`train halt` first, then give it up."}),
    by_name);

}  // namespace
}  // namespace train::orders::test
