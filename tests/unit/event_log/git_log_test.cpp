// What a log in git has to stand besides the contract of every engine: lost answers, force pushes, hosts that say no,
// other trains in the same ref, and many writers.
#include <gmock/gmock.h>

#include <set>
#include <thread>

#include <fmt/format.h>

#include "git_fixture.hpp"
#include "log_fixture.hpp"
#include "train/event_log/catalog.hpp"

namespace train::event_log {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* k_ref = "refs/train/charge";

class GitLogs : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    make_repository(remote());
  }
  std::filesystem::path remote() const { return directory_ / "log.git"; }
  LogAddress address() const { return {LogScheme::git, remote().string() + "#" + k_ref}; }
  std::unique_ptr<EventLog> open_git(const std::string& train = "charge") const {
    auto log = make_git_log(address(), {train, {}, {}});
    EXPECT_TRUE(log) << (log ? "" : log.error().text());
    return log ? std::move(*log) : nullptr;
  }
  // Another machine: nothing is known there.
  void forget_the_copy() const { std::filesystem::remove_all(directory_ / "cache"); }
  std::string tip() const { return run_git({"-C", remote().string(), "rev-parse", k_ref}); }
};

TEST_F(GitLogs, AnotherMachineReadsWhatOneWrote) {
  const auto log = open_git();
  ASSERT_TRUE(log->append(0, some(3)));
  ASSERT_TRUE(log->append(3, some(2)));
  forget_the_copy();
  const auto events = open_git()->read(0);
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_THAT(*events, SizeIs(5));
  EXPECT_EQ((*events)[4].prev, (*events)[3].hash);
}

TEST_F(GitLogs, ReadingWhatHasNotChangedFetchesNothing) {
  const auto log = open_git();
  ASSERT_TRUE(log->append(0, some(1)));
  ASSERT_TRUE(log->read(0));
  // Whoever wants an object from the remote now fails.
  add_hook(remote(), "unused", "exit 0");
  run_git({"-C", remote().string(), "config", "uploadpack.packObjectsHook", "/bin/false"});
  EXPECT_TRUE(log->read(0));
}

TEST_F(GitLogs, AnEventOfAnotherIsReadWithoutReadingTheOthersAnew) {
  const auto ours = open_git();
  ASSERT_TRUE(ours->append(0, some(1)));
  ASSERT_TRUE(ours->read(0));
  ASSERT_TRUE(open_git()->read(0));
  const auto theirs = open_git();
  ASSERT_TRUE(theirs->append(1, some(2)));
  EXPECT_THAT(*ours->read(1), SizeIs(2));
}

