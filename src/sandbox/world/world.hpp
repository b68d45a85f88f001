// Everything behind the socket: the clock, the stores, the metrics, the faults, and the list of what was asked. One
// lock around it all; the hook and the delays stay outside of it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.hpp"
#include "http/tokens.hpp"
#include "train/sandbox/sandbox.hpp"
#include "world/faults.hpp"
#include "world/metrics.hpp"
#include "world/past.hpp"
#include "world/remote_config.hpp"
#include "world/service.hpp"

namespace train::sandbox {

using MakeService = std::function<std::unique_ptr<Service>(std::vector<AppSetup> apps, VerifyToken verify,
                                                           std::uint64_t seed, std::string base_url, Instant start)>;

class World {
 public:
  World(const Options& options, const std::string& url, const MakeService& app_store, const MakeService& play);

  Reply serve(WireRequest&& wire);
  BodyPlan plan_body(const WireRequest& head);
  ServerResponse control(std::string_view method, std::string_view target, std::string_view body);
  void stop();  // ends every delay

  Instant now() const;
  void advance_to(Instant at);
  void set_hook(Hook hook);
  const Credentials& credentials() const { return tokens_.credentials(); }

 private:
  struct Store {
    std::unique_ptr<Service> service;
    Past past;
  };
  struct RecordedCall {
    Instant at;
    std::string method;
    std::string target;
    int status = 0;  // 0: the connection was closed without an answer
    bool effect = false;
    std::string change;
  };
  struct InboxMessage {
    Instant at;
    std::string event;  // X-Train-Event; may be empty
    std::string body;   // JSON text
  };
  struct Served {
    Reply reply;
    std::chrono::milliseconds delay{0};
    Duration clock_skew{0};
  };

  // Where a request goes (routes.cpp). All of them under the lock.
  Served serve_locked(const ServerRequest& request, const std::string& target);
  Handled route(ServerRequest request, std::optional<Duration> age);
  Handled ask_store(Store& store, ServerRequest request, std::string_view prefix, std::optional<Duration> age);
  Handled ask_remote_config(ServerRequest request);
  Handled receive_letter(const ServerRequest& request);
  std::optional<ServerResponse> lacks_scope(const ServerRequest& request, std::string_view path) const;
  void record(const ServerRequest& request, const std::string& target, int status, const Handled& handled);

  // The /_sandbox/… endpoints (control.cpp), under the lock.
  ServerResponse control_locked(std::string_view method, std::string_view path, std::string_view body);
  ServerResponse state() const;
  ServerResponse calls() const;
  ServerResponse inbox() const;
  ServerResponse clock(std::string_view method, std::string_view body);
  ServerResponse faults(std::string_view method, std::string_view body);
  ServerResponse health(std::string_view body);
  ServerResponse review(std::string_view body);
  ServerResponse person(std::string_view body);
  Store* store_of(const AppName& app);

  void advance_locked(Instant at);
  void know_versions();
  void call_hook(Moment moment, std::uint64_t number, const ServerRequest& request);
  void wait(std::chrono::milliseconds delay);

  std::vector<AppSetup> apps_;
  mutable std::mutex mutex_;  // everything below but what stands after it
  Instant now_;
  Duration clock_skew_{0};  // of the stores behind ours, while one request is served
  Tokens tokens_;
  Metrics metrics_;
  Faults faults_;
  RemoteConfig remote_config_;
  Store app_store_;
  Store play_;
  std::deque<RecordedCall> calls_;
  std::deque<InboxMessage> inbox_;
  std::set<std::string, std::less<>> letters_seen_;
  std::shared_ptr<const Hook> hook_;

  std::atomic<std::uint64_t> requests_{0};
  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
};

// The example's apps: ios and android, 3.4.0 over a live 3.3.0.
std::vector<AppSetup> example_apps();

}  // namespace train::sandbox
