#include "compose/catalog.hpp"

#include "train/event_log/catalog.hpp"
#include "train/flags/catalog.hpp"
#include "train/notify/catalog.hpp"
#include "train/signals/catalog.hpp"

namespace train::cli {

const definition::Catalog& catalog() {
  static const definition::Catalog all = [] {
    definition::Catalog joined;
    for (const auto& each : signals::catalog()) joined.signals.push_back(each.keys);
    for (const auto& each : flags::catalog()) joined.flags.push_back(each.keys);
    for (const auto& each : notify::catalog()) joined.channels.push_back(each.keys);
    for (const auto& each : event_log::catalog()) joined.logs.push_back(each.keys);
    return joined;
  }();
  return all;
}

}  // namespace train::cli
