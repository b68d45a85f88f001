// Who is told of every attempt of every request: the trace of one run. What is told is fit to be shown: no header, no
// body, no query, and of an address that is a secret only its origin.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "train/http/client.hpp"

namespace train::http {

struct RequestTrace {
  std::string what;  // "GET api.example.com/v1/apps"; of a secret address "POST hooks.example.com"
  Purpose purpose = Purpose::read;
  Transport transport = Transport::not_sent;
  int status = 0;  // 0: none came
  std::chrono::milliseconds took{0};
  int attempt = 1;
  std::optional<std::chrono::milliseconds> next_try;  // the same request is sent again after this long
};

class Observer {
 public:
  virtual ~Observer() = default;
  // From any thread, also from several at once.
  virtual void on_request(const RequestTrace& trace) = 0;
};

// While it lives, `observer` is told of the requests of all clients of this process. One at a time; it must outlive the
// calls of every client that are under way.
class Observing {
 public:
  explicit Observing(Observer& observer);
  ~Observing();
  Observing(const Observing&) = delete;
  Observing& operator=(const Observing&) = delete;
};

}  // namespace train::http
