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

// By whoever types it: what the order appends, and for a stop of every app the run that carries it out.
void World::order(const std::string& words, const orders::Arguments& arguments, const std::string& by) {
  orders::Arguments said_so = arguments;
  if (said_so.why.empty()) said_so.why = "because";
  const auto* command = orders::find_command(words);
  const bool stops = words == "halt" || words == "rollback" || words == "remove-from-sale";
  if (stops && !said_so.app.empty()) {
    said(by + ": " + typed(words, said_so));
    return stop_at_once(*command, said_so, by);
  }
  Process process(++processes_, *this, storage_, {});
  run_began_[process.number()] = events().size();
  const auto given = runner::record(process.log(), process.clock(), by, [&](const engine::State& state) {
    return command->give(definition_, state, by, said_so, now_);
  });
  run_began_.erase(process.number());
  said(fmt::format("{}: {}{}", by, typed(words, said_so), given ? "" : " (" + given.error().message + ")"));
  if (given && (stops || words == "resume")) run({stops, false, false});
}

void World::act_in_console(Dice& dice) {
  const auto version = focus();
  if (!version) return;
  const auto& app = dice.pick(definition_.apps).name;
  auto& shelf = *shelves_.at(app);
  const auto act = shelf.act_in_console(dice, *version, now_);
  if (!act) return;
  said(fmt::format("somebody in the console of {}: {}", app, act->what));
  others_[app] = shelf.of_others();
  if (act->kind != ConsoleAct::Kind::other && act->kind != ConsoleAct::Kind::lowered)
    note_standoff(app, *version, *act);
  for (const auto& [number, began] : run_began_) {
    disturbed_.insert(number);
    met_.insert({number, app});
  }
  watch_stages();
}

// By the log.
bool World::has_seen_since(const AppName& app, const VersionName& version, Seq seq) const {
  return std::any_of(events().begin() + static_cast<std::ptrdiff_t>(seq), events().end(), [&](const Event& event) {
    const auto* seen = std::get_if<event::Seen>(&event.body);
    return seen != nullptr && seen->app == app && seen->version == version;
  });
}
bool World::knows_of_a_stop(const AppName& app, const VersionName& version) const {
  std::set<std::string> done;
  for (auto event = events().rbegin(); event != events().rend(); ++event) {
    const auto* outcome = std::get_if<event::Outcome>(&event->body);
    if (outcome != nullptr && outcome->result == event::Outcome::Result::done) done.insert(outcome->operation);
    const auto* intent = std::get_if<event::Intent>(&event->body);
    const bool ours = intent != nullptr && intent->step.app == app && intent->step.version == version;
    const bool stops = ours && (intent->step.action == Action::pause || intent->step.action == Action::halt);
    if (stops && done.count(intent->operation) != 0) return true;
    const auto* seen = std::get_if<event::Seen>(&event->body);
    if (seen != nullptr && seen->app == app && seen->version == version)
      return seen->release && seen->release->status == ReleaseStatus::halted;
  }
  return false;
}
// A person has ended a stop, and the train has not moved the app since: whoever sets it going has that person's word.
bool World::has_leave_to_go_on(const AppName& app, const VersionName& version) const {
  const auto* known = witness_.find(version, app);
  if (known == nullptr || !known->stop_ended) return false;
  return std::none_of(events().begin() + static_cast<std::ptrdiff_t>(known->stop_ended.seq), events().end(),
                      [&](const Event& event) {
                        const auto* intent = std::get_if<event::Intent>(&event.body);
                        return intent != nullptr && intent->step.app == app;
                      });
}

// What is done and undone before any run has seen it cannot be told from nothing, nor can what follows a stop whose
// answer was lost. Right after a call of its own the train judges nothing.
void World::note_standoff(const AppName& app, const VersionName& version, const ConsoleAct& act) {
  const auto known = scene_.standoffs.find({app, version});
  const bool unseen = known != scene_.standoffs.end() && (!has_seen_since(app, version, known->second.log) ||
                                                          now_ - known->second.at < engine::k_lag_window);
  using Kind = ConsoleAct::Kind;
  const auto is_back = [&](Kind first, Kind then) {
    return unseen && known->second.act.kind == first && act.kind == then;
  };
  if (is_back(Kind::set_going, Kind::halted) || is_back(Kind::halted, Kind::set_going))
    scene_.standoffs.erase(known);
  else if (act.kind != Kind::set_going || (knows_of_a_stop(app, version) && !has_leave_to_go_on(app, version)))
    scene_.standoffs[{app, version}] = {act, now_, events().size(), processes_ + 1};
}

void World::add_build(Dice& dice) {
  const auto version = focus();
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
