#include "world.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "train/engine/rungs.hpp"
#include "train/orders/remove_from_sale.hpp"
#include "train/orders/stop.hpp"
#include "train/runner/stop.hpp"

namespace train::simulation {
namespace {

const Instant k_monday = *parse_rfc3339("2026-11-30T09:00:00Z");

}  // namespace

// Everything there is to count comes evenly; a bad version crashes for five of a hundred.
class World::Signals final : public SignalSource {
 public:
  explicit Signals(double rate) : rate_(rate) {}
  Measurement measure(const Signal&, const Subject& subject) override {
    Measurement out;
    out.as_of = subject.now;
    const double hours = static_cast<double>((subject.now - subject.start).count()) / 3600.0;
    if (hours <= 0) return out;
    out.state = Measurement::State::measured;
    out.counts.exposures = static_cast<double>(static_cast<long>(hours * 4000));
    out.counts.events = static_cast<double>(static_cast<long>(out.counts.exposures * rate_));
    return out;
  }

 private:
  double rate_;
};

// Flags and channels, as one process reaches them.
class World::Outlets final : public FlagProvider, public Notifier {
 public:
  Outlets(Process& process, std::string& flag) : process_(process), flag_(flag) {}
  Result<std::string> get(const Flag&) override { return flag_; }
  Result<Done> set(const Flag& flag, const std::string& value) override {
    process_.wait_for_turn("flag:" + flag.name);
    if (process_.is_dead()) return fail(ErrorKind::unreachable, "The process has ended.");
    flag_ = value;
    return Done{};
  }
  Result<Done> send(const Channel& channel, const Message&) override {
    process_.wait_for_turn("channel:" + channel.id);
    return Done{};
  }

