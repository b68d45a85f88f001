// Real processes on one log: racing, and killed at any moment.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <random>
#include <set>

#include "log_fixture.hpp"

namespace train::event_log {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

pid_t fork_child(const std::function<int()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(work());
  return pid;
}

int exit_code_of(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

// A child's words to its parent.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_), 0); }
  ~Pipe() {
    close_writing();
    ::close(ends_[0]);
  }
  void close_writing() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  bool say(const std::string& text) const {
    return ::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  std::string hear(std::size_t size) const {
    std::string text(size, '\0');
    const ssize_t got = ::read(ends_[0], text.data(), size);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

 private:
  int ends_[2] = {-1, -1};
};

class ProcessTest : public LogTest {};

event::Held held(int who, int what) { return {version("1"), std::to_string(who), std::to_string(what)}; }

// Appends each of `count` events once, however often it loses the race.
int append_racing(EventLog& log, int who, int count) {
  Seq last = 0;
  for (int what = 0; what < count;) {
    const auto seen = log.read(last);
    if (!seen) return 2;
    last += seen->size();
    const std::vector<NewEvent> one{{at(what), std::to_string(who), held(who, what)}};
    const auto added = log.append(last, one);
    if (added) ++what;
    if (!added && added.error().kind != ErrorKind::conflict) return 3;
  }
  return 0;
}

TEST_F(ProcessTest, EightProcessesLoseNothingAndDoNothingTwice) {
  constexpr int k_processes = 8;
  constexpr int k_appends = 50;
  std::vector<pid_t> children;
  for (int who = 0; who < k_processes; ++who) {
    children.push_back(fork_child([this, who] { return append_racing(*open(), who, k_appends); }));
  }
  for (const pid_t child : children) EXPECT_EQ(exit_code_of(child), 0);

  const auto events = open()->read(0);
  ASSERT_TRUE(events) << events.error().text();
  ASSERT_THAT(*events, SizeIs(k_processes * k_appends));
  std::map<std::string, int> next;
  for (const Event& event : *events) {
    const auto& body = std::get<event::Held>(event.body);
    EXPECT_EQ(body.why, std::to_string(next[body.app]++)) << "of " << body.app;
  }
  EXPECT_THAT(next, SizeIs(k_processes));
  EXPECT_EQ(verify_file_log(directory_, "charge")->events, events->size());
}

// Appends for ever, one to three events at a time, and says '.' when an append has been acknowledged.
int append_until_killed(EventLog& log, const Pipe& acknowledged) {
  const auto seen = log.read(0);
  if (!seen) return 2;
  Seq last = seen->size();
  for (int round = 0;; ++round) {
    std::vector<NewEvent> events;
    for (int i = 0; i <= round % 3; ++i)
      events.push_back({at(i), "x", event::Held{version("1"), "", std::string(3000, 'x')}});
    const auto added = log.append(last, events);
    if (!added) return 3;
    last = added->back().seq;
    if (!acknowledged.say(".")) return 4;
  }
}

std::size_t events_of_whole_rounds(std::size_t rounds) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < rounds; ++i) count += i % 3 + 1;
  return count;
}

TEST_F(ProcessTest, KilledAtAnyMomentTheLogIsReadableAndKeepsWhatItAcknowledged) {
  std::mt19937 random(20261130);
  for (int kill = 0; kill < 200; ++kill) {
    if (kill % 5 == 0) std::filesystem::remove_all(home());
    const auto before = open()->read(0);
    ASSERT_TRUE(before) << before.error().text();
    Pipe pipe;
    const pid_t child = fork_child([this, &pipe] { return append_until_killed(*open(), pipe); });
    pipe.close_writing();
    const std::size_t rounds = random() % 3;
    std::size_t acknowledged = 0;
    while (acknowledged < rounds && !pipe.hear(1).empty()) ++acknowledged;
    for (volatile unsigned spin = random() % 400000; spin > 0;) spin = spin - 1;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    while (!pipe.hear(1).empty()) ++acknowledged;

    const auto after = open()->read(0);
    ASSERT_TRUE(after) << "kill " << kill << ": " << after.error().text();
    ASSERT_GE(after->size(), before->size() + events_of_whole_rounds(acknowledged)) << "kill " << kill;
    const auto added = open()->append(after->size(), some(1));
    ASSERT_TRUE(added) << added.error().text();
  }
  EXPECT_TRUE(verify_file_log(directory_, "charge"));
}

event::Intent intent_of(const RunId& run) {
  event::Intent intent;
  intent.run = run;
  intent.expires = at(600);
  return intent;
}

TEST_F(ProcessTest, AnOwnerIsAliveUntilItsProcessIsGone) {
  Pipe told;
  const pid_t child = fork_child([this, &told] {
    const auto log = open();
    const auto run = log->enter();
    if (!run || !told.say(*run)) return 2;
    for (;;) ::pause();
  });
  const std::string run = told.hear(100);
  ASSERT_FALSE(run.empty());
  const auto log = open();
  const auto alive = log->owner_of(intent_of(run), at(99999));
  ASSERT_TRUE(alive) << alive.error().text();
  EXPECT_EQ(*alive, EventLog::Owner::alive) << "however late it is";
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const auto gone = log->owner_of(intent_of(run), at(0));
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, EventLog::Owner::gone);

