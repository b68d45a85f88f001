#include "compose/clocks.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "train/base/interruption.hpp"
#include "train/http/client.hpp"

namespace train::cli {
namespace {

std::atomic<bool> g_signalled{false};

// The first ends the command after the call in flight; the second ends the process at once. Two that come at one moment
// are handled by two threads.
void end_on(int signal) {
  if (g_signalled.exchange(true) || is_interrupted()) {
    ::signal(signal, SIG_DFL);
    ::raise(signal);
  }
  interrupt();
}

constexpr Instant k_first_sensible{std::chrono::sys_days(std::chrono::year(2000) / 1 / 1)};
constexpr Instant k_last_sensible{std::chrono::sys_days(std::chrono::year(9000) / 1 / 1)};

class SystemClock final : public Clock {
 public:
  Instant now() override { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }
  bool wait_until(Instant until) override {
    while (now() < until) {
      if (is_interrupted()) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return !is_interrupted();
  }
};

class SandboxClock final : public Clock {
 public:
  explicit SandboxClock(std::string url) : url_(std::move(url)), client_([](std::chrono::milliseconds) {}) {}

  Result<Instant> ask() {
    http::Request request;
    request.url = url_;
    return read(client_.send(request));
  }

  Instant now() override {
    // A clock that stops answering half-way keeps its last word: the call that follows will say that the sandbox is
    // gone.
    if (auto at = ask()) last_ = *at;
    return last_;
  }

  bool wait_until(Instant until) override {
    if (is_interrupted()) return false;
    if (now() >= until) return true;
    http::Request request;
    request.method = http::Method::post;
    request.purpose = http::Purpose::chunk;  // addressed by its time: asking twice is harmless
    request.url = url_;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = nlohmann::json{{"to", format_rfc3339(until)}}.dump();
    const auto at = read(client_.send(request));
    if (at) last_ = *at;
    return at.has_value();
  }

 private:
  Result<Instant> read(const http::Outcome& seen) const {
    const auto body = nlohmann::json::parse(seen.body, nullptr, false);
    if (seen.status == 200 && body.is_object() && body.contains("now") && body["now"].is_string()) {
      const auto at = parse_rfc3339(body["now"].get<std::string>());
      if (at) return sensible_time(*at);
    }
    return fail(ErrorKind::usage, "TRAIN_CLOCK names " + url_ + ", but no sandbox clock answers there.",
                "Start `train sandbox`, or unset TRAIN_CLOCK.");
  }

  std::string url_;
  http::Client client_;
  std::atomic<Instant> last_{Instant{}};  // slices of an upload ask from threads of their own
};

}  // namespace

Result<Instant> sensible_time(Instant at) {
  if (at >= k_first_sensible && at < k_last_sensible) return at;
  return fail(ErrorKind::usage, "The clock shows " + format_rfc3339(at) + ", which is no time to release anything.",
              "Set the clock of this machine (or the sandbox's) right; nothing was done.");
}

std::unique_ptr<Clock> make_system_clock() { return std::make_unique<SystemClock>(); }

Result<std::unique_ptr<Clock>> make_sandbox_clock(const std::string& url) {
  if (!http::is_loopback_url(url))
    return fail(ErrorKind::usage, "TRAIN_CLOCK must be a sandbox on this machine, not " + url + ".");
  auto clock = std::make_unique<SandboxClock>(url);
  if (auto at = clock->ask(); !at) return tl::unexpected(at.error());
  return std::unique_ptr<Clock>(std::move(clock));
}

void interrupt_waits_on_signals() {
  struct sigaction action {};
  action.sa_handler = end_on;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

http::Sleep sleep_on(Clock& clock) {
  return [&clock](std::chrono::milliseconds length) {
    clock.wait_until(clock.now() + std::chrono::ceil<std::chrono::seconds>(length));
  };
}

}  // namespace train::cli
