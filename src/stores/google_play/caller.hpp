// One request to Google Play: the token, one new token after a 401, and a refusal in words.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "errors.hpp"
#include "train/auth/google_token.hpp"
#include "train/base/patience.hpp"
#include "train/http/client.hpp"
#include "train/ports/clock.hpp"

namespace train::stores::google_play {

// Whether a write may be sent again when its answer was lost. What happens inside an edit may: nothing of it lasts
// until the commit, and a second edit only ends the first. A commit may not.
enum class Repeat { harmless, never };

struct Call {
  http::Method method = http::Method::get;
  std::string path;  // below the app: "/edits/7/tracks/production"
  std::string body;
  Repeat repeat = Repeat::harmless;
  std::string what;  // "Reading track production"
};

class Caller {
 public:
  Caller(std::string endpoint, std::string package, auth::GoogleCredentials account, Clock& clock);

  // The body of a 2xx answer; may be empty. `Trouble::ambiguous` when a write that may not be repeated has no usable
  // answer.
  Called<std::string> call(const Call& call);

  // A request to an absolute address (an upload session), with the token; the outcome as it is.
  Called<http::Outcome> send(http::Request request);

  std::string app_url() const;         // …/androidpublisher/v3/applications/PACKAGE
  std::string app_upload_url() const;  // …/upload/androidpublisher/v3/applications/PACKAGE
  bool may_upload_to(std::string_view url) const;
  const std::string& package() const { return package_; }
  Clock& clock() { return *clock_; }
  // False when interrupted, and where there is no time to wait so long.
  bool wait(std::chrono::seconds length) {
    const auto left = patience_of_thread().left();
    return !(left && *left <= length) && clock_->wait_until(clock_->now() + length);
  }
  Result<Done> check_token();
  const auth::GoogleCredentials& credentials() const { return tokens_.credentials(); }

 private:
  enum class Retry { no, yes };
  Called<http::Outcome> exchange(http::Request request, Retry retry);
  Called<std::string> judge(const Call& call, const http::Request& request, const http::Outcome& outcome) const;

  std::string endpoint_;
  std::string package_;
  Clock* clock_;
  http::Client client_;
  auth::GoogleTokens tokens_;
};

}  // namespace train::stores::google_play
