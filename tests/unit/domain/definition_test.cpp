// What is looked up in a definition, and the words of the closed sets.
#include "train/domain/definition.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "train/domain/event.hpp"
#include "train/domain/flag_share.hpp"
#include "train/domain/observation.hpp"
#include "train/domain/plan.hpp"

namespace train {
namespace {

Definition two_apps() {
  Definition d;
  App ios;
  ios.name = "ios";
  ios.ladder.stages = {{Percent::whole(1), Duration(60), {}}, {k_percent_all, {}, {}}};
  App android = ios;
  android.name = "android";
  d.apps = {ios, android};
  Signal crashes;
  crashes.name = "crashes";
  Signal anr;
  anr.name = "anr";
  anr.apps = {"android"};
  d.signals = {crashes, anr};
  return d;
}

TEST(DefinitionLookups, FindByNameAndNothingElse) {
  Definition d = two_apps();
  d.flags.resize(1);
  d.flags[0].name = "checkout";
  d.members = {{"ana", {"qa"}, std::nullopt}};
  EXPECT_EQ(d.find_app("android"), &d.apps[1]);
  EXPECT_EQ(d.find_signal("crashes"), &d.signals[0]);
  EXPECT_EQ(d.find_flag("checkout"), &d.flags[0]);
  EXPECT_EQ(d.find_member("ana"), &d.members[0]);
  for (const char* name : {"", "Android", "android "}) EXPECT_EQ(d.find_app(name), nullptr) << name;
  EXPECT_EQ(d.find_signal("android"), nullptr);
  EXPECT_EQ(d.find_member("qa"), nullptr);
  EXPECT_EQ(d.find_standby("android"), nullptr);
}

TEST(DefinitionLookups, AGateAsksOnlyOfAppsItsSignalIsMeasuredFor) {
  const Definition d = two_apps();
  Gate gate;
  gate.signal = "anr";
  EXPECT_TRUE(d.applies(gate, "android"));
  EXPECT_FALSE(d.applies(gate, "ios"));
  gate.signal = "crashes";
  EXPECT_TRUE(d.applies(gate, "ios"));
  gate.signal = "unknown";
  EXPECT_FALSE(d.applies(gate, "ios"));
}

TEST(DefinitionLookups, AHotfixHasALadderOfItsOwnWhereOneIsGiven) {
  Definition d = two_apps();
  EXPECT_EQ(&d.ladder_of(d.apps[0], true), &d.apps[0].ladder);
  d.hotfix.rollout = Ladder{Strategy::immediate, {{k_percent_all, {}, {}}}};
  EXPECT_EQ(d.ladder_of(d.apps[0], true).stages.size(), 1U);
  EXPECT_EQ(&d.ladder_of(d.apps[0], false), &d.apps[0].ladder);
}

TEST(Words, OfActionsAreDistinctAndReadBack) {
  std::set<std::string_view> words;
  int count = 0;
  for (int i = 0; i <= static_cast<int>(Action::set_update_policy); ++i) {
    const auto action = static_cast<Action>(i);
    const auto word = to_string(action);
    EXPECT_FALSE(word.empty()) << i;
    EXPECT_EQ(parse_action(word), action) << word;
    words.insert(word);
    ++count;
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(count));
  for (const char* word : {"", "halted", "Halt", "set percent"}) EXPECT_FALSE(parse_action(word)) << word;
}

TEST(Actions, ThatRaiseExposureAreThese) {
  for (const Action action : {Action::start_rollout, Action::set_percent, Action::resume, Action::complete})
    EXPECT_TRUE(raises_exposure(action)) << to_string(action);
  for (const Action action : {Action::halt, Action::pause, Action::submit, Action::set_flag, Action::notify,
                              Action::release_standby, Action::remove_from_sale})
    EXPECT_FALSE(raises_exposure(action)) << to_string(action);
}

TEST(Steps, AreTheSameWhateverTheirReasonsSay) {
  Step a;
  a.action = Action::set_percent;
  a.app = "android";
  a.version = *VersionName::parse("3.4.0");
  a.to_percent = Percent::whole(5);
  Step b = a;
  b.because = {{"soak", "1d", "1d"}};
  EXPECT_TRUE(same_step(a, b));
  for (const auto& change : {+[](Step& s) { s.action = Action::complete; }, +[](Step& s) { s.app = "ios"; },
                             +[](Step& s) { s.version = *VersionName::parse("3.4.1"); },
                             +[](Step& s) { s.to_percent = Percent::whole(6); }, +[](Step& s) { s.value = "x"; }}) {
    Step other = a;
    change(other);
    EXPECT_FALSE(same_step(a, other));
  }
}

TEST(Observations, AreFoundByReleaseAndApp) {
  Observation seen;
  AppObservation one;
  one.version = *VersionName::parse("3.4.0");
  one.app = "ios";
  seen.apps = {one};
  EXPECT_EQ(seen.find(one.version, "ios"), &seen.apps[0]);
  EXPECT_EQ(seen.find(one.version, "android"), nullptr);
  EXPECT_EQ(seen.find(*VersionName::parse("3.3.0"), "ios"), nullptr);
}

TEST(Tallies, KeepTheLeastAndTheSpreadOfRoundedCounts) {
  Measurement exact;
  exact.counts = {12, 4000};
  EXPECT_EQ(tally_of(exact).counts.events, 12);
  EXPECT_EQ(tally_of(exact).spread.exposures, 0);
  Measurement rounded = exact;
  rounded.between = CountSpan{{10, 3950}, {14, 4050}};
  EXPECT_EQ(tally_of(rounded).counts.events, 10);
  EXPECT_EQ(tally_of(rounded).counts.exposures, 3950);
  EXPECT_EQ(tally_of(rounded).spread.events, 4);
  EXPECT_EQ(tally_of(rounded).spread.exposures, 100);
}

TEST(FlagShares, AreReadBackFromTheValuesThatAreWritten) {
  Flag flag;
  flag.ramp = true;
  flag.value_on = "on";
  EXPECT_EQ(value_of_share(flag, Percent::whole(5)), "5%");
  EXPECT_EQ(value_of_share(flag, k_percent_all), "on");
  EXPECT_EQ(share_of_value(flag, "5%"), Percent::whole(5));
  EXPECT_EQ(share_of_value(flag, "on"), k_percent_all);
  EXPECT_TRUE(is_part(flag, "0.5%"));
  for (const char* value : {"", "0%", "off", "5", "101%"}) EXPECT_FALSE(share_of_value(flag, value)) << value;
  EXPECT_FALSE(is_part(flag, "on"));
  flag.ramp = false;
  EXPECT_FALSE(share_of_value(flag, "5%")) << "its share does not follow the rollout";
}

TEST(EventKinds, HaveDistinctWords) {
  std::set<std::string_view> words;
  const auto add = [&](const EventBody& body) { words.insert(kind_of(body)); };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (add(EventBody(std::in_place_index<I>)), ...); }
  (std::make_index_sequence<std::variant_size_v<EventKinds>>());
  EXPECT_EQ(words.size(), std::variant_size_v<EventKinds>);
  EXPECT_EQ(words.count(""), 0U);
}

}  // namespace
}  // namespace train
