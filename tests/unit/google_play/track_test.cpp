#include <fmt/format.h>
#include <gtest/gtest.h>

#include "../../../src/stores/google_play/track.hpp"
#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

TrackRelease release(const std::string& name, std::int64_t code, Status status, int percent = 0) {
  TrackRelease made;
  made.name = name;
  made.codes = {code};
  return with_status(std::move(made), status,
                     percent > 0 ? std::optional<Percent>(Percent::whole(percent)) : std::nullopt);
}

std::string shown(const Releases& list) {
  std::vector<std::string> parts;
  for (const TrackRelease& each : list) {
    parts.push_back(fmt::format("{} {}{}{}", each.highest_code(), each.status_word,
                                each.fraction ? " " + each.fraction->text() : std::string(),
                                each.countries.empty() ? std::string() : " in " + each.countries));
  }
  return join(parts, ", ");
}

const TrackRelease k_served = release("3.3.0", 330, Status::completed);
TrackRelease ours(Status status, int percent = 0) { return release("3.4.0", 340, status, percent); }

// Restricted to two countries.
TrackRelease targeted(TrackRelease release) {
  release.countries = "DE, AT";
  release.document = R"({"countryTargeting":{"countries":["DE","AT"]}})";
  return release;
}

struct ListCase {
  const char* name;
  const char* step;  // start, percent, resume, complete, halt
  int to;
  Releases present;
  const char* wanted;  // "" already so; "!words" refused with these
};
void PrintTo(const ListCase& row, std::ostream* out) { *out << row.name; }

NewList take(const ListCase& row) {
  const Candidate candidate{*VersionName::parse("3.4.0"), BuildNumber::from(340), 0, {BuildNumber::from(339)}};
  const std::string_view step = row.step;
  if (step == "start") return start_list(row.present, candidate, Percent::whole(row.to), {});
  if (step == "percent") return percent_list(row.present, candidate, Percent::whole(row.to));
  if (step == "resume") return resume_list(row.present, candidate, Percent::whole(row.to));
  if (step == "complete") return complete_list(row.present, candidate);
  return halt_list(row.present, candidate);
}

// Decided on at 20 %: somebody was in the console since.
struct RaceCase {
  const char* name;
  const char* step;
  int to;
  Status status;
  int served;  // 0: no share, so everybody
  bool goes_out;
};
void PrintTo(const RaceCase& row, std::ostream* out) { *out << row.name; }
class TrackRace : public testing::TestWithParam<RaceCase> {};
TEST_P(TrackRace, WhatSomebodyLoweredSinceIsNotRaised) {
  const RaceCase& row = GetParam();
  Candidate candidate{*VersionName::parse("3.4.0"), BuildNumber::from(340)};
  candidate.decided_on = DecidedOn{Percent::whole(20), row.status == Status::halted};
  const Releases present{k_served, ours(row.status, row.served)};
  const std::string_view step = row.step;
  const NewList list = step == "percent"  ? percent_list(present, candidate, Percent::whole(row.to))
                       : step == "resume" ? resume_list(present, candidate, Percent::whole(row.to))
                       : step == "halt"   ? halt_list(present, candidate)
                                          : complete_list(present, candidate);
  ASSERT_EQ(list.has_value(), row.goes_out) << (list ? "" : list.error().text());
  if (list) return;
  EXPECT_EQ(list.error().kind, ErrorKind::refused);
  EXPECT_NE(list.error().message.find("it serves 5 %, and served 20 % when this was decided"), std::string::npos)
      << list.error().message;
}
const RaceCase k_races[] = {
    {"a_raise_after_a_lower", "percent", 50, Status::in_progress, 5, false},
    {"a_completion_after_a_lower", "complete", 100, Status::in_progress, 5, false},
    {"a_resume_after_a_lower", "resume", 20, Status::halted, 5, false},
    {"a_raise_of_what_was_seen", "percent", 50, Status::in_progress, 20, true},
    {"a_completion_of_what_was_seen", "complete", 100, Status::in_progress, 20, true},
    {"a_resume_of_what_was_seen", "resume", 20, Status::halted, 20, true},
    {"a_resume_of_what_everybody_had", "resume", 100, Status::halted, 0, true},
    {"a_raise_of_more_than_was_seen", "percent", 50, Status::in_progress, 30, true},
    {"a_stop_asks_nothing", "halt", 0, Status::in_progress, 5, true},
    {"what_stands_already_is_done", "percent", 5, Status::in_progress, 5, true},
};
INSTANTIATE_TEST_SUITE_P(, TrackRace, testing::ValuesIn(k_races), [](const auto& row) { return row.param.name; });

