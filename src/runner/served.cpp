// What the stores show by themselves, and stopping it: for the day on which there is no log.
#include <fmt/core.h>

#include <algorithm>
#include <thread>

#include "act.hpp"
#include "train/engine/standby.hpp"
#include "train/runner/stop.hpp"

namespace train::runner {
namespace {

bool is_everybodys(const SeenRelease& release) {
  return release.status == ReleaseStatus::serving && release.percent_known && release.percent.is_all();
}

// Users get some of it, or somebody has stopped it on the way.
bool is_under_way(const SeenRelease& release) {
  const bool out = release.status == ReleaseStatus::serving || release.status == ReleaseStatus::halted;
  return out && !release.percent.is_all() && !(release.percent_known && release.percent.is_zero());
}

// A stop of long ago, behind what everybody gets by now.
bool is_past(const SeenRelease& release, const std::vector<SeenRelease>& all) {
  return std::any_of(all.begin(), all.end(), [&](const SeenRelease& other) {
    return is_everybodys(other) && other.build && release.build && *other.build > *release.build;
  });
}

bool is_in_log(const engine::State& state, const AppName& app, const VersionName& version) {
  if (version == VersionName()) return false;
  return state.find(version) != nullptr || engine::owner_of_standby(state, app, version).app != nullptr;
}

std::string name_of(const SeenRelease& release) {
  if (!(release.version == VersionName())) return release.version.text();
  return release.build ? "build " + release.build->text() : release.raw;
}

// nullopt: nobody gets it by itself.
std::optional<Action> stopping_action(const App& app, const SeenRelease& release) {
  switch (release.status) {
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
    case ReleaseStatus::releasing:
    case ReleaseStatus::held_by_store:
      return app.facts().reviews_apart() ? Action::cancel_submission : Action::halt;
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
    case ReleaseStatus::unknown:
      return Action::halt;
    case ReleaseStatus::draft:
    case ReleaseStatus::rejected:
    case ReleaseStatus::withdrawn:
    case ReleaseStatus::approved:
    case ReleaseStatus::superseded:
      break;
  }
  return std::nullopt;
}

// What is on its way to users; else the newest of what everybody gets.
std::vector<SeenRelease> to_stop(const App& app, const std::vector<SeenRelease>& served) {
  std::vector<SeenRelease> out;
  for (const auto& release : served) {
    if (!is_everybodys(release) && !is_past(release, served) && stopping_action(app, release)) out.push_back(release);
  }
  const auto full = std::find_if(served.begin(), served.end(), is_everybodys);
  if (out.empty() && full != served.end()) out.push_back(*full);
  return out;
}

StoppedApp nothing_served(const App& app) {
  return {app.name, {}, StoppedApp::End::kept_back, "nothing to stop: the store serves nothing of it", {}, 0};
}

StoppedApp stop_one(const Definition& definition, const Ports& ports, const App& app, const SeenRelease& release) {
  Step step;
  step.action = *stopping_action(app, release);
  step.app = app.name;
  step.version = release.version;
  step.build = release.build;
  const auto result = act(definition, ports, {}, step);
  StoppedApp out{app.name, release.version, StoppedApp::End::stopped, {}, {}, 0};
  out.words = (step.action == Action::halt ? "halted " : "took back from review ") + name_of(release);
  if (result) return out;
  out.end = StoppedApp::End::unstopped;
  out.words = "could not stop " + name_of(release);
  out.error = result.error();
  return out;
}

std::vector<StoppedApp> stop_app(const Definition& definition, const Ports& ports, const App& app, Store& store) {
  const auto served = store.served();
  if (!served)
    return {{app.name, {}, StoppedApp::End::unstopped, "could not read what the store serves", served.error(), 0}};
  std::vector<StoppedApp> out;
  for (const auto& release : to_stop(app, *served)) out.push_back(stop_one(definition, ports, app, release));
  if (out.empty()) out.push_back(nothing_served(app));
  return out;
}

}  // namespace

std::vector<ServedApp> what_is_served(const Ports& ports, Patience patience) {
  std::vector<ServedApp> out;
  for (const auto& [app, store] : ports.stores) out.push_back({app, {}, std::nullopt});
  std::vector<std::thread> threads;
  std::size_t at = 0;
  for (const auto& [app, store] : ports.stores) {
    threads.emplace_back([&patience, &entry = out[at++], asked = store] {
      const WithPatience bound(patience);
      auto served = asked->served();
      if (served)
        entry.releases = std::move(*served);
      else
        entry.failure = served.error();
    });
  }
  for (auto& thread : threads) thread.join();
  return out;
}

std::vector<ServedApp> unknown_to(const engine::State& state, std::vector<ServedApp> served) {
  for (auto& app : served) {
    const auto all = app.releases;
    std::erase_if(app.releases, [&](const SeenRelease& release) {
      return !is_under_way(release) || is_past(release, all) || is_in_log(state, app.app, release.version);
    });
  }
  std::erase_if(served, [](const ServedApp& app) { return app.releases.empty() && !app.failure; });
  return served;
}

std::vector<StoppedApp> stop_without_log(const Definition& definition, const Ports& ports, const AppName& app,
                                         const StopWish& wish) {
  const Patience patience(wish.patience.first_store, wish.patience.after_acceptance);
  std::vector<std::vector<StoppedApp>> ends(definition.apps.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < definition.apps.size(); ++i) {
    const auto store = ports.stores.find(definition.apps[i].name);
    if (store == ports.stores.end() || (!app.empty() && store->first != app)) continue;
    threads.emplace_back([&, i, asked = store->second] {
      const WithPatience bound(patience);
      ends[i] = stop_app(definition, ports, definition.apps[i], *asked);
      const bool stopped = std::any_of(ends[i].begin(), ends[i].end(),
                                       [](const StoppedApp& one) { return one.end == StoppedApp::End::stopped; });
      if (stopped) patience.note_acceptance();
    });
  }
  for (auto& thread : threads) thread.join();
  std::vector<StoppedApp> out;
  for (auto& end : ends) out.insert(out.end(), end.begin(), end.end());
  return out;
}

}  // namespace train::runner
