// One seed's world: the stores, the log, the time, what happened in it, and which invariants broke.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "invariants.hpp"
#include "process.hpp"
#include "setting.hpp"
#include "train/orders/command.hpp"

namespace train::simulation {

struct Violation {
  std::string invariant;
  std::string how;
};

// How one of the train's runs is started.
struct Start {
  bool lucky = false;    // nothing goes wrong
  bool at_rest = false;  // and nothing has changed since the run before it
};

class World final : public Outside {
 public:
  World(std::uint64_t seed, bool traced);
  ~World() override;

  // ---- what may happen; each says so in the trace
  void pass(Duration time);
  RunSeen run(const Start& start);  // its report is gone by then
  void order(const std::string& words, const orders::Arguments& arguments, const std::string& by);
  void act_in_console(Dice& dice, const AppName& app = {});  // of some app, unless one is named
  void add_build(Dice& dice);
  void random_order(Dice& dice);
  void sign_something(Dice& dice);
  void open_another(Dice& dice);   // a release beside the one under way
  void be_in_a_hurry(Dice& dice);  // several people in one second, before any run
  void come_to_rest();

  const Definition& definition() const { return definition_; }
  const std::vector<Violation>& violations() const { return violations_; }
  const std::vector<std::string>& trace() const { return trace_; }
  const std::vector<Event>& events() const { return storage_->events; }
  // The log without what is drawn by the machine, one line an event: equal in two plays of one seed.
  std::string log_text() const;

  // ---- Outside
  Instant now() const override { return now_; }
  Seq log_size() const override { return events().size(); }
  void pass_until(Instant until) override;
  void wrote(int process, const AppName& app, const VersionName& version, const std::string& call,
             const Standing& before, bool had_effect, Seq log_at_call) override;
  void looks(int process, const AppName& app) override;
  void appended(int process, const std::vector<Event>& events) override;
  void interrupt(int process, const AppName& app) override;
  void said(const std::string& line) override;

 private:
  class Signals;
  class Outlets;
  class Connections;

  Process::Fortune draw_fortune(const Start& start);
  void stop_at_once(const orders::Command& command, const orders::Arguments& said_so, const std::string& by);
  void advance(Process& process, const Start& start, RunSeen& seen);
  bool has_seen_since(const AppName& app, const VersionName& version, Seq seq) const;
  bool is_granted(const AppName& app, const VersionName& version) const;
  bool is_stopped_by_us(const AppName& app, const VersionName& version, Seq seq) const;
  bool has_called_before(const Event& look) const;
  bool knows_of_a_stop(const AppName& app, const VersionName& version) const;
  bool has_moved_since(const AppName& app, Seq seq) const;
  bool has_leave_to_go_on(const AppName& app, const VersionName& version) const;
  void forget_what_may_be_ours(const event::Outcome& outcome);
  void forget_what_was_due(const Write& write);
  void note_owed(const Write& write);
  void note_finish(Seq seq, const VersionName& version);
  bool is_unseen(const AppName& app, const VersionName& version, const Standoff& since) const;
  bool is_share_of_before(const AppName& app, const VersionName& version, const ConsoleAct& act, Percent before);
  void note_standoff(const AppName& app, const VersionName& version, const ConsoleAct& act);
  void judge_run(const RunSeen& run);
  void judge_rest(const RunSeen& run);
  void broke(const Invariant& invariant, const std::string& how);
  void watch_stages();
  void catch_up(const std::vector<Event>& events);
  std::optional<VersionName> focus() const;
  std::optional<VersionName> some_release(Dice& dice) const;  // now and then the newest of several

  std::uint64_t seed_;
  bool traced_;
  Dice dice_;
  Instant now_;
  Definition definition_;
  Weather weather_;
  double crash_rate_ = 0;
  std::map<AppName, std::unique_ptr<Shelf>> shelves_;
  std::shared_ptr<train::test::LogStorage> storage_ = std::make_shared<train::test::LogStorage>();
  std::unique_ptr<Signals> signals_;
  std::string flag_ = "true";
  Witness witness_;
  Scene scene_;
  std::set<std::string> items_;              // that somebody was asked to sign
  std::map<int, Seq> run_began_;             // events in the log then
  std::set<int> disturbed_;                  // runs in which something else happened
  std::map<int, std::set<AppName>> raised_;  // by runs, apps given to more people
  std::mutex looks_mutex_;                   // guards the next two
  std::set<std::pair<int, AppName>> owed_;   // runs whose raise met a stop: it is stopped before anything else
  std::set<std::pair<int, AppName>> looked_first_;
  // The stage that a store serves since then, and the one before it.
  struct ServedStage {
    int stage = 0;
    Instant since;
    int earlier = 0;
    Instant earlier_since;
  };
  std::map<std::pair<AppName, VersionName>, ServedStage> stages_;
  std::set<std::pair<AppName, VersionName>> running_;           // that somebody gets now
  std::map<std::pair<AppName, VersionName>, Standoff> acts_;    // the last in a console that stopped it or let it go on
  std::map<std::pair<AppName, VersionName>, Standoff> undone_;  // what was taken back before anybody could see it
  std::map<std::pair<AppName, VersionName>, std::pair<Standoff, Percent>> lowered_;  // and the share before that
  std::map<AppName, std::vector<std::string>> others_;
  int processes_ = 0;
  int interruptions_ = 0;
  int builds_ = 0;
  int watched_revision_ = -1;
  bool off_clocks_ = false;
  std::vector<Violation> violations_;
  std::vector<std::string> trace_;
};

}  // namespace train::simulation
