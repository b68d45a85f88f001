#include "views/recovery_view.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "context.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

std::string_view word_of(RecoveryStatus status) {
  switch (status) {
    case RecoveryStatus::draft:
      return "draft";
    case RecoveryStatus::preparing:
      return "preparing";
    case RecoveryStatus::active:
      return "active";
    case RecoveryStatus::failed:
      return "failed";
    case RecoveryStatus::cancelled:
      return "cancelled";
    case RecoveryStatus::unknown:
      break;
  }
  return "unknown";
}

nlohmann::ordered_json time_json(const std::optional<Instant>& at) {
  return at ? nlohmann::ordered_json(format_rfc3339(*at)) : nlohmann::ordered_json();
}

nlohmann::ordered_json recovery_json(const Recovery& recovery) {
  nlohmann::ordered_json out;
  out["id"] = recovery.id;
  out["state"] = word_of(recovery.status);
  out["store_state"] = recovery.raw;
  out["builds"] = nlohmann::ordered_json::array();
  for (const auto& build : recovery.builds) out["builds"].push_back(build.text());
  out["range"] = nullptr;
  if (recovery.range) out["range"] = {recovery.range->first.text(), recovery.range->second.text()};
  out["everybody"] = recovery.reach.everybody;
  out["regions"] = recovery.reach.regions;
  out["android"] = recovery.reach.api_levels;
  out["created"] = time_json(recovery.created);
  out["deployed"] = time_json(recovery.deployed);
  out["cancelled"] = time_json(recovery.cancelled);
  out["progress"] = nlohmann::ordered_json::array();
  for (const auto& row : recovery.progress)
    out["progress"].push_back({{"build", row.build.text()}, {"devices", row.devices}, {"recovered", row.recovered}});
  return out;
}

std::string builds_text(const Recovery& recovery) {
  if (recovery.range) return recovery.range->first.text() + " to " + recovery.range->second.text();
  std::vector<std::string> parts;
  for (const auto& build : recovery.builds) parts.push_back(build.text());
  return join(parts, ", ");
}

std::string reach_text(const RecoveryReach& reach) {
  if (reach.everybody) return "everybody";
  std::vector<std::string> parts = reach.regions;
  for (const auto level : reach.api_levels) parts.push_back(fmt::format("Android API {}", level));
  return join(parts, ", ");
}

void show_recovery(std::ostream& out, const Recovery& recovery) {
  out << fmt::format("{}  {}  build {}  {}\n", recovery.id, word_of(recovery.status), builds_text(recovery),
                     reach_text(recovery.reach));
  if (recovery.status == RecoveryStatus::unknown) out << "  the store says " << recovery.raw << "\n";
  for (const auto& row : recovery.progress)
    out << fmt::format("  build {}: {} of {} devices have left it\n", row.build.text(), row.recovered, row.devices);
}

}  // namespace

void show_recoveries(const Context& context, const AppName& app, const std::vector<Recovery>& all) {
  if (context.format == Format::json) {
    nlohmann::ordered_json out;
    out["schema"] = "train.recovery/1";
    out["app"] = app;
    out["recoveries"] = nlohmann::ordered_json::array();
    for (const auto& recovery : all) out["recoveries"].push_back(recovery_json(recovery));
    context.out() << out.dump(2) + "\n";
    return;
  }
  for (const auto& recovery : all) show_recovery(context.out(), recovery);
  if (all.empty()) context.say("There is no app recovery of this build.");
}

}  // namespace train::cli
