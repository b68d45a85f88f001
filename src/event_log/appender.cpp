#include "appender.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "posix.hpp"
#include "train/event_log/codec.hpp"

namespace train::event_log {
namespace {

struct Lines {
  std::vector<Event> events;
  std::string text;
};

Lines encode_all(std::span<const NewEvent> events, const Chain& chain) {
  Lines lines;
  std::string prev = chain.head();
  for (const NewEvent& event : events) {
    const std::size_t more = events.size() - lines.events.size() - 1;
    auto encoded = encode(event, chain.last() + lines.events.size() + 1, prev, more);
    lines.text += encoded.line + "\n";
    prev = encoded.event.hash;
    lines.events.push_back(std::move(encoded.event));
  }
  return lines;
}

// A name nobody has used: torn-<seq>.txt, then torn-<seq>-2.txt …
Result<std::pair<Fd, std::filesystem::path>> make_torn_file(const Paths& paths, Seq seq) {
  for (int i = 1; i < 1000; ++i) {
    const std::string name = i == 1 ? fmt::format("torn-{}.txt", seq) : fmt::format("torn-{}-{}.txt", seq, i);
    auto path = paths.home / name;
    Fd fd = open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
    if (fd) return std::make_pair(std::move(fd), std::move(path));
    if (errno != EEXIST) return tl::unexpected(system_error("make", path));
  }
  return fail(ErrorKind::storage, fmt::format("{} holds a thousand torn lines", paths.home.string()),
              "Look at the disk, then move the torn-*.txt files away.");
}

Result<std::string> set_aside(const Paths& paths, Seq seq, const std::string& torn) {
  auto file = make_torn_file(paths, seq);
  if (!file) return tl::unexpected(file.error());
  auto written = write_all(file->first, file->second, torn);
  if (written) written = sync_data(file->first, file->second);
  if (written) written = sync_directory(paths.home);
  if (written) return file->second.filename().string();
  ::unlink(file->second.c_str());
  return tl::unexpected(written.error());
}

Result<Done> cut_to(const Fd& fd, const std::filesystem::path& path, std::uint64_t bytes) {
  if (::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) return tl::unexpected(system_error("shorten", path));
  return sync_data(fd, path);
}

// Nothing half-written may stay: a reader would take whole lines for events.
tl::unexpected<Error> take_back(const Fd& fd, const Paths& paths, const Chain& chain, Error why) {
  const auto back = cut_to(fd, paths.log, chain.bytes);
  if (back) return tl::unexpected(std::move(why));
  return fail(ErrorKind::unknown_outcome,
              fmt::format("{}; and what was written could not be taken back: {}", why.message, back.error().message),
              "Look at the disk, then run again: the log is read afresh.");
}

Result<Done> write_durably(const Fd& fd, const Paths& paths, const std::string& text, Chain& chain) {
  auto written = write_all(fd, paths.log, text);
  if (written) written = sync_data(fd, paths.log);
  // A new file is only as durable as its name.
  if (written && chain.bytes == 0) written = sync_directory(paths.home);
  if (!written) return take_back(fd, paths, chain, written.error());
  return written;
}

void note_file(const Fd& fd, Chain& chain) {
  struct stat seen {};
  if (::fstat(fd.get(), &seen) != 0) return;
  chain.device = seen.st_dev;
  chain.inode = seen.st_ino;
}

}  // namespace

Result<std::vector<Event>> append_lines(const Paths& paths, const std::string& torn, std::span<const NewEvent> events,
                                        Chain& chain) {
  std::vector<NewEvent> wanted(events.begin(), events.end());
  if (!torn.empty()) {
    const auto name = set_aside(paths, chain.last() + 1, torn);
    if (!name) return tl::unexpected(name.error());
    wanted.push_back({events.back().at, "train",
                      event::Repaired{fmt::format("{} torn bytes after event {} were set aside in {}", torn.size(),
                                                  chain.last(), *name)}});
  }
  Lines lines = encode_all(wanted, chain);
  const Fd fd = open_file(paths.log, O_WRONLY | O_CREAT | O_APPEND);
  if (!fd) return tl::unexpected(system_error("open", paths.log));
  if (!torn.empty()) {
    if (const auto shorter = cut_to(fd, paths.log, chain.bytes); !shorter) return tl::unexpected(shorter.error());
  }
  const auto written = write_durably(fd, paths, lines.text, chain);
  if (!written) return tl::unexpected(written.error());
  note_file(fd, chain);
  chain.bytes += lines.text.size();
  chain.events.insert(chain.events.end(), lines.events.begin(), lines.events.end());
  return std::move(lines.events);
}

}  // namespace train::event_log
