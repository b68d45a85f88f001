// Webhook deliveries, read as a list: nobody needs a public address to hear of a change soon.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "api.hpp"
#include "train/base/check.hpp"
#include "train/base/text.hpp"
#include "train/stores/app_store/events.hpp"
#include "wire.hpp"

namespace train::stores {
namespace app_store {
namespace {

using nlohmann::json;

constexpr int k_budget_kept = 5;  // a feed may spend down to a fifth of the hour's requests
constexpr std::size_t k_events_remembered = 2000;

const json& at_path(const json& object, const std::string& pointer) {
  static const json k_none;
  const json::json_pointer path(pointer);
  return object.is_object() && object.contains(path) ? object.at(path) : k_none;
}

std::string word_at(const json& object, const std::string& pointer) {
  const auto& value = at_path(object, pointer);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool true_at(const json& object, const std::string& pointer) {
  const auto& value = at_path(object, pointer);
  return value.is_boolean() && value.get<bool>();
}

const json& list_in(const json& document, const char* name) {
  static const json k_empty = json::array();
  const auto found = document.find(name);
  return found == document.end() || !found->is_array() ? k_empty : *found;
}

struct Told {
  std::string id;
  Hint hint;
};

class DeliveryFeed final : public EventFeed {
 public:
  DeliveryFeed(App app, auth::AppStoreTokens tokens, Clock& clock)
      : app_(std::move(app)), api_(app_.endpoint, std::move(tokens), clock) {}

  Result<std::vector<Hint>> hints_since(Instant since) override {
    if (auto spare = has_budget(); !spare) return tl::unexpected(spare.error());
    if (auto found = find_webhooks(); !found) return tl::unexpected(found.error());
    std::vector<Told> news;
    for (const auto& webhook : webhooks_) {
      auto more = read_deliveries(webhook, since);
      if (!more) {
        webhooks_.clear();  // one may have been deleted: they are found again next time
        return tl::unexpected(more.error());
      }
      for (auto& one : *more) news.push_back(std::move(one));
    }
    std::stable_sort(news.begin(), news.end(), [](const Told& a, const Told& b) { return a.hint.at < b.hint.at; });
    std::vector<Hint> hints;
    for (auto& one : news) {
      if (remember(one.id)) hints.push_back(std::move(one.hint));
    }
    return hints;
  }

 private:
  Result<Done> has_budget() const {
    const auto rate = api_.budget().told();
    if (!rate || rate->left * k_budget_kept >= rate->limit) return Done{};
    return fail(ErrorKind::rate_limited,
                fmt::format("Only {} of {} requests to App Store Connect are left this hour; the rest is kept for the "
                            "release.",
                            rate->left, rate->limit));
  }

  Result<std::string> app_id() {
    const auto document =
        api_.get_all("/v1/apps", {{"filter[bundleId]", app_.store_id}, {"limit", "200"}}, "find app " + app_.store_id);
    if (!document) return tl::unexpected(document.error());
    const auto rows = read_apps(*document);
    if (!rows) return tl::unexpected(rows.error());
    for (const auto& row : *rows) {
      if (row.bundle_id == app_.store_id) return row.id;
    }
    return fail(ErrorKind::not_found, "The key sees no app with the bundle id " + app_.store_id + ".");
  }

  Result<Done> find_webhooks() {
    if (!webhooks_.empty()) return Done{};
    const auto app = app_id();
    if (!app) return tl::unexpected(app.error());
    const auto document =
        api_.get_all("/v1/apps/" + *app + "/webhooks", {{"fields[webhooks]", "enabled,eventTypes"}, {"limit", "200"}},
                     "list the webhooks of " + app_.name);
    if (!document) return tl::unexpected(document.error());
    for (const auto& row : list_in(*document, "data")) {
      const auto id = word_at(row, "/id");
      if (!id.empty() && true_at(row, "/attributes/enabled")) webhooks_.push_back(id);
    }
    if (!webhooks_.empty()) return Done{};
    return fail(
        ErrorKind::not_found, app_.name + " has no enabled webhook in App Store Connect, so there is no feed.",
        "Add one under Users and Access, Integrations, Webhooks; or take `webhook_feed` out of the definition.");
  }

  Result<std::vector<Told>> read_deliveries(const std::string& webhook, Instant since) {
    const auto document = api_.get_all("/v1/webhooks/" + webhook + "/deliveries",
                                       {{"filter[createdDateGreaterThanOrEqualTo]", format_rfc3339(since)},
                                        {"fields[webhookDeliveries]", "createdDate,event"},
                                        {"include", "event"},
                                        {"limit", "200"}},
                                       "read the webhook deliveries of " + app_.name);
    if (!document) return tl::unexpected(document.error());
    std::map<std::string, const json*> events;
    for (const auto& row : list_in(*document, "included")) events[word_at(row, "/id")] = &row;
    std::vector<Told> out;
    for (const auto& row : list_in(*document, "data")) {
      const auto event = events.find(word_at(row, "/relationships/event/data/id"));
      const auto made = parse_rfc3339(word_at(row, "/attributes/createdDate"));
      if (made && *made < since) continue;
      out.push_back(told(row, event == events.end() ? json() : *event->second, made ? *made : since));
      if (out.back().id.empty()) out.pop_back();
    }
    return out;
  }

  // A delivery whose event is not told is news all the same: looking once too often does no harm. An empty id: a ping.
  static Told told(const json& delivery, const json& event, Instant made) {
    if (true_at(event, "/attributes/ping")) return {};
    const auto payload = read_app_store_event(word_at(event, "/attributes/payload"));
    if (payload) return {payload->id, {describe(*payload), payload->at.value_or(made)}};
    const auto type = printable(word_at(event, "/attributes/eventType"), 120);
    auto id = word_at(event, "/id");
    if (id.empty()) id = word_at(delivery, "/id");
    return {std::move(id), {type.empty() ? "an event that train does not know" : type, made}};
  }

  bool remember(const std::string& id) {
    if (!known_.insert(id).second) return false;
    order_.push_back(id);
    if (order_.size() > k_events_remembered) {
      known_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

  App app_;
  Api api_;
  std::vector<std::string> webhooks_;  // ids of the enabled ones
  std::set<std::string> known_;        // events told already
  std::deque<std::string> order_;
};

}  // namespace
}  // namespace app_store

Result<std::unique_ptr<EventFeed>> make_app_store_feed(AppStoreSettings settings) {
  TRAIN_CHECK(settings.clock != nullptr, "a feed needs a clock");
  auto tokens = auth::AppStoreTokens::create(std::move(settings.key));
  if (!tokens) return tl::unexpected(tokens.error());
  return std::unique_ptr<EventFeed>(
      std::make_unique<app_store::DeliveryFeed>(std::move(settings.app), std::move(*tokens), *settings.clock));
}

}  // namespace train::stores
