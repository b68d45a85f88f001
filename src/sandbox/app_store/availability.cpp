// Where an app is sold, and the older way of taking an approved version back.
#include <fmt/format.h>

#include <algorithm>

#include "app_store/handlers.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

void leave_the_store(Model& model, AppRow& app, Instant now) {
  for (auto& storefront : app.storefronts) storefront.on_sale = false;
  auto* live = model.live_version(app.id);
  if (live != nullptr && live->phase && live->phase->state != k_complete) set_phase_state(*live, k_complete, now);
}

Handled get_availability(Call& call) {
  const auto* app = call.model.find_app(call.ids.at(0));
  if (app == nullptr) return refuse(not_found("apps", call.ids.at(0)));
  return answer(200, call.wire().document(call.wire().availability(*app), call.selection, call.request.path));
}

Handled list_storefronts(Call& call) {
  const auto* app = call.model.find_app(call.ids.at(0));  // an availability has the id of its app
  if (app == nullptr) return refuse(not_found("appAvailabilities", call.ids.at(0)));
  std::vector<json> rows;
  for (const auto& storefront : app->storefronts) rows.push_back(call.wire().storefront(storefront));
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

Handled patch_storefront(Call& call) {
  static const BodyRule rule{
      "territoryAvailabilities", {{"available", true}, {"releaseDate"}, {"preOrderEnabled", true}}, {}};
  AppRow* app = nullptr;
  Storefront* storefront = nullptr;
  for (auto& row : call.model.apps) {
    for (auto& one : row.storefronts) {
      if (one.id != call.ids.at(0)) continue;
      app = &row;
      storefront = &one;
    }
  }
  if (storefront == nullptr) return refuse(not_found("territoryAvailabilities", call.ids.at(0)));
  const auto body = parse_body(call.request, rule, storefront->id);
  if (!body) return refuse(body.error());
  const bool changes = body->has("available") && body->flag("available") != storefront->on_sale;
  if (changes) storefront->on_sale = body->flag("available");
  // The last storefront that closes takes the app out of the store, and that ends a phase for good.
  if (changes && app->is_removed()) leave_the_store(call.model, *app, call.now);
  auto handled =
      answer(200, call.wire().document(call.wire().storefront(*storefront), call.selection, call.request.path));
  if (!changes) return handled;
  handled.effect = true;
  handled.change = fmt::format("app-store/{} {} {}", app->bundle_id, storefront->territory,
                               storefront->on_sale ? "on sale" : "off sale");
  return handled;
}

namespace {

std::string legacy_id(const Version& version) { return "submission-" + version.id; }

}  // namespace

Handled get_legacy_submission(Call& call) {
  const auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  const bool submitted = version->state == k_waiting || version->state == k_in_review || version->state == k_approved;
  if (!submitted) return refuse(not_found("appStoreVersionSubmissions", "of " + version->id));
  return answer(
      200, call.wire().document(call.wire().legacy_submission(legacy_id(*version)), call.selection, call.request.path));
}

// Only for what is approved: what the newer way of submitting has in review is cancelled there.
Handled delete_legacy_submission(Call& call) {
  const auto& id = call.ids.at(0);
  auto& rows = call.model.versions;
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Version& row) { return legacy_id(row) == id; });
  if (found == rows.end()) return refuse(not_found("appStoreVersionSubmissions", id));
  if (found->state == k_waiting || found->state == k_in_review) {
    return refuse(ApiError{403, "FORBIDDEN_ERROR", "This operation is not allowed",
                           "The resource 'appStoreVersionSubmissions' does not allow 'DELETE' in its present state."});
  }
  if (found->state != k_approved) return refuse(not_found("appStoreVersionSubmissions", id));
  found->state = k_withdrawn;
  found->due.reset();
  return changed(no_content(), *found, k_withdrawn);
}

}  // namespace train::sandbox::app_store
