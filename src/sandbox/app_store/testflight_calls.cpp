// TestFlight's requests.
#include <fmt/format.h>

#include <algorithm>

#include "app_store/handlers.hpp"
#include "app_store/testflight.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

const BodyRule k_beta_text_create{
    "betaBuildLocalizations", {{"locale", false, Must::appear}, {"whatsNew"}}, {{"build", "builds", Must::appear}}};
const BodyRule k_beta_text_update{"betaBuildLocalizations", {{"whatsNew"}}, {}};
const BodyRule k_beta_submission_create{"betaAppReviewSubmissions", {}, {{"build", "builds", Must::appear}}};
const BodyRule k_beta_notification_create{"buildBetaNotifications", {}, {{"build", "builds", Must::appear}}};

ApiError beta_refused(std::string detail) {
  return {409, "ENTITY_ERROR.RELATIONSHIP.INVALID", "The provided entity includes a relationship with an invalid value",
          std::move(detail)};
}

ApiError beta_text_refused(std::string_view code, std::string detail) {
  ApiError error{409, fmt::format("ENTITY_ERROR.ATTRIBUTE.{}", code), "The provided entity has an invalid attribute",
                 std::move(detail)};
  error.pointer = "/data/attributes/whatsNew";
  return error;
}

Handled told_build(Handled handled, const Build& build, const std::string& what) {
  handled.effect = true;
  handled.change = fmt::format("app-store/{} build {} {}", build.marketing, build.number, what);
  return handled;
}

Handled show_resource(const Call& call, int status, json resource) {
  return answer(status, call.wire().document(std::move(resource), call.selection, call.request.path));
}

BetaGroup* find_group(Model& model, const std::string& id) {
  const auto found =
      std::find_if(model.groups.begin(), model.groups.end(), [&](const BetaGroup& group) { return group.id == id; });
  return found == model.groups.end() ? nullptr : &*found;
}

