// Verdicts that earlier versions wrote are judged again for ever, bit for bit, each by the way of judging that its
// rules name. A constant of judging that changes needs another way (Judging), and these logs stay as they are. Another
// log is added for each way; none is made anew.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "replayed.hpp"
#include "train/event_log/codec.hpp"

namespace train {
namespace {

std::vector<Event> read_log(const std::string& name) {
  std::ifstream file(std::string(TRAIN_SOURCE_DIR) + "/tests/data/log/" + name);
  std::vector<Event> out;
  for (std::string line; std::getline(file, line);) {
    auto event = event_log::decode(line);
    if (!event) ADD_FAILURE() << name << " line " << out.size() + 1 << ": " << event.error().text();
    if (event) out.push_back(std::move(*event));
  }
  return out;
}

std::set<Judging> ways_of(const std::vector<Event>& log) {
  std::set<Judging> out;
  for (const Event& event : log) {
    const auto* set = std::get_if<event::RulesSet>(&event.body);
    if (set == nullptr) continue;
    for (const GateRule& rule : set->rules) out.insert(rule.judging);
  }
  return out;
}

std::set<Verdict> verdicts_of(const engine::Replay& replay) {
  std::set<Verdict> out;
  for (const auto& verdict : replay.verdicts) out.insert(verdict.recorded);
  return out;
}

const std::set<Verdict> k_every_verdict{Verdict::pass, Verdict::hold, Verdict::breach};

// One gate against a limit: passed two stages, then crashed.
TEST(OldVerdicts, OfTheFirstWayOfJudging) {
  const auto log = read_log("judged-first.jsonl");
  EXPECT_EQ(ways_of(log), std::set<Judging>{Judging::first});
  const auto replay = engine::replay(log, Definition());
  EXPECT_EQ(replay.verdicts.size(), 7u);
  EXPECT_EQ(verdicts_of(replay), k_every_verdict);
  EXPECT_EQ(replay.without_numbers, 0);
  test::expect_reproduced(replay);
}

}  // namespace
}  // namespace train
