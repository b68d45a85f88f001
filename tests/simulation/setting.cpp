#include "setting.hpp"

#include "apple_shelf.hpp"
#include "play_shelf.hpp"

namespace train::simulation {
namespace {

constexpr Duration k_hour{3600};
constexpr std::int64_t k_old_build = 12;

Ladder random_ladder(Dice& dice) {
  const std::vector<std::vector<int>> ladders{{1, 5, 20, 50, 100}, {5, 50, 100}, {1, 100}, {10, 20, 100}, {100}};
  const auto percents = dice.pick(ladders);
  const Duration soak = k_hour * dice.pick<int>({4, 24, 24, 48});
  Ladder out;
  for (const int percent : percents) out.stages.push_back({Percent::whole(percent), soak, Duration(0)});
  out.stages.back().soak = Duration(0);
  out.stages.back().watch = k_hour * dice.pick<int>({1, 24});
  if (percents.size() == 1) out.strategy = Strategy::immediate;
  return out;
}

// Whether its definition says what becomes of the old build that old devices have.
void say_of_old_build(Dice dice, App& app) {
  auto* own = std::get_if<GooglePlayApp>(&app.part);
  if (own == nullptr || dice.chance(20)) return;
  (dice.chance(50) ? own->retain : own->drop) = {k_old_build};
}

App random_app(Dice& dice, const std::string& name, StoreKind kind) {
  App app;
  app.name = name;
  app.part = part_of(kind);
  app.store_id = "com.example.charge";
  app.ladder = random_ladder(dice);
  app.drift_check = k_hour * dice.pick<int>({1, 6, 6});
  say_of_old_build(dice, app);
  return app;
}

CalendarRule random_calendar(Dice& dice) {
  CalendarRule out;
  out.stabilization = k_hour * dice.pick<int>({0, 0, 2, 48});
  if (dice.chance(25)) {
    RolloutHours hours;
    hours.days = {Weekday::mon, Weekday::tue, Weekday::wed, Weekday::thu};
    hours.from_minute = 9 * 60;
    hours.to_minute = 17 * 60;
    out.rollout_hours = hours;
  }
  if (dice.chance(15)) out.freezes.push_back({{2026, 12, 4, 0, 0, 0}, {2026, 12, 6, 0, 0, 0}, "a holiday"});
  if (dice.chance(10)) {
    out.first_cutoff = LocalTime{2026, 12, 1, 17, 0, 0};
    out.every = k_hour * 24 * 14;
  }
  return out;
}

void add_gates(Dice& dice, Definition& definition) {
  if (dice.chance(20)) return;
  Signal crashes;
  crashes.name = "crashes";
  crashes.source = "prometheus";
  definition.signals = {crashes};
  Gate gate;
  gate.signal = "crashes";
  gate.limit = 0.01;
  gate.on_breach = dice.pick<Reaction>({Reaction::investigate, Reaction::pause, Reaction::rollback});
  definition.gates = {gate};
}

void add_outside(Dice& dice, Definition& definition) {
  if (dice.chance(30)) {
    Flag flag;
    flag.name = "checkout";
    flag.provider = "file";
    flag.value_on = "true";
    flag.value_off = "false";
    if (!definition.gates.empty() && dice.chance(40)) flag.signal = "crashes";
    definition.flags = {flag};
  }
  if (!dice.chance(30)) return;
  Channel channel;
  channel.kind = ChannelKind::webhook;
  channel.id = "hook";
  channel.topics = {Topic::stage, Topic::breach, Topic::halt, Topic::rollback, Topic::waiting_for_people};
  definition.notify = {channel};
}

std::string a_persons_name(Dice& dice) {
  if (dice.chance(60)) return "3.3.0";
  return dice.pick<std::string>(
      {"330 (3.3.0)", "330", "v3.3.0", "330 (3.3.0-prod)", "3.3.0-prod", "Nov 30, 2026", "Release 3.3.0"});
}

}  // namespace

Definition random_definition(Dice& dice) {
  Definition out;
  out.train = "charge";
  const int which = dice.below(20);
  if (which < 15) out.apps.push_back(random_app(dice, "android", StoreKind::google_play));
  if (which >= 8) out.apps.push_back(random_app(dice, "ios", StoreKind::app_store));
  out.calendar = random_calendar(dice);
  if (dice.chance(20)) out.start_rollout = Coupling::together;
  if (dice.chance(50)) out.approvals.push_back({"qa", Before::submission, 1});
  if (dice.chance(50)) out.approvals.push_back({"release_manager", Before::rollout, 1});
  add_gates(dice, out);
  add_outside(dice, out);
  return out;
}

std::map<AppName, std::unique_ptr<Shelf>> random_shelves(Dice& dice, const Definition& definition, Instant now) {
  std::map<AppName, std::unique_ptr<Shelf>> out;
  const auto live = *VersionName::parse("3.3.0");
  const bool first = dice.chance(5);
  const int rejects = dice.chance(25) ? 30 : 0;
  for (const auto& app : definition.apps) {
    if (app.facts().climbs_by_itself()) {
      AppleRules rules;
      rules.review = k_hour * dice.pick<int>({2, 20, 60});
      rules.rejects = rejects;
      rules.seed = dice.next();
      auto shelf = std::make_unique<AppleShelf>(rules, now);
      if (!first) shelf->serve(live, BuildNumber::from(330));
      out[app.name] = std::move(shelf);
    } else {
      PlayRules rules;
      rules.review = k_hour * dice.pick<int>({0, 2, 12});
      rules.rejects = rejects;
      rules.seed = dice.next();
      const auto& own = std::get<GooglePlayApp>(app.part);
      rules.retain = own.retain;
      rules.drop = own.drop;
      auto shelf = std::make_unique<PlayShelf>(rules, now);
      const bool has_old = Dice(rules.seed).chance(15);
      const auto further = has_old ? std::vector<std::int64_t>{k_old_build} : std::vector<std::int64_t>();
      if (!first) shelf->serve(a_persons_name(dice), live, 330, further);
      out[app.name] = std::move(shelf);
    }
  }
  return out;
}

}  // namespace train::simulation
