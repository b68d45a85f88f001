#include "http/connection.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <exception>

#include <fmt/format.h>

#include "train/base/text.hpp"

namespace train::sandbox {
namespace {

constexpr std::size_t k_receive_step_bytes = 16u << 10;
constexpr std::size_t k_body_step_bytes = 256u << 10;
constexpr std::size_t k_line_limit_bytes = 4096;
constexpr std::size_t k_trailer_limit = 50;

ssize_t receive(int socket, char* to, std::size_t size) {
  for (;;) {
    const auto got = ::recv(socket, to, size, 0);
    if (got >= 0 || errno != EINTR) return got;
  }
}

void set_receive_timeout(int socket, timeval time) {
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
}

}  // namespace

HttpConnection::HttpConnection(int socket, const Handler& handler, const PlanBody& plan)
    : socket_(socket), handler_(handler), plan_(plan) {}

void HttpConnection::serve() {
  set_receive_timeout(socket_, {300, 0});
  const timeval send_timeout{30, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &send_timeout, sizeof send_timeout);
  for (;;) {
    WireRequest request;
    if (read_request(request) != Got::request) return;
    const Asked asked{request.method, request.connection};
    if (!answer(asked, handled(std::move(request)))) return;
  }
}

Reply HttpConnection::handled(WireRequest&& request) {
  try {
    return handler_(std::move(request));
  } catch (const std::exception& problem) {
    // One broken request must not end the sandbox, and with it a rehearsal of many.
    Reply reply;
    reply.response.status = 500;
    reply.response.content_type = "text/plain; charset=utf-8";
    reply.response.body = fmt::format("The sandbox failed on this request: {}\n", problem.what());
    return reply;
  }
}

bool HttpConnection::fill() {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
  }
  const auto old = buffer_.size();
  buffer_.resize(old + k_receive_step_bytes);
  const auto got = receive(socket_, buffer_.data() + old, k_receive_step_bytes);
  buffer_.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got > 0;
}

HttpConnection::Got HttpConnection::read_request(WireRequest& request) {
  std::size_t end = 0;
  for (;;) {
    // A client may leave an empty line between two requests.
    while (buffer_.compare(begin_, 2, "\r\n") == 0) begin_ += 2;
    end = buffer_.find("\r\n\r\n", begin_);
    if (end != std::string::npos) break;
    if (buffer_.size() - begin_ > k_head_limit_bytes) return refuse({431, "the headers are longer than 64 KiB"});
    if (!fill()) return Got::closed;
  }
  if (end - begin_ > k_head_limit_bytes) return refuse({431, "the headers are longer than 64 KiB"});
  auto head = parse_head(std::string_view(buffer_).substr(begin_, end - begin_));
  begin_ = end + 4;
  if (!head) return refuse(head.error());
  request = std::move(*head);
  const auto framing = framing_of(request.headers);
  if (!framing) return refuse(framing.error());
  return read_body(*framing, request);
}

HttpConnection::Got HttpConnection::read_body(const Framing& framing, WireRequest& request) {
  if (framing.kind == Framing::Kind::none) return Got::request;
  const auto expect = request.headers.find("expect");
  if (expect != request.headers.end() && begin_ == buffer_.size()) {
    if (!send_all("HTTP/1.1 100 Continue\r\n\r\n", {})) return Got::closed;
  }
  if (framing.kind == Framing::Kind::chunked) return read_chunks(request.body);
  // A resumable upload keeps what has arrived, which is the point of it.
  const bool resumable = request.method == "PUT" && request.headers.count("content-range") != 0;
  const auto plan = plan_ ? plan_(request) : BodyPlan{};
  if (plan.into == BodyPlan::Into::spool) {
    const auto got = spool(framing.length, plan.cut_after.value_or(framing.length), request);
    request.cut = got == Got::closed && resumable;
    return request.cut ? Got::request : got;
  }
  // Only address space is reserved: a client that promises a gigabyte and sends nothing costs nothing.
  request.body.reserve(framing.length);
  if (read_bytes(request.body, framing.length)) return Got::request;
  request.cut = resumable;
  return request.cut ? Got::request : Got::closed;
}

bool HttpConnection::read_bytes(std::string& body, std::uint64_t count) {
  const auto ready = std::min<std::uint64_t>(count, buffer_.size() - begin_);
  body.append(buffer_, begin_, ready);
  begin_ += ready;
  count -= ready;
  // The rest goes straight into the body: a build is not copied twice.
  while (count > 0) {
    const auto old = body.size();
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(count, k_body_step_bytes));
    body.resize(old + step);
    const auto got = receive(socket_, body.data() + old, step);
    body.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got <= 0) return false;
    count -= static_cast<std::uint64_t>(got);
  }
  return true;
}

