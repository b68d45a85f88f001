#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "app_store/handlers.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

const std::vector<std::string_view> k_version_fields{"appStoreVersions", "apps", "builds",
                                                     "appStoreVersionPhasedReleases", "appStoreVersionLocalizations"};
const std::vector<std::string_view> k_version_include{"app", "build", "appStoreVersionPhasedRelease",
                                                      "appStoreVersionLocalizations"};
const std::vector<std::string_view> k_build_fields{"builds",           "preReleaseVersions", "apps",
                                                   "buildBetaDetails", "appStoreVersions",   "betaGroups"};
const std::vector<std::string_view> k_build_include{"app", "preReleaseVersion", "buildBetaDetail", "appStoreVersion",
                                                    "betaGroups"};
const std::vector<std::string_view> k_submission_fields{"reviewSubmissions", "apps", "reviewSubmissionItems",
                                                        "appStoreVersions"};
const std::vector<std::string_view> k_submission_include{"app", "items", "appStoreVersionForReview"};
const std::vector<std::string_view> k_text_fields{"appStoreVersionLocalizations", "appStoreVersions"};

std::vector<Route> read_routes() {
  return {
      {"GET", "/v1/apps", {{"bundleId", "id"}, {}, {}, {"apps"}, {}, true}, list_apps},
      {"GET",
       "/v1/builds",
       {{"app", "version", "preReleaseVersion.version", "preReleaseVersion.platform", "processingState", "expired"},
        {},
        k_build_include,
        k_build_fields,
        {"version", "-version", "uploadedDate", "-uploadedDate", "preReleaseVersion", "-preReleaseVersion"},
        true,
        {"betaGroups"}},
       list_builds},
      {"GET", "/v1/builds/{id}", {{}, {}, k_build_include, k_build_fields, {}, false}, get_build},
      {"GET",
       "/v1/apps/{id}/appStoreVersions",
       {{"platform", "versionString", "appVersionState", "id"}, {}, k_version_include, k_version_fields, {}, true},
       list_versions},
      {"GET", "/v1/appStoreVersions/{id}", {{}, {}, k_version_include, k_version_fields, {}, false}, get_version},
      {"GET", "/v1/appStoreVersions/{id}/build", {{}, {}, {}, {"builds"}, {}, false}, get_build_of_version},
      {"GET", "/v1/appStoreVersions/{id}/relationships/build", {}, get_build_linkage},
      {"GET",
       "/v1/appStoreVersions/{id}/appStoreVersionLocalizations",
       {{"locale"}, {}, {"appStoreVersion"}, k_text_fields, {}, true},
       list_localizations},
      {"GET",
       "/v1/appStoreVersionLocalizations/{id}",
       {{}, {}, {"appStoreVersion"}, k_text_fields, {}, false},
       get_localization},
      {"GET",
       "/v1/appStoreVersions/{id}/appStoreVersionPhasedRelease",
       {{}, {}, {}, {"appStoreVersionPhasedReleases"}, {}, false},
       get_phase_of_version},
      {"GET",
       "/v1/reviewSubmissions",
       {{"app", "platform", "state"}, {"app"}, k_submission_include, k_submission_fields, {}, true},
       list_submissions},
      {"GET",
       "/v1/reviewSubmissions/{id}",
       {{}, {}, k_submission_include, k_submission_fields, {}, false},
       get_submission},
      {"GET",
       "/v1/reviewSubmissions/{id}/items",
       {{}, {}, {"appStoreVersion"}, {"reviewSubmissionItems", "appStoreVersions"}, {}, true},
       list_items},
      {"GET", "/v1/apps/{id}/appAvailabilityV2", {{}, {}, {}, {"appAvailabilities"}, {}, false}, get_availability},
      {"GET",
       "/v2/appAvailabilities/{id}/territoryAvailabilities",
       {{}, {}, {}, {"territoryAvailabilities"}, {}, true},
       list_storefronts},
      {"GET",
       "/v1/appStoreVersions/{id}/appStoreVersionSubmission",
       {{}, {}, {}, {"appStoreVersionSubmissions"}, {}, false},
       get_legacy_submission},
  };
}

std::vector<Route> write_routes() {
  return {
      {"PATCH", "/v1/builds/{id}", {}, patch_build},
      {"POST", "/v1/appStoreVersions", {}, create_version},
      {"PATCH", "/v1/appStoreVersions/{id}", {}, patch_version},
      {"DELETE", "/v1/appStoreVersions/{id}", {}, delete_version},
      {"PATCH", "/v1/appStoreVersions/{id}/relationships/build", {}, patch_build_linkage},
      {"POST", "/v1/appStoreVersionLocalizations", {}, create_localization},
      {"PATCH", "/v1/appStoreVersionLocalizations/{id}", {}, patch_localization},
      {"POST", "/v1/appStoreVersionPhasedReleases", {}, create_phase},
      {"PATCH", "/v1/appStoreVersionPhasedReleases/{id}", {}, patch_phase},
      {"DELETE", "/v1/appStoreVersionPhasedReleases/{id}", {}, delete_phase},
      {"POST", "/v1/reviewSubmissions", {}, create_submission},
      {"PATCH", "/v1/reviewSubmissions/{id}", {}, patch_submission},
      {"POST", "/v1/reviewSubmissionItems", {}, create_item},
      {"PATCH", "/v1/reviewSubmissionItems/{id}", {}, patch_item},
      {"DELETE", "/v1/reviewSubmissionItems/{id}", {}, delete_item},
      {"POST", "/v1/appStoreVersionReleaseRequests", {}, create_release_request},
      {"PATCH", "/v1/territoryAvailabilities/{id}", {}, patch_storefront},
      {"DELETE", "/v1/appStoreVersionSubmissions/{id}", {}, delete_legacy_submission},
  };
}

