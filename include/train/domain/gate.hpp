// What a signal decides: a gate, and the rule it becomes for one app.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/names.hpp"
#include "train/base/time.hpp"

namespace train {

// Exposures with at least one event out of all exposures; events for each exposure, which may be more than one; one
// number per sample; an alarm of somebody else's, which may object and never proves anything.
enum class SignalKind { proportion, rate, level, alarm };

// What trouble sets off. A gate's `on_breach` is one of the first three. `switch_off`: a breach that the feature's flag
// cures; `halt` and `remove_from_sale` (and `rollback`, too) are ordered by a person.
enum class Reaction { investigate, pause, rollback, switch_off, halt, remove_from_sale };
std::string_view to_string(Reaction reaction);

// What one exposure is. Sessions and requests of one user are not independent of each other.
enum class Exposure { user_day, user, session, request };
// How many independent exposures' worth one of them is, where nothing better is known: its counts are divided by this.
double usual_design_effect(Exposure exposure);

// An alarm on a level: so many samples over the limit in one stage, each at least `over` after the one before.
struct Spikes {
  Duration over{3600};
  int of = 2;
  bool operator==(const Spikes&) const = default;
};

struct Gate {
  SignalName signal;
  GateName name;                  // empty: its signal's; see id()
  std::optional<double> limit;    // a fraction for proportions, in the signal's unit for levels
  std::optional<double> regress;  // 0.2: at most 20 % worse than live
  std::optional<double> margin;  // with `regress`: so far above the live rate may still pass, as a fraction; a halt not
  Reaction on_breach = Reaction::pause;
  bool auto_rollback = false;
  std::optional<int> for_samples;               // levels that only call somebody: so many samples in a row
  std::optional<Spikes> spikes;                 // levels: besides what all samples say
  std::vector<double> promote{3, 2, 1.5, 1.2};  // multiples of `limit` by stage, the last repeats
  double alpha_halt = 0.01;
  double alpha_promote = 0.05;
  std::optional<Duration> bake;  // default: the stage's soak
  Duration max_wait{7 * 86400};
  std::int64_t min_exposures = 200;
  std::optional<double> max_per_unit;
  std::optional<Duration> fresh_within;  // else the signal's
  bool advisory = false;
  // After `max_wait`, where too little was counted and nothing speaks for harm, this role may approve the stage with
  // the numbers in hand; "ask": whoever may override. Absent: only an override.
  std::optional<std::string> when_too_small;

  const GateName& id() const { return name.empty() ? signal : name; }
  bool operator==(const Gate&) const = default;
};

// Which way of judging a rule asks for, so that what was judged before is judged the same again. docs/gates.md says
// what each one changed.
enum class Judging { first, second };

// All that a verdict depends on besides the data: a gate with what it takes from its signal and from the ladder.
struct GateRule {
  Gate gate;
  SignalKind kind = SignalKind::proportion;
  std::string unit;
  Duration fresh_within{3600};
  std::optional<double> per_day;  // exposures a day that a version served to everybody would bring
  std::vector<Duration> bakes;    // by stage
  std::vector<double> shares;     // by stage: the fraction that is served
  std::optional<Exposure> exposure{};
  std::optional<double> design_effect{};  // halt evidence divides its counts by this; absent: they are independent
  Duration matures{0};                    // a pass counts only exposures that are at least so old
  Judging judging = Judging::first;
  bool operator==(const GateRule&) const = default;
};

}  // namespace train
