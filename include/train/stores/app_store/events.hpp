// What App Store Connect's webhooks tell: their payloads as events, and their deliveries as a feed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "train/base/error.hpp"
#include "train/base/time.hpp"
#include "train/ports/event_feed.hpp"
#include "train/stores/app_store.hpp"

namespace train::stores {

// One payload. Apple names the fields differently from event to event; every text is printable, and empty when absent.
struct AppStoreEvent {
  std::string id;    // the same in every delivery of the event
  std::string type;  // "appStoreVersionAppVersionStateUpdated"; words that are not known are kept
  std::string old_value;
  std::string new_value;
  std::optional<Instant> at;
  std::string instance_type;  // "appStoreVersions": what to look at for the truth
  std::string instance_id;
};
// nullopt when it is not a payload: no JSON object with a data.type and a data.id.
std::optional<AppStoreEvent> read_app_store_event(std::string_view payload);
// "version state WAITING_FOR_REVIEW → IN_REVIEW"
std::string describe(const AppStoreEvent& event);

// The deliveries of the app's enabled webhooks: one request a webhook and call. The first call also finds the app and
// its webhooks; `not_found` when it has none. Pings and repeated deliveries are no news. Apple's rate budget is left
// alone when little of it remains (`rate_limited`).
Result<std::unique_ptr<EventFeed>> make_app_store_feed(AppStoreSettings settings);

}  // namespace train::stores
