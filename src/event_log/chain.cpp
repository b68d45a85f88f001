#include "chain.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <iterator>
#include <utility>

#include "posix.hpp"
#include "train/event_log/codec.hpp"

namespace train::event_log {
namespace {

constexpr std::uint64_t k_hash_tail = 67;  // the hash's 64 digits, "} and the newline

tl::unexpected<Error> damage(const std::filesystem::path& file, Seq line, const Error& why) {
  std::string hint = why.hint;
  if (hint.empty()) {
    hint = fmt::format(
        "Restore the file from a backup. To go on without the events from line {0} on, keep a copy, cut the file "
        "before "
        "line {0}, delete state.json beside it and look at the stores before the next `train advance`.",
        line);
  }
  return fail(ErrorKind::corrupt_state, fmt::format("{}, line {}: {}", file.string(), line, why.message),
              std::move(hint));
}

Result<Done> check_place(const Decoded& decoded, Seq seq, std::string_view prev) {
  const Event& event = decoded.event;
  if (event.seq != seq) {
    return fail(ErrorKind::corrupt_state, fmt::format("event {} stands where event {} should be", event.seq, seq));
  }
  if (event.prev != prev) {
    return fail(ErrorKind::corrupt_state,
                fmt::format("event {} does not follow from the event before it: the chain is broken", event.seq));
  }
  return Done{};
}

// Events that were appended together count together.
struct Batch {
  std::vector<Event> events;
  std::size_t more = 0;
};

Result<Done> add_line(std::string_view line, const Chain& chain, Batch& batch) {
  auto decoded = decode_line(line);
  if (!decoded) return tl::unexpected(decoded.error());
  const Seq seq = chain.last() + batch.events.size() + 1;
  const auto place = check_place(*decoded, seq, batch.events.empty() ? chain.head() : batch.events.back().hash);
  if (!place) return place;
  if (!batch.events.empty() && decoded->more + 1 != batch.more) {
    return fail(ErrorKind::corrupt_state, fmt::format("event {} was not appended with the one before it", seq));
  }
  batch.more = decoded->more;
  batch.events.push_back(std::move(decoded->event));
  return Done{};
}

// Whether the file still ends, at the chain's length, in the chain's head.
Result<bool> continues(const Fd& fd, const std::filesystem::path& file, const Chain& chain) {
  struct stat seen {};
  if (::fstat(fd.get(), &seen) != 0) return tl::unexpected(system_error("look at", file));
  if (seen.st_dev != chain.device || seen.st_ino != chain.inode) return false;
  if (static_cast<std::uint64_t>(seen.st_size) < chain.bytes) return false;
  if (chain.bytes < k_hash_tail) return chain.bytes == 0;
  auto tail = read_rest(fd, file, chain.bytes - k_hash_tail, k_log_bytes_max);
  if (!tail) return tl::unexpected(tail.error());
  return tail->compare(0, k_hash_tail, chain.head() + "\"}\n") == 0;
}

void begin_anew(const Fd& fd, Chain& chain) {
  struct stat seen {};
  chain = Chain{};
  if (::fstat(fd.get(), &seen) != 0) return;
  chain.device = seen.st_dev;
  chain.inode = seen.st_ino;
}

}  // namespace

std::string Chain::head() const { return events.empty() ? k_no_event : events.back().hash; }

Result<std::string> read_new_lines(std::string_view text, const std::filesystem::path& place, Chain& chain) {
  Batch batch;
  std::size_t whole = 0;  // bytes of `text` that are in the chain
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) break;
    const auto added = add_line(text.substr(begin, end - begin), chain, batch);
    if (!added) return damage(place, chain.last() + batch.events.size() + 1, added.error());
    begin = end + 1;
    if (batch.more > 0) continue;
    std::move(batch.events.begin(), batch.events.end(), std::back_inserter(chain.events));
    batch = Batch{};
    whole = begin;
  }
  chain.bytes += whole;
  return std::string(text.substr(whole));
}

Result<std::string> read_new_events(const std::filesystem::path& file, Chain& chain) {
  const auto fd = open_to_read(file);
  if (!fd && fd.error().kind == ErrorKind::not_found) {
    chain = Chain{};
    return std::string();
  }
  if (!fd) return tl::unexpected(fd.error());
  const auto same = continues(*fd, file, chain);
  if (!same) return tl::unexpected(same.error());
  if (!*same) begin_anew(*fd, chain);
  const auto text = read_rest(*fd, file, chain.bytes, k_log_bytes_max);
  if (!text) return tl::unexpected(text.error());
  return read_new_lines(*text, file, chain);
}

}  // namespace train::event_log
