// Calls to App Store Connect: reads that may be repeated, writes that are sent once and told apart by what is certain.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "budget.hpp"
#include "clock_skew.hpp"
#include "errors.hpp"
#include "train/auth/app_store_token.hpp"
#include "train/base/error.hpp"
#include "train/http/client.hpp"
#include "train/ports/clock.hpp"

namespace train::stores::app_store {

using Query = std::vector<std::pair<std::string, std::string>>;

// What is known once a write has been sent.
struct Written {
  enum class Certainty {
    accepted,  // a 2xx came; `document` holds its body where it had one
    refused,   // certainly not applied
    conflict,  // 409: refused, or already so; reading tells
    doubtful,  // the answer was lost, cut or unusable
  };
  Certainty certainty = Certainty::doubtful;
  nlohmann::json document;
  Error error;  // unless accepted
};

inline constexpr Duration k_look_again{2};
inline constexpr Duration k_shown_within{60};  // an accepted write
inline constexpr Duration k_doubt_within{10};  // one whose answer was lost: then the runner settles it

class Api {
 public:
  Api(const std::string& endpoint, auth::AppStoreTokens tokens, Clock& clock);

  // A document; not_found for 404.
  Result<nlohmann::json> get(const std::string& path, const Query& query, std::string_view what);
  // Every page of a list, `data` and `included` joined.
  Result<nlohmann::json> get_all(const std::string& path, const Query& query, std::string_view what);
  // Exactly one request, but for a refused token: then a second one with a new token. rate_limited, and nothing is
  // sent, where only what is kept for a halt is left.
  Written write(http::Method method, const std::string& path, const std::string& body, std::string_view what);

  // Whether the store shows what was written.
  using Shown = std::function<Result<bool>()>;
  // Done once it is shown; the refusal when it was refused and is not shown; unknown_outcome otherwise.
  Result<Done> settle(const Written& written, const Shown& shown, std::string_view what);
  // Looks at once and then every two seconds. false: not within `at_most`. unknown_outcome when interrupted. Ends early
  // with the error of a look that waiting cannot mend: a refused key, a spent budget.
  Result<bool> wait_for(Duration at_most, const Shown& shown);

  // While one lives, requests may spend what is kept for a halt: for pausing, halting, taking back, and the looks they
  // need.
  class Reserve {
   public:
    explicit Reserve(Api& api) : api_(api) { ++api_.spending_reserve_; }
    ~Reserve() { --api_.spending_reserve_; }
    Reserve(const Reserve&) = delete;
    Reserve& operator=(const Reserve&) = delete;

   private:
    Api& api_;
  };

  const Budget& budget() const { return budget_; }
  // How far this machine's clock was ahead of Apple's at the last answer; nullopt while none told.
  std::optional<Duration> clock_skew() const { return skew_; }
  Instant now() { return clock_.now(); }
  Clock& clock() { return clock_; }

 private:
  struct Tried {
    bool token = false;
    bool pause = false;
    bool minute = false;
  };
  Result<http::Outcome> send(http::Request request, std::string_view what);
  Result<Done> await_budget(Instant now, std::string_view what);
  void note(const http::Outcome& outcome, Instant sent);
  bool try_again(const http::Request& request, const http::Outcome& outcome, Tried& tried);
  // explain(), with what this client knows of its clock, its key and its budget.
  Error told(const http::Outcome& outcome, std::string_view what);
  Result<nlohmann::json> get_url(const std::string& url, std::string_view what);

  std::string endpoint_;
  auth::AppStoreTokens tokens_;
  Clock& clock_;
  http::Client client_;
  Budget budget_;
  std::optional<Duration> skew_;
  int spending_reserve_ = 0;
};

}  // namespace train::stores::app_store
