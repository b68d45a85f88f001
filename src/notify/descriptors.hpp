// The list of channels: one declaration and one entry for each. What a function describes stands in its kind's file.
#pragma once

#include "train/notify/catalog.hpp"

namespace train::notify {

Descriptor describe_slack();
Descriptor describe_webhook();

inline constexpr Descriptor (*k_channels[])() = {describe_slack, describe_webhook};

}  // namespace train::notify
