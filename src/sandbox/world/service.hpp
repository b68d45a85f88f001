// The inside of the sandbox: requests come in, a service answers and says whether it changed what the store keeps.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "train/base/error.hpp"
#include "train/base/percent.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::sandbox {

class Spool;

struct ServerRequest {
  std::string method;                                      // upper case
  std::string path;                                        // decoded, without query, prefix of the service removed
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::map<std::string, std::string> headers;              // names in lower case
  std::string body;
  std::shared_ptr<Spool> spooled;  // instead of `body`, for what is large
  std::optional<std::string> query_value(std::string_view name) const;
  std::uint64_t body_bytes() const;
};

struct ServerResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type = "application/json";
  std::string body;
};

// `effect`: what the store keeps outside an open edit changed; `change` names what and its new value.
struct Handled {
  ServerResponse response;
  bool effect = false;
  std::string change;  // "play/production/340 inProgress 0.05"
};

Handled answered(ServerResponse response);  // without an effect

// What `/_sandbox/state` shows of one app.
struct AppReport {
  AppName app;
  struct Side {
    std::string version;
    std::string build;
    std::string state;  // the store's own word
    double percent = 0;
  };
  std::optional<Side> live;
  std::optional<Side> candidate;
  std::vector<Side> versions;  // all that the store holds, the two above among them
};

// How much of an app's sessions each version serves: the metrics accrue by it. Called with every change, ticks
// included.
using ShareChanged = std::function<void(const AppName&, const VersionName&, Percent, Instant)>;

// What an app's users did with a version until now: what a store hears back of it is made of this.
struct Usage {
  double sessions = 0;
  double crash_rate = 0;                             // at present
  std::map<std::string, double, std::less<>> named;  // what POST /_sandbox/health said under `signals`
  bool silent = false;                               // its data has gone dark
};
using UsageOf = std::function<Usage(const AppName&, const VersionName&, Instant)>;

// One store. Pure but for its own state: no socket, no clock. Copied before each write, so that a stale read can be
// answered from the past.
class Service {
 public:
  virtual ~Service() = default;
  virtual std::unique_ptr<Service> clone() const = 0;          // with no ShareChanged and no UsageOf
  virtual void set_share_listener(ShareChanged listener) = 0;  // called at once with the present shares

  virtual void set_usage(UsageOf) {}  // a store that hears nothing back ignores it

  // What time alone does: processing ends, reviews end (24h), phases tick, edits expire. Called before every request
  // and whenever the clock moves; in order for everything that fell due in between, each at its own instant.
  virtual void pass_time(Instant now) = 0;
  virtual Handled handle(const ServerRequest& request, Instant now) = 0;

  virtual std::vector<AppReport> report() const = 0;
  // POST /_sandbox/review. false: no such app, or the version is not in review.
  virtual bool review(const AppName& app, const VersionName& version, bool approved, Instant now) = 0;
  // What a person does in the store's console:
  // {"app","action":"halt|resume|pause|complete|withdraw|release|set_percent|
  // remove|upload|begin_upload|fail_processing|create_version|rollout","version","build","percent"}; each store may
  // know more. The sentence on failure.
  virtual Result<std::string> person(const nlohmann::json& act, Instant now) = 0;  // the change it made
};

// `verify` answers whether a bearer token is good for this store at `now`; the sentence when it is not.
using VerifyToken = std::function<Result<Done>(std::string_view token, Instant now)>;

std::unique_ptr<Service> make_app_store_service(std::vector<AppSetup> apps, VerifyToken verify, std::uint64_t seed,
                                                std::string base_url, Instant start);
std::unique_ptr<Service> make_play_service(std::vector<AppSetup> apps, VerifyToken verify, std::uint64_t seed,
                                           std::string base_url, Instant start);

}  // namespace train::sandbox
