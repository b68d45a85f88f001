// Torn tails are set aside; everything else that was not written by us is found.
#include <gmock/gmock.h>

#include "log_fixture.hpp"

namespace train::event_log {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class DamageTest : public LogTest {
 protected:
  // Without state.json, so that only the chain can tell.
  void expect_damage(const std::string& bytes, const std::string& what) {
    put(log_file(), bytes);
    std::filesystem::remove(state_file());
    const auto events = open()->read(0);
    ASSERT_FALSE(events) << what;
    EXPECT_EQ(events.error().kind, ErrorKind::corrupt_state) << what;
    EXPECT_THAT(events.error().message, HasSubstr("log.jsonl, line ")) << what;
    EXPECT_FALSE(events.error().hint.empty()) << what;
    EXPECT_FALSE(verify_file_log(directory_, "charge")) << what;
    EXPECT_FALSE(open()->append(0, some(1))) << what;
    EXPECT_EQ(bytes_of(log_file()), bytes) << what;
  }
};

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line;
  return out;
}

TEST_F(DamageTest, EveryCutOfTheLastLineIsTornAndSetAside) {
  fill(2);
  const std::string whole = bytes_of(log_file());
  const std::size_t keep = lines_of(whole)[0].size();
  for (std::size_t size = keep + 1; size < whole.size(); size += 7) {
    warnings_.clear();
    put(log_file(), whole.substr(0, size));
    std::filesystem::remove(state_file());
    const auto log = open();
    const auto events = log->read(0);
    ASSERT_TRUE(events) << size << ": " << events.error().text();
    ASSERT_THAT(*events, SizeIs(1)) << size;
    ASSERT_TRUE(log->read(0));
    EXPECT_THAT(warnings_, SizeIs(1)) << "said once";
    EXPECT_TRUE(verify_file_log(directory_, "charge")->torn_tail);
    const auto added = log->append(1, some(1, "next"));
    ASSERT_TRUE(added) << added.error().text();
    ASSERT_THAT(*added, SizeIs(2));
    EXPECT_TRUE(std::holds_alternative<event::Held>(added->front().body));
    EXPECT_THAT(std::get<event::Repaired>(added->back().body).what, HasSubstr("torn-2"));
    EXPECT_FALSE(verify_file_log(directory_, "charge")->torn_tail);
  }
  EXPECT_EQ(bytes_of(home() / "torn-2.txt"), whole.substr(keep, 1));
  EXPECT_EQ(bytes_of(home() / "torn-2-2.txt"), whole.substr(keep, 8));
}

TEST_F(DamageTest, AWholeLineWithoutItsNewlineNeverCounted) {
  fill(2);
  const std::string whole = bytes_of(log_file());
  put(log_file(), whole.substr(0, whole.size() - 1));
  std::filesystem::remove(state_file());
  EXPECT_THAT(*open()->read(0), SizeIs(1));
}

TEST_F(DamageTest, HalfABatchDoesNotCount) {
  fill(1);
  ASSERT_TRUE(open()->append(1, some(3)));
  const auto lines = lines_of(bytes_of(log_file()));
  ASSERT_THAT(lines, SizeIs(4));
  for (std::size_t kept = 2; kept < 4; ++kept) {
    put(log_file(), joined({lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(kept)}));
    std::filesystem::remove(state_file());
    EXPECT_THAT(*open()->read(0), SizeIs(1)) << kept;
  }
  const auto added = open()->append(1, some(1));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_THAT(*open()->read(0), SizeIs(3));
}

TEST_F(DamageTest, EveryEditedByteIsFound) {
  fill(3);
  const std::string whole = bytes_of(log_file());
  for (std::size_t i = 0; i + 1 < whole.size(); i += 5) {
    std::string edited = whole;
    edited[i] = static_cast<char>(edited[i] ^ 1);
    expect_damage(edited, "byte " + std::to_string(i));
  }
}

TEST_F(DamageTest, EveryDeletedSwappedOrRepeatedLineIsFound) {
  fill(5);
  const auto lines = lines_of(bytes_of(log_file()));
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    auto deleted = lines;
    deleted.erase(deleted.begin() + static_cast<std::ptrdiff_t>(i));
    expect_damage(joined(deleted), "deleted " + std::to_string(i));
    auto swapped = lines;
    std::swap(swapped[i], swapped[i + 1]);
    expect_damage(joined(swapped), "swapped " + std::to_string(i));
    auto repeated = lines;
    repeated.insert(repeated.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
    expect_damage(joined(repeated), "repeated " + std::to_string(i));
    auto blank = lines;
    blank[i] = "\n";
    expect_damage(joined(blank), "blanked " + std::to_string(i));
    auto shortened = lines;
    shortened[i] = lines[i].substr(0, lines[i].size() / 2) + "\n";
    expect_damage(joined(shortened), "shortened " + std::to_string(i));
  }
}

