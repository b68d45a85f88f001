// One request to the built-in App Store: found in the route table, its query checked, handled by one function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app_store/json.hpp"

namespace train::sandbox::app_store {

struct Call {
  Model& model;
  const ServerRequest& request;
  Instant now;
  std::string base_url;
  std::vector<std::string> ids;  // what stood at {id}
  Selection selection;

  Wire wire() const { return {model, base_url, now}; }
};

struct Route {
  std::string_view method;
  std::string_view pattern;  // {id} stands for one part of the path
  QueryRule query;
  Handled (*handle)(Call&);
};
std::vector<Route> testflight_routes();  // app_store_testflight_calls.cpp
std::vector<Route> upload_routes();      // app_store_upload_calls.cpp

// The whole answer to an authorised request; 404 PATH_ERROR when no route fits.
Handled route(Model& model, const ServerRequest& request, const std::string& base_url, Instant now);

// ---- answers
Handled answer(int status, nlohmann::json document);
Handled no_content();
Handled refuse(ServerResponse response);
Handled refuse(ApiError error);
Handled changed(Handled handled, const Version& version, std::string_view what);  // "app-store/3.4.0 phased PAUSED"
Handled show_version(const Call& call, int status, const Version& version);
Handled show_phase(const Call& call, int status, const Version& version);
Handled show_submission(const Call& call, int status, const Submission& submission);

// ---- slices (app_store_slices.cpp): PUT /upload/TOKEN, which carries no bearer token
bool is_slice(const ServerRequest& request);
Handled take_slice(Model& model, const ServerRequest& request, Instant now);

// ---- reads (app_store_reads.cpp)
Handled list_apps(Call& call);
Handled list_builds(Call& call);
Handled get_build(Call& call);
Handled list_versions(Call& call);
Handled get_version(Call& call);
Handled get_build_of_version(Call& call);
Handled get_build_linkage(Call& call);
Handled list_localizations(Call& call);
Handled get_localization(Call& call);
Handled get_phase_of_version(Call& call);
Handled list_submissions(Call& call);
Handled get_submission(Call& call);
Handled list_items(Call& call);

// ---- versions (app_store_versions.cpp)
Handled patch_build(Call& call);
Handled create_version(Call& call);
Handled patch_version(Call& call);
Handled delete_version(Call& call);
Handled patch_build_linkage(Call& call);
Handled create_localization(Call& call);
Handled patch_localization(Call& call);

// ---- review (app_store_review.cpp)
Handled create_submission(Call& call);
Handled patch_submission(Call& call);
Handled create_item(Call& call);
Handled patch_item(Call& call);
Handled delete_item(Call& call);

// ---- availability, and the older submissions (app_store_availability.cpp)
Handled get_availability(Call& call);
Handled list_storefronts(Call& call);
Handled patch_storefront(Call& call);
Handled get_legacy_submission(Call& call);
Handled delete_legacy_submission(Call& call);

// ---- release (app_store_release.cpp)
Handled create_phase(Call& call);
Handled patch_phase(Call& call);
Handled delete_phase(Call& call);
Handled create_release_request(Call& call);

// ---- what comes back from users (app_store_feedback.cpp)
Handled list_reviews(Call& call);
Handled get_metrics(Call& call);
Handled get_beta_usage(Call& call);

// ---- webhooks (app_store_webhooks.cpp)
Handled list_webhooks(Call& call);
Handled get_webhook(Call& call);
Handled create_webhook(Call& call);
Handled patch_webhook(Call& call);
Handled delete_webhook(Call& call);
Handled list_deliveries(Call& call);
Handled create_delivery(Call& call);
Handled create_ping(Call& call);

}  // namespace train::sandbox::app_store