 private:
  Process& process_;
  std::string& flag_;
};

World::World(std::uint64_t seed, bool traced)
    : seed_(seed), traced_(traced), dice_(mixed(seed, 1)), now_(k_monday), definition_(random_definition(dice_)) {
  shelves_ = random_shelves(dice_, definition_, now_);
  weather_ = weather_of(dice_);
  crash_rate_ = dice_.chance(75) ? 0.001 : 0.05;
  signals_ = std::make_unique<Signals>(crash_rate_);
  scene_.definition = &definition_;
  scene_.witness = &witness_;
  scene_.events = &storage_->events;
  for (const auto& [app, shelf] : shelves_) scene_.shelves[app] = shelf.get();
}

World::~World() = default;

void World::said(const std::string& line) {
  if (traced_) trace_.push_back(format_rfc3339(now_) + "  " + line);
}

void World::broke(const Invariant& invariant, const std::string& how) {
  const auto known = std::any_of(violations_.begin(), violations_.end(),
                                 [&](const Violation& each) { return each.invariant == invariant.name; });
  if (known) return;
  violations_.push_back({std::string(invariant.name), how});
  said(fmt::format("!! {}: {}", invariant.name, how));
}

// ---- time

void World::pass_until(Instant until) {
  if (until <= now_) return;
  constexpr Duration step{3600};
  while (now_ < until) {
    now_ = std::min(now_ + step, until);
    std::map<AppName, int> before;
    for (auto& [app, shelf] : shelves_) {
      const int revision = shelf->revision();
      shelf->pass_time(now_);
      const auto version = focus();
      if (revision == shelf->revision() || !version) continue;
      const auto standing = shelf->standing(*version);
      said(fmt::format("{} store: {} is {} {}", app, version->text(), to_string(standing.status),
                       standing.percent.text()));
    }
    watch_stages();
  }
}

void World::pass(Duration time) { pass_until(now_ + time); }

// Since when each store serves the stage that it serves.
void World::watch_stages() {
  int revision = static_cast<int>(witness_.releases().size());
  for (const auto& [app, shelf] : shelves_) revision += shelf->revision();
  if (std::exchange(watched_revision_, revision) == revision) return;
  running_.clear();
  for (const auto& release : witness_.releases()) {
    for (const auto& app : definition_.apps) {
      const auto standing = shelves_.at(app.name)->standing(release.version);
      if (standing.runs) running_.insert({app.name, release.version});
      if (standing.runs && standing.percent.is_all()) scene_.were_everybodys.insert({app.name, release.version});
      const auto& ladder = definition_.ladder_of(app, release.hotfix);
      const int stage = engine::stage_reached(app.facts(), ladder, standing.percent);
      auto& known = stages_[{app.name, release.version}];
      if (known.stage == stage) continue;
      // Within the hour that a glance may be old, there and back is not seen by anybody.
      const bool is_back = known.earlier == stage && now_ - known.since < Duration(3600);
      known = {stage, is_back ? known.earlier_since : now_, known.stage, known.since};
    }
  }
}

std::optional<VersionName> World::focus() const {
  for (const auto& release : witness_.releases()) {
    if (!release.over) return release.version;
  }
  return witness_.releases().empty() ? std::nullopt : std::optional(witness_.releases().back().version);
}

std::optional<VersionName> World::some_release(Dice& dice) const {
  const auto first = focus();
  for (auto release = witness_.releases().rbegin(); release != witness_.releases().rend(); ++release) {
    if (!release->over && release->version != first && dice.chance(40)) return release->version;
    if (!release->over) break;
  }
  return first;
}

// ---- what a process does

void World::note_finish(Seq seq, const VersionName& version) {
  for (const auto& [app, shelf] : shelves_) {
    scene_.at_finish[{seq, app}] = {shelf->standing(version), scene_.were_everybodys.count({app, version}) != 0,
                                    shelf->is_overtaken(version)};
  }
}

void World::appended(int process, const std::vector<Event>& events) {
  for (const auto& event : events) {
    if (const auto* outcome = std::get_if<event::Outcome>(&event.body)) forget_what_may_be_ours(*outcome);
    witness_.see(event);
    if (const auto* asked = std::get_if<event::WaitingForPeople>(&event.body))
      items_.insert(asked->items.begin(), asked->items.end());
    if (const auto* finished = std::get_if<event::Finished>(&event.body)) note_finish(event.seq, finished->version);
  }
  watch_stages();
  catch_up(events);
  for (const auto& [other, began] : run_began_) {
    if (other != process) disturbed_.insert(other);
  }
}

void World::looks(int process, const AppName& app) {
  const std::lock_guard lock(looks_mutex_);
  if (owed_.count({process, app}) != 0) looked_first_.insert({process, app});
}

void World::note_owed(const Write& write) {
  const auto* known = witness_.find(write.version, write.app);
  const std::lock_guard lock(looks_mutex_);
  const bool raises = write.after.on_its_way > write.before.on_its_way || write.after.served() > write.before.served();
  if (raises && known != nullptr && known->stop)
    owed_.insert({write.process, write.app});
  else if (write.call == "halt" || write.call == "pause")
    owed_.erase({write.process, write.app});
}

// What somebody did a moment before the train did the same, or more, is the train's as far as anybody can see.
void World::forget_what_was_due(const Write& write) {
  const auto found = scene_.standoffs.find({write.app, write.version});
  if (found == scene_.standoffs.end()) return;
  using Kind = ConsoleAct::Kind;
  const auto kind = found->second.act.kind;
  const std::string action = write.call.substr(0, write.call.find(' '));
  const bool lets_go = action == "resume" || action == "complete" || action == "set_percent";
  const bool same = kind == Kind::set_going || kind == Kind::raised;
  if (lets_go && same && write.after.runs && is_unseen(write.app, write.version, found->second))
    scene_.standoffs.erase(found);
}

// Somebody stopped it in the moment in which the train sent a stop whose answer is lost: nobody can tell whose it is.
void World::forget_what_may_be_ours(const event::Outcome& outcome) {
  if (outcome.result == event::Outcome::Result::done || outcome.result == event::Outcome::Result::failed) return;
  for (const auto& event : events()) {
    const auto* intent = std::get_if<event::Intent>(&event.body);
    if (intent == nullptr || intent->operation != outcome.operation) continue;
    const auto& step = intent->step;
    const auto found = scene_.standoffs.find({step.app, step.version});
    const bool stops = step.action == Action::pause || step.action == Action::halt;
    if (!stops || found == scene_.standoffs.end() || found->second.act.kind != ConsoleAct::Kind::halted) return;
    if (found->second.log >= event.seq && is_unseen(step.app, step.version, found->second))
      scene_.standoffs.erase(found);
    return;
  }
}

void World::wrote(int process, const AppName& app, const VersionName& version, const std::string& call,
                  const Standing& before, bool had_effect, Seq log_at_call) {
  Write write;
  write.process = process;
  write.at = now_;
  write.app = app;
  write.version = version;
  write.call = call;
  write.before = before;
  write.after = shelves_.at(app)->standing(version);
  write.others_before = others_[app];
  write.others_after = shelves_.at(app)->of_others();
  others_[app] = write.others_after;
  write.log_at_call = log_at_call;
  write.run_log = run_began_[process];
  write.clocks_are_right = !off_clocks_;
  if (const auto known = stages_.find({app, version}); known != stages_.end())
    write.at_stage_since = known->second.since;
  const bool again = call == "create_version" && before.exists;
  if (call == "create_version") scene_.creations[app + " " + version.text()] += had_effect || again ? 1 : 0;
  if (const auto* given = witness_.open_intent(app, version, call); given != nullptr && had_effect)
    ++scene_.effects[given->intent.operation];
  const bool starts = !before.on_its_way && write.after.on_its_way;
  note_owed(write);
  if (!had_effect) forget_what_was_due(write);
  if (starts || write.after.served() > before.served()) raised_[process].insert(app);
  said(fmt::format("run {} → {}: {} {}{}", process, app, call, version.text(), had_effect ? "" : " (nothing changes)"));
  if (had_effect) {
    for (const auto& invariant : invariants()) {
      if (invariant.on_write == nullptr) continue;
      if (auto how = invariant.on_write(scene_, write)) broke(invariant, *how);
    }
    forget_what_was_due(write);
  }
  watch_stages();
}

// ---- runs

Process::Fortune World::draw_fortune(const Start& start) {
  Process::Fortune out;
  out.seed = mixed(seed_, static_cast<std::uint64_t>(1000 + processes_));
  Dice dice(out.seed);
  if (start.lucky || dice.chance(40)) return out;
  out.weather = weather_;
  if (dice.chance(weather_.deaths)) out.dies_at = 1 + dice.below(12);
  if (interruptions_ == 0 && dice.chance(weather_.interruptions)) {
    if (dice.chance(30))
      out.interrupted_at = 1 + dice.below(10);
    else
      out.interrupted_before_write = dice.chance(70) ? 1 : 2 + dice.below(2);
  }
  if (dice.chance(weather_.skewed_clocks)) out.clock_off = Duration((dice.below(60) - 10) * 1800);
  if (out.clock_off.count() != 0) off_clocks_ = true;
  return out;
}

// What one process of train has open.
class World::Connections {
 public:
  Connections(World& world, Process& process) : outlets_(process, world.flag_) {
    ports.log = &process.log();
    ports.clock = &process.clock();
    for (const auto& signal : world.definition_.signals) ports.signals[signal.name] = world.signals_.get();
    for (const auto& [app, shelf] : world.shelves_) {
      stores_.push_back(shelf->open(process.line(app)));
      ports.stores[app] = stores_.back().get();
      world.others_[app] = shelf->of_others();
    }
    for (const auto& flag : world.definition_.flags) ports.flags[flag.name] = &outlets_;
    for (std::size_t i = 0; i < world.definition_.notify.size(); ++i) ports.channels.push_back(&outlets_);
  }
  runner::Ports ports;

