// Firebase Remote Config: one template a project, published whole, guarded by its ETag.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "world/service.hpp"

namespace train::sandbox {

class RemoteConfig {
 public:
  // Path "/v1/projects/{project}/remoteConfig". GET answers the template and its ETag; PUT wants If-Match (412 when it
  // is not the present one, `*` forces) and knows ?validateOnly=true. The caller has checked the token.
  Handled handle(const ServerRequest& request);

 private:
  struct Template {
    // JSON text: the whole template but its version.
    std::string parameters = R"({"parameters":{"new_checkout_enabled":{"defaultValue":{"value":"true"}}}})";
    std::int64_t version = 1;
  };
  Handled publish(const std::string& project, Template& present, const ServerRequest& request);

  std::map<std::string, Template> templates_;
};

}  // namespace train::sandbox
