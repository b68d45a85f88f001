// What people do: at the command line, in the consoles, and by bringing builds.
#include <fmt/core.h>

#include <algorithm>

#include "train/domain/words.hpp"
#include "world.hpp"

namespace train::simulation {

// By whoever types it: what the order appends, and for a stop the run that carries it out.
void World::order(const std::string& words, const orders::Arguments& arguments, const std::string& by) {
  orders::Arguments said_so = arguments;
  if (said_so.why.empty()) said_so.why = "because";
  const auto* command = orders::find_command(words);
  Process process(++processes_, *this, storage_, {});
  run_began_[process.number()] = events().size();
  const auto given = runner::record(process.log(), process.clock(), by, [&](const engine::State& state) {
    return command->give(definition_, state, by, said_so, now_);
  });
  run_began_.erase(process.number());
  const std::string rest =
      fmt::format("{}{}{}", said_so.app.empty() ? "" : " " + said_so.app,
                  said_so.item.empty() ? "" : " " + said_so.item, said_so.version.empty() ? "" : " " + said_so.version);
  said(fmt::format("{}: train {}{}{}", by, words, rest, given ? "" : " (" + given.error().message + ")"));
  const bool stops = words == "halt" || words == "rollback" || words == "remove-from-sale";
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
  for (const auto& [number, began] : run_began_) disturbed_.insert(number);
  watch_stages();
}

// What is done and undone before any run has looked cannot be told from nothing.
void World::note_standoff(const AppName& app, const VersionName& version, const ConsoleAct& act) {
  const auto known = scene_.standoffs.find({app, version});
  const bool unseen = known != scene_.standoffs.end() && known->second.before_process == processes_ + 1;
  if (unseen && act.kind == ConsoleAct::Kind::halted && known->second.act.kind == ConsoleAct::Kind::set_going)
    scene_.standoffs.erase(known);
  else
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
  const auto& command = dice.pick(orders::commands());
  const std::string words(command.words);
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
