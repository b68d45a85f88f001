// The built-in App Store without a socket, with the few requests a release consists of.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../../../src/sandbox/world/service.hpp"

namespace train::sandbox {

struct Seen {
  int status = 0;
  nlohmann::json body;
  bool effect = false;
  std::string change;
  std::string rate_limit;

  std::string code(std::size_t at = 0) const;  // of the error, empty when there is none
  std::string detail(std::size_t at = 0) const;
  std::string id() const;                                // of the primary resource
  std::string attribute(const std::string& name) const;  // of the primary resource, dumped
};

struct Share {
  std::string version;
  int percent = 0;
  Instant at;
  bool operator==(const Share&) const = default;
};

class AppStoreWorld {
 public:
  using Query = std::vector<std::pair<std::string, std::string>>;

  AppStoreWorld();  // ios: 3.4.0 (340) uploaded over a live 3.3.0 (330)
  explicit AppStoreWorld(AppSetup app);

  Seen send(const std::string& method, const std::string& path, const nlohmann::json& body = nullptr,
            const Query& query = {});
  void pass(Duration time);

  std::string app_id();
  std::string build_id(const std::string& number);
  nlohmann::json version(const std::string& number);  // its attributes and id; null when there is none
  std::string state(const std::string& number);

  Seen create_version(const std::string& number);
  Seen attach(const std::string& version_id, const std::string& build_id);
  void set_notes(const std::string& version_id, const std::string& text);
  Seen add_phase(const std::string& version_id);
  Seen create_submission();
  Seen add_item(const std::string& submission_id, const std::string& version_id);
  Seen submit(const std::string& submission_id);
  Seen set_phase(const std::string& phase_id, const std::string& state);
  Seen request_release(const std::string& version_id);
  Seen phase_of(const std::string& version_id);

  // Through all of it; the ids on the way.
  struct Ids {
    std::string version;
    std::string phase;
    std::string submission;
    std::string item;
  };
  Ids draft(const std::string& number = "3.4.0", const std::string& build = "340");
  Ids submitted();
  Ids live();  // at the first rung

  Instant now;
  std::unique_ptr<Service> service;
  std::vector<Share> shares;
};

nlohmann::json resource(const std::string& type, const nlohmann::json& attributes,
                        const std::vector<std::array<std::string, 3>>& related, const std::string& id = "");

}  // namespace train::sandbox
