#include "play.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "train/domain/words.hpp"

namespace train::simulation {
namespace {

constexpr int k_steps_max = 40;

void pass_some_time(World& world, Dice& dice) {
  const std::vector<int> minutes{1, 10, 60, 60, 60 * 6, 60 * 24, 60 * 26};
  world.pass(Duration(60 * dice.pick(minutes)));
}

void take_step(World& world, Dice& dice) {
  const int thrown = dice.below(100);
  if (thrown < 55) {
    pass_some_time(world, dice);
  } else if (thrown < 75) {
    world.sign_something(dice);
  } else if (thrown < 82) {
    world.random_order(dice);
  } else if (thrown < 92) {
    world.act_in_console(dice);
  } else if (thrown < 95) {
    world.be_in_a_hurry(dice);
  } else if (thrown < 97) {
    world.open_another(dice);
  } else {
    world.add_build(dice);
  }
  if (dice.chance(80)) world.run({});
}

void begin(World& world, Dice& dice) {
  if (!world.definition().calendar.first_cutoff || dice.chance(50)) {
    orders::Arguments said_so;
    said_so.version = "3.4.0";
    world.order("start", said_so, "ana");
  }
  world.run({});
  world.add_build(dice);
}

}  // namespace

Played play_out(const Story& story, bool traced) {
  World world(story.seed, traced);
  Dice length(mixed(story.seed, 2));
  Played out;
  out.steps = 12 + length.below(k_steps_max - 12);
  for (int step = 0; step < out.steps; ++step) {
    Dice dice(mixed(story.seed, static_cast<std::uint64_t>(100 + step)));
    if (story.without.count(step) != 0) continue;
    if (step == 0)
      begin(world, dice);
    else
      take_step(world, dice);
  }
  world.come_to_rest();
  out.violations = world.violations();
  out.trace = world.trace();
  out.log = world.log_text();
  for (const auto& event : world.events()) {
    ++out.kinds[std::string(kind_of(event.body))];
    if (const auto* intent = std::get_if<event::Intent>(&event.body))
      ++out.kinds[std::string(to_string(intent->step.action))];
  }
  return out;
}

Story shortened(const Story& story, const std::string& invariant) {
  const auto still_breaks = [&](const Story& one) {
    const auto played = play_out(one, false);
    return std::any_of(played.violations.begin(), played.violations.end(),
                       [&](const Violation& each) { return each.invariant == invariant; });
  };
  Story best = story;
  for (int step = k_steps_max; step > 0; --step) {
    Story shorter = best;
    if (shorter.without.insert(step).second && still_breaks(shorter)) best = shorter;
  }
  return best;
}

std::string replay_command(const Story& story) {
  if (story.without.empty()) return fmt::format("scripts/simulate 1 {}", story.seed);
  return fmt::format("scripts/simulate 1 {} --without {}", story.seed, fmt::join(story.without, ","));
}

void World::come_to_rest() {
  said("from here on nothing goes wrong");
  for (int i = 0; i < 3; ++i) {
    pass(Duration(7 * 3600));
    run({true, false});
  }
  run({true, false});  // a glance may word what a close look had worded otherwise
  run({true, true});
}

std::string World::log_text() const {
  std::map<std::string, int> operations;
  std::vector<std::string> lines;
  for (const auto& event : events()) {
    std::string more;
    if (const auto* intent = std::get_if<event::Intent>(&event.body)) {
      operations.emplace(intent->operation, static_cast<int>(operations.size()));
      more = fmt::format(" {} {} {} {}", operations[intent->operation], to_string(intent->step.action),
                         intent->step.app, intent->step.to_percent.value_or(Percent()).text());
    } else if (const auto* outcome = std::get_if<event::Outcome>(&event.body)) {
      more =
          fmt::format(" {} {} {}", operations[outcome->operation], static_cast<int>(outcome->result), outcome->detail);
    } else if (const auto* seen = std::get_if<event::Seen>(&event.body)) {
      more =
          " " + seen->app +
          (seen->release ? fmt::format(" {} {}", to_string(seen->release->status), seen->release->percent.text()) : "");
    }
    lines.push_back(
        fmt::format("{} {} {} {}{}", event.seq, format_rfc3339(event.at), event.by, kind_of(event.body), more));
  }
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

// The log's part of the trace.
void World::catch_up(const std::vector<Event>& events) {
  if (!traced_) return;
  for (const auto& event : events) {
    // By the clock of the machine that wrote it.
    std::string more = event.at == now_ ? std::string() : " (at " + format_rfc3339(event.at) + ")";
    if (const auto* intent = std::get_if<event::Intent>(&event.body)) {
      more += fmt::format(" {} {} to {}", to_string(intent->step.action), intent->step.app,
                          intent->step.to_percent.value_or(Percent()).text());
    } else if (const auto* outcome = std::get_if<event::Outcome>(&event.body)) {
      const char* words[] = {"done", "failed", "unknown", "superseded"};
      more += fmt::format(" {} {}", words[static_cast<int>(outcome->result)], outcome->detail);
    } else if (const auto* seen = std::get_if<event::Seen>(&event.body)) {
      more += " " + seen->app + ": " +
              (seen->release ? fmt::format("{} {} ({})", to_string(seen->release->status),
                                           seen->release->percent.text(), seen->release->raw)
                             : "not there") +
              (seen->live ? ", live " + seen->live->version.text() : ", nothing live");
    } else if (const auto* stage = std::get_if<event::StageReached>(&event.body)) {
      more += fmt::format(" {} {} at {}", stage->app, stage->stage, stage->percent.text());
    } else if (const auto* drift = std::get_if<event::Drifted>(&event.body)) {
      more += " " + drift->app + ": " + drift->what;
    }
    trace_.push_back(fmt::format("                        {:>3} {}{}", event.seq, kind_of(event.body), more));
  }
}

}  // namespace train::simulation
