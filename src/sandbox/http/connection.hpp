// One client's connection: requests are read one after the other, answered in order.
#pragma once

#include "http/server.hpp"

namespace train::sandbox {

class HttpConnection {
 public:
  HttpConnection(int socket, const Handler& handler, const PlanBody& plan);
  // Until the client leaves, breaks the protocol, is idle for five minutes, or the socket is shut down.
  void serve();

 private:
  enum class Got { request, closed, refused };
  struct Asked {
    std::string method;
    Connection connection;
  };
  Got read_request(WireRequest& request);
  Got read_body(const Framing& framing, WireRequest& request);
  Got read_chunks(std::string& body);
  Got spool(std::uint64_t count, std::uint64_t cut_after, WireRequest& request);
  bool read_bytes(std::string& body, std::uint64_t count);
  std::optional<std::string> read_line();
  bool fill();  // more bytes into buffer_; false at the end or on an error
  bool send_all(std::string_view head, std::string_view body);
  Reply handled(WireRequest&& request);
  bool answer(const Asked& asked, const Reply& reply);  // whether the connection goes on
  Got refuse(const BadRequest& problem);
  void linger();

  int socket_;
  const Handler& handler_;
  const PlanBody& plan_;
  std::string buffer_;     // received and not yet consumed
  std::size_t begin_ = 0;  // where the unconsumed part begins
};

}  // namespace train::sandbox