std::vector<Route> feedback_routes() {
  return {
      {"GET",
       "/v1/appStoreVersions/{id}/customerReviews",
       {{"territory", "rating"},
        {},
        {},
        {"customerReviews"},
        {"rating", "-rating", "createdDate", "-createdDate"},
        true},
       list_reviews},
      {"GET",
       "/v1/builds/{id}/perfPowerMetrics",
       {{"platform", "metricType", "deviceType"}, {}, {}, {}, {}, false},
       get_metrics},
      {"GET", "/v1/builds/{id}/metrics/betaBuildUsages", {{}, {}, {}, {}, {}, true}, get_beta_usage},
  };
}

std::vector<Route> webhook_routes() {
  return {
      {"GET", "/v1/apps/{id}/webhooks", {{}, {}, {"app"}, {"webhooks", "apps"}, {}, true}, list_webhooks},
      {"GET", "/v1/webhooks/{id}", {{}, {}, {"app"}, {"webhooks", "apps"}, {}, false}, get_webhook},
      {"GET",
       "/v1/webhooks/{id}/deliveries",
       {{"deliveryState", "createdDateGreaterThanOrEqualTo", "createdDateLessThan"},
        {},
        {"event"},
        {"webhookDeliveries", "webhookEvents"},
        {},
        true},
       list_deliveries},
      {"POST", "/v1/webhooks", {}, create_webhook},
      {"PATCH", "/v1/webhooks/{id}", {}, patch_webhook},
      {"DELETE", "/v1/webhooks/{id}", {}, delete_webhook},
      {"POST", "/v1/webhookDeliveries", {}, create_delivery},
      {"POST", "/v1/webhookPings", {}, create_ping},
  };
}

const std::vector<Route>& all_routes() {
  static const auto routes = [] {
    auto all = read_routes();
    for (auto more : {write_routes(), testflight_routes(), upload_routes(), feedback_routes(), webhook_routes()}) {
      for (auto& one : more) all.push_back(std::move(one));
    }
    return all;
  }();
  return routes;
}

// What stands at {id}; nullopt when the path does not have the pattern's shape.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  const auto wanted = split(pattern, '/');
  const auto given = split(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "{id}" && !given[i].empty())
      ids.push_back(given[i]);
    else if (wanted[i] != given[i])
      return std::nullopt;
  }
  return ids;
}

}  // namespace

Handled route(Model& model, const ServerRequest& request, const std::string& base_url, Instant now) {
  for (const auto& candidate : all_routes()) {
    if (candidate.method != request.method) continue;
    auto ids = match(candidate.pattern, request.path);
    if (!ids) continue;
    auto selection = parse_query(request, candidate.query);
    if (!selection) return refuse(std::move(selection.error()));
    Call call{model, request, now, base_url, std::move(*ids), std::move(*selection)};
    return candidate.handle(call);
  }
  return refuse(ApiError{404, "PATH_ERROR", "The specified path or method is not served",
                         fmt::format("{} {} is not served.", request.method, request.path)});
}

namespace {

void drop_nulls(json& object) {
  for (auto member = object.begin(); member != object.end();) {
    if (member->is_null()) {
      member = object.erase(member);
      continue;
    }
    if (member->is_object()) drop_nulls(*member);
    ++member;
  }
}

void leave_out_what_is_not_there(json& resource) {
  if (!resource.is_object()) return;
  if (resource.contains("attributes")) drop_nulls(resource["attributes"]);
  if (!resource.contains("relationships")) return;
  auto& all = resource["relationships"];
  for (auto one = all.begin(); one != all.end();) {
    one = one->is_object() && one->contains("data") && one->at("data").is_null() ? all.erase(one) : std::next(one);
  }
}

}  // namespace

// Apple's description has no null, though its own examples show one here and there: what is not there is left out.
Handled answer(int status, json document) {
  for (const auto* part : {"data", "included"}) {
    if (!document.contains(part)) continue;
    auto& rows = document[part];
    if (!rows.is_array()) leave_out_what_is_not_there(rows);
    if (rows.is_array()) std::for_each(rows.begin(), rows.end(), leave_out_what_is_not_there);
  }
  Handled handled;
  handled.response.status = status;
  handled.response.body = document.dump(-1, ' ', false, json::error_handler_t::replace);
  return handled;
}

Handled no_content() {
  Handled handled;
  handled.response.status = 204;
  return handled;
}

Handled refuse(ServerResponse response) {
  Handled handled;
  handled.response = std::move(response);
  return handled;
}

Handled refuse(ApiError error) { return refuse(error_response({std::move(error)})); }

Handled changed(Handled handled, const Version& version, std::string_view what) {
  handled.effect = true;
  handled.change = fmt::format("app-store/{} {}", version.number, what);
  return handled;
}

}  // namespace train::sandbox::app_store
