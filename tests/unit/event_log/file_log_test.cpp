#include "train/event_log/file_log.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "log_fixture.hpp"

namespace train::event_log {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FileLogTest : public LogTest {};

TEST_F(FileLogTest, AnAbsentLogIsEmptyAndReadingMakesNothing) {
  const auto events = open()->read(0);
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_THAT(*events, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(home()));
}

TEST_F(FileLogTest, WhatWasAppendedIsReadByAnother) {
  const auto events = full_events();
  const auto writer = open();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::vector<NewEvent> one{{at(static_cast<int>(i)), "train", events[i]}};
    const auto added = writer->append(i, one);
    ASSERT_TRUE(added) << added.error().text();
    ASSERT_THAT(*added, SizeIs(1));
    EXPECT_EQ(added->front().seq, i + 1);
  }
  const auto back = open()->read(0);
  ASSERT_TRUE(back) << back.error().text();
  ASSERT_EQ(back->size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_TRUE(same(events[i], (*back)[i].body)) << i;
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(FileLogTest, ReadsOnlyWhatIsAfter) {
  fill(3);
  const auto log = open();
  const auto last = log->read(2);
  ASSERT_TRUE(last);
  ASSERT_THAT(*last, SizeIs(1));
  EXPECT_EQ(last->front().seq, 3u);
  EXPECT_THAT(*log->read(3), IsEmpty());
  EXPECT_THAT(*log->read(99), IsEmpty());
  EXPECT_THAT(*log->read(0), SizeIs(3));
}

TEST_F(FileLogTest, SeveralEventsGoInTogether) {
  const auto log = open();
  const auto added = log->append(0, some(3));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_THAT(*added, SizeIs(3));
  EXPECT_THAT(*open()->read(0), SizeIs(3));
  EXPECT_THAT(lines_of(bytes_of(log_file()))[0], HasSubstr("\"more\":2"));
}

TEST_F(FileLogTest, NothingToAppendIsNothingDone) {
  const auto added = open()->append(5, {});
  ASSERT_TRUE(added);
  EXPECT_THAT(*added, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(log_file()));
}

TEST_F(FileLogTest, WhoComesSecondLoses) {
  const auto first = open();
  const auto second = open();
  ASSERT_TRUE(first->read(0));
  ASSERT_TRUE(second->read(0));
  ASSERT_TRUE(first->append(0, some(1, "first")));
  const std::string before = bytes_of(log_file());
  const auto lost = second->append(0, some(1, "second"));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::conflict);
  EXPECT_THAT(lost.error().message, HasSubstr("event 0 was the last, now it is event 1"));
  EXPECT_EQ(bytes_of(log_file()), before);
  EXPECT_TRUE(second->append(1, some(1)));
}

TEST_F(FileLogTest, AheadOfTheLogIsAConflictToo) {
  fill(1);
  const auto added = open()->append(2, some(1));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, ErrorKind::conflict);
}

TEST_F(FileLogTest, FilesAreTheOwnersAlone) {
  fill(1);
  for (const auto& path : {home(), log_file(), state_file(), home() / "lock"}) {
    struct stat seen {};
    ASSERT_EQ(::stat(path.c_str(), &seen), 0) << path;
    EXPECT_EQ(seen.st_mode & 077, 0u) << path;
  }
}

TEST_F(FileLogTest, StateIsTheFoldUpToTheHead) {
  std::size_t folded = 0;
  const auto log = make_file_log({directory_,
                                  "charge",
                                  [&folded](const std::vector<Event>& events) {
                                    folded = events.size();
                                    return "{\"count\":" + std::to_string(events.size()) + "}";
                                  },
                                  {}});
  ASSERT_TRUE(log->append(0, some(2)));
  const auto added = log->append(2, some(1));
  ASSERT_TRUE(added);
  const auto state = nlohmann::json::parse(bytes_of(state_file()), nullptr, false);
  ASSERT_TRUE(state.is_object());
  EXPECT_EQ(state["version"], 1);
  EXPECT_EQ(state["train"], "charge");
  EXPECT_EQ(state["seq"], 3);
  EXPECT_EQ(state["hash"], added->back().hash);
  EXPECT_EQ(state["state"]["count"], 3);
  EXPECT_EQ(folded, 3u);
}

