// A store that only counts, and a client that sends what it is told, byte by byte.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../../../src/sandbox/sandbox.hpp"

namespace train::sandbox::testbed {

// GET answers {"count":N}; POST adds one and, with ?share=APP:VERSION:PERCENT, tells the listener.
class CountingService final : public Service {
 public:
  CountingService(std::string name, std::vector<AppSetup> apps, VerifyToken verify)
      : name_(std::move(name)), apps_(std::move(apps)), verify_(std::move(verify)) {}

  std::unique_ptr<Service> clone() const override {
    auto copy = std::make_unique<CountingService>(*this);
    copy->listener_ = nullptr;
    return copy;
  }
  void set_share_listener(ShareChanged listener) override { listener_ = std::move(listener); }

  // After ?tick: each day 10 % more of the first app's candidate, at its own instant.
  void pass_time(Instant now) override {
    while (ticking_ && *ticking_ <= now) {
      percent_ += 10;
      share(Percent::whole(percent_), *ticking_);
      ticking_ = percent_ < 100 ? std::optional(*ticking_ + std::chrono::hours(24)) : std::nullopt;
    }
  }

  Handled handle(const ServerRequest& request, Instant now) override {
    Handled handled;
    if (const auto token = request.headers.find("authorization"); token != request.headers.end()) {
      const auto good = verify_(std::string_view(token->second).substr(7), now);
      handled.response.status = good ? 200 : 401;
      if (!good) {
        handled.response.body = good.error().message;
        return handled;
      }
    }
    if (request.method == "POST") {
      ++count_;
      handled.effect = true;
      handled.change = name_ + "/count " + std::to_string(count_);
      if (request.query_value("tick")) ticking_ = now + std::chrono::hours(24);
      if (const auto percent = request.query_value("share")) share(*Percent::parse(*percent), now);
    }
    handled.response.body =
        nlohmann::json{{"count", count_}, {"path", request.path}, {"bytes", request.body.size()}}.dump();
    return handled;
  }

  std::vector<AppReport> report() const override {
    AppReport report;
    report.app = apps_.front().name;
    report.candidate = AppReport::Side{"3.4.0", "340", "counting", 0.5 * count_};
    return {report};
  }
  bool review(const AppName&, const VersionName& version, bool, Instant) override { return version.text() == "3.4.0"; }
  Result<std::string> person(const nlohmann::json& act, Instant) override {
    if (!act.contains("action")) return fail(ErrorKind::usage, "no action");
    ++count_;
    return name_ + " by hand";
  }

 private:
  void share(Percent percent, Instant at) {
    if (listener_) listener_(apps_.front().name, *VersionName::parse("3.4.0"), percent, at);
  }

  std::string name_;
  std::vector<AppSetup> apps_;
  VerifyToken verify_;
  ShareChanged listener_;
  int count_ = 0;
  int percent_ = 0;
  std::optional<Instant> ticking_;
};

inline MakeService counting(const std::string& name, StoreKind kind) {
  return [name, kind](std::vector<AppSetup> apps, VerifyToken verify, std::uint64_t, std::string, Instant) {
    std::vector<AppSetup> own;
    for (auto& app : apps) {
      if (app.store == kind) own.push_back(app);
    }
    return std::make_unique<CountingService>(name, own, std::move(verify));
  };
}

inline std::unique_ptr<Sandbox> start_counting(const Options& options = {}) {
  auto started = start_with(options, counting("apple", StoreKind::app_store), counting("play", StoreKind::google_play));
  EXPECT_TRUE(started.has_value()) << (started ? "" : started.error().text());
  return std::move(*started);
}

struct Seen {
  int status = 0;                              // 0: closed without a status line
  std::map<std::string, std::string> headers;  // names as sent
  std::string body;
  bool whole = false;  // the body has the length it promised
  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  enum class Body { expected, none };  // none: the answer to HEAD
  Seen receive(Body wanted = Body::expected) {
    Seen seen;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return seen;
    }
    const auto head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    seen.status = std::atoi(head.c_str() + std::strlen("HTTP/1.1 "));
    for (auto at = head.find("\r\n") + 2; at < head.size();) {
      const auto line_end = head.find("\r\n", at);
      const auto colon = head.find(": ", at);
      seen.headers[head.substr(at, colon - at)] = head.substr(colon + 2, line_end - colon - 2);
      at = line_end + 2;
    }
    if (wanted == Body::none) return seen;
    const auto length = seen.headers.count("Content-Length") > 0 ? std::stoul(seen.headers["Content-Length"]) : 0;
    while (seen.status != 100 && buffer_.size() < length && more()) {
    }
    seen.body = buffer_.substr(0, length);
    seen.whole = seen.body.size() == length;
    buffer_.erase(0, seen.body.size());
    return seen;
  }

  bool closed_by_server() { return buffer_.empty() && !more(); }

 private:
  bool more() {
    char chunk[65536];
    const auto got = ::recv(socket_, chunk, sizeof chunk, 0);
    if (got > 0) buffer_.append(chunk, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  bool connected_ = false;
  std::string buffer_;
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

inline std::string request_text(const std::string& method, const std::string& target, const std::string& body = "",
                                const HeaderList& headers = {}) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: sandbox\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT")
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

inline Seen ask(const Sandbox& sandbox, const std::string& method, const std::string& target,
                const std::string& body = "", const HeaderList& headers = {}) {
  RawClient client(sandbox.port());
  client.send(request_text(method, target, body, headers));
  return client.receive();
}

inline nlohmann::json calls_of(Sandbox& sandbox) {
  return nlohmann::json::parse(sandbox.control("GET", "/_sandbox/calls", "").body, nullptr, false);
}

}  // namespace train::sandbox::testbed
