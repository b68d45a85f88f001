// The real client against the built-in App Store over HTTP, with everything that was sent on record and answers that
// can get lost. Time is virtual: it moves when the client waits.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../../src/sandbox/http/server.hpp"
#include "train/http/client.hpp"
#include "train/ports/clock.hpp"
#include "train/stores/app_store.hpp"

namespace train::contract {

struct Sent {
  std::string method;
  std::string path;  // "/v1/apps"
  sandbox::FormFields query;
  std::string body;
  int status = 0;
  std::string answer;
  bool effect = false;
  std::string change;
};

enum class Fate { lost_after_effect, lost_before_effect, half, server_error, unauthorized, forbidden, stale };

class AppStoreBench final : public Clock {
 public:
  AppStoreBench();  // ios: 3.4.0 (340) uploaded over a live 3.3.0 (330)
  explicit AppStoreBench(sandbox::AppSetup setup);
  ~AppStoreBench() override;

  // Reached through a proxy from now on: clients are given `url`, and so are the store's own links. Slices of uploads
  // go past it, to the storage, which is no part of the API that a proxy knows.
  void stand_behind(const std::string& url);
  // Another store at the same address, as it is before anything happened. What was sent stays on record.
  void begin_anew();
  void begin_anew(sandbox::AppSetup setup);

  Instant now() override;
  bool wait_until(Instant until) override;
  void pass(Duration time) { wait_until(now() + time); }

  // A fresh client, as another run of the program would make.
  std::unique_ptr<Store> store();
  std::vector<std::string> told;  // by all of them
  // What the next request with this method and path prefix meets.
  void doom(std::string method, std::string path_prefix, Fate fate, int times = 1);

  // After how many bytes of its body each next slice of an upload is cut; nullopt: not at all.
  void cut_slices(std::deque<std::optional<std::uint64_t>> after);
  std::size_t cuts_left() const;
  void clear_dooms();

  bool every_doom_came() const;

  // From now on the lists of review submissions and versions show what they show now; reads by id stay fresh.
  void freeze_lists();

  bool review(bool approved, const std::string& version = "3.4.0");
  std::string person(const nlohmann::json& act);  // the change, or the error
  sandbox::AppReport report();
  // What the app's users do from now on.
  void use(sandbox::UsageOf usage);
  // A request of another client, recorded like any other; its answer, null when it has no body.
  nlohmann::json request(http::Method method, const std::string& path, const nlohmann::json& body);

  std::vector<Sent> sent() const;
  std::vector<std::string> changes() const;  // of requests that had an effect, in order
  std::size_t writes() const;
  void forget();  // clears the record

  App app;

 private:
  struct Doom {
    std::string method;
    std::string prefix;
    Fate fate;
    int times;
  };
  sandbox::Reply handle(sandbox::WireRequest&& request);
  sandbox::BodyPlan plan(const sandbox::WireRequest& head);
  std::string direct_url() const;
  void send_slices_past_the_proxy(std::string& answer) const;
  std::optional<Fate> take_doom(const std::string& method, const std::string& path);

  mutable std::mutex mutex_;
  Instant now_;
  std::unique_ptr<sandbox::Service> service_;
  std::unique_ptr<sandbox::Service> past_;    // before the last effect
  std::unique_ptr<sandbox::Service> frozen_;  // what lists show
  std::deque<Doom> dooms_;
  std::deque<std::optional<std::uint64_t>> cuts_;
  std::vector<Sent> sent_;
  std::unique_ptr<sandbox::HttpServer> server_;
};

Candidate candidate(const std::string& version = "3.4.0", const std::string& build = "340");
const Notes& notes();

}  // namespace train::contract
