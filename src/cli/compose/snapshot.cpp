#include "compose/snapshot.hpp"

#include <nlohmann/json.hpp>

#include "train/engine/phase.hpp"
#include "train/engine/state.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

Json app_snapshot(const engine::AppProgress& app) {
  Json out{{"app", app.app}, {"phase", engine::to_string(engine::app_phase(app))}, {"stage", app.stage}};
  if (app.candidate) out["build"] = app.candidate->build.text();
  if (app.seen) {
    out["store_state"] = app.seen->raw;
    out["percent"] = app.seen->percent.percent();
  }
  if (app.verdict) out["verdict"] = to_string(*app.verdict);
  return out;
}

Json release_snapshot(const engine::Release& release) {
  Json out{{"version", release.version.text()},
           {"hotfix", release.hotfix},
           {"open", release.is_open()},
           {"apps", Json::array()}};
  for (const auto& app : release.apps) out["apps"].push_back(app_snapshot(app));
  return out;
}

}  // namespace

std::string snapshot_json(const std::vector<Event>& events) {
  const auto state = engine::fold(events);
  Json out{{"releases", Json::array()}, {"flags", Json::object()}, {"open_operations", state.open.size()}};
  for (const auto& release : state.releases) out["releases"].push_back(release_snapshot(release));
  for (const auto& [name, flag] : state.flags) out["flags"][name] = flag.value;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace train::cli