Handled list_groups(Call& call) {
  std::vector<json> rows;
  for (const auto& group : call.model.groups) {
    if (passes(call.request, "app", group.app_id) && passes(call.request, "name", group.name) &&
        passes(call.request, "id", group.id) &&
        passes(call.request, "isInternalGroup", group.internal ? "true" : "false")) {
      rows.push_back(call.wire().beta_group(group));
    }
  }
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

// The ids of a to-many linkage body of builds.
tl::expected<std::vector<std::string>, ServerResponse> parse_builds(const ServerRequest& request) {
  const auto body = json::parse(request.body, nullptr, false);
  std::vector<std::string> ids;
  bool good = body.is_object() && body.size() == 1 && body.contains("data") && body.at("data").is_array();
  for (std::size_t i = 0; good && i < body.at("data").size(); ++i) {
    const auto& row = body.at("data").at(i);
    good = row.is_object() && row.size() == 2 && row.value("type", json()) == "builds" &&
           row.value("id", json()).is_string();
    if (good) ids.push_back(row.at("id").get<std::string>());
  }
  if (good && !ids.empty()) return ids;
  return tl::unexpected(
      error_response({{422, "ENTITY_UNPROCESSABLE", "The request entity is not a valid request document object",
                       "'/data' must be a list of builds, each with a type and an id and nothing else."}}));
}

Handled add_builds(Call& call) {
  auto* group = find_group(call.model, call.ids.at(0));
  if (group == nullptr) return refuse(not_found("betaGroups", call.ids.at(0)));
  const auto ids = parse_builds(call.request);
  if (!ids) return refuse(ids.error());
  Handled handled = no_content();
  for (const auto& id : *ids) {
    const auto* build = call.model.find_build(id);
    if (build == nullptr) return refuse(not_found("builds", id));
    const auto before = group->build_ids.size();
    if (const auto refusal = join_group(call.model, *group, *build, call.now)) return refuse(beta_refused(*refusal));
    if (group->build_ids.size() > before) handled = told_build(std::move(handled), *build, "to " + group->name);
  }
  return handled;
}

Handled list_beta_texts(Call& call) {
  auto* build = call.model.find_build(call.ids.at(0));
  if (build == nullptr) return refuse(not_found("builds", call.ids.at(0)));
  std::vector<json> rows;
  for (const auto& row : beta_texts_of(*build)) rows.push_back(call.wire().beta_text(row));
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

std::string beta_words(const Localization& row) {
  return fmt::format("what to test {} {}", row.locale, sha256_hex(row.whats_new).substr(0, 8));
}

Handled create_beta_text(Call& call) {
  const auto body = parse_body(call.request, k_beta_text_create, "");
  if (!body) return refuse(body.error());
  auto* build = call.model.find_build(body->id_of("build"));
  if (build == nullptr) return refuse(not_found("builds", body->id_of("build")));
  auto& rows = beta_texts_of(*build);
  const auto locale = body->text("locale");
  if (std::any_of(rows.begin(), rows.end(), [&](const Localization& row) { return row.locale == locale; })) {
    return refuse(beta_text_refused("INVALID.DUPLICATE", "The locale '" + locale + "' exists already."));
  }
  if (const auto why = refused_beta_text(body->text("whatsNew"))) return refuse(beta_text_refused("INVALID", *why));
  rows.push_back({call.model.new_id(), locale, body->text("whatsNew"), {}});
  return told_build(show_resource(call, 201, call.wire().beta_text(rows.back())), *build, beta_words(rows.back()));
}

Handled patch_beta_text(Call& call) {
  const auto& id = call.ids.at(0);
  const auto body = parse_body(call.request, k_beta_text_update, id);
  if (!body) return refuse(body.error());
  for (auto& build : call.model.builds) {
    for (auto& row : beta_texts_of(build)) {
      if (row.id != id) continue;
      if (const auto why = refused_beta_text(body->text("whatsNew"))) return refuse(beta_text_refused("INVALID", *why));
      const bool news = row.whats_new != body->text("whatsNew");
      row.whats_new = body->text("whatsNew");
      auto shown = show_resource(call, 200, call.wire().beta_text(row));
      return news ? told_build(std::move(shown), build, beta_words(row)) : shown;
    }
  }
  return refuse(not_found("betaBuildLocalizations", id));
}

Handled create_beta_submission(Call& call) {
  const auto body = parse_body(call.request, k_beta_submission_create, "");
  if (!body) return refuse(body.error());
  auto* build = call.model.find_build(body->id_of("build"));
  if (build == nullptr) return refuse(not_found("builds", body->id_of("build")));
  if (const auto refusal = submit_beta(call.model, *build, call.now)) return refuse(state_error(*refusal));
  return told_build(show_resource(call, 201, call.wire().beta_submission(*build)), *build, "to beta review");
}

Handled create_beta_notification(Call& call) {
  const auto body = parse_body(call.request, k_beta_notification_create, "");
  if (!body) return refuse(body.error());
  auto* build = call.model.find_build(body->id_of("build"));
  if (build == nullptr) return refuse(not_found("builds", body->id_of("build")));
  if (const auto refusal = tell_beta_testers(call.model, *build, call.now)) return refuse(state_error(*refusal));
  return told_build(show_resource(call, 201, call.wire().beta_notification(call.model.new_id())), *build,
                    "testers told");
}

}  // namespace

std::vector<Route> testflight_routes() {
  return {
      {"GET",
       "/v1/betaGroups",
       {{"app", "name", "isInternalGroup", "id"}, {}, {}, {"betaGroups"}, {}, true},
       list_groups},
      {"POST", "/v1/betaGroups/{id}/relationships/builds", {}, add_builds},
      {"GET",
       "/v1/builds/{id}/betaBuildLocalizations",
       {{}, {}, {}, {"betaBuildLocalizations"}, {}, true},
       list_beta_texts},
      {"POST", "/v1/betaBuildLocalizations", {}, create_beta_text},
      {"PATCH", "/v1/betaBuildLocalizations/{id}", {}, patch_beta_text},
      {"POST", "/v1/betaAppReviewSubmissions", {}, create_beta_submission},
      {"POST", "/v1/buildBetaNotifications", {}, create_beta_notification},
  };
}

}  // namespace train::sandbox::app_store
