#include "upload_slices.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

constexpr std::chrono::milliseconds k_slice_timeout{600'000};
constexpr Duration k_expiry_margin{60};
constexpr std::chrono::seconds k_interrupt_check{1};
constexpr std::chrono::minutes k_longest_rest{2};

// Length and host are the transport's to send; everything else goes out as it was told.
bool is_transports_own(const http::Header& header) {
  return ::strcasecmp(header.name.c_str(), "content-length") == 0 || ::strcasecmp(header.name.c_str(), "host") == 0;
}

http::Request slice_request(const std::filesystem::path& file, const SliceOrder& order) {
  http::Request request;
  request.method = http::Method::put;
  request.url = order.url.expose();
  request.secret_address = true;
  request.purpose = http::Purpose::chunk;
  request.timeout = k_slice_timeout;
  request.slice = http::FileSlice{file, order.offset, order.length};
  for (const auto& header : order.headers) {
    if (!is_transports_own(header)) request.headers.push_back(header);
  }
  return request;
}

std::string said_of(const http::Outcome& outcome) {
  if (outcome.transport != http::Transport::answered) return printable(outcome.detail, 300);
  return fmt::format("the store's storage answered {}", outcome.status);
}

class Team {
 public:
  explicit Team(const Sending& sending) : sending_(sending) {
    for (const auto& order : sending.orders) {
      const bool arrived = sending.record.holds(order.offset, order.length);
      if (arrived) arrived_ += order.length;
      if (!arrived) pending_.push_back(&order);
    }
  }

  Result<SlicesEnd> run() {
    if (is_expired()) return SlicesEnd::reservation_gone;
    tell(0);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < std::min(k_slices_at_once, pending_.size()); ++i) {
      threads.emplace_back([this] { work(); });
    }
    for (auto& thread : threads) thread.join();
    if (failed_) return tl::unexpected(*failed_);
    return gone_ ? SlicesEnd::reservation_gone : SlicesEnd::delivered;
  }

 private:
  bool is_expired() const {
    const auto now = sending_.clock.now();
    return std::any_of(pending_.begin(), pending_.end(), [&](const SliceOrder* order) {
      return order->expires && *order->expires <= now + k_expiry_margin;
    });
  }

  void work() {
    http::Client client({});
    while (const auto* order = take()) deliver(client, *order);
  }

  const SliceOrder* take() {
    if (stopped_ || is_interrupted()) return nullptr;
    const auto mine = next_++;
    return mine < pending_.size() ? pending_[mine] : nullptr;
  }

  // The clock is asked once a second and not once a slice: it may be somebody else's.
  bool is_interrupted() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - asked_ < k_interrupt_check) return false;
    asked_ = now;
    if (sending_.clock.wait_until(sending_.clock.now())) return false;
    stop(Error{ErrorKind::unreachable, "Interrupted while uploading.",
               "Run `train advance` again: slices that have arrived are not sent a second time."});
    return true;
  }

  void deliver(http::Client& client, const SliceOrder& order) {
    for (int failures = 1; !stopped_; ++failures) {
      const auto outcome = client.send(slice_request(sending_.file, order));
      switch (judge_slice(outcome)) {
        case SliceAnswer::delivered:
          sending_.record.add(order.offset, order.length);
          return tell(order.length);
        case SliceAnswer::again:
          if (failures < k_slice_failures_most && rest(failures, outcome)) break;
          return give_up(order, outcome, ErrorKind::unreachable);
        case SliceAnswer::reservation_gone:
          gone_ = true;
          stopped_ = true;
          return;
        case SliceAnswer::refused:
          return give_up(order, outcome, ErrorKind::refused);
      }
    }
  }

  void tell(std::uint64_t more) {
    if (!sending_.told) return;
    const std::lock_guard lock(told_mutex_);
    arrived_ += more;
    sending_.told(arrived_);
  }

  bool rest(int failures, const http::Outcome& outcome) {
    const auto delay = http::retry_delay(
        {failures, std::chrono::milliseconds{1000}, std::chrono::milliseconds{30000}, http::retry_after(outcome)});
    if (delay > k_longest_rest) return false;
    return sending_.clock.wait_until(sending_.clock.now() + std::chrono::ceil<Duration>(delay));
  }

  void give_up(const SliceOrder& order, const http::Outcome& outcome, ErrorKind kind) {
    const std::lock_guard lock(mutex_);
    stop(Error{
        kind,
        fmt::format("The upload of {} stopped at the slice of {} bytes from byte {}: {}.",
                    printable(sending_.file.filename().string(), 200), order.length, order.offset, said_of(outcome)),
        "Run `train advance` again: slices that have arrived are not sent a second time."});
  }

  // Under the lock. The first error is the one that is told.
  void stop(Error error) {
    if (!failed_) failed_ = std::move(error);
    stopped_ = true;
  }

  const Sending& sending_;
  std::vector<const SliceOrder*> pending_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::atomic<bool> gone_{false};
  std::mutex told_mutex_;  // guards `arrived_` and the telling of it
  std::uint64_t arrived_ = 0;
  std::mutex mutex_;  // guards what follows
  std::optional<Error> failed_;
  std::chrono::steady_clock::time_point asked_ = std::chrono::steady_clock::now();
};

}  // namespace

SliceAnswer judge_slice(const http::Outcome& outcome) {
  if (outcome.transport != http::Transport::answered) return SliceAnswer::again;
  const int status = outcome.status;
  if (status >= 200 && status < 300) return SliceAnswer::delivered;
  if (status == 408 || status == 429 || status >= 500) return SliceAnswer::again;
  if (status == 403 || status == 404 || status == 410) return SliceAnswer::reservation_gone;
  return SliceAnswer::refused;
}

Result<SlicesEnd> send_slices(const Sending& sending) { return Team(sending).run(); }

}  // namespace train::stores::app_store
