// What people do: at the command line, in the consoles, and by bringing builds.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

#include "train/domain/words.hpp"
#include "train/engine/decide.hpp"
#include "world.hpp"

namespace train::simulation {

namespace {

// What the log alone hears of: recoveries and forced updates reach parts that this world does not have.
const std::vector<orders::Command>& orders_to_the_log() {
  static const std::vector<orders::Command> all = [] {
    std::vector<orders::Command> kept;
    std::copy_if(orders::commands().begin(), orders::commands().end(), std::back_inserter(kept),
                 [](const orders::Command& one) { return !one.by_hand; });
    return kept;
  }();
  return all;
}

std::string typed(const std::string& words, const orders::Arguments& said_so) {
  std::string out = "train " + words;
  for (const auto& word : {said_so.app, said_so.item, said_so.version})
    if (!word.empty()) out += " " + word;
  return out;
}

}  // namespace

// By whoever types it: what the order appends. A stop of every app is played as one of each, so that the seed repeats.
void World::order(const std::string& words, const orders::Arguments& arguments, const std::string& by) {
  orders::Arguments said_so = arguments;
  if (said_so.why.empty()) said_so.why = "because";
  const auto* command = orders::find_command(words);
  const bool stops = words == "halt" || words == "rollback" || words == "remove-from-sale";
  if (stops) {
    said(by + ": " + typed(words, said_so));
    for (const auto& app : definition_.apps) {
      if (!arguments.app.empty() && arguments.app != app.name) continue;
      said_so.app = app.name;
      stop_at_once(*command, said_so, by);
    }
    return;
  }
  Process process(++processes_, *this, storage_, {});
  run_began_[process.number()] = events().size();
  const auto given = runner::record(process.log(), process.clock(), by, [&](const engine::State& state) {
    return command->give(definition_, state, by, said_so, now_);
  });
  run_began_.erase(process.number());
  said(fmt::format("{}: {}{}", by, typed(words, said_so), given ? "" : " (" + given.error().message + ")"));
  if (given && words == "resume") run({});
}

void World::act_in_console(Dice& dice, const AppName& chosen) {
  const auto version = some_release(dice);
  if (!version) return;
  const auto& app = chosen.empty() ? dice.pick(definition_.apps).name : chosen;
  auto& shelf = *shelves_.at(app);
  const Percent before = shelf.standing(*version).percent;
  const auto act = shelf.act_in_console(dice, *version, now_);
  if (!act) return;
  said(fmt::format("somebody in the console of {}: {}", app, act->what));
  others_[app] = shelf.of_others();
  const bool matters = act->kind != ConsoleAct::Kind::other && act->kind != ConsoleAct::Kind::lowered;
  if (!is_share_of_before(app, *version, *act, before) && matters) note_standoff(app, *version, *act);
  for (const auto& [number, began] : run_began_) disturbed_.insert(number);
  watch_stages();
}

// By the log.
bool World::has_seen_since(const AppName& app, const VersionName& version, Seq seq) const {
  return std::any_of(events().begin() + static_cast<std::ptrdiff_t>(seq), events().end(), [&](const Event& event) {
    const auto* seen = std::get_if<event::Seen>(&event.body);
    return seen != nullptr && seen->app == app && seen->version == version;
  });
}
// The train itself stopped it last, and has told nobody of another hand since then.
bool World::is_stopped_by_us(const AppName& app, const VersionName& version, Seq seq) const {
  for (auto event = events().rbegin(); event != events().rend(); ++event) {
    const auto* drifted = std::get_if<event::Drifted>(&event->body);
    const bool told = drifted != nullptr && drifted->app == app && drifted->version == version;
    if (told && event->seq > seq) return false;
    const auto* intent = std::get_if<event::Intent>(&event->body);
    if (intent == nullptr || intent->step.app != app || intent->step.version != version) continue;
    return intent->step.action == Action::pause || intent->step.action == Action::halt;
  }
  return false;
}
// Right after a call of its own the train judges nothing.
bool World::has_called_before(const Event& look) const {
  return std::any_of(
      events().begin(), events().begin() + static_cast<std::ptrdiff_t>(look.seq), [&](const Event& event) {
        return std::holds_alternative<event::Outcome>(event.body) && event.at > look.at - engine::k_lag_window;
      });
}
bool World::knows_of_a_stop(const AppName& app, const VersionName& version) const {
  std::set<std::string> done;
  bool is_told = false;
  for (auto event = events().rbegin(); event != events().rend(); ++event) {
    const auto* outcome = std::get_if<event::Outcome>(&event->body);
    if (outcome != nullptr && outcome->result == event::Outcome::Result::done) done.insert(outcome->operation);
    const auto* intent = std::get_if<event::Intent>(&event->body);
    const bool ours = intent != nullptr && intent->step.app == app && intent->step.version == version;
    const bool stops = ours && (intent->step.action == Action::pause || intent->step.action == Action::halt);
    if (stops && done.count(intent->operation) != 0) return true;
    const auto* drifted = std::get_if<event::Drifted>(&event->body);
    is_told = is_told || (drifted != nullptr && drifted->app == app && drifted->version == version);
    const auto* seen = std::get_if<event::Seen>(&event->body);
    if (seen == nullptr || seen->app != app || seen->version != version) continue;
    const bool halted = seen->release && seen->release->status == ReleaseStatus::halted;
    if (!halted || is_told || !has_called_before(*event)) return halted;
  }
  return false;
}
// A person has ended a stop, and the train has not moved the app since: whoever sets it going has that person's word.
bool World::has_leave_to_go_on(const AppName& app, const VersionName& version) const {
  const auto* known = witness_.find(version, app);
  return known != nullptr && known->stop_ended && !has_moved_since(app, known->stop_ended.seq);
}
// What the store refused moved nothing.
bool World::has_moved_since(const AppName& app, Seq seq) const {
  std::set<std::string> refused;
  for (auto event = events().rbegin(); event != events().rend() && event->seq > seq; ++event) {
    const auto* outcome = std::get_if<event::Outcome>(&event->body);
    if (outcome != nullptr && outcome->result == event::Outcome::Result::failed) refused.insert(outcome->operation);
    const auto* intent = std::get_if<event::Intent>(&event->body);
    if (intent != nullptr && intent->step.app == app && refused.count(intent->operation) == 0) return true;
  }
  return false;
}

// Since then no look has told the log of it; or it is so short ago that the train judges nothing yet.
bool World::is_unseen(const AppName& app, const VersionName& version, const Standoff& since) const {
  return !has_seen_since(app, version, since.log) || now_ - since.at < engine::k_lag_window;
}

// What is done and undone before any run has seen it, or told of it, cannot be told from nothing, nor can what follows
// a stop whose answer was lost, or what the train itself is about to do. What is then done once more is what was done
// first.
void World::note_standoff(const AppName& app, const VersionName& version, const ConsoleAct& act) {
  const std::pair key{app, version};
  auto known = scene_.standoffs.find(key);
  const Standoff made{act, now_, events().size(), processes_ + 1};
  using Kind = ConsoleAct::Kind;
  const auto takes_back = [](Kind first, Kind then) {
    return (first == Kind::set_going && then == Kind::halted) || (first == Kind::halted && then == Kind::set_going);
  };
  const auto last = acts_.find(key);
  const bool is_back = last != acts_.end() && takes_back(last->second.act.kind, act.kind) &&
                       (is_unseen(app, version, last->second) ||
                        (act.kind == Kind::halted && is_stopped_by_us(app, version, last->second.log)));
  const Seq last_log = last == acts_.end() ? 0 : last->second.log;
  acts_[key] = made;
  if (is_back) {
    acts_.erase(key);
    if (known == scene_.standoffs.end() || known->second.log != last_log) return;
    undone_[key] = known->second;
    scene_.standoffs.erase(known);
    return;
  }
  const auto undone = undone_.find(key);
  if (undone != undone_.end() && undone->second.act.kind == act.kind && is_unseen(app, version, undone->second)) {
    scene_.standoffs[key] = undone->second;
    undone_.erase(undone);
    return;
  }
  const auto* witnessed = witness_.find(version, app);
  const bool is_accepted = known != scene_.standoffs.end() && known->second.act.kind == Kind::halted &&
                           witnessed != nullptr && witnessed->resumed.seq > known->second.log &&
                           !has_moved_since(app, witnessed->resumed.seq);
  const bool is_known_stop = knows_of_a_stop(app, version) && !has_leave_to_go_on(app, version) && !is_accepted &&
                             witness_.open_intent(app, version, "resume") == nullptr;
  if (act.kind != Kind::set_going || is_known_stop)
    scene_.standoffs[key] = made;
  else if (known != scene_.standoffs.end() && known->second.act.kind == Kind::halted)
    scene_.standoffs.erase(known);
}

// What is served was granted by the train once.
bool World::is_granted(const AppName& app, const VersionName& version) const {
  const auto* known = witness_.find(version, app);
  const auto served = shelves_.at(app)->standing(version).percent;
  return known != nullptr && std::any_of(known->raises.begin(), known->raises.end(), [&](const GivenIntent& raise) {
           return raise.intent.step.to_percent >= served;
         });
}

// A share that comes back before any run has seen it lower was never lowered, as far as anybody knows.
bool World::is_share_of_before(const AppName& app, const VersionName& version, const ConsoleAct& act, Percent before) {
  const std::pair key{app, version};
  const auto lowered = lowered_.find(key);
  if (act.kind == ConsoleAct::Kind::lowered) {
    const bool goes_on = lowered != lowered_.end() && is_unseen(app, version, lowered->second.first);
    if (!goes_on) lowered_[key] = {{act, now_, events().size(), processes_ + 1}, before};
    const auto raised = scene_.standoffs.find(key);
    if (raised != scene_.standoffs.end() && raised->second.act.kind == ConsoleAct::Kind::raised &&
        (is_unseen(app, version, raised->second) || is_granted(app, version)))
      scene_.standoffs.erase(raised);
    return false;
  }
  return act.kind == ConsoleAct::Kind::raised && lowered != lowered_.end() &&
         is_unseen(app, version, lowered->second.first) &&
         shelves_.at(app)->standing(version).percent <= lowered->second.second;
}

void World::add_build(Dice& dice) {
  const auto version = some_release(dice);
  if (!version) return;
  const auto build = BuildNumber::from(340 + ++builds_);
  for (auto& [app, shelf] : shelves_) {
    if (shelves_.size() > 1 && dice.chance(10)) continue;
    shelf->add_build(*version, build);
    said(fmt::format("{} has build {} of {}", app, build.text(), version->text()));
  }
}

void World::sign_something(Dice& dice) {
  if (items_.empty()) return;
  orders::Arguments said_so;
  auto chosen = items_.begin();
  std::advance(chosen, dice.below(static_cast<int>(items_.size())));
  said_so.item = *chosen;
  const std::string words = dice.chance(85) ? "approve" : "waive";
  items_.erase(chosen);
  order(words, said_so, "ben");
}

// Its build may be one that was made for the release before it.
void World::open_another(Dice& dice) {
  orders::Arguments said_so;
  said_so.hotfix = dice.chance(50);
  order("start", said_so, "ana");
  if (dice.chance(60)) return add_build(dice);
  said_so.app = dice.pick(definition_.apps).name;
  said_so.build = BuildNumber::from(340 + builds_).text();
  order("build add", said_so, "ana");
}

void World::be_in_a_hurry(Dice& dice) {
  act_in_console(dice);
  if (dice.chance(30)) act_in_console(dice);
  orders::Arguments said_so;
  said_so.app = dice.pick(definition_.apps).name;
  order(dice.pick<std::string>({"halt", "rollback", "resume"}), said_so, "ana");
}

void World::random_order(Dice& dice) {
  const bool steers = dice.chance(40);  // the rollout itself
  const std::string words = steers ? dice.pick<std::string>({"hold", "hold", "halt", "rollback", "resume", "resume"})
                                   : std::string(dice.pick(orders_to_the_log()).words);
  if ((words == "abandon" || words == "remove-from-sale") && !dice.chance(15)) return;
  if (words == "approve" || words == "waive") return sign_something(dice);
  orders::Arguments said_so;
  if (dice.chance(60)) said_so.app = dice.pick(definition_.apps).name;
  said_so.hotfix = dice.chance(20);
  said_so.build = BuildNumber::from(340 + builds_).text();
  if (dice.chance(60)) said_so.overrides = {"crashes"};
  order(words, said_so, "ana");
}

}  // namespace train::simulation
