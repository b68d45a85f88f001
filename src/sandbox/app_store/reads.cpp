#include <algorithm>

#include "app_store/handlers.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

Handled show(const Call& call, json resource, int status = 200) {
  return answer(status, call.wire().document(std::move(resource), call.selection, call.request.path));
}

Handled show_list(const Call& call, std::vector<json> rows) {
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

// Apple's filter on bundle ids takes parts of them. The siblings are there for that alone.
bool has_part_of_bundle_id(const ServerRequest& request, const std::string& bundle_id) {
  const auto wanted = request.query_value("filter[bundleId]");
  if (!wanted) return false;
  const auto parts = split(*wanted, ',');
  return std::any_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return bundle_id.find(part) != std::string::npos; });
}

bool passes_build_filters(const ServerRequest& request, const Build& build) {
  return passes(request, "app", build.app_id) && passes(request, "version", build.number) &&
         passes(request, "preReleaseVersion.version", build.marketing) &&
         passes(request, "preReleaseVersion.platform", "IOS") && passes(request, "processingState", build.state) &&
         passes(request, "expired", build.expired ? "true" : "false");
}

void sort_builds(std::vector<const Build*>& builds, const std::string& order) {
  const bool falling = !order.empty() && order.front() == '-';
  const auto key = falling ? order.substr(1) : order;
  const auto before = [&](const Build* a, const Build* b) {
    if (key == "uploadedDate") return a->uploaded < b->uploaded;
    if (key == "version") return BuildNumber::parse(a->number) < BuildNumber::parse(b->number);
    return VersionName::parse(a->marketing) < VersionName::parse(b->marketing);
  };
  std::stable_sort(builds.begin(), builds.end(),
                   [&](const Build* a, const Build* b) { return falling ? before(b, a) : before(a, b); });
}

}  // namespace

Handled show_version(const Call& call, int status, const Version& version) {
  return show(call, call.wire().version(version, call.selection.include), status);
}

Handled show_phase(const Call& call, int status, const Version& version) {
  return show(call, call.wire().phase(*version.phase), status);
}

Handled show_submission(const Call& call, int status, const Submission& submission) {
  return show(call, call.wire().submission(submission, call.selection.include), status);
}

Handled list_apps(Call& call) {
  std::vector<json> rows;
  for (const auto* apps : {&call.model.siblings, &call.model.apps}) {
    for (const auto& app : *apps) {
      const bool every = apps == &call.model.apps && !call.request.query_value("filter[bundleId]");
      const bool asked =
          (every || has_part_of_bundle_id(call.request, app.bundle_id)) && passes(call.request, "id", app.id);
      if (!app.of_another_team && asked) rows.push_back(call.wire().app(app));
    }
  }
  return show_list(call, std::move(rows));
}

Handled list_builds(Call& call) {
  std::vector<const Build*> found;
  for (const auto& build : call.model.builds) {
    if (passes_build_filters(call.request, build)) found.push_back(&build);
  }
  if (const auto order = call.request.query_value("sort")) sort_builds(found, *order);
  std::vector<json> rows;
  for (const auto* build : found) rows.push_back(call.wire().build(*build, call.selection.include));
  return show_list(call, std::move(rows));
}

Handled get_build(Call& call) {
  const auto* build = call.model.find_build(call.ids.at(0));
  if (build == nullptr) return refuse(not_found("builds", call.ids.at(0)));
  return show(call, call.wire().build(*build, call.selection.include));
}

Handled list_versions(Call& call) {
  const auto* app = call.model.find_app(call.ids.at(0));
  if (app == nullptr) return refuse(not_found("apps", call.ids.at(0)));
  std::vector<json> rows;
  for (auto version = call.model.versions.rbegin(); version != call.model.versions.rend(); ++version) {
    const bool wanted = version->app_id == app->id && passes(call.request, "platform", "IOS") &&
                        passes(call.request, "id", version->id) &&
                        passes(call.request, "versionString", version->number) &&
                        passes(call.request, "appVersionState", version->state);
    if (wanted) rows.push_back(call.wire().version(*version, call.selection.include));
  }
  return show_list(call, std::move(rows));
}

Handled get_version(Call& call) {
  const auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  return show_version(call, 200, *version);
}

Handled get_build_of_version(Call& call) {
  const auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  const auto* build = call.model.find_build(version->build_id);
  if (build == nullptr) return refuse(not_found("builds", "of " + call.ids.at(0)));
  return show(call, call.wire().build(*build));
}

Handled get_build_linkage(Call& call) {
  const auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  const auto data = version->build_id.empty() ? json(nullptr) : json{{"type", "builds"}, {"id", version->build_id}};
  return answer(200, {{"data", data}, {"links", {{"self", call.base_url + call.request.path}}}});
}

Handled list_localizations(Call& call) {
  const auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  std::vector<json> rows;
  for (const auto& row : version->localizations) {
    if (passes(call.request, "locale", row.locale)) {
      rows.push_back(call.wire().localization(*version, row, call.selection.include));
    }
  }
  return show_list(call, std::move(rows));
}

Handled get_localization(Call& call) {
  const auto& id = call.ids.at(0);
  const auto* version = call.model.find_version_of_localization(id);
  if (version == nullptr) return refuse(not_found("appStoreVersionLocalizations", id));
  const auto row = std::find_if(version->localizations.begin(), version->localizations.end(),
                                [&](const Localization& text) { return text.id == id; });
  return show(call, call.wire().localization(*version, *row, call.selection.include));
}

Handled get_phase_of_version(Call& call) {
  const auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  if (!version->phase) return refuse(not_found("appStoreVersionPhasedReleases", "of " + call.ids.at(0)));
  return show_phase(call, 200, *version);
}

Handled list_submissions(Call& call) {
  std::vector<json> rows;
  for (const auto& submission : call.model.submissions) {
    if (passes(call.request, "app", submission.app_id) && passes(call.request, "platform", "IOS") &&
        passes(call.request, "state", submission.state)) {
      rows.push_back(call.wire().submission(submission, call.selection.include));
    }
  }
  return show_list(call, std::move(rows));
}

Handled get_submission(Call& call) {
  const auto* submission = call.model.find_submission(call.ids.at(0));
  if (submission == nullptr) return refuse(not_found("reviewSubmissions", call.ids.at(0)));
  return show_submission(call, 200, *submission);
}

Handled list_items(Call& call) {
  const auto* submission = call.model.find_submission(call.ids.at(0));
  if (submission == nullptr) return refuse(not_found("reviewSubmissions", call.ids.at(0)));
  std::vector<json> rows;
  for (const auto& item : submission->items) rows.push_back(call.wire().item(item, call.selection.include));
  return show_list(call, std::move(rows));
}

}  // namespace train::sandbox::app_store
