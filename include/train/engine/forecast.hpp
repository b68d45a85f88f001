// What a gate can prove with the audience that the definition tells of, before anything is out.
#pragma once

#include <optional>
#include <vector>

#include "train/domain/definition.hpp"

namespace train::engine {

struct GateForecast {
  AppName app;
  SignalName signal;
  int stage = 1;  // 1-based
  Percent percent;
  double pass_limit = 0;
  // How many exposures a pass takes where nothing goes wrong, and at half the gate's limit; nullopt: more than 10^9.
  std::optional<double> without_events;
  std::optional<double> at_half_the_limit;
  // The time those take at this stage, by the signal's `per_day`.
  std::optional<Duration> soonest;
  std::optional<Duration> usual;
  Duration max_wait{0};

  bool can_conclude() const { return soonest && *soonest <= max_wait; }
};

// Of each deciding gate on counts with a limit and a `per_day`, for each stage below 100 %.
std::vector<GateForecast> forecast(const Definition& definition);

// The fewest exposures with which a pass against `limit` is granted at the true `rate`; nullopt: more than 10^9.
std::optional<double> exposures_to_pass(SignalKind kind, double rate, double limit, double alpha);

}  // namespace train::engine
