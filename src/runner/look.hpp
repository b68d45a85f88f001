// Looking around: stores, artifacts, signals, all apps at the same time.
#pragma once

#include <set>

#include "train/runner/runner.hpp"

namespace train::runner {

struct Target {
  VersionName version;
  AppName app;
  auto operator<=>(const Target& other) const = default;
  bool operator<(const Target& other) const { return app != other.app ? app < other.app : version < other.version; }
};
using Targets = std::set<Target>;

// Every app of every release that has left, and of the last ended one when a person ordered a halt there.
std::vector<Target> targets_of(const Definition& definition, const engine::State& state, Instant now);

// Whether a glance is not enough: nothing known yet, builds, notes or testers are awaited, a lost answer, an old
// percentage.
bool wants_full_look(const Definition& definition, const engine::State& state, const Target& target, Instant now);

Observation look_around(const Definition& definition, const Ports& ports, const engine::State& state,
                        const Targets& full, Instant now);

// Measures every signal of each exposed app, and the live version's side where a gate compares with it.
Evidence measure(const Definition& definition, const Ports& ports, const engine::State& state, Instant now);

}  // namespace train::runner
