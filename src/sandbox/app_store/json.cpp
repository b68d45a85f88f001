#include "app_store/json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

json link(std::string_view type, const std::string& id) {
  if (id.empty()) return nullptr;
  return json{{"type", type}, {"id", id}};
}

std::string old_word(const Version& version, bool removed) {
  if (version.state == k_live) return removed ? "DEVELOPER_REMOVED_FROM_SALE" : "READY_FOR_SALE";
  if (version.state == k_releasing) return "PROCESSING_FOR_APP_STORE";
  return version.state;
}

void keep_only(json& resource, const Selection& selection) {
  if (resource.is_array()) {
    for (auto& row : resource) keep_only(row, selection);
    return;
  }
  if (!resource.is_object()) return;
  const auto wanted = selection.fields.find(resource.value("type", std::string{}));
  if (wanted == selection.fields.end()) return;
  for (const auto* part : {"attributes", "relationships"}) {
    if (!resource.contains(part)) continue;
    json kept = json::object();
    for (const auto& [name, value] : resource[part].items()) {
      if (wanted->second.count(name) > 0) kept[name] = value;
    }
    resource[part] = std::move(kept);
  }
}

}  // namespace

json error_json(const ApiError& error) {
  json out{
      {"id", fmt::format("{:08x}-train-sandbox", std::hash<std::string>{}(error.code + error.detail) & 0xffffffffu)},
      {"status", std::to_string(error.status)},
      {"code", error.code},
      {"title", error.title},
      {"detail", error.detail}};
  if (!error.pointer.empty()) out["source"] = {{"pointer", error.pointer}};
  if (!error.parameter.empty()) out["source"] = {{"parameter", error.parameter}};
  if (!error.meta.is_null()) out["meta"] = error.meta;
  return out;
}

ServerResponse error_response(const std::vector<ApiError>& errors) {
  json body{{"errors", json::array()}};
  for (const auto& error : errors) body["errors"].push_back(error_json(error));
  ServerResponse response;
  response.status = errors.front().status;
  response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return response;
}

ApiError not_found(std::string_view type, std::string_view id) {
  return {404, "NOT_FOUND", "The specified resource does not exist",
          fmt::format("There is no resource of type '{}' with id '{}'", type, id)};
}

ApiError state_error(std::string detail) {
  return {409, "STATE_ERROR", "The request cannot be fulfilled because of the state of another resource.",
          std::move(detail)};
}

json Wire::resource(std::string_view type, const std::string& id, json attributes) const {
  json out{{"type", type}, {"id", id}, {"links", {{"self", fmt::format("{}/v1/{}/{}", base_url_, type, id)}}}};
  if (!attributes.empty()) out["attributes"] = std::move(attributes);
  return out;
}

json Wire::app(const AppRow& app) const {
  return resource("apps", app.id,
                  {{"name", app.name}, {"bundleId", app.bundle_id}, {"sku", app.name}, {"primaryLocale", "en-US"}});
}

json Wire::build(const Build& build, const std::set<std::string>& linked) const {
  json attributes{{"version", build.number},
                  {"uploadedDate", format_rfc3339(build.uploaded)},
                  {"expirationDate", format_rfc3339(build.uploaded + 90 * k_day)},
                  {"expired", build.expired || now_ >= build.uploaded + 90 * k_day},
                  {"minOsVersion", "16.0"},
                  {"processingState", build.state},
                  {"buildAudienceType", "APP_STORE_ELIGIBLE"},
                  {"usesNonExemptEncryption", build.uses_encryption ? json(*build.uses_encryption) : json(nullptr)}};
  auto out = resource("builds", build.id, std::move(attributes));
  out["relationships"] = json::object();
  const auto version = std::find_if(model_.versions.rbegin(), model_.versions.rend(),
                                    [&](const Version& row) { return row.build_id == build.id; });
  const std::map<std::string, json> links{
      {"app", link("apps", build.app_id)},
      {"preReleaseVersion", link("preReleaseVersions", "pre-" + build.id)},
      {"buildBetaDetail", build.state == "VALID" ? link("buildBetaDetails", "beta-" + build.id) : json(nullptr)},
      {"appStoreVersion", link("appStoreVersions", version == model_.versions.rend() ? "" : version->id)}};
  for (const auto& [name, data] : links) {
    if (linked.count(name) > 0) out["relationships"][name] = {{"data", data}};
  }
  if (linked.count("betaGroups") > 0) out["relationships"]["betaGroups"] = {{"data", beta_groups_of(build)}};
  return out;
}

