#include "app_store/webhooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app_store/handlers.hpp"
#include "app_store/testflight.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

constexpr std::string_view k_version_event = "APP_STORE_VERSION_APP_VERSION_STATE_UPDATED";
constexpr std::string_view k_upload_event = "BUILD_UPLOAD_STATE_UPDATED";
constexpr std::string_view k_beta_event = "BUILD_BETA_DETAIL_EXTERNAL_BUILD_STATE_UPDATED";

const std::vector<std::string_view> k_event_types{"ALTERNATIVE_DISTRIBUTION_PACKAGE_AVAILABLE_UPDATED",
                                                  "ALTERNATIVE_DISTRIBUTION_PACKAGE_VERSION_CREATED",
                                                  "ALTERNATIVE_DISTRIBUTION_TERRITORY_AVAILABILITY_UPDATED",
                                                  k_version_event,
                                                  "BACKGROUND_ASSET_VERSION_APP_STORE_RELEASE_STATE_UPDATED",
                                                  "BACKGROUND_ASSET_VERSION_EXTERNAL_BETA_RELEASE_STATE_UPDATED",
                                                  "BACKGROUND_ASSET_VERSION_INTERNAL_BETA_RELEASE_CREATED",
                                                  "BACKGROUND_ASSET_VERSION_STATE_UPDATED",
                                                  "BETA_FEEDBACK_CRASH_SUBMISSION_CREATED",
                                                  "BETA_FEEDBACK_SCREENSHOT_SUBMISSION_CREATED",
                                                  k_beta_event,
                                                  k_upload_event};

BodyRule body_rule(Must must) {
  BodyRule rule;
  rule.type = "webhooks";
  for (const auto* name : {"name", "secret", "url"}) rule.attributes.push_back({name, false, must, {}});
  rule.attributes.push_back({"enabled", true, must, {}});
  rule.attributes.push_back({"eventTypes", false, must, k_event_types, true});
  if (must == Must::appear) rule.relationships = {{"app", "apps", Must::appear}};
  return rule;
}

ApiError attribute_invalid(std::string_view name, std::string detail) {
  ApiError error{409, "ENTITY_ERROR.ATTRIBUTE.INVALID", "The provided entity has an invalid attribute",
                 std::move(detail)};
  error.pointer = fmt::format("/data/attributes/{}", name);
  return error;
}

std::optional<ApiError> fault_in(const Body& body) {
  for (const auto* name : {"name", "secret", "url"}) {
    if (body.has(name) && body.text(name).empty()) return attribute_invalid(name, fmt::format("'{}' is empty", name));
  }
  if (body.has("url") && !starts_with(body.text("url"), "https://"))
    return attribute_invalid("url", "The url must begin with https://");
  if (body.has("eventTypes") && body.attributes.at("eventTypes").empty())
    return attribute_invalid("eventTypes", "At least one event type is needed");
  return std::nullopt;
}

bool apply(Webhook& webhook, const Body& body) {
  const Webhook before = webhook;
  if (body.has("name")) webhook.name = body.text("name");
  if (body.has("secret")) webhook.secret = body.text("secret");
  if (body.has("url")) webhook.url = body.text("url");
  if (body.has("enabled")) webhook.enabled = body.flag("enabled");
  if (body.has("eventTypes")) webhook.event_types = body.attributes.at("eventTypes").get<std::vector<std::string>>();
  return before.name != webhook.name || before.secret != webhook.secret || before.url != webhook.url ||
         before.enabled != webhook.enabled || before.event_types != webhook.event_types;
}

Handled did(Handled handled, const Webhook& webhook, std::string_view what) {
  handled.effect = true;
  handled.change = fmt::format("app-store/webhook {} {}", webhook.name, what);
  return handled;
}

Handled show_webhook(const Call& call, int status, const Webhook& webhook) {
  return answer(status, call.wire().document(call.wire().webhook(webhook, call.selection.include), call.selection,
                                             call.request.path));
}

const WebhookDelivery& deliver(Model& model, const std::string& webhook_id, const std::string& event_id, Instant at,
                               bool again) {
  auto& hooks = model.webhooks;
  hooks.deliveries.push_back({model.new_id(), webhook_id, event_id, at, again});
  if (hooks.deliveries.size() > k_deliveries_kept) hooks.deliveries.erase(hooks.deliveries.begin());
  return hooks.deliveries.back();
}

WebhookEvent& add_event(Model& model, std::string_view type, Instant at) {
  auto& events = model.webhooks.events;
  events.push_back({model.new_id(), std::string(type), {}, false, at});
  if (events.size() > k_deliveries_kept) events.erase(events.begin());
  return events.back();
}

// A state that hooks can hear of. Apple names old and new value differently from kind to kind.
struct Watched {
  std::string_view event;
  const char* payload;  // its type
  const char* instance;
  const char* old_name;
  const char* new_name;
  std::string id;
  std::string app_id;
  std::string state;
};

