// Reads of Google's two APIs for signals. Whatever is not a usable answer becomes a Measurement that says why.
#pragma once

#include <string>
#include <string_view>

#include "json_answer.hpp"
#include "train/signals/google_play.hpp"

namespace train::signals {

class PlayReader {
 public:
  PlayReader(PlayAccess access, http::Sleep sleep);

  // A document of the Reporting API; `path` is what follows the app: "/crashRateMetricSet". A GET where `body` is
  // empty.
  Reading<nlohmann::json> report(const std::string& path, const std::string& body, Instant now, std::string_view what);
  // One of the publisher API: "/reviews?maxResults=100".
  Reading<nlohmann::json> publisher(const std::string& path, Instant now, std::string_view what);

 private:
  Reading<nlohmann::json> ask(auth::GoogleTokens& tokens, http::Request request, Instant now, std::string_view what);
  Reading<http::Outcome> send(auth::GoogleTokens& tokens, http::Request request, Instant now);

  PlayAccess access_;
  http::Client client_;
  auth::GoogleTokens reporting_tokens_;
  auth::GoogleTokens publisher_tokens_;
};

namespace google_play {
// A status of 400 or more, as a sentence: Google's words, and what they usually mean.
std::string refusal(const http::Outcome& outcome, std::string_view what);
}  // namespace google_play

}  // namespace train::signals
