// A loopback proxy that forwards bytes both ways and closes the connection when a given number of bytes has gone
// towards the server, all connections together: a line that breaks in the middle of an upload.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace train::testbed {

class CuttingProxy {
 public:
  explicit CuttingProxy(int server_port);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  int port() const { return port_; }
  // Cuts at each of these, counted from now; rising. `first` is called before any further byte passes.
  void cut_at(std::vector<std::uint64_t> places, const std::function<void()>& first = {});
  // Each piece that arrives towards the server, and each that goes back, in the order of their passing. Never two at
  // a time. Before the first connection only.
  using Seen = std::function<void(std::string_view bytes)>;
  void watch(Seen towards_server, Seen back);
  std::size_t cuts() const { return cuts_; }

 private:
  void accept_loop();
  void serve(int client);
  // How many of `bytes` may still go; fewer than asked means that the line breaks then.
  std::uint64_t allow(std::uint64_t bytes);
  void tell(const Seen& seen, std::string_view bytes);

  int server_port_;
  int port_ = 0;
  int listener_ = -1;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> cuts_{0};
  std::mutex mutex_;
  std::uint64_t forwarded_ = 0;
  std::vector<std::uint64_t> places_;
  Seen towards_server_;
  Seen back_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

}  // namespace train::testbed
