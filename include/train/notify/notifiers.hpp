// Slack's incoming webhooks and a generic webhook.
#pragma once

#include <memory>

#include "train/base/secret.hpp"
#include "train/http/client.hpp"
#include "train/ports/notifier.hpp"

namespace train::notify {

std::unique_ptr<Notifier> make_slack(http::Sleep sleep, Secret url);
// POST of {"schema":"train.message/1",…} with the header `X-Train-Event: TRAIN/SEQ`, so that a repeat can be dropped.
std::unique_ptr<Notifier> make_webhook(http::Sleep sleep, Secret url);

}  // namespace train::notify
