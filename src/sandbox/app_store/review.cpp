#include <fmt/format.h>

#include <algorithm>

#include "app_store/handlers.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

const BodyRule k_submission_create{
    "reviewSubmissions", {{"platform", false, Must::no, {"IOS"}}}, {{"app", "apps", Must::appear}}};
const BodyRule k_submission_update{
    "reviewSubmissions", {{"platform", false, Must::no, {"IOS"}}, {"submitted", true}, {"canceled", true}}, {}};
const BodyRule k_item_create{
    "reviewSubmissionItems",
    {},
    {{"reviewSubmission", "reviewSubmissions", Must::appear}, {"appStoreVersion", "appStoreVersions", Must::appear}}};
const BodyRule k_item_update{"reviewSubmissionItems", {{"resolved", true}, {"removed", true}}, {}};

// Apple hides the true reasons in meta.associatedErrors.
ApiError not_reviewable(const Version& version, const std::vector<std::string>& reasons, std::string_view code) {
  ApiError error{409, "STATE_ERROR.ENTITY_STATE_INVALID",
                 fmt::format("appStoreVersions with id '{}' is not in valid state.", version.id),
                 "This resource cannot be reviewed, please check associated errors to see why."};
  json inner = json::array();
  for (const auto& reason : reasons) {
    inner.push_back(error_json({409, std::string(code), "The provided entity is not ready", reason}));
  }
  error.meta = {{"associatedErrors", {{"/v1/appStoreVersions/" + version.id, std::move(inner)}}}};
  return error;
}

std::optional<ApiError> not_ready(const Model& model, const Version& version) {
  const auto missing = missing_for_review(model, version);
  if (missing.empty()) return std::nullopt;
  return not_reviewable(version, missing, "ENTITY_ERROR.ATTRIBUTE.REQUIRED");
}

// The version a submission is about; else the one that could be submitted; else nothing to name.
std::string number_for(Model& model, const Submission& submission) {
  if (!submission.items.empty()) {
    if (const auto* version = model.find_version(submission.items.front().version_id)) return version->number;
  }
  for (const auto& version : model.versions) {
    if (version.app_id == submission.app_id && holds_the_slot(version.state)) return version.number;
  }
  return submission.app_id;
}

Handled changed_submission(Call& call, const Submission& submission, int status, std::string_view what) {
  auto handled = show_submission(call, status, submission);
  handled.effect = true;
  handled.change = fmt::format("app-store/{} {}", number_for(call.model, submission), what);
  return handled;
}

Handled submit(Call& call, Submission& submission) {
  if (submission.state != k_ready_for_review && submission.state != k_unresolved) {
    return refuse(state_error(fmt::format("reviewSubmissions with id '{}' is not in a state to be submitted - {}",
                                          submission.id, submission.state)));
  }
  const bool any = std::any_of(submission.items.begin(), submission.items.end(),
                               [](const Item& item) { return item.state != "REMOVED"; });
  if (!any) return refuse(state_error("The review submission has no items."));
  for (const auto& item : submission.items) {
    const auto* version = call.model.find_version(item.version_id);
    if (version == nullptr) continue;
    if (auto error = not_ready(call.model, *version)) return refuse(std::move(*error));
  }
  enter_review(call.model, submission, call.now);
  return changed_submission(call, submission, 200, k_waiting);
}

Item* find_item(Submission* submission, const std::string& id) {
  if (submission == nullptr) return nullptr;
  const auto found =
      std::find_if(submission->items.begin(), submission->items.end(), [&](const Item& item) { return item.id == id; });
  return found == submission->items.end() ? nullptr : &*found;
}

void end_when_empty(Submission& submission) {
  const bool any = std::any_of(submission.items.begin(), submission.items.end(),
                               [](const Item& item) { return item.state != "REMOVED"; });
  if (!any) submission.state = k_complete;
}

Handled show_item(const Call& call, int status, const Item& item) {
  return answer(status, call.wire().document(call.wire().item(item), call.selection, call.request.path));
}

}  // namespace

