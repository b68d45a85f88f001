// Webhooks of the built-in App Store: who wants to hear of what, and what was told. Nothing is ever sent to a URL; the
// deliveries say so.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "train/base/time.hpp"

namespace train::sandbox::app_store {

inline constexpr std::size_t k_deliveries_kept = 1000;

struct Webhook {
  std::string id;
  std::string app_id;
  std::string name;
  std::string url;
  std::string secret;  // never answered
  bool enabled = true;
  std::vector<std::string> event_types;
};

struct WebhookEvent {
  std::string id;
  std::string type;  // APP_STORE_VERSION_APP_VERSION_STATE_UPDATED; empty for a ping
  std::string payload;
  bool ping = false;
  Instant created;
};

struct WebhookDelivery {
  std::string id;
  std::string webhook_id;
  std::string event_id;
  Instant created;
  bool redelivery = false;
};

struct Webhooks {
  std::vector<Webhook> all;
  std::vector<WebhookEvent> events;
  std::vector<WebhookDelivery> deliveries;         // oldest first
  std::map<std::string, std::string> told_states;  // by "appStoreVersions/ID" and the like

  const Webhook* find(std::string_view id) const;
  const WebhookEvent* find_event(std::string_view id) const;
};

}  // namespace train::sandbox::app_store