class TrackList : public testing::TestWithParam<ListCase> {};
TEST_P(TrackList, BecomesWhatTheStepWants) {
  const ListCase& row = GetParam();
  const NewList list = take(row);
  if (row.wanted[0] == '!') {
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().kind, ErrorKind::refused);
    EXPECT_NE(list.error().message.find(row.wanted + 1), std::string::npos) << list.error().message;
    EXPECT_FALSE(list.error().hint.empty());
    return;
  }
  ASSERT_TRUE(list) << list.error().text();
  EXPECT_EQ(*list ? shown(**list) : "", row.wanted);
}

const ListCase k_lists[] = {
    {"start_beside_live", "start", 1, {k_served}, "330 completed, 340 inProgress 1 %"},
    {"start_on_an_empty_track", "start", 100, {}, "340 completed"},
    {"start_at_all_replaces_live", "start", 100, {k_served}, "340 completed"},
    {"start_takes_our_draft", "start", 5, {k_served, ours(Status::draft)}, "330 completed, 340 inProgress 5 %"},
    {"start_replaces_our_older_candidate",
     "start",
     5,
     {k_served, release("3.4.0", 339, Status::in_progress, 20)},
     "330 completed, 340 inProgress 5 %"},
    {"start_replaces_our_older_draft",
     "start",
     5,
     {k_served, release("3.4.0", 339, Status::draft)},
     "330 completed, 340 inProgress 5 %"},
    {"start_replaces_an_older_rollout",
     "start",
     5,
     {k_served, release("3.3.1", 331, Status::in_progress, 20)},
     "330 completed, 340 inProgress 5 %"},
    {"start_keeps_a_halted_one",
     "start",
     5,
     {k_served, release("3.3.1", 331, Status::halted, 20)},
     "330 completed, 331 halted 20 %, 340 inProgress 5 %"},
    {"start_keeps_a_strangers_draft",
     "start",
     5,
     {k_served, release("3.5.0", 350, Status::draft)},
     "330 completed, 350 draft, 340 inProgress 5 %"},
    {"start_keeps_a_strangers_draft_of_our_name",
     "start",
     5,
     {k_served, release("3.4.0", 345, Status::draft)},
     "330 completed, 345 draft, 340 inProgress 5 %"},
    {"start_knows_our_older_candidate_by_its_code",
     "start",
     5,
     {k_served, release("beta for the shop", 339, Status::draft)},
     "330 completed, 340 inProgress 5 %"},
    {"start_never_replaces_a_newer_rollout",
     "start",
     5,
     {k_served, release("3.5.0", 350, Status::in_progress, 1)},
     "!newer"},
    {"start_at_all_never_replaces_a_newer_live", "start", 100, {release("3.5.0", 350, Status::completed)}, "!newer"},
    {"start_is_so_already", "start", 5, {k_served, ours(Status::in_progress, 5)}, ""},
    {"start_of_what_runs_elsewhere",
     "start",
     5,
     {k_served, ours(Status::in_progress, 20)},
     "!already inProgress at 20 %"},
    {"start_never_ends_a_halt", "start", 5, {k_served, ours(Status::halted, 5)}, "!already halted"},
    {"start_of_what_everybody_has", "start", 5, {ours(Status::completed)}, "!already completed"},
    {"percent_up", "percent", 20, {k_served, ours(Status::in_progress, 5)}, "330 completed, 340 inProgress 20 %"},
    {"percent_to_all", "percent", 100, {k_served, ours(Status::in_progress, 5)}, "340 completed"},
    {"percent_is_so_already", "percent", 5, {k_served, ours(Status::in_progress, 5)}, ""},
    {"percent_down", "percent", 1, {k_served, ours(Status::in_progress, 5)}, "!lowers no running rollout"},
    {"percent_of_halted", "percent", 20, {k_served, ours(Status::halted, 5)}, "!halted at 5 %"},
    {"percent_of_nothing", "percent", 20, {k_served}, "!no release of this build"},
    {"percent_of_an_older_candidate",
     "percent",
     20,
     {k_served, release("3.4.0", 339, Status::in_progress, 5)},
     "!no release of this build"},
    {"percent_keeps_a_strangers_draft",
     "percent",
     20,
     {k_served, ours(Status::in_progress, 5), release("3.5.0", 350, Status::draft)},
     "330 completed, 350 draft, 340 inProgress 20 %"},
    {"complete", "complete", 0, {k_served, ours(Status::in_progress, 50)}, "340 completed"},
    {"complete_ends_an_older_halted",
     "complete",
     0,
     {k_served, release("3.3.1", 331, Status::halted, 5), ours(Status::in_progress, 50)},
     "340 completed"},
    {"complete_is_so_already", "complete", 0, {ours(Status::completed)}, ""},
    {"complete_never_ends_a_halt", "complete", 0, {k_served, ours(Status::halted, 50)}, "!halted"},
    {"halt_keeps_the_fraction", "halt", 0, {k_served, ours(Status::in_progress, 5)}, "330 completed, 340 halted 5 %"},
    {"halt_after_all", "halt", 0, {ours(Status::completed)}, "340 halted"},
    {"halt_after_all_keeps_the_next_rollout",
     "halt",
     0,
     {ours(Status::completed), release("3.5.0", 350, Status::in_progress, 1)},
     "350 inProgress 1 %, 340 halted"},
    {"halt_is_so_already", "halt", 0, {k_served, ours(Status::halted, 5)}, ""},
    {"halt_takes_the_place_of_another",
     "halt",
     0,
     {k_served, release("3.3.1", 331, Status::halted, 5), ours(Status::in_progress, 5)},
     "330 completed, 340 halted 5 %"},
    {"halt_of_a_draft", "halt", 0, {k_served, ours(Status::draft)}, "!draft"},
    {"halt_of_an_earlier_build_that_is_out",
     "halt",
     0,
     {k_served, release("3.4.0", 339, Status::in_progress, 5)},
     "330 completed, 339 halted 5 %"},
    {"halt_of_nothing", "halt", 0, {k_served}, "!no release of this build"},
    {"resume_at_another_percentage",
     "resume",
     1,
     {k_served, ours(Status::halted, 20)},
     "330 completed, 340 inProgress 1 %"},
    {"resume_to_all", "resume", 100, {k_served, ours(Status::halted, 20)}, "340 completed"},
    {"resume_is_so_already", "resume", 20, {k_served, ours(Status::in_progress, 20)}, ""},
    {"percent_of_a_targeted_one",
     "percent",
     20,
     {k_served, targeted(ours(Status::in_progress, 5))},
     "330 completed, 340 inProgress 20 % in DE, AT"},
    {"halt_of_a_targeted_one",
     "halt",
     0,
     {k_served, targeted(ours(Status::in_progress, 5))},
     "330 completed, 340 halted 5 % in DE, AT"},
    {"start_where_the_older_candidate_went",
     "start",
     5,
     {k_served, targeted(release("3.4.0", 339, Status::in_progress, 20))},
     "330 completed, 340 inProgress 5 % in DE, AT"},
    {"start_never_where_another_version_went",
     "start",
     5,
     {k_served, targeted(release("3.3.1", 331, Status::in_progress, 20))},
     "330 completed, 340 inProgress 5 %"},
    {"start_at_all_of_what_was_targeted",
     "start",
     100,
     {k_served, targeted(release("3.4.0", 339, Status::in_progress, 20))},
     "!DE, AT only"},
    {"complete_a_targeted_one", "complete", 0, {k_served, targeted(ours(Status::in_progress, 5))}, "!DE, AT only"},
    {"resume_a_targeted_one_to_all", "resume", 100, {k_served, targeted(ours(Status::halted, 5))}, "!DE, AT only"},
    {"resume_of_what_runs", "resume", 20, {k_served, ours(Status::in_progress, 5)}, "!inProgress at 5 %"},
};
INSTANTIATE_TEST_SUITE_P(, TrackList, testing::ValuesIn(k_lists), [](const auto& each) { return each.param.name; });