Handled create_submission(Call& call) {
  const auto body = parse_body(call.request, k_submission_create, "");
  if (!body) return refuse(body.error());
  const auto app_id = body->id_of("app");
  if (call.model.find_app(app_id) == nullptr) return refuse(not_found("apps", app_id));
  for (const auto& other : call.model.submissions) {
    if (other.app_id == app_id && (other.state == k_ready_for_review || other.state == k_canceling)) {
      return refuse(
          state_error(fmt::format("There is another reviewSubmissions with id {} still in progress", other.id)));
    }
  }
  Submission submission;
  submission.id = call.model.new_id();
  submission.app_id = app_id;
  call.model.submissions.push_back(submission);
  return changed_submission(call, submission, 201, "submission created");
}

Handled patch_submission(Call& call) {
  auto* submission = call.model.find_submission(call.ids.at(0));
  if (submission == nullptr) return refuse(not_found("reviewSubmissions", call.ids.at(0)));
  const auto body = parse_body(call.request, k_submission_update, submission->id);
  if (!body) return refuse(body.error());
  if (body->flag("submitted")) return submit(call, *submission);
  if (!body->flag("canceled")) return show_submission(call, 200, *submission);
  if (auto refusal = cancel(call.model, *submission, call.now)) return refuse(state_error(std::move(*refusal)));
  return changed_submission(call, *submission, 200, k_canceling);
}

Handled create_item(Call& call) {
  const auto body = parse_body(call.request, k_item_create, "");
  if (!body) return refuse(body.error());
  auto* submission = call.model.find_submission(body->id_of("reviewSubmission"));
  if (submission == nullptr) return refuse(not_found("reviewSubmissions", body->id_of("reviewSubmission")));
  auto* version = call.model.find_version(body->id_of("appStoreVersion"));
  if (version == nullptr) return refuse(not_found("appStoreVersions", body->id_of("appStoreVersion")));
  if (const auto* holder = call.model.find_submission_of_version(version->id)) {
    return refuse(not_reviewable(*version,
                                 {fmt::format("appStoreVersions with id {} was already added to another "
                                              "reviewSubmission with id {}",
                                              version->id, holder->id)},
                                 "ENTITY_ERROR.RELATIONSHIP.INVALID"));
  }
  if (submission->state != k_ready_for_review || !is_editable(version->state)) {
    return refuse(
        not_reviewable(*version, {"The version is not in a state to be reviewed - " + version->state}, "STATE_ERROR"));
  }
  if (auto error = not_ready(call.model, *version)) return refuse(std::move(*error));
  submission->items.push_back(Item{call.model.new_id(), version->id, std::string(k_ready_for_review)});
  version->state = k_ready_for_review;
  return changed(show_item(call, 201, submission->items.back()), *version, "item added");
}

Handled patch_item(Call& call) {
  const auto& id = call.ids.at(0);
  auto* submission = call.model.find_submission_of_item(id);
  auto* item = find_item(submission, id);
  if (item == nullptr) return refuse(not_found("reviewSubmissionItems", id));
  const auto body = parse_body(call.request, k_item_update, id);
  if (!body) return refuse(body.error());
  auto* version = call.model.find_version(item->version_id);
  if (version == nullptr || submission->state != k_unresolved) {
    return refuse(state_error("The item can only be changed while its submission has unresolved issues."));
  }
  if (body->flag("resolved") && item->state == "REJECTED") {
    item->state = k_ready_for_review;
    return changed(show_item(call, 200, *item), *version, "item resolved");
  }
  if (!body->flag("removed") || item->state == "REMOVED") return show_item(call, 200, *item);
  item->state = "REMOVED";
  version->state = k_withdrawn;
  end_when_empty(*submission);
  return changed(show_item(call, 200, *item), *version, "item removed");
}

Handled delete_item(Call& call) {
  const auto& id = call.ids.at(0);
  auto* submission = call.model.find_submission_of_item(id);
  const auto* item = find_item(submission, id);
  if (item == nullptr) return refuse(not_found("reviewSubmissionItems", id));
  auto* version = call.model.find_version(item->version_id);
  if (version == nullptr || submission->state != k_ready_for_review) {
    return refuse(state_error("The item can only be deleted before its submission is sent."));
  }
  version->state = k_draft;
  submission->items.erase(submission->items.begin() + (item - submission->items.data()));
  return changed(no_content(), *version, "item deleted");
}

}  // namespace train::sandbox::app_store
