#include "transfer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "train/base/text.hpp"

namespace train::http {

std::size_t Incoming::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& in = *static_cast<Incoming*>(self);
  in.header_bytes += size * count;
  if (in.header_bytes > k_header_limit_bytes) {
    in.outcome.over_limit = true;
    return 0;
  }
  in.take_header(std::string_view(data, size * count));
  return size * count;
}

void Incoming::take_header(std::string_view line) {
  if (headers_ended) return;  // trailers of a chunked body
  if (starts_with(line, "HTTP/")) {
    outcome.headers.clear();
    const auto space = line.find(' ');
    const bool interim = space != std::string_view::npos && line.substr(space + 1, 1) == "1";
    in_final_status_ = !interim;
    return;
  }
  if (trim(line).empty()) {
    headers_ended = in_final_status_;
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  outcome.headers.push_back(Header{std::move(name), std::string(trim(line.substr(colon + 1)))});
}

std::size_t Incoming::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& in = *static_cast<Incoming*>(self);
  const std::size_t bytes = size * count;
  // Counted here because CURLOPT_MAXFILESIZE only believes Content-Length.
  if (bytes > in.limit_bytes - in.outcome.body.size()) {
    in.outcome.over_limit = true;
    return 0;
  }
  in.outcome.body.append(data, bytes);
  return bytes;
}

Outgoing::~Outgoing() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Done> Outgoing::open(const FileSlice& slice) {
  slice_ = slice;
  fd_ = ::open(slice.file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat seen {};
  if (fd_ < 0 || ::fstat(fd_, &seen) != 0) {
    return fail(ErrorKind::storage, "cannot read " + slice.file.string() + ": " + std::strerror(errno));
  }
  const auto size = static_cast<std::uint64_t>(seen.st_size);
  if (!S_ISREG(seen.st_mode) || slice.offset > size || slice.length > size - slice.offset) {
    return fail(ErrorKind::storage, slice.file.string() + " is not a regular file of at least " +
                                        std::to_string(slice.offset + slice.length) + " bytes");
  }
  return Done{};
}

std::size_t Outgoing::on_read(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& out = *static_cast<Outgoing*>(self);
  const std::uint64_t left = out.slice_.length - out.sent_;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, size * count));
  if (wanted == 0) return 0;
  const ssize_t got = ::pread(out.fd_, buffer, wanted, static_cast<off_t>(out.slice_.offset + out.sent_));
  // The file was promised to be longer: ending here would send a short request that looks whole.
  if (got <= 0) return CURL_READFUNC_ABORT;
  out.sent_ += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

int Outgoing::on_seek(void* self, curl_off_t offset, int origin) {
  auto& out = *static_cast<Outgoing*>(self);
  if (origin != SEEK_SET || offset < 0 || offset > out.length()) return CURL_SEEKFUNC_FAIL;
  out.sent_ = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

Transport classify(CURLcode code, long status, long request_bytes, bool headers_ended) {
  const bool final_status = status >= 200;
  if (final_status) return code == CURLE_OK && headers_ended ? Transport::answered : Transport::cut;
  return request_bytes == 0 ? Transport::not_sent : Transport::lost;
}

}  // namespace train::http
