// What was measured, and what a gate made of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "train/base/names.hpp"
#include "train/base/time.hpp"

namespace train {

// Cumulative since the version first appeared. May be fractional: providers extrapolate.
struct Counts {
  double events = 0;
  double exposures = 0;
  bool operator==(const Counts&) const = default;
};

// Where a provider rounds, samples or thresholds, the truth lies between the two, in either number.
struct CountSpan {
  Counts least;
  Counts most;
  bool operator==(const CountSpan&) const = default;
};

// Counts at one moment, as the log keeps them: the truth lies between them and them plus `spread`.
struct Tally {
  Counts counts;
  Counts spread;  // zero where they are exact
  bool operator==(const Tally&) const = default;

  Counts most() const { return {counts.events + spread.events, counts.exposures + spread.exposures}; }
};

// One signal of one app and version, as read now. Anything but `measured` can only hold.
struct Measurement {
  enum class State { measured, no_data, stale, failed };
  State state = State::no_data;
  std::string detail;                // why it is not measured, or what the number leaves out: printable
  Counts counts;                     // proportion, rate
  std::optional<CountSpan> between;  // proportion, rate: absent when `counts` are exact
  double value = 0;                  // level
  bool raised = false;               // alarm: it objects; an alarm that cannot tell is not `measured`
  Instant as_of;                     // of the newest sample: what is counted ends here
  std::string link;                  // where a person sees more; may be empty
  // What the provider can tell about its own numbers. Not in the log.
  std::optional<Duration> lag;          // 95 of 100 events are reported within this
  std::optional<double> design_effect;  // how much more the counts vary between users than independent ones would
  bool unauthorized = false;            // failed: the provider refused the credentials or the rights; not in the log
  bool operator==(const Measurement&) const = default;
};

Tally tally_of(const Measurement& seen);

using AppEvidence = std::map<SignalName, Measurement>;

enum class Verdict { pass, hold, breach };  // combined: breach > hold > pass
std::string_view to_string(Verdict verdict);

// How the rate compares with the live version's, over the same stretches of time.
struct RatioEvidence {
  double events = 0;  // the live version's
  double exposures = 0;
  double limit = 1;          // times the live rate
  double promote_limit = 1;  // at this stage
  double estimate = 0;
  double lower = 0;  // anytime bounds of the ratio; `upper` may be infinite
  double upper = 0;
  double ln_e_halt = 0;
  double ln_e_promote = 0;
  bool operator==(const RatioEvidence&) const = default;
};

// What halt evidence counted from one start on. Starts at the same moment are one stretch.
struct Stretch {
  Instant since;
  std::string because;  // "the release began", "50 % began", "day 5 began": for people
  double weight = 0;    // the share of the halt evidence that starts here
  double events = 0;
  double exposures = 0;
  double estimate = 0;
  double lower = 0;  // of the rate: valid over all stretches and looks together
  double ln_e = 0;
  double share = 0;  // of the evidence, 0 to 1
  bool operator==(const Stretch&) const = default;
};

// One gate's part in the mean that several gates halt by.
struct MeanPart {
  GateName gate;
  double weight = 0;
  double ln_e = 0;
  bool operator==(const MeanPart&) const = default;
};

// What a breach rests on. `mean`: no gate alone, all of them together.
enum class DecidedBy { limit, ratio, level, spikes, alarm, mean };

// The numbers behind a verdict; with the log up to here and what was `seen`, enough to compute them again.
struct GateEvidence {
  SignalName signal;
  Verdict verdict = Verdict::hold;
  double events = 0;  // since the release began (proportion, rate), or the sampled value (level)
  double exposures = 0;
  double stage_events = 0;  // since the stage began
  double stage_exposures = 0;
  double limit = 0;
  double promote_limit = 0;
  double estimate = 0;  // events for each exposure, with anytime bounds
  double lower = 0;
  double upper = 0;
  double ln_e_halt = 0;     // natural log of the evidence against "within limit", restarts included
  double ln_e_promote = 0;  // and against "above promote_limit", of this stage
  std::optional<RatioEvidence> ratio;
  double ln_e = 0;                      // of the gate: the mean of its halt evidences
  std::vector<Stretch> stretches;       // where halt evidence may start, the one that says most first
  std::optional<DecidedBy> decided_by;  // of a breach
  double threshold = 0;                 // of ln_e, at which this gate halts alone
  std::vector<MeanPart> mean;           // of all gates that share one error
  std::optional<Counts> mature;         // of this stage, what a pass counts; absent: everything that was counted
  std::string why;                      // "12 of 40,210 sessions (0.03 %), limit 1 %": for people
  std::string missing;                  // on hold: what is missing; else empty
  bool advisory = false;
  std::optional<Measurement> seen;  // what was measured; `live` only where the gate compares with it
  std::optional<Measurement> live;
  GateName gate{};  // empty: its signal's; see id()

  const GateName& id() const { return gate.empty() ? signal : gate; }
  bool operator==(const GateEvidence&) const = default;
};

}  // namespace train
