#include "support/cutting_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace train::testbed {
namespace {

constexpr int k_poll_ms = 50;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool send_all(int socket, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = ::send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(int server_port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
  ::listen(listener_, 64);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

CuttingProxy::~CuttingProxy() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (auto& worker : workers_) worker.join();
}

void CuttingProxy::watch(Seen towards_server, Seen back) {
  const std::lock_guard lock(mutex_);
  towards_server_ = std::move(towards_server);
  back_ = std::move(back);
}

void CuttingProxy::tell(const Seen& seen, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (seen && !bytes.empty()) seen(bytes);
}

void CuttingProxy::cut_at(std::vector<std::uint64_t> places, const std::function<void()>& first) {
  const std::lock_guard lock(mutex_);
  if (first) first();
  places_ = std::move(places);
  forwarded_ = 0;
  cuts_ = 0;
}

std::uint64_t CuttingProxy::allow(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  std::uint64_t allowed = bytes;
  if (!places_.empty() && forwarded_ + bytes > places_.front()) {
    allowed = places_.front() - std::min(places_.front(), forwarded_);
    places_.erase(places_.begin());
    ++cuts_;
  }
  forwarded_ += allowed;
  return allowed;
}

void CuttingProxy::accept_loop() {
  while (!stopping_) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    workers_.emplace_back([this, client] { serve(client); });
  }
}

void CuttingProxy::serve(int client) {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server_port_);
  bool whole = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  std::vector<char> bytes(64 << 10);
  std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
  while (whole && !stopping_) {
    if (::poll(ends.data(), ends.size(), k_poll_ms) <= 0) continue;
    for (std::size_t i = 0; i < ends.size() && whole; ++i) {
      if (ends[i].revents == 0) continue;
      const ssize_t got = ::recv(ends[i].fd, bytes.data(), bytes.size(), 0);
      const auto count = static_cast<std::uint64_t>(std::max<ssize_t>(got, 0));
      tell(i == 0 ? towards_server_ : back_, {bytes.data(), count});
      const std::uint64_t allowed = i == 0 ? allow(count) : count;
      whole = got > 0 && send_all(ends[1 - i].fd, bytes.data(), allowed) && allowed == count;
    }
  }
  ::close(server);
  ::close(client);
}

}  // namespace train::testbed
