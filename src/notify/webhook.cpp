// A webhook of one's own: docs/notify.md has the message's fields.
#include <nlohmann/json.hpp>

#include "delivery.hpp"
#include "descriptors.hpp"
#include "train/base/text.hpp"
#include "train/notify/notifiers.hpp"

namespace train::notify {

namespace {

using nlohmann::json;

std::string payload_of(const Message& message) {
  const json payload = {{"schema", "train.message/1"},
                        {"train", message.train},
                        {"version", message.version.text()},
                        {"app", message.app.empty() ? json() : json(message.app)},
                        {"topic", to_string(message.topic)},
                        {"headline", message.headline},
                        {"body", message.body},
                        {"seq", message.seq},
                        {"at", format_rfc3339(message.at)},
                        {"by", message.by}};
  return payload.dump(-1, ' ', false, json::error_handler_t::replace);
}

Delivery to_webhook(const Message& message) {
  Delivery delivery;
  delivery.receiver = "the webhook";
  delivery.headers = {{"X-Train-Event", printable(message.train, 200) + "/" + std::to_string(message.seq)}};
  delivery.json = payload_of(message);
  delivery.repeat = Repeat::harmless;
  return delivery;
}

}  // namespace

std::unique_ptr<Notifier> make_webhook(http::Sleep sleep, Secret url) {
  return make_poster(std::move(sleep), std::move(url), to_webhook);
}

Descriptor describe_webhook() { return {{ChannelKind::webhook, "the URL that JSON is posted to"}, make_webhook}; }

}  // namespace train::notify