TEST_F(FileLogTest, AMissingTornOrOldStateIsMadeAgain) {
  const std::vector<std::string> damaged{"", "{\"version\":1,\"tr", "null", "[]", "{}", "\x01\x02", "{\"seq\":\"9\"}"};
  fill(1);
  const std::string old = bytes_of(state_file());
  for (std::size_t i = 0; i < damaged.size(); ++i) {
    put(state_file(), damaged[i]);
    EXPECT_THAT(*open()->read(0), SizeIs(i + 1)) << damaged[i];
    fill(1);
    EXPECT_EQ(nlohmann::json::parse(bytes_of(state_file()))["seq"], i + 2);
  }
  put(state_file(), old);
  fill(1);
  EXPECT_EQ(nlohmann::json::parse(bytes_of(state_file()))["seq"], damaged.size() + 2);
  std::filesystem::remove(state_file());
  fill(1);
  EXPECT_TRUE(std::filesystem::exists(state_file()));
}

TEST_F(FileLogTest, AStateThatCannotBeWrittenDoesNotFailTheAppend) {
  fill(1);
  std::filesystem::remove(state_file());
  std::filesystem::create_directories(state_file() / "in the way");
  const auto added = open()->append(1, some(1));
  ASSERT_TRUE(added) << added.error().text();
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_THAT(warnings_[0], HasSubstr("not its fold"));
}

TEST_F(FileLogTest, ANewerStateIsLeftAlone) {
  fill(1);
  put(state_file(), R"({"version":2,"train":"charge","seq":1,"hash":"x","state":{}})");
  const auto added = open()->append(1, some(1));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, ErrorKind::corrupt_state);
  EXPECT_THAT(added.error().message, HasSubstr("state version 2, this one reads 1"));
  EXPECT_THAT(bytes_of(state_file()), HasSubstr("\"version\":2"));
}

TEST_F(FileLogTest, AnotherTrainsStateIsRefused) {
  fill(1);
  std::filesystem::copy(home(), directory_ / "other", std::filesystem::copy_options::recursive);
  const auto events = make_file_log({directory_, "other", {}, {}})->read(0);
  ASSERT_FALSE(events);
  EXPECT_THAT(events.error().message, HasSubstr("belongs to the train \"charge\""));
}

TEST_F(FileLogTest, ANameThatIsNoDirectoryIsRefused) {
  for (const std::string name : {"", ".", "..", "a/b", "../x"}) {
    const auto log = make_file_log({directory_, name, {}, {}});
    EXPECT_FALSE(log->read(0)) << name;
    const auto added = log->append(0, some(1));
    ASSERT_FALSE(added) << name;
    EXPECT_EQ(added.error().kind, ErrorKind::definition);
  }
}

TEST_F(FileLogTest, AReplacedLogFileIsReadAnew) {
  fill(2);
  const auto log = open();
  ASSERT_THAT(*log->read(0), SizeIs(2));
  const std::string bytes = bytes_of(log_file());
  std::filesystem::remove(log_file());
  put(log_file(), bytes);
  fill(1);
  EXPECT_THAT(*log->read(0), SizeIs(3));
  EXPECT_TRUE(log->append(3, some(1)));
}

TEST_F(FileLogTest, ALockFileThatWasReplacedIsTakenAnew) {
  const auto log = open();
  ASSERT_TRUE(log->append(0, some(1)));
  std::filesystem::remove(home() / "lock");
  put(home() / "lock", "");
  ASSERT_TRUE(open()->append(1, some(1)));
  EXPECT_TRUE(log->append(2, some(1)));
}

TEST_F(FileLogTest, VerifyCountsAndKnowsEveryHead) {
  fill(2);
  const auto first = verify_file_log(directory_, "charge");
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(first->events, 2u);
  EXPECT_FALSE(first->torn_tail);
  fill(2);
  const auto later = verify_file_log(directory_, "charge", first->head);
  ASSERT_TRUE(later) << later.error().text();
  EXPECT_NE(later->head, first->head);
  const auto unknown = verify_file_log(directory_, "charge", std::string(64, 'f'));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::corrupt_state);
  EXPECT_THAT(unknown.error().message, HasSubstr("cut or rewritten"));
}

TEST_F(FileLogTest, VerifyOfNothingIsNothing) {
  const auto verified = verify_file_log(directory_, "charge");
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->events, 0u);
  EXPECT_EQ(verified->head, k_no_event);
}

TEST_F(FileLogTest, ALongLogIsRead) {
  ASSERT_TRUE(open()->append(0, some(1)));
  std::string text;
  std::string prev = k_no_event;
  for (Seq seq = 1; seq <= 20000; ++seq) {
    auto encoded = encode({at(0), "ana", event::Held{version("3.4.0"), "ios", "x"}}, seq, prev);
    text += encoded.line + "\n";
    prev = encoded.event.hash;
  }
  put(log_file(), text);
  std::filesystem::remove(state_file());
  const auto log = open();
  ASSERT_THAT(*log->read(0), SizeIs(20000));
  const auto added = log->append(20000, some(1));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_EQ(added->front().prev, prev);
}

}  // namespace
}  // namespace train::event_log