TEST_F(DamageTest, DamageNamesItsLineAndAWayOn) {
  fill(3);
  auto lines = lines_of(bytes_of(log_file()));
  lines[1][20] = '#';
  put(log_file(), joined(lines));
  const auto events = open()->read(0);
  ASSERT_FALSE(events);
  EXPECT_THAT(events.error().message, HasSubstr("log.jsonl, line 2: "));
  EXPECT_THAT(events.error().hint, HasSubstr("cut the file before line 2"));
}

TEST_F(DamageTest, AnEventSealedAnewBreaksTheChainAfterIt) {
  fill(3);
  auto lines = lines_of(bytes_of(log_file()));
  const auto second = decode(lines[1].substr(0, lines[1].size() - 1));
  ASSERT_TRUE(second);
  const NewEvent forged{second->at, "mallory", second->body};
  lines[1] = encode(forged, 2, second->prev).line + "\n";
  expect_damage(joined(lines), "forged");
}

TEST_F(DamageTest, EveryCutTailIsFoundByTheState) {
  fill(4);
  const std::string state = bytes_of(state_file());
  const auto lines = lines_of(bytes_of(log_file()));
  for (std::size_t kept = 0; kept < lines.size(); ++kept) {
    put(log_file(), joined({lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(kept)}));
    put(state_file(), state);
    const auto events = open()->read(0);
    ASSERT_FALSE(events) << kept;
    EXPECT_EQ(events.error().kind, ErrorKind::corrupt_state);
    EXPECT_THAT(events.error().message, HasSubstr("the log was cut"));
    EXPECT_THAT(events.error().hint, HasSubstr("delete"));
    EXPECT_FALSE(open()->append(kept, some(1))) << kept;
    EXPECT_FALSE(verify_file_log(directory_, "charge")) << kept;
  }
  std::filesystem::remove(log_file());
  EXPECT_FALSE(open()->read(0));
}

TEST_F(DamageTest, ACutAndRegrownTailIsFoundByTheState) {
  fill(3);
  const std::string state = bytes_of(state_file());
  const auto lines = lines_of(bytes_of(log_file()));
  put(log_file(), lines[0]);
  std::filesystem::remove(state_file());
  ASSERT_TRUE(open()->append(1, some(1, "other")));
  ASSERT_TRUE(open()->append(2, some(2, "history")));
  put(state_file(), state);
  const auto events = open()->read(0);
  ASSERT_FALSE(events);
  EXPECT_THAT(events.error().message, HasSubstr("event 3"));
}

TEST_F(DamageTest, ACutTailIsFoundByAHeadKeptElsewhere) {
  fill(3);
  const auto head = verify_file_log(directory_, "charge")->head;
  const auto lines = lines_of(bytes_of(log_file()));
  put(log_file(), lines[0] + lines[1]);
  std::filesystem::remove(state_file());
  ASSERT_TRUE(verify_file_log(directory_, "charge"));
  EXPECT_FALSE(verify_file_log(directory_, "charge", head));
}

TEST_F(DamageTest, AnOpenLogNoticesThatItWasCutBehindItsBack) {
  fill(3);
  const auto log = open();
  ASSERT_THAT(*log->read(0), SizeIs(3));
  const auto lines = lines_of(bytes_of(log_file()));
  put(log_file(), lines[0]);
  EXPECT_FALSE(log->read(0));
  EXPECT_FALSE(log->append(3, some(1)));
}

TEST_F(DamageTest, ANewerLogIsRefusedByName) {
  fill(1);
  put(log_file(), bytes_of(log_file()) + "{\"v\":2,\"seq\":2}\n");
  const auto events = open()->read(0);
  ASSERT_FALSE(events);
  EXPECT_THAT(events.error().message, HasSubstr("log version 2, this one reads 1"));
  EXPECT_THAT(events.error().hint, HasSubstr("newer"));
}

TEST_F(DamageTest, ADirectoryInTheLogsPlaceIsAnError) {
  std::filesystem::create_directories(log_file());
  const auto events = open()->read(0);
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().kind, ErrorKind::storage);
}

}  // namespace
}  // namespace train::event_log
