// One provider asked for JSON over HTTP. Whatever is not a usable answer becomes a Measurement that says what was
// tried, what came back and what to do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json_answer.hpp"
#include "train/signals/providers.hpp"

namespace train::signals {

// Why a provider refuses, where its document says it better than the status.
struct Refusal {
  std::string hint;     // what to do
  bool rights = false;  // it is about the credentials or what they may do
};

// Words for people, all of them constants.
struct Provider {
  std::string_view name;          // "Sentry"
  std::string_view credentials;   // what to look at when they are refused: "`token` (it needs org:read)"
  std::string_view address;       // what to look at when nothing is there: "`organization` and `project`"
  std::string_view reset_header;  // tells after 429 in how many seconds to come again; empty: only Retry-After does
  // Reads the document that came with an error; nullptr: the status says enough.
  std::optional<Refusal> (*explain)(const nlohmann::json& document) = nullptr;
};

http::Request get_from(std::string url);
http::Request post_json_to(std::string url, std::string body);

class Asker {
 public:
  Asker(Provider provider, Link link);

  // A JSON object or list that came with 200. `what` says what is done: "read the sessions". An answer whose `Date` is
  // far from `now` is `failed`: one of the clocks is off, and so is the window that was asked for.
  Reading<nlohmann::json> ask(http::Request request, std::string_view what, Instant now);

  http::Client& client() { return client_; }

 private:
  http::Outcome send(const http::Request& request);
  tl::unexpected<Measurement> refusal(const http::Outcome& outcome, std::string_view what) const;
  std::string hint_of(const http::Outcome& outcome) const;

  Provider provider_;
  Link link_;
  http::Client client_;
};

// What an error's document says, in any of the usual members; empty when nothing. Not printable.
std::string words_of_error(const nlohmann::json& document);

}  // namespace train::signals
