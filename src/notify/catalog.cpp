#include "train/notify/catalog.hpp"

#include "descriptors.hpp"

namespace train::notify {

const std::vector<Descriptor>& catalog() {
  static const std::vector<Descriptor> all = [] {
    std::vector<Descriptor> described;
    for (const auto describe : k_channels) described.push_back(describe());
    return described;
  }();
  return all;
}

const Descriptor* find(ChannelKind kind) {
  for (const Descriptor& each : catalog()) {
    if (each.keys.kind == kind) return &each;
  }
  return nullptr;
}

}  // namespace train::notify
