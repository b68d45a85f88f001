// Disks that refuse: full, bounded, read-only.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>

#include "log_fixture.hpp"

namespace train::event_log {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::vector<NewEvent> large(std::size_t bytes) {
  return {{at(0), "ana", event::Held{version("1"), "", std::string(bytes, 'x')}}};
}

// A file system of its own, small enough to fill.
class FullDiskTest : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    if (::mount("tmpfs", directory_.c_str(), "tmpfs", 0, "size=256k") != 0) {
      GTEST_SKIP() << "no small file system to fill: mounting a tmpfs needs root (" << std::strerror(errno) << ")";
    }
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) ::umount2(directory_.c_str(), MNT_DETACH);
    LogTest::TearDown();
  }
  std::filesystem::path filler() const { return directory_ / "filler"; }
  void leave_free(std::size_t pages) {
    std::string all(1 << 20, 'f');
    put(filler(), all);
    const auto size = std::filesystem::file_size(filler()) / 4096 * 4096;
    std::filesystem::resize_file(filler(), size - pages * 4096);
  }

  bool mounted_ = false;
};

TEST_F(FullDiskTest, NothingHalfStaysAndLaterItWorks) {
  const auto log = open();
  ASSERT_TRUE(log->append(0, some(2)));
  for (std::size_t pages = 0; pages < 6; ++pages) {
    leave_free(pages);
    const std::string before = bytes_of(log_file());
    const auto refused = log->append(2, large(100000));
    ASSERT_FALSE(refused) << pages;
    EXPECT_EQ(refused.error().kind, ErrorKind::storage) << pages;
    EXPECT_THAT(refused.error().message, HasSubstr("No space left"));
    EXPECT_THAT(refused.error().hint, HasSubstr("Free some space"));
    EXPECT_EQ(bytes_of(log_file()), before) << pages;
    EXPECT_THAT(*open()->read(0), SizeIs(2)) << "reading goes on";
    std::filesystem::remove(filler());
  }
  const auto added = log->append(2, large(3000));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_THAT(*open()->read(0), SizeIs(3));
}

TEST_F(FullDiskTest, AStateWithoutRoomDoesNotUndoTheEvent) {
  const auto log = make_file_log({directory_, "charge",
                                  [](const std::vector<Event>&) { return "\"" + std::string(60000, 's') + "\""; },
                                  [this](const std::string& text) { warnings_.push_back(text); }});
  ASSERT_TRUE(log->append(0, some(1)));
  leave_free(2);
  const auto added = log->append(1, some(1));
  ASSERT_TRUE(added) << added.error().text();
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_THAT(*open()->read(0), SizeIs(2)) << "the old state is behind, and that is fine";
}

TEST_F(FullDiskTest, ATornTailWithoutRoomToSetItAsideStays) {
  fill(2);
  const std::string torn = bytes_of(log_file()) + "{\"v\":1,\"se";
  put(log_file(), torn);
  leave_free(0);
  const auto refused = open()->append(2, some(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::storage);
  EXPECT_EQ(bytes_of(log_file()), torn);
  std::filesystem::remove(filler());
  EXPECT_TRUE(open()->append(2, some(1)));
}

int in_child(const std::function<int()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(work());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class DiskTest : public LogTest {};

TEST_F(DiskTest, AShortWriteIsTakenBack) {
  fill(1);
  const std::string before = bytes_of(log_file());
  const int code = in_child([this, &before] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size() + 5000, before.size() + 5000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    const auto refused = open()->append(1, large(20000));
    if (refused || refused.error().kind != ErrorKind::storage) return 3;
    return open()->append(1, some(1)) ? 0 : 4;
  });
  EXPECT_EQ(code, 0);
  EXPECT_THAT(*open()->read(0), SizeIs(2));
  EXPECT_THAT(bytes_of(log_file()), testing::StartsWith(before));
}

class ReadOnlyTest : public LogTest {
 protected:
  // Root may write everywhere; what a refused write does is seen by somebody else.
  static int as_nobody(const std::function<int()>& work) {
    return in_child([&work] {
      if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 100;
      return work();
    });
  }
};

TEST_F(ReadOnlyTest, ADirectoryThatOnlyAllowsReadingIsReadAndRefusesTheRest) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody without rights";
  fill(2);
  ::chmod(directory_.c_str(), 0755);
  ::chmod(home().c_str(), 0755);
  for (const auto& file : {log_file(), state_file()}) ::chmod(file.c_str(), 0644);
  const int code = as_nobody([this] {
    const auto events = open()->read(0);
    if (!events || events->size() != 2) return 2;
    if (!verify_file_log(directory_, "charge")) return 3;
    const auto added = open()->append(2, some(1));
    if (added || added.error().kind != ErrorKind::storage) return 4;
    if (added.error().hint.empty()) return 5;
    const auto run = open()->enter();
    if (run || run.error().kind != ErrorKind::storage) return 6;
    return 0;
  });
  EXPECT_EQ(code, 0);
}

TEST_F(ReadOnlyTest, AParentThatRefusesTheDirectoryIsStorage) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody without rights";
  ::chmod(directory_.c_str(), 0755);
  const int code = as_nobody([this] {
    const auto added = open()->append(0, some(1));
    return !added && added.error().kind == ErrorKind::storage ? 0 : 2;
  });
  EXPECT_EQ(code, 0);
}

TEST_F(ReadOnlyTest, ALogThatCannotBeReadIsNotAnEmptyOne) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody without rights";
  fill(1);
  ::chmod(directory_.c_str(), 0755);
  const int code = as_nobody([this] {
    const auto events = open()->read(0);
    return !events && events.error().kind == ErrorKind::storage ? 0 : 2;
  });
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace train::event_log