std::vector<Watched> watched(const Model& model, Instant at) {
  std::vector<Watched> all;
  for (const auto& version : model.versions) {
    all.push_back({k_version_event, "appStoreVersionAppVersionStateUpdated", "appStoreVersions", "oldValue", "newValue",
                   version.id, version.app_id, version.state});
  }
  for (const auto& upload : model.uploads) {
    all.push_back({k_upload_event, "buildUploadStateUpdated", "buildUploads", "oldState", "newState", upload.id,
                   upload.app_id, upload.state});
  }
  for (const auto& build : model.builds) {
    all.push_back({k_beta_event, "buildBetaDetailExternalBuildStateUpdated", "buildBetaDetails",
                   "oldExternalBuildState", "newExternalBuildState", build.id, build.app_id,
                   external_beta_state(model, build, at)});
  }
  return all;
}

std::string payload_of(const WebhookEvent& event, const Watched& now, const std::string& before) {
  return json{{"data",
               {{"type", now.payload},
                {"id", event.id},
                {"version", 1},
                {"attributes",
                 {{now.old_name, before}, {now.new_name, now.state}, {"timestamp", format_rfc3339(event.created)}}},
                {"relationships", {{"instance", {{"data", {{"type", now.instance}, {"id", now.id}}}}}}}}}}
      .dump();
}

bool wants(const Webhook& webhook, const std::string& app_id, std::string_view type) {
  return webhook.enabled && webhook.app_id == app_id &&
         std::find(webhook.event_types.begin(), webhook.event_types.end(), type) != webhook.event_types.end();
}

void tell(Model& model, const Watched& now, const std::string& before, Instant at) {
  const auto& hooks = model.webhooks.all;
  const bool anybody =
      std::any_of(hooks.begin(), hooks.end(), [&](const Webhook& one) { return wants(one, now.app_id, now.event); });
  if (!anybody) return;
  auto& event = add_event(model, now.event, at);
  event.payload = payload_of(event, now, before);
  const std::string event_id = event.id;
  for (const auto& webhook : hooks) {
    if (wants(webhook, now.app_id, now.event)) deliver(model, webhook.id, event_id, at, false);
  }
}

}  // namespace