HttpConnection::Got HttpConnection::spool(std::uint64_t count, std::uint64_t cut_after, WireRequest& request) {
  request.spooled = Spool::open();
  if (!request.spooled) return refuse({507, "there is no room for its body on the sandbox's disk"});
  const bool cut = cut_after < count;
  auto left = std::min(count, cut_after);
  const auto ready = std::min<std::uint64_t>(left, buffer_.size() - begin_);
  bool kept = request.spooled->append(std::string_view(buffer_).substr(begin_, ready));
  begin_ += ready;
  left -= ready;
  std::string step(k_body_step_bytes, '\0');
  while (kept && left > 0) {
    const auto got =
        receive(socket_, step.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, step.size())));
    if (got <= 0) return Got::closed;
    kept = request.spooled->append(std::string_view(step).substr(0, static_cast<std::size_t>(got)));
    left -= static_cast<std::uint64_t>(got);
  }
  if (!kept) return refuse({507, "there is no room for its body on the sandbox's disk"});
  return cut ? Got::closed : Got::request;
}

std::optional<std::string> HttpConnection::read_line() {
  for (;;) {
    const auto end = buffer_.find("\r\n", begin_);
    if (end != std::string::npos && end - begin_ <= k_line_limit_bytes) {
      std::string line = buffer_.substr(begin_, end - begin_);
      begin_ = end + 2;
      return line;
    }
    if (buffer_.size() - begin_ > k_line_limit_bytes) return std::nullopt;
    if (!fill()) return std::nullopt;
  }
}

HttpConnection::Got HttpConnection::read_chunks(std::string& body) {
  for (;;) {
    const auto line = read_line();
    const auto size = line ? parse_chunk_size(*line) : std::nullopt;
    if (!size) return refuse({400, "a chunk does not begin with its size"});
    if (*size > k_body_limit_bytes - body.size()) return refuse({413, "the body is larger than 1 GiB"});
    if (*size == 0) break;
    if (!read_bytes(body, *size)) return Got::closed;
    const auto rest = read_line();
    if (!rest || !rest->empty()) return refuse({400, "a chunk is longer than its size"});
  }
  for (std::size_t i = 0; i < k_trailer_limit; ++i) {
    const auto trailer = read_line();
    if (!trailer) return Got::closed;
    if (trailer->empty()) return Got::request;
  }
  return refuse({400, "too many trailers"});
}

bool HttpConnection::send_all(std::string_view head, std::string_view body) {
  iovec parts[2] = {{const_cast<char*>(head.data()), head.size()}, {const_cast<char*>(body.data()), body.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    auto sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    for (auto& part : parts) {
      const auto taken = std::min(part.iov_len, static_cast<std::size_t>(sent));
      part.iov_base = static_cast<char*>(part.iov_base) + taken;
      part.iov_len -= taken;
      sent -= static_cast<ssize_t>(taken);
    }
  }
  return true;
}

bool HttpConnection::answer(const Asked& asked, const Reply& reply) {
  if (reply.delivery == Delivery::dropped) return false;
  const std::string_view whole = reply.response.body;
  const auto head = response_head(reply.response, asked.connection);
  if (reply.delivery == Delivery::half) {
    send_all(head, whole.substr(0, whole.size() / 2));
    return false;
  }
  const bool bodiless = asked.method == "HEAD" || reply.response.status == 204;
  if (!send_all(head, bodiless ? std::string_view() : whole)) return false;
  return asked.connection == Connection::keep;
}

HttpConnection::Got HttpConnection::refuse(const BadRequest& problem) {
  ServerResponse response;
  response.status = problem.status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = fmt::format("The sandbox cannot read this request: {}.\n", problem.why);
  if (send_all(response_head(response, Connection::close), response.body)) linger();
  return Got::refused;
}

// Closing with unread bytes would reset the connection, and the client would lose the answer that tells it why.
void HttpConnection::linger() {
  ::shutdown(socket_, SHUT_WR);
  set_receive_timeout(socket_, {0, 200'000});
  std::string waste(k_receive_step_bytes, '\0');
  for (int i = 0; i < 256; ++i) {
    if (receive(socket_, waste.data(), waste.size()) <= 0) return;
  }
}

}  // namespace train::sandbox
