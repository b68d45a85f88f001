#include "tracing.hpp"

#include <atomic>

#include "train/base/check.hpp"
#include "url.hpp"

namespace train::http {
namespace {

std::atomic<Observer*> g_observer{nullptr};

std::string shown_address(const Request& request) {
  if (!request.secret_address) return describe(request);
  const auto url = parse_url(request.url);
  return std::string(to_string(request.method)) + " " + (url ? url->authority() : "(an unreadable address)");
}

}  // namespace

Observing::Observing(Observer& observer) {
  TRAIN_CHECK(g_observer.exchange(&observer) == nullptr, "requests have one observer at a time");
}

Observing::~Observing() { g_observer = nullptr; }

AttemptTimer::AttemptTimer() : observer_(g_observer) {
  if (observer_ != nullptr) began_ = std::chrono::steady_clock::now();
}

void AttemptTimer::tell(const Request& request, const Outcome& outcome, int attempt,
                        std::optional<std::chrono::milliseconds> next_try) const {
  if (observer_ == nullptr) return;
  const auto took = std::chrono::steady_clock::now() - began_;
  observer_->on_request({shown_address(request), request.purpose, outcome.transport, outcome.status,
                         std::chrono::duration_cast<std::chrono::milliseconds>(took), attempt, next_try});
}

}  // namespace train::http
