// A small LaunchDarkly: a program with the rules of its flags API. One project, one boolean flag and one with three
// variations, two environments; it takes semantic patches only, and counts what broke a rule.
#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/scripted_server.hpp"

namespace train::contract {

class LaunchDarklyFake {
 public:
  LaunchDarklyFake();

  std::string url() const { return server_.url(""); }
  std::vector<testbed::SeenRequest> requests() const { return server_.requests(); }
  nlohmann::json environment(const std::string& flag, const std::string& name) const;
  void change(const std::string& flag, const nlohmann::json& environment);  // of production, by somebody else

  void answer_next_patch(int status, const std::string& headers = "");
  void lose_next_patch();  // it is applied

 private:
  testbed::Reply answer_to(const testbed::SeenRequest& request);
  testbed::Reply patch(nlohmann::json& flag, const testbed::SeenRequest& request);
  std::string apply(nlohmann::json& flag, nlohmann::json& environment, const nlohmann::json& instruction) const;

  mutable std::mutex mutex_;
  nlohmann::json flags_;
  std::optional<std::pair<int, std::string>> next_answer_;
  bool loses_ = false;
  testbed::ScriptedServer server_;  // the last: it asks for all of these
};

}  // namespace train::contract
