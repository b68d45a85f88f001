// The log in a ref of a git repository: NAME/log/<first event>.jsonl, in pieces, and NAME/appends, which tells who
// wrote last. Each append is one commit; see docs/state.md.
#include "git_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "chain.hpp"
#include "checkpoint.hpp"
#include "descriptors.hpp"
#include "git_remote.hpp"
#include "paths.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"
#include "train/event_log/codec.hpp"

namespace train::event_log {
namespace {

constexpr std::size_t k_piece_bytes = 128u << 10;  // a piece that has so many is not added to
constexpr std::size_t k_appends_kept = 200;        // so many others may write before our lost answer is asked for
constexpr int k_rounds = 20;                       // of being overtaken by other trains in the same ref

struct Place {
  std::string remote;
  std::string ref;
};

Place place_of(const LogAddress& address) {
  const auto hash = address.rest.rfind('#');
  return {address.rest.substr(0, hash), address.rest.substr(hash + 1)};
}

// What is known of the ref at one commit.
struct Known {
  CommitId tip;  // empty: nothing was read, or the ref is not there
  bool read = false;
  Chain chain;
  std::map<std::string, std::string> ids;  // of the pieces
  std::string last_piece;                  // its path and its text
  std::string last_text;
  std::string appends;
};

class GitLog final : public EventLog {
 public:
  GitLog(GitRemote remote, Site site) : remote_(std::move(remote)), site_(std::move(site)) {}

  Result<std::vector<Event>> read(Seq after) override {
    if (const auto done = refresh(); !done) return tl::unexpected(done.error());
    const auto& events = known_.chain.events;
    if (after >= events.size()) return std::vector<Event>();
    return std::vector<Event>(events.begin() + static_cast<std::ptrdiff_t>(after), events.end());
  }

  Result<std::vector<Event>> append(Seq expected, std::span<const NewEvent> events) override {
    if (events.empty()) return std::vector<Event>();
    const std::string nonce = random_id();
    if (!known_.read || known_.chain.last() != expected) {
      if (const auto done = refresh(); !done) return tl::unexpected(done.error());
    }
    for (int round = 0; round < k_rounds; ++round) {
      if (known_.chain.last() != expected) return moved_on(expected);
      auto added = push(events, nonce);
      if (!added) return tl::unexpected(added.error());
      if (*added) return std::move(**added);
      if (const auto done = refresh(); !done) return tl::unexpected(done.error());
      if (auto ours = landed(nonce, expected, events.size())) return std::move(*ours);
    }
    return fail(ErrorKind::conflict, fmt::format("other trains wrote to {} at every attempt", remote_.place()),
                "Nothing was done. Give this train a ref of its own, or run again.");
  }

  Result<RunId> enter() override {
    if (run_.empty()) run_ = random_id();
    return run_;
  }

  // A remote knows no processes: only the time that the intent gave itself tells.
  Result<Owner> owner_of(const event::Intent& intent, Instant now) override {
    if (intent.run == run_) return Owner::alive;
    return now >= intent.expires ? Owner::gone : Owner::alive;
  }

 private:
  std::string folder() const { return site_.train + "/"; }
  std::filesystem::path checkpoint() const {
    return remote_.store() / ("known-" + sha256_hex(site_.train).substr(0, 16));
  }

  tl::unexpected<Error> moved_on(Seq expected) const {
    return fail(ErrorKind::conflict,
                fmt::format("another run moved this train: event {} was the last, now it is event {}", expected,
                            known_.chain.last()),
                "Nothing was done. Run again to go on from there.");
  }

  // The store on this machine is asked first what it has; then one question to the remote.
  Result<Done> refresh() {
    // Before the remote is asked: another process may note in between what we have not read yet.
    const auto kept = read_checkpoint(checkpoint(), site_.train);
    if (!kept) return tl::unexpected(kept.error());
    Result<CommitId> tip = known_.read ? remote_.tip() : remote_.fetch();
    if (tip && known_.read && *tip == known_.tip) return Done{};
    if (tip && known_.read && !tip->empty()) tip = remote_.fetch();
    if (!tip) return tl::unexpected(tip.error());
    auto now = read_at(*tip);
    if (!now) return tl::unexpected(now.error());
    if (const auto whole = check_kept(*kept, now->chain); !whole) return whole;
    known_ = std::move(*now);
    note();
    return Done{};
  }

