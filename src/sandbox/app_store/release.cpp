#include <fmt/format.h>

#include "app_store/handlers.hpp"

namespace train::sandbox::app_store {
namespace {

const std::vector<std::string_view> k_phase_states{k_inactive, k_active, k_paused, k_complete};

ApiError phase_refused(std::string code, std::string detail) {
  ApiError error{409, std::move(code), "The provided entity includes an invalid value", std::move(detail)};
  error.pointer = "/data/attributes/phasedReleaseState";
  return error;
}

}  // namespace

Handled create_phase(Call& call) {
  static const BodyRule rule{"appStoreVersionPhasedReleases",
                             {{"phasedReleaseState", false, Must::no, {k_inactive}}},
                             {{"appStoreVersion", "appStoreVersions", Must::appear}}};
  const auto body = parse_body(call.request, rule, "");
  if (!body) return refuse(body.error());
  auto* version = call.model.find_version(body->id_of("appStoreVersion"));
  if (version == nullptr) return refuse(not_found("appStoreVersions", body->id_of("appStoreVersion")));
  if (version->phase) {
    return refuse(
        phase_refused("ENTITY_ERROR.RELATIONSHIP.INVALID.DUPLICATE", "The version has a phased release already."));
  }
  if (is_first_version(call.model, *version)) {
    return refuse(phase_refused("ENTITY_ERROR.RELATIONSHIP.INVALID",
                                "A phased release is not available for the first version of an app."));
  }
  if (!holds_the_slot(version->state) || version->state == k_releasing) {
    return refuse(state_error("A phased release can not be added once the version is released."));
  }
  version->phase = Phase{};
  version->phase->id = call.model.new_id();
  return changed(show_phase(call, 201, *version), *version, fmt::format("phased {}", k_inactive));
}

Handled patch_phase(Call& call) {
  static const BodyRule rule{
      "appStoreVersionPhasedReleases", {{"phasedReleaseState", false, Must::appear, k_phase_states}}, {}};
  auto* version = call.model.find_version_of_phase(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersionPhasedReleases", call.ids.at(0)));
  const auto body = parse_body(call.request, rule, call.ids.at(0));
  if (!body) return refuse(body.error());
  const auto wanted = body->text("phasedReleaseState");
  if (auto refusal = set_phase_state(*version, wanted, call.now)) {
    return refuse(phase_refused("ENTITY_ERROR.ATTRIBUTE.INVALID", std::move(*refusal)));
  }
  return changed(show_phase(call, 200, *version), *version, "phased " + wanted);
}

Handled delete_phase(Call& call) {
  auto* version = call.model.find_version_of_phase(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersionPhasedReleases", call.ids.at(0)));
  if (version->phase->state != k_inactive || !holds_the_slot(version->state)) {
    return refuse(state_error("A phased release can only be deleted before it starts."));
  }
  version->phase.reset();
  return changed(no_content(), *version, "phased deleted");
}

Handled create_release_request(Call& call) {
  static const BodyRule rule{
      "appStoreVersionReleaseRequests", {}, {{"appStoreVersion", "appStoreVersions", Must::appear}}};
  const auto body = parse_body(call.request, rule, "");
  if (!body) return refuse(body.error());
  auto* version = call.model.find_version(body->id_of("appStoreVersion"));
  if (version == nullptr) return refuse(not_found("appStoreVersions", body->id_of("appStoreVersion")));
  if (auto refusal = request_release(*version, call.now)) {
    ApiError error{409, "STATE_ERROR.ENTITY_STATE_INVALID", "The version is not in a valid state", *refusal};
    return refuse(std::move(error));
  }
  const auto shown = call.wire().release_request(call.model.new_id());
  return changed(answer(201, call.wire().document(shown, call.selection, call.request.path)), *version,
                 "release requested");
}

}  // namespace train::sandbox::app_store
