// HTTP as outcomes. A request ends in one of four ways, told apart on the wire (see docs/http.md), because "failed" is
// not an answer a release can act on.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/time.hpp"

namespace train::http {

enum class Method { get, post, put, patch, del };
std::string_view to_string(Method method);

struct Header {
  std::string name;
  std::string value;
};

struct FileSlice {
  std::filesystem::path file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// A write goes out on a fresh connection and is never sent twice by the library. A chunk is a write addressed by its
// offset: sending it again is harmless, so it may reuse a connection.
enum class Purpose { read, write, chunk };

struct Request {
  Method method = Method::get;
  std::string url;              // https, or http to loopback only; anything else is refused before a byte is sent
  std::vector<Header> headers;  // Authorization included; never logged
  std::string body;
  std::optional<FileSlice> slice;  // instead of body, streamed
  Purpose purpose = Purpose::read;
  bool secret_address = false;  // the URL itself is a credential: no trace shows more than its origin
  bool gzip = false;            // the answer may come compressed; the limit below is of what it unpacks to
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds timeout{30000};
  std::size_t answer_limit_bytes = 16u << 20;
};

enum class Transport {
  answered,  // a whole answer came
  not_sent,  // no byte of the request left: refused, DNS, TLS
  lost,      // sent, and no (whole) status came back
  cut,       // a status came, the body did not end
};

struct Outcome {
  Transport transport = Transport::not_sent;
  int status = 0;
  std::vector<Header> headers;  // names in lower case
  std::string body;
  std::string detail;       // what libcurl says; printable, without secrets
  bool over_limit = false;  // cut by us: the answer grew past answer_limit_bytes
  std::optional<std::string_view> header(std::string_view lower_case_name) const;
};

// What a write did to the other side, by facts alone (facts: transport, status). JSON is the caller's to judge.
enum class Effect { applied, applied_unseen, not_applied, ambiguous };
Effect effect_of(const Outcome& outcome);

// Pure: the delay before attempt `attempt + 1`. The ceiling bounds our own growth, not the server's wish.
struct RetryInput {
  int attempt = 1;
  std::chrono::milliseconds base{1000};
  std::chrono::milliseconds ceiling{30000};
  std::optional<std::chrono::milliseconds> retry_after;
};
std::chrono::milliseconds retry_delay(const RetryInput& in);
// Retry-After: seconds or an HTTP date relative to `date_header`; nullopt when absent or unreadable.
std::optional<std::chrono::milliseconds> retry_after(const Outcome& outcome);
// The other side's own time: the answer's `Date`; nullopt when absent or unreadable.
std::optional<Instant> date_of(const Outcome& outcome);

using Sleep = std::function<void(std::chrono::milliseconds)>;

// One per adapter; calls on one client are serialised. Redirects are never followed. TLS is always verified
// (SSL_CERT_FILE is honoured).
class Client {
 public:
  explicit Client(Sleep sleep);  // how to wait between attempts of a read
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Exactly one attempt.
  Outcome send(const Request& request);
  // A read: up to `attempts`, on 429, 5xx and whatever was not answered whole. Returns the last outcome. Ends early
  // where another attempt cannot help: a URL refused here, a bad certificate, an answer over the limit, a Retry-After
  // above 60 s.
  Outcome read(const Request& request, int attempts = 3);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// An outcome that is not a usable answer, as an Error that says what was tried: "GET api.example.com/v1/apps: …".
// For a write, `unknown_outcome` when its effect is ambiguous.
Error error_of(const Request& request, const Outcome& outcome, std::string_view what_was_tried);
std::string describe(const Request& request);  // method, host, path; no query values, no headers

bool is_loopback_url(std::string_view url);  // 127.0.0.0/8, ::1 or localhost, any scheme; false when unreadable
// "https://host[:port]" without path, query and userinfo; empty when unreadable. For addresses that are secrets.
std::string origin_of(std::string_view url);

}  // namespace train::http