json Wire::pre_release(const Build& build) const {
  return resource("preReleaseVersions", "pre-" + build.id, {{"version", build.marketing}, {"platform", "IOS"}});
}

json Wire::version(const Version& version, const std::set<std::string>& linked) const {
  const auto app_row =
      std::find_if(model_.apps.begin(), model_.apps.end(), [&](const AppRow& row) { return row.id == version.app_id; });
  const bool removed = app_row != model_.apps.end() && app_row->is_removed();
  json attributes{{"platform", "IOS"},
                  {"versionString", version.number},
                  {"appStoreState", old_word(version, removed)},
                  {"appVersionState", version.state},
                  {"reviewType", "APP_STORE"},
                  {"releaseType", version.release_type},
                  {"earliestReleaseDate", version.earliest ? json(format_rfc3339(*version.earliest)) : json(nullptr)},
                  {"downloadable", true},
                  {"createdDate", format_rfc3339(version.created)}};
  for (const auto& [name, value] : version.others) attributes[name] = value;
  auto out = resource("appStoreVersions", version.id, std::move(attributes));
  out["relationships"] = json::object();
  const std::map<std::string, json> links{
      {"app", link("apps", version.app_id)},
      {"build", link("builds", version.build_id)},
      {"appStoreVersionPhasedRelease",
       link("appStoreVersionPhasedReleases", version.phase ? version.phase->id : std::string{})}};
  for (const auto& [name, data] : links) {
    if (linked.count(name) > 0) out["relationships"][name] = {{"data", data}};
  }
  if (linked.count("appStoreVersionLocalizations") > 0) {
    json rows = json::array();
    for (const auto& row : version.localizations) rows.push_back(link("appStoreVersionLocalizations", row.id));
    out["relationships"]["appStoreVersionLocalizations"] = {{"data", std::move(rows)}};
  }
  return out;
}

json Wire::localization(const Version& version, const Localization& row, const std::set<std::string>& linked) const {
  json attributes{{"locale", row.locale},
                  {"whatsNew", row.whats_new.empty() ? json(nullptr) : json(row.whats_new)},
                  {"description", "A charging app."},
                  {"keywords", nullptr},
                  {"marketingUrl", nullptr},
                  {"promotionalText", nullptr},
                  {"supportUrl", "https://example.com/support"}};
  for (const auto& [name, value] : row.others) attributes[name] = value;
  auto out = resource("appStoreVersionLocalizations", row.id, std::move(attributes));
  if (linked.count("appStoreVersion") > 0) {
    out["relationships"] = {{"appStoreVersion", {{"data", link("appStoreVersions", version.id)}}}};
  }
  return out;
}

json Wire::phase(const Phase& phase) const {
  return resource("appStoreVersionPhasedReleases", phase.id,
                  {{"phasedReleaseState", phase.state},
                   {"startDate", phase.started ? json(format_rfc3339(*phase.started)) : json(nullptr)},
                   {"totalPauseDuration", pause_days(phase, now_)},
                   {"currentDayNumber", phase.day}});
}

json Wire::submission(const Submission& submission, const std::set<std::string>& linked) const {
  auto out =
      resource("reviewSubmissions", submission.id,
               {{"platform", "IOS"},
                {"state", submission.state},
                {"submittedDate", submission.submitted ? json(format_rfc3339(*submission.submitted)) : json(nullptr)}});
  out["relationships"] = json::object();
  if (linked.count("app") > 0) out["relationships"]["app"] = {{"data", link("apps", submission.app_id)}};
  if (linked.count("items") > 0) {
    json rows = json::array();
    for (const auto& row : submission.items) rows.push_back(link("reviewSubmissionItems", row.id));
    out["relationships"]["items"] = {{"data", std::move(rows)}};
  }
  if (linked.count("appStoreVersionForReview") > 0) {
    const auto id = submission.items.empty() ? std::string{} : submission.items.front().version_id;
    out["relationships"]["appStoreVersionForReview"] = {{"data", link("appStoreVersions", id)}};
  }
  return out;
}

json Wire::item(const Item& item, const std::set<std::string>& linked) const {
  auto out = resource("reviewSubmissionItems", item.id, {{"state", item.state}});
  if (linked.count("appStoreVersion") > 0) {
    out["relationships"] = {{"appStoreVersion", {{"data", link("appStoreVersions", item.version_id)}}}};
  }
  return out;
}

