#include "world/remote_config.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "http/json_text.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t k_project_limit = 100;
constexpr std::string_view k_projects = "/v1/projects/";
constexpr std::string_view k_suffix = "/remoteConfig";

std::string project_of(std::string_view path) {
  if (!starts_with(path, k_projects) || path.size() <= k_projects.size() + k_suffix.size()) return {};
  if (path.substr(path.size() - k_suffix.size()) != k_suffix) return {};
  const auto project = path.substr(k_projects.size(), path.size() - k_projects.size() - k_suffix.size());
  return project.find('/') == std::string_view::npos ? std::string(project) : std::string();
}

std::string etag_of(const std::string& project, std::int64_t version) {
  return fmt::format("etag-{}-{}", sha256_hex(project).substr(0, 12), version);
}

ServerResponse template_response(const std::string& parameters, std::int64_t version, std::string etag) {
  auto body = json::parse(parameters, nullptr, false);
  body["version"] = {{"versionNumber", std::to_string(version)}};
  auto response = json_response(200, body);
  response.headers.emplace_back("ETag", std::move(etag));
  return response;
}

}  // namespace

Handled RemoteConfig::handle(const ServerRequest& request) {
  const auto project = project_of(request.path);
  if (project.empty()) return answered(google_error(404, "NOT_FOUND", "Requested entity was not found."));
  if (templates_.size() >= k_project_limit && templates_.find(project) == templates_.end()) {
    return answered(google_error(429, "RESOURCE_EXHAUSTED", "Too many projects for a sandbox."));
  }
  auto& present = templates_[project];
  if (request.method == "GET") {
    return answered(template_response(present.parameters, present.version, etag_of(project, present.version)));
  }
  if (request.method == "PUT") return publish(project, present, request);
  return answered(google_error(405, "UNIMPLEMENTED", "Only GET and PUT are known here."));
}

Handled RemoteConfig::publish(const std::string& project, Template& present, const ServerRequest& request) {
  const auto wanted = request.headers.find("if-match");
  if (wanted == request.headers.end()) {
    return answered(google_error(400, "INVALID_ARGUMENT", "If-Match header is required."));
  }
  if (wanted->second != "*" && wanted->second != etag_of(project, present.version)) {
    return answered(google_error(412, "FAILED_PRECONDITION", "The template was published by someone else meanwhile."));
  }
  auto body = parse_json(request.body);
  if (!body || !body->is_object()) {
    return answered(google_error(400, "INVALID_ARGUMENT", "The template is not a JSON object."));
  }
  body->erase("version");
  body->erase("etag");
  const auto parameters = body->dump(-1, ' ', true, json::error_handler_t::replace);
  if (request.query_value("validateOnly") == "true") {
    return answered(template_response(parameters, present.version, etag_of(project, 0)));
  }
  present.parameters = parameters;
  ++present.version;
  // Named by its content: publishing the same template twice is the same change twice.
  return Handled{template_response(parameters, present.version, etag_of(project, present.version)), true,
                 fmt::format("firebase/{} remoteConfig {}", project, sha256_hex(parameters).substr(0, 12))};
}

}  // namespace train::sandbox
