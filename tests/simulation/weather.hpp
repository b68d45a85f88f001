// What goes wrong in one seed, in percent of the calls that it could happen to, and how runs end.
#pragma once

#include "dice.hpp"
#include "train/base/time.hpp"

namespace train::simulation {

struct Weather {
  int late_lists = 0;
  int partial_lists = 0;
  int failed_looks = 0;
  int refused_writes = 0;
  int unreachable_writes = 0;
  int lost_before = 0;
  int lost_after = 0;
  int deaths = 0;         // of runs, in percent
  int interruptions = 0;  // of runs, in percent: something else happens in the middle of one
  int skewed_clocks = 0;  // of runs, in percent
};

inline Weather weather_of(Dice& dice) {
  const auto some = [&](int at_most) { return dice.chance(40) ? 1 + dice.below(at_most) : 0; };
  Weather out;
  out.late_lists = some(40);
  out.partial_lists = some(15);
  out.failed_looks = some(15);
  out.refused_writes = some(15);
  out.unreachable_writes = some(15);
  out.lost_before = some(20);
  out.lost_after = some(20);
  out.deaths = some(30);
  out.interruptions = dice.chance(60) ? 1 + dice.below(70) : 0;
  out.skewed_clocks = dice.chance(10) ? 30 : 0;
  return out;
}

}  // namespace train::simulation
