// Plays seeds and looks for the next fault (docs/simulation.md).
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "play.hpp"
#include "train/base/fault.hpp"

namespace train::simulation {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : std::strtoull(value, nullptr, 10);
}

std::set<int> numbers_of(std::string rest) {
  std::set<int> out;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    out.insert(std::atoi(rest.substr(0, comma).c_str()));
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
  }
  return out;
}

bool is_known_open(const std::string& invariant) {
  for (const auto& open : known_open()) {
    if (open.invariant == invariant) return true;
  }
  return false;
}

// The story of the first violation, as short as it gets.
std::string told(const Story& story, const Violation& violation) {
  const Story shorter = shortened(story, violation.invariant);
  std::string out = fmt::format("{}: {}\n  {}\n", violation.invariant, violation.how, replay_command(shorter));
  for (const auto& line : play_out(shorter, true).trace) out += "    " + line + "\n";
  return out;
}

// A seed, and the steps to leave out, as the first line of a file under regressions/ has them: "seed 12 without 3,4".
std::optional<Story> read_story(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string word;
  Story out;
  if (!(in >> word >> out.seed) || word != "seed") return std::nullopt;
  std::string line;
  std::getline(in, line);
  const auto without = line.find("without ");
  if (without != std::string::npos) out.without = numbers_of(line.substr(without + 8));
  return out;
}

// For scripts/simulate, which keeps what it finds.
void keep(const Story& story, const Violation& violation) {
  const char* directory = std::getenv("SIMULATION_KEEPS");
  if (directory == nullptr) return;
  const Story shorter = shortened(story, violation.invariant);
  const auto file = std::filesystem::path(directory) / fmt::format("{}-{}.txt", violation.invariant, story.seed);
  std::ofstream out(file);
  out << "seed " << shorter.seed;
  if (!shorter.without.empty()) out << fmt::format(" without {}", fmt::join(shorter.without, ","));
  out << "\n" << violation.how << "\n";
}

struct Tally {
  int seeds = 0;
  std::map<std::string, int> open;
  std::map<std::string, std::string> stories;  // the first of each
  std::map<std::string, int> kinds;            // in how many seeds there were such events and steps
};

void play_into(Tally& tally, std::uint64_t seed) {
  const char* without = std::getenv("SIMULATION_WITHOUT");
  const Story story{seed, numbers_of(without == nullptr ? "" : without)};
  const auto played = play_out(story, false);
  ++tally.seeds;
  for (const auto& [kind, times] : played.kinds) ++tally.kinds[kind];
  for (const auto& violation : played.violations) {
    const bool first = ++tally.open[violation.invariant] == 1;
    if (std::getenv("SIMULATION_LISTS") != nullptr) {
      fmt::print("{}: {}: {}\n", seed, violation.invariant, violation.how);
      continue;
    }
    if (!first) continue;
    const bool known = is_known_open(violation.invariant) && number_from("SIMULATION_TELLS", 0) == 0;
    if (!is_known_open(violation.invariant)) keep(story, violation);
    tally.stories[violation.invariant] =
        known ? fmt::format("{}: seed {}, {}", violation.invariant, seed, violation.how) : told(story, violation);
  }
}

void report(const Tally& tally, double seconds) {
  fmt::print("{} seeds, {:.0f} a minute\n", tally.seeds, tally.seeds * 60 / seconds);
  if (number_from("SIMULATION_TELLS", 0) != 0) {
    for (const auto& [kind, seeds] : tally.kinds) fmt::print("  {:5} {}\n", seeds, kind);
  }
  for (const auto& [invariant, times] : tally.open) {
    fmt::print("{}{}: broken in {} seeds\n", is_known_open(invariant) ? "known open: " : "", invariant, times);
    const auto story = tally.stories.find(invariant);
    if (story == tally.stories.end()) continue;
    fmt::print("{}\n", story->second);
    if (!is_known_open(invariant)) ADD_FAILURE() << story->second;
  }
}

// In parts, which the shards of the program share.
class Simulation : public testing::TestWithParam<int> {};

TEST_P(Simulation, FindsNothing) {
  constexpr std::uint64_t parts = 8;
  const auto count = number_from("SIMULATION_SEEDS", 2000);
  const auto first = number_from("SIMULATION_FROM", 1);
  Tally tally;
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t i = static_cast<std::uint64_t>(GetParam()); i < count; i += parts) play_into(tally, first + i);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (tally.seeds > 0) report(tally, took.count());
}
INSTANTIATE_TEST_SUITE_P(Parts, Simulation, testing::Range(0, 8));

TEST(SimulationItself, KeepsWhatItHasFoundMended) {
  int stories = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TRAIN_SOURCE_DIR "/tests/simulation/regressions")) {
    if (entry.path().extension() != ".txt") continue;
    const auto story = read_story(entry.path());
    ASSERT_TRUE(story) << entry.path() << " does not begin with a seed";
    ++stories;
    for (const auto& violation : play_out(*story, false).violations) {
      if (!is_known_open(violation.invariant)) ADD_FAILURE() << entry.path() << "\n" << told(*story, violation);
    }
  }
  EXPECT_GT(stories, 0) << "nothing is kept";
}

TEST(SimulationItself, NamesOnlyInvariantsThatThereAreAsKnownOpen) {
  for (const auto& open : known_open()) {
    const bool known = std::any_of(invariants().begin(), invariants().end(),
                                   [&](const Invariant& each) { return each.name == open.invariant; });
    EXPECT_TRUE(known) << open.invariant;
  }
}

#ifdef TRAIN_FAULTS
// What breaks with the fault, and holds without it.
std::optional<Violation> found_by(const std::string& fault, const Story& story) {
  fault_put_back = fault;
  const auto with = play_out(story, false).violations;
  if (with.empty()) return std::nullopt;
  fault_put_back.clear();
  const auto without = play_out(story, false).violations;
  const auto is_new = [&](const Violation& each) {
    return !is_known_open(each.invariant) && std::none_of(without.begin(), without.end(), [&](const Violation& other) {
      return other.invariant == each.invariant;
    });
  };
  const auto found = std::find_if(with.begin(), with.end(), is_new);
  return found == with.end() ? std::nullopt : std::optional(*found);
}

// For scripts/simulate --faults: how many seeds it takes.
TEST(SimulationItself, FindsTheFaultThatIsPutBack) {
  const char* fault = std::getenv("TRAIN_FAULT");
  if (fault == nullptr) GTEST_SKIP() << "TRAIN_FAULT names the fault to put back";
  const auto count = number_from("SIMULATION_SEEDS", 20000);
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const auto found = found_by(fault, {seed, {}});
    if (!found) continue;
    fault_put_back.clear();
    fmt::print("found after {} seeds by {}: {}\n", seed, found->invariant, found->how);
    return;
  }
  fault_put_back.clear();
  ADD_FAILURE() << fault << " is put back and not found";
}
#endif

TEST(SimulationItself, TwoPlaysOfASeedAreEqual) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    const auto once = play_out({seed, {}}, true);
    const auto again = play_out({seed, {}}, true);
    ASSERT_EQ(once.log, again.log) << "seed " << seed;
    ASSERT_EQ(once.trace, again.trace) << "seed " << seed;
  }
}

}  // namespace
}  // namespace train::simulation