  const auto file = home() / "run" / (run + ".lock");
  EXPECT_TRUE(std::filesystem::exists(file));
  ASSERT_TRUE(log->enter());
  EXPECT_FALSE(std::filesystem::exists(file)) << "entering clears away the dead";
}

TEST_F(ProcessTest, OurOwnRunIsAliveAndKeepsItsName) {
  const auto log = open();
  const auto run = log->enter();
  ASSERT_TRUE(run) << run.error().text();
  EXPECT_EQ(*log->enter(), *run);
  EXPECT_EQ(*log->owner_of(intent_of(*run), at(0)), EventLog::Owner::alive);
  const auto other = open();
  EXPECT_NE(*other->enter(), *run);
  EXPECT_EQ(*other->owner_of(intent_of(*run), at(0)), EventLog::Owner::alive) << "entering leaves the living";
}

TEST_F(ProcessTest, ALogThatIsLetGoIsAGoneOwner) {
  RunId run;
  {
    const auto log = open();
    run = *log->enter();
  }
  EXPECT_EQ(*open()->owner_of(intent_of(run), at(0)), EventLog::Owner::gone);
  EXPECT_TRUE(std::filesystem::is_empty(home() / "run"));
}

TEST_F(ProcessTest, AnOwnerNobodyKnowsIsGone) {
  EXPECT_EQ(*open()->owner_of(intent_of("0123456789abcdefghijklmnop"), at(0)), EventLog::Owner::gone);
}

TEST_F(ProcessTest, AnIdThatIsNotOursIsJudgedByItsTime) {
  for (const std::string run : {"", "../../etc/passwd", "host:17", "UPPER"}) {
    EXPECT_EQ(*open()->owner_of(intent_of(run), at(599)), EventLog::Owner::alive) << run;
    EXPECT_EQ(*open()->owner_of(intent_of(run), at(600)), EventLog::Owner::gone) << run;
  }
}

TEST_F(ProcessTest, AChildProgramDoesNotInheritTheLocks) {
  const auto log = open();
  const auto run = log->enter();
  ASSERT_TRUE(run);
  const pid_t child = fork_child([] {
    ::execlp("sh", "sh", "-c", "ls -l /proc/self/fd | grep -q '[.]lock'", nullptr);
    return 127;
  });
  EXPECT_EQ(exit_code_of(child), 1) << "grep found a lock among the descriptors";
}

TEST_F(ProcessTest, ReadersBesideAWriterNeverSeeDamage) {
  Pipe pipe;
  const pid_t child = fork_child([this, &pipe] { return append_until_killed(*open(), pipe); });
  Seq seen = 0;
  for (int look = 0; look < 2000; ++look) {
    const auto log = open();
    const auto events = log->read(0);
    ASSERT_TRUE(events) << "look " << look << ": " << events.error().text();
    EXPECT_GE(events->size(), seen);
    seen = events->size();
    if (seen > 400) break;
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_GT(seen, 0u);
  EXPECT_THAT(warnings_, IsEmpty());
}

}  // namespace
}  // namespace train::event_log
