// Everything that `train check` says about a definition that loads: the launch-risk preflight.
#pragma once

#include "train/preflight/flags.hpp"
#include "train/preflight/log.hpp"
#include "train/preflight/pace.hpp"
#include "train/preflight/release.hpp"
#include "train/preflight/signals.hpp"
#include "train/preflight/standby.hpp"
#include "train/preflight/stores.hpp"

namespace train::preflight {

struct Answers {
  std::map<AppName, StoreAnswers> stores;  // one for each app
  FlagAnswers flags;                       // one for each flag
  SignalAnswers signals;                   // one for each app that has a live version, and each of its signals
  AllStandbyAnswers standbys;              // one for each standby of the definition
  LogAnswer log;
  ReleaseAnswers release;
  LiveTraffic traffic{};  // where it could be measured
  SignalCosts signal_costs{};
};

// Where nobody could be asked, `why` in every answer: "a secret is not usable".
Answers nobody_asked(const Definition& definition, const std::string& why);

Lines launch_risks(const Definition& definition, const Answers& answers, RunsOn where, Instant now);

}  // namespace train::preflight