TEST_F(GitLogs, ALongLogStandsInSeveralPieces) {
  const auto log = open_git();
  for (Seq i = 0; i < 4; ++i) ASSERT_TRUE(log->append(i, some(1, std::string(60'000, 'x'))));
  EXPECT_THAT(run_git({"-C", remote().string(), "ls-tree", "-r", "--name-only", k_ref}),
              HasSubstr("charge/log/0000000001.jsonl\ncharge/log/0000000004.jsonl"));
  forget_the_copy();
  const auto fresh = open_git();
  EXPECT_THAT(*fresh->read(0), SizeIs(4));
  ASSERT_TRUE(fresh->append(4, some(1)));
  EXPECT_THAT(*log->read(3), SizeIs(2));
}

TEST_F(GitLogs, ALostAnswerIsAskedForAndNotWrittenAgain) {
  // The ref is set, and the remote dies before it says so.
  add_hook(remote(), "post-receive", "kill -9 $PPID");
  const auto log = open_git();
  const auto added = log->append(0, some(2));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_THAT(*added, SizeIs(2));
  EXPECT_THAT(*open_git()->read(0), SizeIs(2));
}

TEST_F(GitLogs, ALostAnswerIsKnownAlsoBehindAnotherTrainsEvents) {
  const auto other = open_git("parking");
  ASSERT_TRUE(other->append(0, some(1)));
  const auto log = open_git();
  ASSERT_TRUE(log->read(0));
  // After our commit another train writes, before our answer is lost.
  const std::string script =
      "[ -e \"$GIT_DIR/once\" ] && exit 0; touch \"$GIT_DIR/once\"\n"
      "tip=$(git rev-parse " +
      std::string(k_ref) +
      ")\n"
      "made=$(GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x git commit-tree -p $tip "
      "-m x $tip^{tree})\n"
      "git update-ref " +
      std::string(k_ref) + " $made; kill -9 $PPID";
  add_hook(remote(), "post-receive", script);
  const auto added = log->append(0, some(2));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_THAT(*log->read(0), SizeIs(2)) << "not written twice";
}

TEST_F(GitLogs, TwoTrainsShareARefAndNeitherSeesTheOther) {
  const auto charge = open_git("charge");
  const auto parking = open_git("parking");
  ASSERT_TRUE(charge->append(0, some(1)));
  ASSERT_TRUE(parking->append(0, some(2))) << "the ref has moved, this train has not";
  ASSERT_TRUE(charge->append(1, some(1)));
  EXPECT_THAT(*open_git("charge")->read(0), SizeIs(2));
  EXPECT_THAT(*open_git("parking")->read(0), SizeIs(2));
}

TEST_F(GitLogs, AForcePushIsFoundAndNothingIsBelieved) {
  const auto log = open_git();
  ASSERT_TRUE(log->append(0, some(1)));
  const auto early = tip();
  ASSERT_TRUE(log->append(1, some(1)));
  run_git({"-C", remote().string(), "update-ref", k_ref, std::string(early, 0, 40)});
  for (const auto& reader : {log.get(), open_git().release()}) {
    const auto events = reader->read(0);
    ASSERT_FALSE(events);
    EXPECT_EQ(events.error().kind, ErrorKind::corrupt_state);
    EXPECT_THAT(events.error().message, HasSubstr("somebody rewrote the ref"));
    if (reader != log.get()) delete reader;
  }
}

TEST_F(GitLogs, ARefThatIsGoneIsNotAnEmptyLog) {
  const auto log = open_git();
  ASSERT_TRUE(log->append(0, some(1)));
  run_git({"-C", remote().string(), "update-ref", "-d", k_ref});
  const auto events = open_git()->read(0);
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().kind, ErrorKind::corrupt_state);
}

TEST_F(GitLogs, AHostThatRefusesTheRefIsSaidWithItsWords) {
  add_hook(remote(), "pre-receive", "echo 'refs/train is protected' >&2; exit 1");
  const auto added = open_git()->append(0, some(1));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, ErrorKind::refused);
  EXPECT_THAT(added.error().message, HasSubstr("refs/train is protected"));
  EXPECT_THAT(added.error().hint, HasSubstr("refs/heads/train-log"));
}

TEST_F(GitLogs, AnAddressThatAnswersNothingIsUnreachable) {
  const LogAddress nowhere{LogScheme::git, (directory_ / "missing.git").string() + "#" + k_ref};
  const auto log = make_git_log(nowhere, {"charge", {}, {}});
  ASSERT_TRUE(log) << log.error().text();
  const auto events = (*log)->read(0);
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().kind, ErrorKind::unreachable) << events.error().text();
  EXPECT_THAT(events.error().message, HasSubstr("missing.git"));
}

TEST_F(GitLogs, ARemoteThatTheCheckoutDoesNotHaveIsADefinitionsFault) {
  const auto log = make_git_log({LogScheme::git, "no-such-remote#refs/train/charge"}, {"charge", {}, {}});
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().kind, ErrorKind::definition);
}

TEST_F(GitLogs, WritersWhoRaceLoseNothingAndDoubleNothing) {
  constexpr int writers = 4;
  constexpr int each = 6;
  const auto write = [&](int writer) {
    const auto log = open_git();
    for (int done = 0; done < each;) {
      const auto seen = log->read(0);
      ASSERT_TRUE(seen) << seen.error().text();
      const auto added = log->append(seen->size(), some(1, fmt::format("{}-{}-", writer, done)));
      if (added)
        ++done;
      else
        ASSERT_EQ(added.error().kind, ErrorKind::conflict) << added.error().text();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) threads.emplace_back(write, i);
  for (auto& thread : threads) thread.join();
  const auto events = open_git()->read(0);
  ASSERT_TRUE(events) << events.error().text();
  std::set<std::string> reasons;
  for (const Event& event : *events) reasons.insert(std::get<event::Held>(event.body).why);
  EXPECT_THAT(*events, SizeIs(writers * each));
  EXPECT_THAT(reasons, SizeIs(writers * each));
}

TEST_F(GitLogs, VerifyFindsAHeadThatIsNotInIt) {
  ASSERT_TRUE(open_git()->append(0, some(2)));
  const auto engine = engine_of(address());
  ASSERT_TRUE(engine) << engine.error().text();
  const auto proved = (*engine)->verify(address(), "charge", "");
  ASSERT_TRUE(proved) << proved.error().text();
  EXPECT_EQ(proved->events, 2U);
  EXPECT_FALSE((*engine)->verify(address(), "charge", std::string(64, 'a')));
}

}  // namespace
}  // namespace train::event_log
