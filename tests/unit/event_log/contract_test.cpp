// What every event log promises (ports/event_log.hpp), held by the log on disk and by the one in memory that other
// tests use.
#include <gmock/gmock.h>

#include "git_fixture.hpp"
#include "log_fixture.hpp"
#include "support/memory_log.hpp"

namespace train::event_log {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// Opens the same log again and again, as processes do.
using Open = std::unique_ptr<EventLog> (*)(const std::filesystem::path& directory,
                                           const std::shared_ptr<test::LogStorage>& storage);
struct Engine {
  const char* name;
  Open open;
  bool knows_processes;  // tells at once that a run has ended, not only when its intent's time is over
};

std::unique_ptr<EventLog> open_in_git(const std::filesystem::path& directory,
                                      const std::shared_ptr<test::LogStorage>&) {
  make_repository(directory / "log.git");
  auto log =
      make_git_log({LogScheme::git, (directory / "log.git").string() + "#refs/train/charge"}, {"charge", {}, {}});
  EXPECT_TRUE(log) << (log ? "" : log.error().text());
  return log ? std::move(*log) : nullptr;
}

const Engine k_engines[] = {
    {"file",
     [](const std::filesystem::path& directory, const std::shared_ptr<test::LogStorage>&) {
       return make_file_log({directory, "charge", {}, {}});
     },
     true},
    {"git", open_in_git, false},
    {"memory",
     [](const std::filesystem::path&, const std::shared_ptr<test::LogStorage>& storage) -> std::unique_ptr<EventLog> {
       return std::make_unique<test::MemoryLog>(storage);
     },
     true},
};

class EventLogContract : public LogTest, public testing::WithParamInterface<Engine> {
 protected:
  std::unique_ptr<EventLog> another() { return GetParam().open(directory_, storage_); }
  static event::Intent intent_of(const RunId& run) {
    event::Intent intent;
    intent.operation = "op";
    intent.run = run;
    return intent;
  }

  std::shared_ptr<test::LogStorage> storage_ = std::make_shared<test::LogStorage>();
};

TEST_P(EventLogContract, AnAbsentLogIsEmpty) {
  const auto events = another()->read(0);
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_THAT(*events, IsEmpty());
}

TEST_P(EventLogContract, WhatIsAppendedIsReadByAnotherInOrder) {
  const auto bodies = full_events();
  std::vector<NewEvent> events;
  for (std::size_t i = 0; i < bodies.size(); ++i) events.push_back({at(static_cast<int>(i)), "ana", bodies[i]});
  const auto added = another()->append(0, events);
  ASSERT_TRUE(added) << added.error().text();
  const auto back = another()->read(0);
  ASSERT_TRUE(back) << back.error().text();
  ASSERT_THAT(*back, SizeIs(bodies.size()));
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    EXPECT_EQ((*back)[i].seq, i + 1);
    EXPECT_EQ((*back)[i].by, "ana");
    EXPECT_EQ((*back)[i].at, at(static_cast<int>(i)));
    EXPECT_TRUE(same(bodies[i], (*back)[i].body)) << kind_of(bodies[i]);
    EXPECT_EQ((*back)[i].hash, (*added)[i].hash);
  }
}

TEST_P(EventLogContract, EachEventNamesTheHashOfTheOneBefore) {
  ASSERT_TRUE(another()->append(0, some(2)));
  ASSERT_TRUE(another()->append(2, some(1)));
  const auto events = another()->read(0);
  ASSERT_TRUE(events);
  ASSERT_THAT(*events, SizeIs(3));
  EXPECT_EQ((*events)[0].prev, k_no_event);
  EXPECT_EQ((*events)[1].prev, (*events)[0].hash);
  EXPECT_EQ((*events)[2].prev, (*events)[1].hash);
  EXPECT_NE((*events)[1].hash, (*events)[2].hash);
}

TEST_P(EventLogContract, ReadsOnlyWhatIsAfter) {
  const auto log = another();
  ASSERT_TRUE(log->append(0, some(3)));
  ASSERT_THAT(*log->read(2), SizeIs(1));
  EXPECT_EQ(log->read(2)->front().seq, 3U);
  EXPECT_THAT(*log->read(3), IsEmpty());
  EXPECT_THAT(*log->read(99), IsEmpty());
}

TEST_P(EventLogContract, WhoComesSecondAddsNothing) {
  const auto first = another();
  const auto second = another();
  ASSERT_TRUE(first->append(0, some(1)));
  for (const Seq wrong : {Seq{0}, Seq{2}}) {
    const auto lost = second->append(wrong, some(2));
    ASSERT_FALSE(lost) << wrong;
    EXPECT_EQ(lost.error().kind, ErrorKind::conflict);
  }
  EXPECT_THAT(*first->read(0), SizeIs(1));
  EXPECT_TRUE(second->append(1, some(1)));
}

TEST_P(EventLogContract, NothingToAppendIsNothingDone) {
  const auto added = another()->append(5, {});
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_THAT(*added, IsEmpty());
  EXPECT_THAT(*another()->read(0), IsEmpty());
}

TEST_P(EventLogContract, ARunLivesUntilItsLogIsClosed) {
  if (!GetParam().knows_processes) return;  // the next test asks what holds there
  auto log = another();
  ASSERT_TRUE(log->append(0, some(1)));
  const auto run = log->enter();
  ASSERT_TRUE(run) << run.error().text();
  const auto other = another();
  EXPECT_EQ(*other->owner_of(intent_of(*run), at(0)), EventLog::Owner::alive);
  log.reset();
  EXPECT_EQ(*other->owner_of(intent_of(*run), at(0)), EventLog::Owner::gone);
}

TEST_P(EventLogContract, RunsAreToldApart) {
  const auto first = another();
  auto second = another();
  const auto one = first->enter();
  const auto two = second->enter();
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  second.reset();
  EXPECT_EQ(*first->owner_of(intent_of(*one), at(0)), EventLog::Owner::alive);
  event::Intent of_the_other = intent_of(*two);
  of_the_other.expires = at(10);
  EXPECT_EQ(*first->owner_of(of_the_other, at(9)),
            GetParam().knows_processes ? EventLog::Owner::gone : EventLog::Owner::alive);
  EXPECT_EQ(*first->owner_of(of_the_other, at(10)), EventLog::Owner::gone);
}

INSTANTIATE_TEST_SUITE_P(Engines, EventLogContract, testing::ValuesIn(k_engines),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::event_log
