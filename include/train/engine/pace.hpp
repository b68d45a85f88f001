// How long a release takes to reach everybody when its gates find nothing, before anything is out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/domain/definition.hpp"

namespace train::engine {

// What is counted of all versions together, where the new version does as the live one.
struct Traffic {
  double per_day = 0;  // exposures a day
  double rate = 0;     // events for each exposure
  bool operator==(const Traffic&) const = default;
};
using TrafficBySignal = std::map<SignalName, Traffic>;

// What a stage waits for last: its soak, enough exposures, the proof against the limit, or against the live version.
enum class PaceSetter { soak, exposures, limit, regress };
std::string_view to_string(PaceSetter setter);

struct StagePace {
  Percent percent;
  std::optional<Duration> takes;  // nullopt: longer than k_pace_longest
  PaceSetter setter = PaceSetter::soak;
  GateName gate;  // empty: the soak
  bool operator==(const StagePace&) const = default;
};

// What would make it faster, in the words of the definition.
struct FasterWay {
  std::string change;
  Duration total{0};
};

struct AppPace {
  AppName app;
  std::vector<StagePace> stages;  // below 100 %
  std::optional<Duration> total;  // until 100 % begins; nullopt where a stage never ends
  std::string unit;               // of what is counted: "sessions", "exposures"
  std::vector<FasterWay> faster;  // the fastest first

  const StagePace* slowest() const;  // nullptr: every stage ends with its soak, or there is none
};

inline constexpr Duration k_pace_longest{60 * 86400};

// A forecast from expected counts: half of the releases take about so long, none of it closed hours or freezes. Gates
// on signals without traffic, on levels and on alarms are taken to pass with the soak; advisory gates never decide.
AppPace pace_of(const Definition& definition, const App& app, const TrafficBySignal& traffic);

// "about 8 days", "about 2.5 days", "about 20 hours".
std::string about_days(Duration time);

}  // namespace train::engine
