// What the log says that people and gates have allowed and forbidden, read by other rules than the engine's: only who
// said what and when, event by event. The invariants hold the stores against it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"

namespace train::simulation {

struct Said {  // 0: nobody has
  Seq seq = 0;
  std::string by;
  std::string why;
  explicit operator bool() const { return seq != 0; }
};

struct GivenIntent {
  Seq seq = 0;
  Instant at;
  event::Intent intent;
};

struct AppWitness {
  Said stop;                           // `halt`, `rollback` or `remove-from-sale` that nobody has ended
  Said hold;                           // of this app
  Said resumed;                        // the last one
  Said stop_ended;                     // the last one that ended a stop
  std::map<SignalName, Seq> breaches;  // latched, of those that stop promotion
  std::set<SignalName> overrides;      // given since the last stage was reached
  std::vector<GivenIntent> raises;     // intents that raise exposure, in their order
  Seq moved = 0;                       // the first that raises or stops it
  std::vector<std::pair<Seq, event::Drifted>> drifts;
  std::optional<Seq> adopted;
  Seq candidate = 0;
};

struct ReleaseWitness {
  VersionName version;
  bool hotfix = false;
  bool departed = false;
  bool over = false;
  Said hold;
  std::map<std::string, std::vector<Said>> sign_offs;  // by item
  std::map<AppName, AppWitness> apps;
};

class Witness {
 public:
  void see(const Event& event);

  const ReleaseWitness* find(const VersionName& version) const;
  const AppWitness* find(const VersionName& version, const AppName& app) const;
  const std::vector<ReleaseWitness>& releases() const { return releases_; }
  // The newest intent behind this call, "set_percent 5 %", that has no outcome yet; nullptr: there is none.
  const GivenIntent* open_intent(const AppName& app, const VersionName& version, const std::string& call) const;
  // Events of people without a name, and orders and waivers without a reason: one line each.
  const std::vector<std::string>& nameless() const { return nameless_; }

 private:
  ReleaseWitness* release(const VersionName& version);
  AppWitness* app(const VersionName& version, const AppName& app);
  void see_order(const Event& event);
  void see_train(const Event& event);
  void check_name(const Event& event, const std::string& why, bool needs_why);

  std::vector<ReleaseWitness> releases_;
  std::map<std::string, GivenIntent> open_;  // by operation
  std::vector<std::string> nameless_;
};

}  // namespace train::simulation
