#include "train/signals/catalog.hpp"

#include "descriptors.hpp"

namespace train::signals {

Result<Secret> Site::token(const Signal& signal) const { return signal.token ? resolve(*signal.token) : Secret(); }

Result<Secret> Site::secret(const Signal& signal, const char* key) const {
  const auto found = signal.secrets.find(key);
  return found == signal.secrets.end() ? Secret() : resolve(found->second);
}

const std::vector<Descriptor>& catalog() {
  static const std::vector<Descriptor> all = [] {
    std::vector<Descriptor> described;
    for (const auto describe : k_sources) described.push_back(describe());
    return described;
  }();
  return all;
}

const Descriptor* find(std::string_view source) {
  for (const Descriptor& each : catalog()) {
    if (each.keys.source == source) return &each;
  }
  return nullptr;
}

Result<std::vector<std::string>> addresses_of(const Signal& signal, const Site& site) {
  std::vector<std::string> addresses{signal.url};
  const Descriptor* known = find(signal.source);
  if (known == nullptr || known->sign_in_addresses == nullptr) return addresses;
  auto more = known->sign_in_addresses(signal, site);
  if (!more) return tl::unexpected(more.error());
  addresses.insert(addresses.end(), more->begin(), more->end());
  return addresses;
}

}  // namespace train::signals
