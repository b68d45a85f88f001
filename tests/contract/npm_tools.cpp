#include "npm_tools.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/http/client.hpp"

extern char** environ;

namespace train::contract {
namespace {

constexpr std::chrono::seconds k_patience{240};  // for two processors that are busy with other things
constexpr std::string_view k_listening = "Prism is listening on ";
constexpr std::string_view k_received = "Request received";
constexpr std::string_view k_violation = "Violation: ";
constexpr const char* k_nonsense = "/v1/no-such-call";

std::string after(const std::string& line, std::string_view mark) {
  const auto found = line.find(mark);
  return found == std::string::npos ? std::string{} : line.substr(found + mark.size());
}

// "[10:28:43 AM] › [HTTP SERVER] get /v1/apps ℹ  info      Request received" → "get /v1/apps"
std::string request_in(const std::string& line) {
  if (line.find(k_received) == std::string::npos) return {};
  const auto words = split(after(line, "[HTTP SERVER] "), ' ');
  return words.size() < 2 ? std::string{} : words[0] + " " + words[1];
}

}  // namespace

std::filesystem::path npm_modules() {
  return std::filesystem::path(TRAIN_SOURCE_DIR) / ".cache" / "contract" / "node_modules";
}

std::string why_not(const std::string& package) {
  ProcessRequest version;
  version.argv = {"node", "--version"};
  const auto node = run_process(version);
  if (!node || node->exit_code != 0) return "Node.js is not installed";
  if (std::filesystem::exists(npm_modules() / package / "package.json")) return {};
  return package + " is not installed: run scripts/contract-tools";
}

// The child, and what it has said so far. A thread of its own listens: a full pipe would stop the child.
struct Prism::Process {
  pid_t pid = -1;
  int out = -1;
  std::string url;
  std::thread listener;
  std::mutex mutex;
  std::condition_variable more;
  std::vector<std::string> lines;
  bool ended = false;

  ~Process() {
    if (pid > 0) {
      ::kill(pid, SIGKILL);
      while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    if (listener.joinable()) listener.join();
    if (out >= 0) ::close(out);
  }

  Result<Done> spawn(const std::vector<std::string>& words);
  void listen();
  // Waits for a line that satisfies `wanted`; each line is shown to it once. The lines up to there.
  Result<std::vector<std::string>> take_until(const std::function<bool(const std::string&)>& wanted);
};

Result<Done> Prism::Process::spawn(const std::vector<std::string>& words) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorKind::internal, "no pipe");
  out = ends[0];
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failed != 0) {
    pid = -1;
    return fail(ErrorKind::internal, "cannot start " + words[0]);
  }
  listener = std::thread([this] { listen(); });
  return Done{};
}

void Prism::Process::listen() {
  std::string rest;
  char buffer[16384];
  for (ssize_t got = 1; got > 0;) {
    got = ::read(out, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      rest.append(buffer, static_cast<std::size_t>(got));
    const std::lock_guard lock(mutex);
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
      lines.push_back(rest.substr(0, end));
      rest.erase(0, end + 1);
    }
    ended = got <= 0;
    more.notify_one();
  }
}

Result<std::vector<std::string>> Prism::Process::take_until(const std::function<bool(const std::string&)>& wanted) {
  std::unique_lock lock(mutex);
  std::size_t shown = 0;
  const auto found = [&] {
    while (shown < lines.size()) {
      if (wanted(lines[shown++])) return true;
    }
    return false;
  };
  bool there = false;
  more.wait_for(lock, k_patience, [&] { return (there = found()) || ended; });
  if (!there) {
    return fail(ErrorKind::unreachable, std::string(ended ? "Prism has ended" : "Prism took too long") +
                                            "; its last words: " + (lines.empty() ? "none" : lines.back()));
  }
  const auto end = lines.begin() + static_cast<std::ptrdiff_t>(shown);
  std::vector<std::string> taken(lines.begin(), end);
  lines.erase(lines.begin(), end);
  return taken;
}

Prism::Prism(std::unique_ptr<Process> process) : process_(std::move(process)) {}
Prism::~Prism() = default;
std::string Prism::url() const { return process_->url; }

Result<std::unique_ptr<Prism>> Prism::start(const std::filesystem::path& document, const std::string& upstream) {
  auto process = std::make_unique<Process>();
  const auto program = npm_modules() / "@stoplight" / "prism-cli" / "dist" / "index.js";
  const auto names = std::filesystem::path(TRAIN_SOURCE_DIR) / "tests" / "contract" / "node" / "prism_names.js";
  const auto spawned =
      process->spawn({"env", "NODE_PATH=" + npm_modules().string(), "node", "--require", names.string(),
                      program.string(), "proxy", document.string(), upstream, "--host", "127.0.0.1", "--port", "0"});
  if (!spawned) return tl::unexpected(spawned.error());
  const auto ready = process->take_until([&](const std::string& line) {
    process->url = after(line, k_listening);
    return !process->url.empty();
  });
  if (!ready) return tl::unexpected(ready.error());
  return std::unique_ptr<Prism>(new Prism(std::move(process)));
}

Result<Done> Prism::ask(const std::string& path_and_query) {
  http::Client client([](std::chrono::milliseconds) {});
  http::Request request;
  request.url = url() + path_and_query;
  const auto outcome = client.send(request);
  if (outcome.transport != http::Transport::answered) return fail(ErrorKind::unreachable, "Prism does not answer");
  return Done{};
}

Result<Prism::Report> Prism::report() {
  if (const auto asked = ask(k_nonsense); !asked) return tl::unexpected(asked.error());
  bool last = false;
  const auto lines = process_->take_until([&](const std::string& line) {
    last = last || request_in(line) == std::string("get ") + k_nonsense;
    return last && line.find(k_violation) != std::string::npos;
  });
  if (!lines) return tl::unexpected(lines.error());
  Report report;
  for (const auto& line : *lines) {
    if (const auto request_line = request_in(line); !request_line.empty()) report.requests.push_back(request_line);
    const auto violation = after(line, k_violation);
    if (violation.empty()) continue;
    report.violations.push_back((report.requests.empty() ? "" : report.requests.back()) + ": " + violation);
  }
  report.requests.pop_back();
  report.violations.pop_back();
  return report;
}

}  // namespace train::contract
