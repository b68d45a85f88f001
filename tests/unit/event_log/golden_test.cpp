// Lines that version 1 wrote are read for ever: this file is never made anew, only added to.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "samples.hpp"
#include "train/event_log/codec.hpp"

namespace train::event_log {
namespace {

std::vector<std::string> golden_lines() {
  std::ifstream file(std::string(TRAIN_SOURCE_DIR) + "/tests/data/log/v1.jsonl");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(GoldenLog, EveryLineIsReadAndWouldBeWrittenTheSame) {
  const auto lines = golden_lines();
  ASSERT_GE(lines.size(), 42u);
  std::set<std::string_view> kinds;
  std::string prev = k_no_event;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto read = decode_line(lines[i]);
    ASSERT_TRUE(read) << "line " << i + 1 << ": " << read.error().text();
    EXPECT_EQ(read->event.seq, i + 1);
    EXPECT_EQ(read->event.prev, prev);
    prev = read->event.hash;
    kinds.insert(kind_of(read->event.body));
    const auto again = encode({read->event.at, read->event.by, read->event.body}, i + 1, read->event.prev, read->more);
    EXPECT_EQ(again.line, lines[i]);
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<EventKinds>);
}

TEST(GoldenLog, ValuesMeanWhatTheyMeant) {
  const auto lines = golden_lines();
  ASSERT_GE(lines.size(), 21u);
  const auto opened = std::get<event::Opened>(decode(lines[0])->body);
  EXPECT_EQ(opened.version.text(), "3.4.0");
  EXPECT_TRUE(opened.hotfix);
  EXPECT_EQ(format_rfc3339(opened.cutoff.value()), "2026-11-30T08:59:55Z");
  EXPECT_EQ(opened.replaces.value().text(), "3.3.9");

  const auto seen = std::get<event::Seen>(decode(lines[4])->body);
  EXPECT_EQ(seen.release.value().status, ReleaseStatus::held_by_store);
  EXPECT_EQ(seen.release->percent.basis_points(), 50);
  EXPECT_FALSE(seen.release->percent_known);
  EXPECT_EQ(seen.release->phased.value().pause_days_used, 27);
  EXPECT_EQ(seen.builds.at(0).state, BuildState::failed);
  EXPECT_EQ(seen.live.value().build.text(), "330");

  const auto stage = std::get<event::StageReached>(decode(lines[5])->body);
  EXPECT_EQ(stage.percent.basis_points(), 2000);
  EXPECT_EQ(stage.baselines.at("crashes"), (Tally{{1.5, 200}, {}}));

  const auto intent = std::get<event::Intent>(decode(lines[6])->body);
  EXPECT_EQ(intent.step.action, Action::set_update_priority);
  EXPECT_EQ(intent.step.to_percent.value().basis_points(), 7);
  EXPECT_EQ(intent.step.event_seq, 17u);
  EXPECT_EQ(intent.step.evidence.at(0).promote_limit, 0.030000000000000002);
  EXPECT_EQ(format_rfc3339(intent.expires), "2026-11-30T09:10:00Z");
  EXPECT_EQ(intent.why, "") << "the loop's own";

  ASSERT_GE(lines.size(), 60u);
  const auto by_hand = std::get<event::Intent>(decode(lines[59])->body);
  EXPECT_EQ(by_hand.step.action, Action::prepare_recovery);
  EXPECT_EQ(by_hand.step.subject, "330,331");
  EXPECT_EQ(by_hand.step.value, "regions DE,AT");
  EXPECT_EQ(by_hand.why, "loses payments");
}

}  // namespace
}  // namespace train::event_log
