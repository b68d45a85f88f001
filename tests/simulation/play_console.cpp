// What a person does in the Play Console.
#include <fmt/core.h>

#include <algorithm>

#include "play_shelf.hpp"

namespace train::simulation {

namespace play = stores::google_play;

void PlayShelf::replace(const Release& old, const Release& with, Instant now) {
  Releases list = now_.track;
  for (auto& each : list) {
    if (each.codes == old.codes) each = with;
  }
  commit(std::move(list), now);
}

std::optional<ConsoleAct> PlayShelf::act_on_ours(Dice& dice, const Release& ours, Instant now) {
  const Release was = ours;
  const auto set = [&](play::Status status, std::optional<Percent> fraction) {
    replace(was, play::with_status(was, status, fraction), now);
  };
  const Percent share = was.fraction.value_or(k_percent_all);
  const Percent higher = Percent::whole(dice.pick<int>({7, 30, 50, 99}));
  const Percent lower = Percent::whole(dice.pick<int>({1, 2, 5, 10}));
  const bool staged = was.status == play::Status::in_progress;
  const bool goes_on = was.status == play::Status::halted && dice.chance(40);
  switch (goes_on ? 3 : dice.below(7)) {
    case 0:
      if (!staged) return std::nullopt;
      set(play::Status::halted, was.fraction);
      return ConsoleAct{ConsoleAct::Kind::halted, "halts it"};
    case 1:
      if (!staged || higher <= share) return std::nullopt;
      set(play::Status::in_progress, higher);
      return ConsoleAct{ConsoleAct::Kind::raised, "raises it to " + higher.text()};
    case 2:
    case 5:
      if (!staged || lower >= share) return std::nullopt;
      set(play::Status::in_progress, lower);
      return ConsoleAct{ConsoleAct::Kind::lowered, "halts it and resumes it at " + lower.text()};
    case 3:
      if (was.status != play::Status::halted) return std::nullopt;
      set(was.fraction ? play::Status::in_progress : play::Status::completed, was.fraction);
      return ConsoleAct{ConsoleAct::Kind::set_going, "resumes it"};
    case 4:
      if (!staged || !dice.chance(30)) return std::nullopt;
      set(play::Status::completed, std::nullopt);
      return ConsoleAct{ConsoleAct::Kind::raised, "gives it to everybody"};
    default:
      break;
  }
  auto renamed = was;
  renamed.name =
      dice.pick<std::string>({fmt::format("{}", was.highest_code()), "v3.4.0", "3.4.0-prod", "Nov 30, 2026"});
  replace(was, renamed, now);
  return ConsoleAct{ConsoleAct::Kind::other, "calls it " + renamed.name};
}

std::optional<ConsoleAct> PlayShelf::act_beside(Dice& dice, const VersionName&, Instant now) {
  const std::int64_t code = 900 + committed_;
  if (!of_others().empty() || dice.chance(50)) return std::nullopt;
  auto draft = play::new_release({VersionName(), BuildNumber::from(code)}, {});
  draft.name = dice.pick<std::string>({"next", "9.9.9", "for marketing"});
  Releases list = now_.track;
  list.push_back(play::with_status(draft, play::Status::draft, std::nullopt));
  commit(std::move(list), now);
  return ConsoleAct{ConsoleAct::Kind::other, "makes the draft " + draft.name};
}

std::optional<ConsoleAct> PlayShelf::act_in_console(Dice& dice, const VersionName& version, Instant now) {
  const auto* ours = find(version);
  if (ours == nullptr || !is_published(*ours) || dice.chance(20)) return act_beside(dice, version, now);
  return act_on_ours(dice, *ours, now);
}

}  // namespace train::simulation
