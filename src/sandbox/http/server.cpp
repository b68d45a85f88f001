#include "http/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "http/connection.hpp"

namespace train::sandbox {
namespace {

constexpr std::size_t k_connection_limit = 512;

int open_listener(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(socket, 128) == 0) {
    return socket;
  }
  const int error = errno;
  ::close(socket);
  errno = error;
  return -1;
}

int port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

struct HttpServer::Impl {
  struct Client {
    std::thread thread;
    int socket = -1;  // -1: done, the thread can be joined
  };

  int listener = -1;
  int port = 0;
  Handler handler;
  PlanBody plan;
  std::atomic<bool> stopping{false};
  std::mutex mutex;  // guards clients
  std::list<Client> clients;
  std::thread acceptor;

  void accept_all();
  void add(int socket);
  void serve(Client& client, int socket);
  void join_finished();
};

void HttpServer::Impl::accept_all() {
  while (!stopping) {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) {
      add(socket);
    } else if (errno != EINTR && errno != ECONNABORTED && errno != EMFILE && errno != ENFILE) {
      return;
    } else if (errno != EINTR && !stopping) {
      std::this_thread::yield();
    }
  }
}

void HttpServer::Impl::add(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  join_finished();
  const std::lock_guard lock(mutex);
  if (stopping || clients.size() >= k_connection_limit) {
    ::close(socket);
    return;
  }
  auto& client = clients.emplace_back();
  client.socket = socket;
  client.thread = std::thread([this, &client, socket] { serve(client, socket); });
}

void HttpServer::Impl::serve(Client& client, int socket) {
  HttpConnection(socket, handler, plan).serve();
  // Closed under the lock, so that a stop never shuts down a number that already belongs to another.
  const std::lock_guard lock(mutex);
  ::close(socket);
  client.socket = -1;
}

void HttpServer::Impl::join_finished() {
  std::list<Client> finished;
  {
    const std::lock_guard lock(mutex);
    for (auto at = clients.begin(); at != clients.end();) {
      const auto next = std::next(at);
      if (at->socket < 0) finished.splice(finished.end(), clients, at);
      at = next;
    }
  }
  for (auto& client : finished) client.thread.join();
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(int port) {
  auto impl = std::make_unique<Impl>();
  impl->listener = open_listener(port);
  if (impl->listener < 0) {
    return fail(ErrorKind::refused, fmt::format("Cannot listen on 127.0.0.1:{}: {}.", port, std::strerror(errno)),
                "Choose another port, or 0 for any free one.");
  }
  impl->port = port_of(impl->listener);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

void HttpServer::serve(Handler handler, PlanBody plan) {
  impl_->handler = std::move(handler);
  impl_->plan = std::move(plan);
  impl_->acceptor = std::thread([impl = impl_.get()] { impl->accept_all(); });
}

HttpServer::~HttpServer() {
  impl_->stopping = true;
  ::shutdown(impl_->listener, SHUT_RDWR);
  if (impl_->acceptor.joinable()) impl_->acceptor.join();
  ::close(impl_->listener);
  {
    const std::lock_guard lock(impl_->mutex);
    for (auto& client : impl_->clients) {
      if (client.socket >= 0) ::shutdown(client.socket, SHUT_RDWR);
    }
  }
  for (auto& client : impl_->clients) client.thread.join();
}

int HttpServer::port() const { return impl_->port; }

}  // namespace train::sandbox
