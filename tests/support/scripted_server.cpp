#include "support/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace train::testbed {

namespace {

constexpr std::size_t k_kept_body_bytes = 4u << 20;

int listen_on_loopback(int& port, int backlog) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      (backlog > 0 && ::listen(fd, backlog) != 0) ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("the test server cannot listen on loopback");
  }
  port = ntohs(address.sin_port);
  return fd;
}

void send_all(int socket, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t wrote = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (wrote <= 0) return;
    sent += static_cast<std::size_t>(wrote);
  }
}

void close_with_reset(int socket) {
  const linger now{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(socket);
}

void wait_for_client_to_leave(int socket) {
  char ignored[4096];
  while (::recv(socket, ignored, sizeof ignored, 0) > 0) {
  }
}

// Reads one request; `rest` carries bytes that belong to the next. nullopt: the client went away.
std::optional<SeenRequest> read_request(int socket, std::string& rest) {
  char buffer[65536];
  std::size_t head_end = 0;
  while ((head_end = rest.find("\r\n\r\n")) == std::string::npos) {
    const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
    if (got <= 0) return std::nullopt;
    rest.append(buffer, static_cast<std::size_t>(got));
  }
  SeenRequest seen;
  seen.head = rest.substr(0, head_end);
  rest.erase(0, head_end + 4);
  seen.method = seen.head.substr(0, seen.head.find(' '));
  const std::size_t target = seen.method.size() + 1;
  seen.target = seen.head.substr(target, seen.head.find(' ', target) - target);
  const std::size_t length = std::strtoull(seen.header("content-length").c_str(), nullptr, 10);
  while (seen.body_bytes < length) {
    if (rest.empty()) {
      const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
      if (got <= 0) return std::nullopt;
      rest.assign(buffer, static_cast<std::size_t>(got));
    }
    const std::size_t piece = std::min(rest.size(), length - seen.body_bytes);
    if (seen.body.size() < k_kept_body_bytes) seen.body.append(rest, 0, piece);
    seen.body_bytes += piece;
    rest.erase(0, piece);
  }
  return seen;
}

}  // namespace

Reply answer(int status, const std::string& body, const std::string& content_type, const std::string& extra_headers) {
  return Reply{"HTTP/1.1 " + std::to_string(status) + " Scripted\r\nContent-Type: " + content_type +
                   "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + extra_headers + "\r\n" + body,
               Reply::Then::keep};
}

std::string SeenRequest::header(const std::string& name) const {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos) {
    at += 2;
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::size_t colon = head.find(':', at);
    if (colon < end && colon - at == name.size() && strncasecmp(head.c_str() + at, name.c_str(), name.size()) == 0) {
      const std::size_t value = head.find_first_not_of(' ', colon + 1);
      return value < end ? head.substr(value, end - value) : "";
    }
    at = head.find("\r\n", at);
  }
  return {};
}

ScriptedServer::ScriptedServer(std::vector<Reply> script) : ScriptedServer(std::move(script), nullptr) {}

ScriptedServer::ScriptedServer(std::vector<Reply> script, Rule rule)
    : script_(std::move(script)),
      rule_(std::move(rule)),
      listener_(listen_on_loopback(port_, 64)),
      acceptor_([this] { accept_loop(); }) {}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& worker : workers_) worker.join();
}

std::string ScriptedServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<SeenRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void ScriptedServer::accept_loop() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int connection = ++connections_;
    {
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
    }
    workers_.emplace_back([this, socket, connection] { serve(socket, connection); });
  }
}

Reply ScriptedServer::next_reply(SeenRequest request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
  const std::size_t index = requests_.size() - 1;
  if (index >= script_.size() && rule_) return rule_(requests_.back());
  return index < script_.size() ? script_[index] : answer(599, "the script has ended", "text/plain");
}

void ScriptedServer::serve(int socket, int connection) {
  std::string rest;
  bool reset = false;
  while (auto request = read_request(socket, rest)) {
    request->connection = connection;
    const Reply reply = next_reply(std::move(*request));
    send_all(socket, reply.bytes);
    if (reply.then == Reply::Then::keep) continue;
    if (reply.then == Reply::Then::hang) wait_for_client_to_leave(socket);
    reset = reply.then == Reply::Then::reset;
    break;
  }
  const std::lock_guard lock(mutex_);
  sockets_.erase(std::find(sockets_.begin(), sockets_.end(), socket));
  if (reset) {
    close_with_reset(socket);
  } else {
    ::close(socket);
  }
}

int refused_port() {
  int port = 0;
  ::close(listen_on_loopback(port, 0));
  return port;
}

}  // namespace train::testbed
