// Every kind of channel that this version speaks to, with its maker. The list itself stands in
// src/notify/descriptors.hpp; each entry is described in its kind's own file.
#pragma once

#include <memory>
#include <vector>

#include "train/domain/provider_keys.hpp"
#include "train/notify/notifiers.hpp"

namespace train::notify {

struct Descriptor {
  ChannelKeys keys;
  // `target` is where messages go: an address that is itself a secret.
  std::unique_ptr<Notifier> (*make)(http::Sleep sleep, Secret target) = nullptr;
};

const std::vector<Descriptor>& catalog();
const Descriptor* find(ChannelKind kind);  // nullptr: this version does not speak to that kind

}  // namespace train::notify