json Wire::availability(const AppRow& app) const {
  auto out = resource("appAvailabilities", app.id, {{"availableInNewTerritories", true}});
  out["links"]["self"] = fmt::format("{}/v2/appAvailabilities/{}", base_url_, app.id);
  return out;
}

json Wire::storefront(const Storefront& storefront) const {
  return resource("territoryAvailabilities", storefront.id,
                  {{"available", storefront.on_sale},
                   {"preOrderEnabled", false},
                   {"contentStatuses", json::array({storefront.on_sale ? "AVAILABLE" : "CANNOT_SELL"})}});
}

json Wire::legacy_submission(const std::string& id) const {
  return resource("appStoreVersionSubmissions", id, json::object());
}

json Wire::release_request(const std::string& id) const {
  return resource("appStoreVersionReleaseRequests", id, json::object());
}

json Wire::find(const std::string& type, const std::string& id) const {
  for (const auto& row : model_.apps) {
    if (type == "apps" && row.id == id) return app(row);
  }
  for (const auto& row : model_.builds) {
    if (type == "builds" && row.id == id) return build(row);
    if (type == "preReleaseVersions" && "pre-" + row.id == id) return pre_release(row);
    if (type == "buildBetaDetails" && "beta-" + row.id == id) return beta_detail(row);
  }
  for (const auto& row : model_.groups) {
    if (type == "betaGroups" && row.id == id) return beta_group(row);
  }
  for (const auto& row : model_.versions) {
    if (type == "appStoreVersions" && row.id == id) return version(row);
    if (type == "appStoreVersionPhasedReleases" && row.phase && row.phase->id == id) return phase(*row.phase);
    for (const auto& text : row.localizations) {
      if (type == "appStoreVersionLocalizations" && text.id == id) return localization(row, text);
    }
  }
  if (const auto* told = type == "webhookEvents" ? model_.webhooks.find_event(id) : nullptr) return event(*told);
  for (const auto& row : model_.submissions) {
    for (const auto& entry : row.items) {
      if (type == "reviewSubmissionItems" && entry.id == id) return item(entry);
    }
  }
  return find_upload(type, id);
}

json Wire::included(const json& data, const Selection& selection) const {
  json out = json::array();
  std::set<std::string> seen;
  const auto add = [&](const json& linkage) {
    if (!linkage.is_object()) return;
    const auto type = linkage.value("type", std::string{});
    const auto id = linkage.value("id", std::string{});
    if (!seen.insert(type + "/" + id).second) return;
    auto resource_found = find(type, id);
    if (!resource_found.is_null()) out.push_back(std::move(resource_found));
  };
  const auto visit = [&](const json& primary) {
    for (const auto& name : selection.include) {
      const auto at = json::json_pointer("/relationships/" + name + "/data");
      if (!primary.contains(at)) continue;
      const auto& linkage = primary.at(at);
      if (linkage.is_array())
        std::for_each(linkage.begin(), linkage.end(), add);
      else
        add(linkage);
    }
  };
  if (data.is_array())
    std::for_each(data.begin(), data.end(), visit);
  else
    visit(data);
  return out;
}

json Wire::document(json resource_json, const Selection& selection, const std::string& self) const {
  json out{{"links", {{"self", base_url_ + self}}}};
  auto extra = included(resource_json, selection);
  keep_only(resource_json, selection);
  for (auto& row : extra) keep_only(row, selection);
  if (!selection.include.empty()) out["included"] = std::move(extra);
  out["data"] = std::move(resource_json);
  return out;
}

json Wire::list(std::vector<json> rows, const Selection& selection, const ServerRequest& request) const {
  const auto total = rows.size();
  const auto from = std::min(selection.offset, total);
  const auto to = std::min(total, from + selection.limit);
  json page = json::array();
  for (auto i = from; i < to; ++i) page.push_back(std::move(rows[i]));
  auto out = document(std::move(page), selection, request.path);
  out["meta"] = {{"paging", {{"total", total}, {"limit", selection.limit}}}};
  if (to == total) return out;
  std::string next = base_url_ + request.path + "?";
  for (const auto& [name, value] : request.query) {
    if (name != "cursor") next += percent_encode(name) + "=" + percent_encode(value) + "&";
  }
  out["links"]["next"] = next + "cursor=" + std::to_string(to);
  out["meta"]["paging"]["nextCursor"] = std::to_string(to);
  return out;
}

}  // namespace train::sandbox::app_store
