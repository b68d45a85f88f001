// A loopback TCP server that follows a script: one reply per request, in the order the requests arrive, whatever
// connection they come on. It records what it read, so that a test can count what really went over the wire.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace train::testbed {

struct Reply {
  enum class Then {
    keep,   // leave the connection open for the next request
    close,  // FIN
    reset,  // RST
    hang,   // answer nothing more until the client goes away
  };
  std::string bytes;  // written as they are; may be empty
  Then then = Then::close;
};

// A whole answer with Content-Length. `extra_headers` are lines that each end in \r\n.
Reply answer(int status, const std::string& body, const std::string& content_type = "application/json",
             const std::string& extra_headers = "");

struct SeenRequest {
  std::string method;
  std::string target;  // path and query as sent
  std::string head;    // everything before the blank line
  std::string body;    // at most 4 MiB is kept
  std::size_t body_bytes = 0;
  int connection = 0;  // 1 is the first that was accepted

  // The value of a header, empty when absent; the name in any case.
  std::string header(const std::string& name) const;
};

class ScriptedServer {
 public:
  // Past the end of the script every request gets 599, so that a request too many is seen and never hangs.
  explicit ScriptedServer(std::vector<Reply> script);
  // Past the end of the script the rule answers, one request at a time.
  using Rule = std::function<Reply(const SeenRequest&)>;
  ScriptedServer(std::vector<Reply> script, Rule rule);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& path = "/") const;
  std::vector<SeenRequest> requests() const;
  std::size_t request_count() const { return requests().size(); }
  int connection_count() const { return connections_; }

 private:
  void accept_loop();
  void serve(int socket, int connection);
  Reply next_reply(SeenRequest request);

  std::vector<Reply> script_;
  Rule rule_;
  int port_ = 0;  // before the listener, which fills it in
  int listener_ = -1;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<SeenRequest> requests_;
  std::vector<int> sockets_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

// A loopback port on which nothing listens.
int refused_port();

}  // namespace train::testbed
