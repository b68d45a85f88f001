#include "train/domain/launch_risk.hpp"

namespace train::risk {

item::Risk owner() { return {"owner"}; }
item::Risk flag(const FlagName& name) { return {"flag:" + name}; }
item::Risk gates(const AppName& app) { return {"gates:" + app}; }
item::Risk halt(const AppName& app) { return {"halt:" + app}; }
item::Risk signal(const AppName& app, const SignalName& name) { return {"signal:" + app + ":" + name}; }
item::Risk standby(const AppName& app) { return {"standby:" + app}; }

std::vector<item::Risk> all_of(const Definition& definition) {
  std::vector<item::Risk> out{owner()};
  for (const auto& each : definition.flags) out.push_back(flag(each.name));
  for (const auto& app : definition.apps) {
    out.push_back(gates(app.name));
    out.push_back(halt(app.name));
    for (const auto& each : definition.signals) out.push_back(signal(app.name, each.name));
  }
  for (const auto& rule : definition.standby) out.push_back(standby(rule.app));
  return out;
}

}  // namespace train::risk
