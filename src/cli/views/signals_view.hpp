// Every signal of every app, live and candidate side by side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "text.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/observation.hpp"

namespace train::cli {

struct SignalRow {
  const Signal* signal = nullptr;
  const Gate* gate = nullptr;  // the first on it; may be absent
  std::optional<Measurement> candidate;
  std::optional<Measurement> live;
  std::optional<GateEvidence> judged;
};
struct AppSignals {
  AppName app;
  std::optional<VersionName> version;  // of the release in focus
  std::optional<VersionName> live;
  Percent percent;
  std::vector<SignalRow> rows;
};
struct SignalsModel {
  Instant now;
  std::vector<AppSignals> apps;
};

void show_signals(const SignalsModel& model, const Screen& screen);
std::string signals_document(const SignalsModel& model);

}  // namespace train::cli
