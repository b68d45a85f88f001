#include "train/flags/catalog.hpp"

#include "descriptors.hpp"

namespace train::flags {

Result<Secret> Site::token(const Flag& flag) const {
  if (flag.credentials) return resolve(*flag.credentials);
  return fail(ErrorKind::definition, "The flag " + flag.name + " has no `credentials`.",
              "Give it the service's token: `credentials: env:NAME`.");
}

const std::vector<Descriptor>& catalog() {
  static const std::vector<Descriptor> all = [] {
    std::vector<Descriptor> described;
    for (const auto describe : k_providers) described.push_back(describe());
    return described;
  }();
  return all;
}

const Descriptor* find(std::string_view provider) {
  for (const Descriptor& each : catalog()) {
    if (each.keys.provider == provider) return &each;
  }
  return nullptr;
}

}  // namespace train::flags
