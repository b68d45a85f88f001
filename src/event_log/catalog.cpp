#include "train/event_log/catalog.hpp"

#include "descriptors.hpp"

namespace train::event_log {

const std::vector<Descriptor>& catalog() {
  static const std::vector<Descriptor> all = [] {
    std::vector<Descriptor> described;
    for (const auto describe : k_engines) described.push_back(describe());
    return described;
  }();
  return all;
}

const Descriptor* find(LogScheme scheme) {
  for (const Descriptor& each : catalog()) {
    if (each.scheme == scheme) return &each;
  }
  return nullptr;
}

}  // namespace train::event_log
