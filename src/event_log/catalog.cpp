#include "train/event_log/catalog.hpp"

#include <algorithm>

#include "descriptors.hpp"

namespace train::event_log {

const std::vector<Descriptor>& catalog() {
  static const std::vector<Descriptor> all = [] {
    std::vector<Descriptor> described;
    for (const auto describe : k_engines) {
      described.push_back(describe());
      described.back().keys.active = described.back().make != nullptr;
    }
    return described;
  }();
  return all;
}

Result<const Descriptor*> engine_of(const LogAddress& address) {
  const auto found = std::find_if(catalog().begin(), catalog().end(), [&](const Descriptor& each) {
    return each.keys.scheme == address.scheme && each.keys.active;
  });
  if (found != catalog().end()) return &*found;
  return fail(ErrorKind::definition,
              "The state engine of " + address.text() + " is not active in this version of train.", "Use file:DIR.");
}

std::filesystem::path work_dir_of(const LogAddress& address, const std::string& train) {
  const auto engine = engine_of(address);
  return engine && (*engine)->work_dir != nullptr ? (*engine)->work_dir(address, train) : std::filesystem::path();
}

}  // namespace train::event_log
