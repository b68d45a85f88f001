// A small HTTP/1.1 server on 127.0.0.1: blocking sockets, one thread a connection. It is our own because a store
// sometimes closes a connection without a byte, or after half an answer, and a rehearsal must be able to do the same.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "http/message.hpp"
#include "train/base/error.hpp"

namespace train::sandbox {

// Called on the connection's thread, several at once.
using Handler = std::function<Reply(WireRequest&&)>;

// What becomes of a body, told once the head has been read.
struct BodyPlan {
  enum class Into { memory, spool };
  Into into = Into::memory;
  std::optional<std::uint64_t> cut_after;  // the connection is closed once so many bytes have come
};
using PlanBody = std::function<BodyPlan(const WireRequest& head)>;

class HttpServer {
 public:
  // Takes the port (0: any free one) and queues who comes; `refused` when it is taken.
  static Result<std::unique_ptr<HttpServer>> listen(int port);
  // Once: answers from now on, until destroyed. Without a plan bodies are kept in memory.
  void serve(Handler handler, PlanBody plan = {});
  ~HttpServer();  // ends every connection, whatever the client is doing, and joins all threads
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace train::sandbox
