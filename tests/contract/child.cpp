#include "child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

extern char** environ;

namespace train::contract {
namespace {

constexpr std::chrono::seconds k_patience{240};  // for two processors that are busy with other things

}  // namespace

Result<std::unique_ptr<Child>> Child::start(std::string name, const std::vector<std::string>& words, int farewell) {
  std::unique_ptr<Child> child(new Child(std::move(name), farewell));
  std::vector<std::string> guarded{"setpriv", "--pdeathsig", "SIGKILL"};  // should the test be killed
  guarded.insert(guarded.end(), words.begin(), words.end());
  if (auto spawned = child->spawn(guarded); !spawned) return tl::unexpected(spawned.error());
  return child;
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, farewell_);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (listener_.joinable()) listener_.join();
  if (out_ >= 0) ::close(out_);
}

Result<Done> Child::spawn(const std::vector<std::string>& words) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorKind::internal, "no pipe");
  out_ = ends[0];
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  const int failed = ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failed != 0) {
    pid_ = -1;
    return fail(ErrorKind::internal, "cannot start " + words[0]);
  }
  listener_ = std::thread([this] { listen(); });
  return Done{};
}

void Child::listen() {
  std::string rest;
  char buffer[16384];
  for (ssize_t got = 1; got > 0;) {
    got = ::read(out_, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      rest.append(buffer, static_cast<std::size_t>(got));
    const std::lock_guard lock(mutex_);
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
      lines_.push_back(rest.substr(0, end));
      rest.erase(0, end + 1);
    }
    ended_ = got <= 0;
    more_.notify_one();
  }
}

Result<std::vector<std::string>> Child::take_until(const std::function<bool(const std::string&)>& wanted) {
  std::unique_lock lock(mutex_);
  std::size_t shown = 0;
  const auto found = [&] {
    while (shown < lines_.size()) {
      if (wanted(lines_[shown++])) return true;
    }
    return false;
  };
  bool there = false;
  more_.wait_for(lock, k_patience, [&] { return (there = found()) || ended_; });
  if (!there) {
    return fail(ErrorKind::unreachable, name_ + (ended_ ? " has ended" : " took too long") +
                                            "; its last words: " + (lines_.empty() ? "none" : lines_.back()));
  }
  const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(shown);
  std::vector<std::string> taken(lines_.begin(), end);
  lines_.erase(lines_.begin(), end);
  return taken;
}

}  // namespace train::contract
