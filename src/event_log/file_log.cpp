#include "train/event_log/file_log.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "appender.hpp"
#include "chain.hpp"
#include "checkpoint.hpp"
#include "descriptors.hpp"
#include "lock.hpp"
#include "paths.hpp"
#include "posix.hpp"
#include "runs.hpp"
#include "train/event_log/codec.hpp"

namespace train::event_log {
namespace {

// state.json is read before the log: another process may append in between, and then the log is the longer one.
Result<std::string> refresh(const Paths& paths, const std::string& train, Chain& chain) {
  const auto known = read_checkpoint(paths.state, train);
  if (!known) return tl::unexpected(known.error());
  auto torn = read_new_events(paths.log, chain);
  if (!torn) return torn;
  const auto whole = check_not_cut(*known, chain, paths.log, paths.state);
  if (!whole) return tl::unexpected(whole.error());
  return torn;
}

struct Look {
  std::string torn;
  bool settled = false;  // nobody was appending: what is torn stays torn
};

// Without the lock at first. What looks damaged may be an append at work, so damage is believed under the lock only.
Result<Look> look(const Paths& paths, const std::string& train, Chain& chain, std::chrono::milliseconds patience) {
  auto torn = refresh(paths, train, chain);
  const bool damaged = !torn && torn.error().kind == ErrorKind::corrupt_state;
  if (torn && torn->empty()) return Look{};
  if (!torn && !damaged) return tl::unexpected(torn.error());
  if (damaged) {
    // Without the right to lock, a copy of a log can still be judged.
    const auto lock = take_lock(paths.lock, Sharing::shared, patience);
    chain = Chain{};
    torn = refresh(paths, train, chain);
    if (!torn) return tl::unexpected(torn.error());
    return Look{std::move(*torn), lock.has_value()};
  }
  const auto lock = try_lock(paths.lock, Sharing::shared);
  if (lock) torn = refresh(paths, train, chain);
  if (!torn) return tl::unexpected(torn.error());
  return Look{std::move(*torn), lock.has_value()};
}

class FileLog final : public EventLog {
 public:
  FileLog(FileLogSettings settings, Paths paths) : settings_(std::move(settings)), paths_(std::move(paths)) {}

  Result<std::vector<Event>> read(Seq after) override {
    const auto seen = look(paths_, settings_.train, chain_, settings_.lock_patience);
    if (!seen) {
      chain_ = Chain{};
      return tl::unexpected(seen.error());
    }
    if (seen->settled && !seen->torn.empty()) warn_of_torn(*seen);
    if (after >= chain_.last()) return std::vector<Event>();
    return std::vector<Event>(chain_.events.begin() + static_cast<std::ptrdiff_t>(after), chain_.events.end());
  }

  Result<std::vector<Event>> append(Seq expected, std::span<const NewEvent> events) override {
    if (events.empty()) return std::vector<Event>();
    if (const auto made = make_directory(paths_.home); !made) return tl::unexpected(made.error());
    const auto lock = take_lock(paths_.lock, Sharing::exclusive, settings_.lock_patience);
    if (!lock) return tl::unexpected(lock.error());
    const auto torn = refresh(paths_, settings_.train, chain_);
    if (!torn) {
      chain_ = Chain{};
      return tl::unexpected(torn.error());
    }
    if (chain_.last() != expected) return moved_on(expected);
    auto added = append_lines(paths_, *torn, events, chain_);
    if (!added) return added;
    if (!torn->empty()) warn(fmt::format("{} ended in a torn line; it was set aside", paths_.log.string()));
    save_checkpoint();
    return added;
  }

  Result<RunId> enter() override {
    if (run_) return run_->id();
    if (const auto made = make_directory(paths_.runs); !made) return tl::unexpected(made.error());
    const auto lock = take_lock(paths_.lock, Sharing::exclusive, settings_.lock_patience);
    if (!lock) return tl::unexpected(lock.error());
    auto run = Run::begin(paths_.runs);
    if (!run) return tl::unexpected(run.error());
    run_.emplace(std::move(*run));
    return run_->id();
  }

  Result<Owner> owner_of(const event::Intent& intent, Instant now) override {
    if (run_ && intent.run == run_->id()) return Owner::alive;
    // Not one of our ids: the intent came from another engine's log, where only its time tells.
    if (!is_run_id(intent.run)) return now >= intent.expires ? Owner::gone : Owner::alive;
    const auto lives = run_lives(paths_.runs, intent.run);
    if (!lives) return tl::unexpected(lives.error());
    return *lives == RunState::alive ? Owner::alive : Owner::gone;
  }