 private:
  std::vector<std::unique_ptr<Store>> stores_;
  Outlets outlets_;
};

void World::advance(Process& process, const Start& start, RunSeen& seen) {
  const Connections open(*this, process);
  const auto report = runner::advance(definition_, open.ports, {});
  run_began_.erase(process.number());
  seen.at = now_;
  seen.log_after = events().size();
  seen.had_faults = process.had_faults();
  seen.raised = raised_[process.number()];
  for (const auto& [number, app] : looked_first_) {
    if (number == process.number()) seen.looked_first.insert(app);
  }
  const bool calm = !process.had_faults() && disturbed_.count(process.number()) == 0;
  seen.was_clean = calm && report && report->failed.empty() && report->failed_looks.empty();
  if (report) seen.report = &*report;
  if (!report) seen.error = report.error();
  for (const auto& wait : report ? report->plan.waits : std::vector<Wait>()) {
    if (!wait.item.empty()) items_.insert(wait.item);
  }
  if (seen.log_after != seen.log_before || seen.error)
    said(fmt::format("run {} ends{}", process.number(), seen.error ? ": " + seen.error->message : ""));
  if (process.is_dead()) return;
  judge_run(seen);
  if (start.at_rest) judge_rest(seen);
}

RunSeen World::run(const Start& start) {
  const int number = ++processes_;
  const auto fortune = draw_fortune(start);
  if (fortune.clock_off.count() != 0) disturbed_.insert(number);
  Process process(number, *this, storage_, fortune);
  RunSeen seen;
  seen.process = number;
  seen.log_before = run_began_[number] = events().size();
  advance(process, start, seen);
  seen.report = nullptr;
  return seen;
}

// A stop of one app as its command carries it out, whatever else runs. It waits for nobody here: a run in the middle of
// which it comes goes on only once it has ended.
void World::stop_at_once(const orders::Command& command, const orders::Arguments& said_so, const std::string& by) {
  const int number = ++processes_;
  auto fortune = draw_fortune({});
  fortune.takes_turns = false;
  fortune.interrupted_at = fortune.interrupted_before_write = 0;
  Process process(number, *this, storage_, fortune);
  const Connections open(*this, process);
  const auto state = runner::load_state(process.log());
  if (!state) return;
  runner::StopWish wish;
  wish.by = by;
  wish.why = said_so.why;
  wish.orders = [&](const engine::State& newest) { return command.give(definition_, newest, by, said_so, now_); };
  wish.removal = command.words == "remove-from-sale";
  wish.rollback = command.words == "rollback";
  const auto kind = wish.rollback ? orders::Stop::rollback : orders::Stop::halt;
  wish.apps = wish.removal ? orders::removal_of(definition_, *state, said_so.app, now_)
                           : orders::stops_of(definition_, *state, {said_so.app, kind, said_so.why}, now_);
  wish.patience.for_order = std::chrono::hours(1);
  wish.patience.after_acceptance = std::chrono::milliseconds(0);
  run_began_[number] = events().size();
  const auto report = runner::stop(definition_, open.ports, wish);
  run_began_.erase(number);
  RunSeen seen;
  seen.process = number;
  seen.at = now_;
  seen.log_before = seen.log_after = events().size();
  const auto stands = [](const runner::StoppedApp& app) { return app.end != runner::StoppedApp::End::unstopped; };
  seen.was_clean = report && !report->log && report->report.failed.empty() && !process.had_faults() &&
                   disturbed_.count(number) == 0 && std::all_of(report->apps.begin(), report->apps.end(), stands);
  said(fmt::format("stop {} ends{}", number, report ? "" : ": " + report.error().message));
  if (!process.is_dead() && definition_.apps.size() == 1) judge_run(seen);
}

void World::judge_run(const RunSeen& run) {
  if (run.report != nullptr) scene_.were_somebodys.insert(running_.begin(), running_.end());
  for (const auto& invariant : invariants()) {
    if (invariant.on_run == nullptr) continue;
    if (auto how = invariant.on_run(scene_, run)) broke(invariant, *how);
  }
}

void World::judge_rest(const RunSeen& run) {
  for (const auto& invariant : invariants()) {
    if (invariant.at_rest == nullptr) continue;
    if (auto how = invariant.at_rest(scene_, run)) broke(invariant, *how);
  }
}

// In the middle of a run: somebody else comes.
void World::interrupt(int process, const AppName& app) {
  disturbed_.insert(process);
  ++interruptions_;
  Dice dice(mixed(seed_, static_cast<std::uint64_t>(5000 + processes_)));
  said(fmt::format("(in the middle of run {})", process));
  switch (dice.below(5)) {
    case 0:
      run({});
      break;
    case 1:
    case 2:
      act_in_console(dice, app);
      break;
    case 3: {
      orders::Arguments said_so;
      said_so.app = app;
      if (app.empty() && dice.chance(60)) said_so.app = dice.pick(definition_.apps).name;
      order("halt", said_so, "ana");
      break;
    }
    default:
      random_order(dice);
      break;
  }
  --interruptions_;
}

}  // namespace train::simulation
