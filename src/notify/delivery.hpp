// One POST to an address that is itself a secret.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/http/client.hpp"
#include "train/ports/notifier.hpp"

namespace train::notify {

// Whether the receiver can tell a repeat: then whatever was not answered is sent again.
enum class Repeat { harmless, unwanted };

struct Delivery {
  std::string receiver;  // for people: "Slack", "the webhook"
  std::vector<http::Header> headers;
  std::string json;
  Repeat repeat = Repeat::unwanted;
};

// Up to three attempts. Any 2xx is success. Errors name the host only: the rest of the address is the secret.
Result<Done> deliver(http::Client& client, const http::Sleep& sleep, const Secret& url, const Delivery& delivery);

// A channel that is one such POST for each message.
std::unique_ptr<Notifier> make_poster(http::Sleep sleep, Secret url, Delivery (*delivery_of)(const Message& message));

}  // namespace train::notify
