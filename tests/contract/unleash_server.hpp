// A real Unleash, from npm, on a database of its own: PostgreSQL from the distribution, in a directory that is gone at
// the end, without a port.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "child.hpp"

namespace train::contract {

// Why it cannot run here; empty when it can.
std::string why_no_unleash();

class UnleashServer {
 public:
  static Result<std::unique_ptr<UnleashServer>> start();
  ~UnleashServer();
  UnleashServer(const UnleashServer&) = delete;
  UnleashServer& operator=(const UnleashServer&) = delete;

  const std::string& url() const { return url_; }
  static const char* admin_token();
  // A call of the admin API, as an administrator would send it; its answer's body.
  Result<std::string> ask(const std::string& method, const std::string& path, const std::string& body = "");

 private:
  UnleashServer() = default;
  Result<Done> make_database();
  Result<Done> start_database();
  Result<Done> start_unleash();

  std::filesystem::path directory_;
  std::unique_ptr<Child> database_;
  std::unique_ptr<Child> unleash_;
  std::string url_;
};

}  // namespace train::contract
