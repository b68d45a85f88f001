// Reads of Google's two APIs for signals. Whatever is not a usable answer becomes a Measurement that says why.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "json_answer.hpp"
#include "train/signals/google_play.hpp"

namespace train::signals {

class PlayReader {
 public:
  std::mutex turn;  // held while one signal is measured: several sources share a reader

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
// The entries of the member `list` on all pages; `ask` reads the page behind a token, the first behind an empty one.
// `failed` beyond ten pages, on a page that was read already, and where the list is none.
Reading<std::vector<nlohmann::json>> read_pages(
    std::string_view what, const char* list,
    const std::function<Reading<nlohmann::json>(const std::string& token)>& ask);

// A status of 400 or more, as a sentence: Google's words, and what they usually mean.
std::string refusal(const http::Outcome& outcome, std::string_view what);
}  // namespace google_play

}  // namespace train::signals