const Webhook* Webhooks::find(std::string_view id) const {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Webhook& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

const WebhookEvent* Webhooks::find_event(std::string_view id) const {
  const auto found = std::find_if(events.begin(), events.end(), [&](const WebhookEvent& one) { return one.id == id; });
  return found == events.end() ? nullptr : &*found;
}

void note_events(Model& model, Instant at) {
  if (model.webhooks.all.empty()) {
    model.webhooks.told_states.clear();  // nobody hears, and who comes later hears of what follows
    return;
  }
  for (const auto& now : watched(model, at)) {
    const auto [told, fresh] =
        model.webhooks.told_states.try_emplace(std::string(now.instance) + "/" + now.id, now.state);
    if (fresh || told->second == now.state) continue;
    const auto before = std::exchange(told->second, now.state);
    tell(model, now, before, at);
  }
}

json Wire::webhook(const Webhook& webhook, const std::set<std::string>& linked) const {
  auto out = resource("webhooks", webhook.id,
                      {{"name", webhook.name},
                       {"url", webhook.url},
                       {"enabled", webhook.enabled},
                       {"eventTypes", webhook.event_types}});
  if (linked.count("app") > 0) out["relationships"] = {{"app", {{"data", {{"type", "apps"}, {"id", webhook.app_id}}}}}};
  return out;
}

json Wire::delivery(const WebhookDelivery& delivery, const std::set<std::string>& linked) const {
  auto out = resource("webhookDeliveries", delivery.id,
                      {{"createdDate", format_rfc3339(delivery.created)},
                       {"deliveryState", "FAILED"},
                       {"errorMessage", "The sandbox sends nothing."},
                       {"redelivery", delivery.redelivery}});
  if (linked.count("event") > 0)
    out["relationships"] = {{"event", {{"data", {{"type", "webhookEvents"}, {"id", delivery.event_id}}}}}};
  return out;
}

json Wire::event(const WebhookEvent& event) const {
  json attributes{{"payload", event.payload}, {"ping", event.ping}, {"createdDate", format_rfc3339(event.created)}};
  if (!event.type.empty()) attributes["eventType"] = event.type;
  return resource("webhookEvents", event.id, std::move(attributes));
}

Handled list_webhooks(Call& call) {
  const auto* app = call.model.find_app(call.ids.at(0));
  if (app == nullptr) return refuse(not_found("apps", call.ids.at(0)));
  std::vector<json> rows;
  for (const auto& webhook : call.model.webhooks.all) {
    if (webhook.app_id == app->id) rows.push_back(call.wire().webhook(webhook, call.selection.include));
  }
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

Handled get_webhook(Call& call) {
  const auto* webhook = call.model.webhooks.find(call.ids.at(0));
  if (webhook == nullptr) return refuse(not_found("webhooks", call.ids.at(0)));
  return show_webhook(call, 200, *webhook);
}

Handled create_webhook(Call& call) {
  auto body = parse_body(call.request, body_rule(Must::appear), "");
  if (!body) return refuse(std::move(body.error()));
  if (call.model.find_app(body->id_of("app")) == nullptr) return refuse(not_found("apps", body->id_of("app")));
  if (auto fault = fault_in(*body)) return refuse(std::move(*fault));
  Webhook webhook;
  webhook.id = call.model.new_id();
  webhook.app_id = body->id_of("app");
  apply(webhook, *body);
  call.model.webhooks.all.push_back(webhook);
  return did(show_webhook(call, 201, webhook), webhook, "created");
}

Handled patch_webhook(Call& call) {
  const auto* known = call.model.webhooks.find(call.ids.at(0));
  if (known == nullptr) return refuse(not_found("webhooks", call.ids.at(0)));
  auto body = parse_body(call.request, body_rule(Must::no), known->id);
  if (!body) return refuse(std::move(body.error()));
  if (auto fault = fault_in(*body)) return refuse(std::move(*fault));
  auto& webhook = call.model.webhooks.all[static_cast<std::size_t>(known - call.model.webhooks.all.data())];
  const bool news = apply(webhook, *body);
  auto handled = show_webhook(call, 200, webhook);
  return news ? did(std::move(handled), webhook, webhook.enabled ? "changed" : "changed, disabled") : handled;
}

Handled delete_webhook(Call& call) {
  const auto* known = call.model.webhooks.find(call.ids.at(0));
  if (known == nullptr) return refuse(not_found("webhooks", call.ids.at(0)));
  const Webhook gone = *known;
  auto& all = call.model.webhooks.all;
  all.erase(all.begin() + (known - all.data()));
  return did(no_content(), gone, "deleted");
}

namespace {

// true: the delivery was created at `bound` or later. An unreadable bound is met by nothing.
bool is_since(const WebhookDelivery& delivery, const std::string& bound) {
  const auto at = parse_rfc3339(bound);
  return at && delivery.created >= *at;
}

}  // namespace

Handled list_deliveries(Call& call) {
  const auto& hooks = call.model.webhooks;
  if (hooks.find(call.ids.at(0)) == nullptr) return refuse(not_found("webhooks", call.ids.at(0)));
  const auto since = call.request.query_value("filter[createdDateGreaterThanOrEqualTo]");
  const auto before = call.request.query_value("filter[createdDateLessThan]");
  std::vector<json> rows;
  for (auto row = hooks.deliveries.rbegin(); row != hooks.deliveries.rend(); ++row) {
    const bool wanted = row->webhook_id == call.ids.at(0) && passes(call.request, "deliveryState", "FAILED") &&
                        (!since || is_since(*row, *since)) && (!before || !is_since(*row, *before));
    if (wanted) rows.push_back(call.wire().delivery(*row, call.selection.include));
  }
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

Handled create_delivery(Call& call) {
  const BodyRule rule{"webhookDeliveries", {}, {{"template", "webhookDeliveries", Must::appear}}};
  auto body = parse_body(call.request, rule, "");
  if (!body) return refuse(std::move(body.error()));
  const auto& rows = call.model.webhooks.deliveries;
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const WebhookDelivery& one) { return one.id == body->id_of("template"); });
  if (found == rows.end()) return refuse(not_found("webhookDeliveries", body->id_of("template")));
  const WebhookDelivery old = *found;
  const auto& again = deliver(call.model, old.webhook_id, old.event_id, call.now, true);
  auto handled = answer(201, call.wire().document(call.wire().delivery(again), call.selection, call.request.path));
  const auto* webhook = call.model.webhooks.find(old.webhook_id);
  return webhook == nullptr ? handled : did(std::move(handled), *webhook, "redelivered " + old.event_id);
}

Handled create_ping(Call& call) {
  const BodyRule rule{"webhookPings", {}, {{"webhook", "webhooks", Must::appear}}};
  auto body = parse_body(call.request, rule, "");
  if (!body) return refuse(std::move(body.error()));
  const auto* webhook = call.model.webhooks.find(body->id_of("webhook"));
  if (webhook == nullptr) return refuse(not_found("webhooks", body->id_of("webhook")));
  auto& event = add_event(call.model, "", call.now);
  event.ping = true;
  event.payload = json{{"data", {{"type", "webhookPingCreated"}, {"id", event.id}, {"version", 1}}}}.dump();
  deliver(call.model, webhook->id, event.id, call.now, false);
  return did(
      answer(201, call.wire().document(call.wire().ping(call.model.new_id()), call.selection, call.request.path)),
      *webhook, "pinged");
}

json Wire::ping(const std::string& id) const { return resource("webhookPings", id, json::object()); }

}  // namespace train::sandbox::app_store
