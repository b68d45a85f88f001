#include "train/base/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <thread>

#include "train/base/patience.hpp"
#include "train/base/text.hpp"

extern char** environ;

namespace train {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == 0) {
      read_end = ends[0];
      write_end = ends[1];
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_read();
    close_write();
  }
  void close_read() { close_one(read_end); }
  void close_write() { close_one(write_end); }

 private:
  static void close_one(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
};

std::vector<std::string> merged_environment(const ProcessRequest& request) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& [key, value] : request.environment) replaced = replaced || key == name;
    if (!replaced) out.emplace_back(text);
  }
  for (const auto& [key, value] : request.environment) out.push_back(key + "=" + value);
  return out;
}

std::vector<char*> as_pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

Result<pid_t> spawn(const ProcessRequest& request, const Pipe& in, const Pipe& out, const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read_end, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write_end, 1);
  posix_spawn_file_actions_adddup2(&actions, err.write_end, 2);
  if (!request.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, request.directory.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  auto words = request.argv;
  auto environment = merged_environment(request);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, words.front().c_str(), &actions, &attributes, as_pointers(words).data(),
                                    as_pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    return fail(ErrorKind::refused,
                "Cannot run " + printable(request.argv.front(), 200) + ": " + std::strerror(failed) + ".",
                "Check that it is installed and executable.");
  }
  return pid;
}

// One turn of feeding and draining; false once both outputs have ended.
bool pump(Pipe& in, Pipe& out, Pipe& err, std::string_view& input, ProcessOutput& output, int wait_ms) {
  if (input.empty()) in.close_write();
  pollfd watched[3] = {{out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}, {in.write_end, POLLOUT, 0}};
  if (::poll(watched, 3, wait_ms) < 0) return true;
  const auto drain = [](const pollfd& seen, Pipe& pipe, std::string& into) {
    if (seen.fd < 0 || seen.revents == 0) return;
    char buffer[1 << 14];
    const auto got = ::read(seen.fd, buffer, sizeof buffer);
    if (got > 0) into.append(buffer, static_cast<std::size_t>(got));
    if (got == 0) pipe.close_read();
  };
  drain(watched[0], out, output.out);
  drain(watched[1], err, output.err);
  if (watched[2].fd >= 0 && watched[2].revents != 0) {
    const auto wrote = ::write(in.write_end, input.data(), std::min<std::size_t>(input.size(), 4096));
    input.remove_prefix(wrote > 0 ? static_cast<std::size_t>(wrote) : input.size());
  }
  return out.read_end >= 0 || err.read_end >= 0;
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Both outputs may end long before the command does. nullopt: it still ran at the deadline.
std::optional<int> reap_until(pid_t pid, SteadyTime deadline) {
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0 && errno != EINTR) return 128;
    if (std::chrono::steady_clock::now() > deadline) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

Result<ProcessOutput> run_process(const ProcessRequest& request) {
  if (request.argv.empty()) return fail(ErrorKind::usage, "There is no command to run.");
  ::signal(SIGPIPE, SIG_IGN);
  Pipe in;
  Pipe out;
  Pipe err;
  const auto pid = spawn(request, in, out, err);
  if (!pid) return tl::unexpected(pid.error());
  in.close_read();
  out.close_write();
  err.close_write();
  ProcessOutput output;
  std::string_view input = request.input;
  const Patience patience = patience_of_thread();
  const SteadyTime deadline = std::chrono::steady_clock::now() + std::chrono::seconds(request.timeout_seconds);
  const auto stopped = [&](const std::string& why) {
    ::kill(-*pid, SIGKILL);
    reap(*pid);
    return fail(ErrorKind::refused, printable(request.argv.front(), 200) + " " + why + " and was stopped.");
  };
  const std::string too_long = "took longer than " + std::to_string(request.timeout_seconds) + " s";
  while (pump(in, out, err, input, output, 100)) {
    if (std::chrono::steady_clock::now() > deadline) return stopped(too_long);
    if (patience.is_over()) return stopped("did not end in the time there was");
    if (output.out.size() + output.err.size() > request.output_limit_bytes) return stopped("wrote too much");
  }
  const auto code = reap_until(*pid, deadline);
  if (!code) return stopped(too_long);
  output.exit_code = *code;
  return output;
}

Result<std::vector<std::string>> split_command(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return fail(ErrorKind::definition, "The command has an open quote: " + printable(line, 200));
  if (in_word) words.push_back(word);
  if (words.empty()) return fail(ErrorKind::definition, "The command is empty.");
  return words;
}

}  // namespace train