TEST(TrackSteps, AskedAgainOverItsOwnResultChangesNothing) {
  for (const ListCase& row : k_lists) {
    const NewList first = take(row);
    if (!first || !*first) continue;
    ListCase again = row;
    again.present = **first;
    const NewList second = take(again);
    ASSERT_TRUE(second) << row.name;
    EXPECT_FALSE(*second) << row.name;
  }
}

struct LostCase {
  const char* name;
  std::vector<std::int64_t> live;
  std::vector<std::int64_t> ours;
  std::vector<std::int64_t> drop;
  const char* refused;  // the code that is named; nullptr: it goes
};
void PrintTo(const LostCase& row, std::ostream* out) { *out << row.name; }
class LostCodes : public testing::TestWithParam<LostCase> {};
TEST_P(LostCodes, AreNamedBeforeTheyGo) {
  TrackRelease live = k_served;
  live.codes = GetParam().live;
  TrackRelease next = ours(Status::completed);
  next.codes = GetParam().ours;
  const auto kept = loses_nothing({live}, {next}, GetParam().drop);
  ASSERT_EQ(kept.has_value(), GetParam().refused == nullptr);
  if (!kept) {
    EXPECT_NE(kept.error().message.find(GetParam().refused), std::string::npos) << kept.error().message;
  }
  next.status = Status::in_progress;
  EXPECT_TRUE(loses_nothing({live}, {live, next}, {})) << "beside a staged release the live one still serves them";
}
const LostCase k_lost[] = {
    {"one_by_one", {330}, {340}, {}, nullptr},
    {"an_old_build_for_old_devices", {330, 12}, {340}, {}, "version code 12"},
    {"it_is_retained", {330, 12}, {12, 340}, {}, nullptr},
    {"it_is_dropped", {330, 12}, {340}, {12}, nullptr},
    {"one_of_two_is_dropped", {330, 12, 13}, {340}, {12}, "version code 13"},
    {"as_many_builds_as_before", {330, 1330}, {340, 1340}, {}, nullptr},
    {"fewer_builds_than_before", {330, 1330}, {1340}, {}, "version code 330"},
};
INSTANTIATE_TEST_SUITE_P(, LostCodes, testing::ValuesIn(k_lost), [](const auto& row) { return row.param.name; });

TEST(TrackSteps, NewReleaseCarriesNotesAndPriority) {
  const Candidate candidate{*VersionName::parse("3.4.0"), BuildNumber::from(340)};
  const NewList list = start_list({k_served}, candidate, Percent::whole(1), {{{"en-US", "Faster."}}, 4});
  ASSERT_TRUE(list && *list);
  const std::string body = track_body("production", **list);
  EXPECT_NE(body.find(R"("inAppUpdatePriority":4)"), std::string::npos) << body;
  EXPECT_NE(body.find(R"({"language":"en-US","text":"Faster."})"), std::string::npos) << body;
}

}  // namespace
}  // namespace train::stores::google_play