  Result<Known> read_at(const CommitId& tip) const {
    Known now;
    now.tip = tip;
    now.read = true;
    if (tip.empty()) return now;
    auto pieces = remote_.files(tip, folder() + "log/");
    if (!pieces) return tl::unexpected(pieces.error());
    const auto same = take_over(*pieces, now);
    const std::vector<GitFile> rest(pieces->begin() + static_cast<std::ptrdiff_t>(same), pieces->end());
    const auto texts = remote_.contents(rest);
    if (!texts) return tl::unexpected(texts.error());
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (const auto added = add_piece(rest[i], (*texts)[i], now); !added) return tl::unexpected(added.error());
    }
    for (const GitFile& each : *pieces) now.ids[each.path] = each.id;
    const auto appends = read_appends(tip);
    if (!appends) return tl::unexpected(appends.error());
    now.appends = *appends;
    return now;
  }

  // Pieces that have not changed since they were read: how many, from the first on.
  std::size_t take_over(const std::vector<GitFile>& pieces, Known& now) const {
    std::size_t same = 0;
    while (same < pieces.size()) {
      const auto known = known_.ids.find(pieces[same].path);
      if (known == known_.ids.end() || known->second != pieces[same].id) break;
      ++same;
    }
    if (same + 1 < known_.ids.size() || same == 0) return 0;  // rewritten, or nothing was known: read it all
    // The last known piece may have grown: its events are in the chain already.
    now.chain = known_.chain;
    now.last_piece = known_.last_piece;
    now.last_text = known_.last_text;
    return same;
  }

  Result<Done> add_piece(const GitFile& piece, const std::string& text, Known& now) const {
    std::string_view fresh = text;
    const bool grown = piece.path == now.last_piece && fresh.substr(0, now.last_text.size()) == now.last_text;
    if (piece.path == now.last_piece && !grown) return rewritten(piece.path);
    if (grown) fresh.remove_prefix(now.last_text.size());
    const auto torn = read_new_lines(fresh, remote_.place() + ", " + piece.path, now.chain);
    if (!torn) return tl::unexpected(torn.error());
    if (!torn->empty()) return rewritten(piece.path);
    now.last_piece = piece.path;
    now.last_text = text;
    return Done{};
  }

  tl::unexpected<Error> rewritten(const std::string& what) const {
    return fail(
        ErrorKind::corrupt_state,
        fmt::format("{} of the log {} is not what was read before: somebody rewrote the ref", what, remote_.place()),
        "Set the ref back to the commit before (`git reflog` where it was rewritten, or another machine's copy "
        "in ~/.cache/train), and keep force pushes away from it.");
  }

  Result<std::string> read_appends(const CommitId& tip) const {
    const auto file = remote_.files(tip, folder() + "appends");
    if (!file) return tl::unexpected(file.error());
    if (file->empty()) return std::string();
    auto text = remote_.contents(*file);
    if (!text) return tl::unexpected(text.error());
    return std::move(text->front());
  }

  // What this machine has read of the log once must still be in it.
  Result<Done> check_kept(const std::optional<Checkpoint>& kept, const Chain& now) const {
    if (!kept || kept->seq == 0) return Done{};
    if (kept->seq > now.last() || now.events[kept->seq - 1].hash != kept->hash)
      return rewritten(fmt::format("event {}", kept->seq));
    return Done{};
  }

  void note() const {
    const auto noted = write_checkpoint(checkpoint(), site_.train, known_.chain, "{}");
    if (!noted && site_.warn) site_.warn("it cannot be noted how far the log was read: " + noted.error().message);
  }

  // ---- writing ----
  // nullopt: somebody was faster.
  Result<std::optional<std::vector<Event>>> push(std::span<const NewEvent> events, const std::string& nonce) {
    Known next = known_;
    const auto added = add_events(events, next);
    note_append(nonce, added.front().seq, added.back().seq, next);
    const GitCommit commit{
        known_.tip,
        fmt::format("{}: events {} to {}\n\n{}\n", site_.train, added.front().seq, added.back().seq, nonce),
        events.back().at,
        {{next.last_piece, next.last_text}, {folder() + "appends", next.appends}}};
    const auto made = remote_.make(commit);
    if (!made) return tl::unexpected(made.error());
    const auto pushed = remote_.push(*made, known_.tip);
    if (!pushed) return tl::unexpected(pushed.error());
    switch (*pushed) {
      case GitRemote::Pushed::moved:
        return std::optional<std::vector<Event>>();
      case GitRemote::Pushed::done:
        break;
    }
    next.tip = *made;
    next.ids[next.last_piece].clear();  // its id is read when it is listed next
    known_ = std::move(next);
    note();
    return std::optional(added);
  }

