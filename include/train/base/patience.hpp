// How long a command waits for others, in real time, whatever clock it works by. A bound is shared: whoever holds a
// copy sees when it is shortened. The calls of a thread (requests, commands) keep to the patience that was given to the
// thread; without one each call has its own time-out only. docs/waiting.md has the bounds of every command.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

namespace train {

class Patience {
 public:
  using Length = std::chrono::milliseconds;

  Patience() = default;  // without end
  explicit Patience(Length length);
  // Of somebody who wants one thing above all: once it is granted, what is left is at most `after_acceptance`.
  Patience(Length length, Length after_acceptance);

  // Ends at the latest after `length` from now. Nothing happens to one without end.
  void shorten_to(Length length) const;
  // What was asked for has been granted. Nothing happens to a patience that was not given for it.
  void note_acceptance() const;
  // nullopt: without end; never negative.
  std::optional<Length> left() const;
  bool is_over() const;

 private:
  using Ticks = std::chrono::steady_clock::rep;
  std::shared_ptr<std::atomic<Ticks>> until_;  // of the steady clock
  std::optional<Length> after_acceptance_;
};

// What the calls of this thread keep to.
Patience patience_of_thread();

// A bound of `length`, or the thread's own where that ends sooner.
Patience patience_within(Patience::Length length);

// Gives `patience` to this thread while it lives.
class WithPatience {
 public:
  explicit WithPatience(Patience patience);
  ~WithPatience();
  WithPatience(const WithPatience&) = delete;
  WithPatience& operator=(const WithPatience&) = delete;

 private:
  Patience before_;
};

}  // namespace train
