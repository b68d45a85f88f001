#include "process.hpp"

#include <algorithm>
#include <chrono>

namespace train::simulation {

std::string turn_of(const Step& step) {
  if (!step.app.empty()) return step.app;
  if (step.action == Action::set_flag) return "flag:" + step.subject;
  return "channel:" + step.subject;
}

namespace {

Error ended() { return {ErrorKind::storage, "The process has ended.", ""}; }

}  // namespace

class Process::LogPort final : public EventLog {
 public:
  LogPort(Process& process, std::shared_ptr<train::test::LogStorage> storage)
      : process_(process), log_(std::move(storage)) {}

  Result<std::vector<Event>> read(Seq after) override {
    if (process_.is_dead()) return tl::unexpected(ended());
    return log_.read(after);
  }
  Result<std::vector<Event>> append(Seq expected, std::span<const NewEvent> events) override {
    if (process_.pass_point()) return tl::unexpected(ended());
    auto added = log_.append(expected, events);
    if (!added) return added;
    process_.begin_turns(*added);
    process_.outside_.appended(process_.number_, *added);
    if (process_.pass_point()) return tl::unexpected(ended());
    process_.end_turns(*added);
    return added;
  }
  Result<RunId> enter() override {
    if (process_.is_dead()) return tl::unexpected(ended());
    return log_.enter();
  }
  Result<Owner> owner_of(const event::Intent& intent, Instant now) override { return log_.owner_of(intent, now); }

 private:
  Process& process_;
  train::test::MemoryLog log_;
};

class Process::ClockPort final : public Clock {
 public:
  explicit ClockPort(Process& process) : process_(process) {}
  Instant now() override { return process_.outside_.now() + process_.fortune_.clock_off; }
  bool wait_until(Instant until) override {
    if (process_.is_dead()) return false;
    process_.outside_.pass_until(until - process_.fortune_.clock_off);
    return true;
  }

 private:
  Process& process_;
};

class Process::AppLine final : public Line {
 public:
  AppLine(Process& process, AppName app) : process_(process), app_(std::move(app)) {
    std::uint64_t salt = 0;
    for (const char letter : app_) salt = salt * 31 + static_cast<unsigned char>(letter);
    looks_ = Dice(mixed(process.fortune_.seed, salt));
    writes_ = Dice(mixed(process.fortune_.seed, salt + 1));
  }

  Clock& clock() override { return process_.clock(); }
  Instant time_there() const override { return process_.outside_.now(); }

  LookFault before_look() override {
    process_.outside_.looks(process_.number_, app_);
    const auto& weather = process_.fortune_.weather;
    LookFault out;
    out.which = looks_.next();
    const std::vector<ErrorKind> kinds{ErrorKind::unreachable, ErrorKind::rate_limited, ErrorKind::invalid_answer,
                                       ErrorKind::auth};
    const ErrorKind kind = looks_.pick(kinds);
    const bool fails = looks_.chance(weather.failed_looks);
    const bool late = looks_.chance(weather.late_lists);
    out.late = late ? Duration(1 + looks_.below(90)) : Duration(0);
    // What three answers in a row lack is not there.
    out.partial = looks_.chance(weather.partial_lists) && partial_ < 2;
    partial_ = out.partial ? partial_ + 1 : 0;
    if (process_.is_dead()) out.failure = ended();
    if (fails) out.failure = Error{kind, "The store does not answer.", ""};
    if (fails || late || out.partial) ++process_.faults_;
    return out;
  }

  Fate before_write(const std::string&, const VersionName&) override {
    // From here on it is on its way, also while another app's call has its turn.
    log_at_call_ = process_.outside_.log_size();
    process_.wait_for_turn(app_);
    const auto& weather = process_.fortune_.weather;
    if (process_.pass_point()) return Fate::unreachable;
    if (++process_.writes_ == process_.fortune_.interrupted_before_write)
      process_.outside_.interrupt(process_.number_, app_);
    int thrown = writes_.below(100);
    const auto is = [&](int percent) {
      const bool hit = thrown < percent;
      thrown -= percent;
      return hit;
    };
    Fate fate = Fate::through;
    if (is(weather.refused_writes / 2))
      fate = Fate::refused;
    else if (is(weather.unreachable_writes / 2))
      fate = Fate::unreachable;
    else if (is(weather.lost_before / 2))
      fate = Fate::lost_before;
    else if (is(weather.lost_after / 2))
      fate = Fate::lost_after;
    if (fate != Fate::through) ++process_.faults_;
    return fate;
  }

  void after_write(const std::string& call, const VersionName& version, const Standing& before,
                   bool had_effect) override {
    process_.outside_.wrote(process_.number_, app_, version, call, before, had_effect, log_at_call_);
    process_.pass_point();
  }

 private:
  Process& process_;
  AppName app_;
  Dice looks_{0};
  Dice writes_{0};
  Seq log_at_call_ = 0;
  int partial_ = 0;  // in a row
};

Process::Process(int number, Outside& outside, std::shared_ptr<train::test::LogStorage> storage, Fortune fortune)
    : number_(number),
      outside_(outside),
      fortune_(fortune),
      log_(std::make_unique<LogPort>(*this, std::move(storage))),
      clock_(std::make_unique<ClockPort>(*this)) {}

Process::~Process() = default;

EventLog& Process::log() { return *log_; }
Clock& Process::clock() { return *clock_; }

// Made before the run: its threads only read the map.
Line& Process::line(const AppName& app) {
  auto& line = lines_[app];
  if (!line) line = std::make_unique<AppLine>(*this, app);
  return *line;
}

bool Process::pass_point() {
  if (dead_) return true;
  const int point = ++points_;
  if (point == fortune_.interrupted_at) outside_.interrupt(number_, {});
  if (point == fortune_.dies_at) die();
  return dead_;
}

void Process::die() {
  outside_.said("run " + std::to_string(number_) + " is killed");
  ++faults_;
  const std::lock_guard lock(mutex_);
  dead_ = true;
  moved_.notify_all();
}

void Process::begin_turns(const std::vector<Event>& events) {
  const std::lock_guard lock(mutex_);
  bool first = true;
  for (const auto& event : events) {
    const auto* intent = std::get_if<event::Intent>(&event.body);
    if (intent == nullptr) continue;
    if (std::exchange(first, false)) turns_.clear();
    turns_.push_back({turn_of(intent->step), intent->operation, false});
  }
}

void Process::end_turns(const std::vector<Event>& events) {
  const std::lock_guard lock(mutex_);
  for (const auto& event : events) {
    const auto* outcome = std::get_if<event::Outcome>(&event.body);
    if (outcome == nullptr) continue;
    for (auto& turn : turns_) turn.over = turn.over || turn.operation == outcome->operation;
  }
  moved_.notify_all();
}

void Process::wait_for_turn(const std::string& key) {
  if (!fortune_.takes_turns) return;
  constexpr std::chrono::seconds long_enough{20};
  std::unique_lock lock(mutex_);
  moved_.wait_for(lock, long_enough, [&] {
    const auto waits = std::find_if(turns_.begin(), turns_.end(), [&](const Turn& turn) { return !turn.over; });
    const bool known =
        std::any_of(turns_.begin(), turns_.end(), [&](const Turn& turn) { return !turn.over && turn.key == key; });
    return dead_ || !known || waits == turns_.end() || waits->key == key;
  });
}

}  // namespace train::simulation