  std::vector<Event> add_events(std::span<const NewEvent> events, Known& next) const {
    if (next.last_piece.empty() || next.last_text.size() >= k_piece_bytes) {
      next.last_piece = fmt::format("{}log/{:010}.jsonl", folder(), next.chain.last() + 1);
      next.last_text.clear();
    }
    std::vector<Event> added;
    for (std::size_t i = 0; i < events.size(); ++i) {
      auto encoded = encode(events[i], next.chain.last() + 1, next.chain.head(), events.size() - 1 - i);
      next.last_text += encoded.line + "\n";
      next.chain.events.push_back(encoded.event);
      added.push_back(std::move(encoded.event));
    }
    return added;
  }

  static void note_append(const std::string& nonce, Seq first, Seq last, Known& next) {
    auto lines = split(next.appends, '\n');
    lines.erase(std::remove(lines.begin(), lines.end(), std::string()), lines.end());
    if (lines.size() >= k_appends_kept)
      lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(lines.size() - k_appends_kept + 1));
    lines.push_back(fmt::format("{} {} {}", first, last, nonce));
    next.appends = join(lines, "\n") + "\n";
  }

  // Our commit had arrived before somebody else's did, and only the answer was lost.
  std::optional<std::vector<Event>> landed(const std::string& nonce, Seq expected, std::size_t count) const {
    if (known_.appends.find(" " + nonce + "\n") == std::string::npos) return std::nullopt;
    const auto from = known_.chain.events.begin() + static_cast<std::ptrdiff_t>(expected);
    return std::vector<Event>(from, from + static_cast<std::ptrdiff_t>(count));
  }

  GitRemote remote_;
  Site site_;
  Known known_;
  RunId run_;
};

}  // namespace

Result<std::unique_ptr<EventLog>> make_git_log(const LogAddress& address, const Site& site) {
  // A train's name is a folder there.
  if (const auto usable = paths_of({}, site.train); !usable) return tl::unexpected(usable.error());
  const Place place = place_of(address);
  auto remote = GitRemote::open(place.remote, place.ref);
  if (!remote) return tl::unexpected(remote.error());
  return std::make_unique<GitLog>(std::move(*remote), site);
}

namespace {

// "https://name:password@host": a name alone is how ssh and tokens' helpers are told whom to be.
bool holds_a_password(std::string_view rest) {
  const auto host = rest.find("://");
  if (host == std::string_view::npos) return false;
  const auto authority = rest.substr(host + 3, rest.find('/', host + 3) - host - 3);
  const auto at = authority.rfind('@');
  return at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
}

std::optional<std::string> git_fault(std::string_view rest) {
  if (holds_a_password(rest))
    return "a password never stands in the file; git uses the credentials that it has for this address";
  const auto hash = rest.rfind('#');
  const bool whole = hash != std::string_view::npos && hash != 0 && hash + 1 != rest.size();
  if (whole && rest.substr(hash + 1, 5) == "refs/" && rest.front() != '-') return std::nullopt;
  return "git:REMOTE#REF is wanted, such as git:origin#refs/train/charge";
}

Result<Verified> verify_git_log(const LogAddress& address, const std::string& train, const std::string& expected_head) {
  const auto log = make_git_log(address, {train, {}, {}});
  if (!log) return tl::unexpected(log.error());
  const auto events = (*log)->read(0);
  if (!events) return tl::unexpected(events.error());
  const bool known =
      expected_head.empty() || expected_head == k_no_event ||
      std::any_of(events->begin(), events->end(), [&](const Event& e) { return e.hash == expected_head; });
  if (!known)
    return fail(ErrorKind::corrupt_state,
                fmt::format("{} has no event with the hash {}: it was rewritten since that head was noted",
                            address.text(), expected_head),
                "Compare it with another clone; check that the whole hash of 64 digits was given.");
  return Verified{events->size(), events->empty() ? std::string(k_no_event) : events->back().hash, false};
}

// Archives stay on this machine: another one builds or fetches its own.
std::filesystem::path git_work_dir(const LogAddress& address, const std::string& train) {
  const Place place = place_of(address);
  const auto remote = GitRemote::open(place.remote, place.ref);
  return remote ? remote->store() / "work" / train : std::filesystem::path();
}

std::string repair_of_git(const LogAddress& address, const std::string&) {
  return "Look at " + address.text() +
         ": `git ls-remote` on it must answer from here, and this user must be allowed to push to that ref. A ref that "
         "was rewritten is set back to the commit before.";
}

}  // namespace

Descriptor describe_git() {
  return {{LogScheme::git, "git:REMOTE#REF", KeyKind::text, "a ref of a git repository", git_fault},
          make_git_log,
          verify_git_log,
          git_work_dir,
          repair_of_git};
}

}  // namespace train::event_log