 private:
  tl::unexpected<Error> moved_on(Seq expected) const {
    return fail(
        ErrorKind::conflict,
        fmt::format("another run moved this train: event {} was the last, now it is event {}", expected, chain_.last()),
        "Nothing was done. Run again to go on from there.");
  }

  // The log is the truth and is durable by now; its fold can be made again.
  void save_checkpoint() {
    const std::string state = settings_.snapshot ? settings_.snapshot(chain_.events) : std::string("{}");
    const auto saved = write_checkpoint(paths_.state, settings_.train, chain_, state);
    if (!saved) warn("the log was written, but not its fold: " + saved.error().message);
  }

  void warn_of_torn(const Look& seen) {
    if (warned_torn_ == chain_.bytes + 1) return;
    warned_torn_ = chain_.bytes + 1;
    warn(
        fmt::format("{} ends in a torn line ({} bytes after event {}), which is left out; the next write sets it aside",
                    paths_.log.string(), seen.torn.size(), chain_.last()));
  }

  void warn(const std::string& text) const {
    if (settings_.warn) settings_.warn(text);
  }

  FileLogSettings settings_;
  Paths paths_;
  Chain chain_;  // what this process has read and proved so far
  std::optional<Run> run_;
  std::uint64_t warned_torn_ = 0;  // once per place
};

// A train without a usable name has no log; every verb says so.
class NoLog final : public EventLog {
 public:
  explicit NoLog(Error why) : why_(std::move(why)) {}
  Result<std::vector<Event>> read(Seq) override { return tl::unexpected(why_); }
  Result<std::vector<Event>> append(Seq, std::span<const NewEvent>) override { return tl::unexpected(why_); }
  Result<RunId> enter() override { return tl::unexpected(why_); }
  Result<Owner> owner_of(const event::Intent&, Instant) override { return tl::unexpected(why_); }

 private:
  Error why_;
};

bool knows(const Chain& chain, const std::string& head) {
  if (head == k_no_event) return true;
  for (const Event& event : chain.events) {
    if (event.hash == head) return true;
  }
  return false;
}

}  // namespace

std::unique_ptr<EventLog> make_file_log(FileLogSettings settings) {
  auto paths = paths_of(settings.directory, settings.train);
  if (!paths) return std::make_unique<NoLog>(paths.error());
  return std::make_unique<FileLog>(std::move(settings), std::move(*paths));
}

Result<Verified> verify_file_log(const std::filesystem::path& directory, const std::string& train,
                                 const std::string& expected_head) {
  const auto paths = paths_of(directory, train);
  if (!paths) return tl::unexpected(paths.error());
  Chain chain;
  const auto seen = look(*paths, train, chain, FileLogSettings{}.lock_patience);
  if (!seen) return tl::unexpected(seen.error());
  if (!expected_head.empty() && !knows(chain, expected_head)) {
    return fail(ErrorKind::corrupt_state,
                fmt::format("{} has no event with the hash {}: it was cut or rewritten since that head was noted",
                            paths->log.string(), expected_head),
                "Compare it with a backup; check that the whole hash of 64 digits was given.");
  }
  return Verified{chain.events.size(), chain.head(), !seen->torn.empty()};
}

namespace {

Result<std::unique_ptr<EventLog>> make_file_engine(const LogAddress& address, const Site& site) {
  return make_file_log({address.rest, site.train, site.snapshot, site.warn, site.lock_patience});
}

Result<Verified> verify_file_engine(const LogAddress& address, const std::string& train,
                                    const std::string& expected_head) {
  return verify_file_log(address.rest, train, expected_head);
}

std::filesystem::path file_work_dir(const LogAddress& address, const std::string& train) {
  return std::filesystem::path(address.rest) / train;
}

std::string repair_of_files(const LogAddress& address, const std::string& train) {
  return "Look at " + file_work_dir(address, train).string() +
         ": `train log --verify` says what is wrong. Free the disk, give the rights back, or restore log.jsonl from a "
         "backup; a damaged log is moved aside, never edited.";
}

}  // namespace

Descriptor describe_file() {
  const LogKeys keys{LogScheme::file, "file:DIR", KeyKind::path, "a directory on this machine"};
  return {keys, make_file_engine, verify_file_engine, file_work_dir, repair_of_files};
}

}  // namespace train::event_log
