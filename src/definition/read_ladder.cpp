#include <fmt/format.h>

#include <utility>

#include "readers.hpp"

namespace train::definition {
namespace {

constexpr Duration k_day{24 * 3600};
constexpr Duration k_hour{3600};

constexpr Word<Strategy> k_strategies[] = {{"staged", Strategy::staged},
                                           {"canary", Strategy::canary},
                                           {"blue_green", Strategy::blue_green},
                                           {"immediate", Strategy::immediate}};

Duration soak_of(Strategy strategy) { return strategy == Strategy::canary ? k_hour : k_day; }

Ladder ladder_of(Strategy strategy, std::initializer_list<int> percents) {
  Ladder ladder;
  ladder.strategy = strategy;
  for (const int percent : percents) {
    const bool last = percent == 100;
    ladder.stages.push_back(
        {Percent::whole(percent), last ? Duration{0} : soak_of(strategy), last ? k_day : Duration{0}});
  }
  return ladder;
}

// The stages of a strategy when the file gives none; nullopt: it must.
std::optional<Ladder> usual_ladder(Strategy strategy) {
  switch (strategy) {
    case Strategy::staged:
      return std::nullopt;
    case Strategy::canary:
      return ladder_of(strategy, {5, 25, 100});
    case Strategy::blue_green:
    case Strategy::immediate:
      return ladder_of(strategy, {100});
  }
  return std::nullopt;
}

// Reports at the first stage that does not fit.
bool check_rise(const Value& list, const std::vector<std::pair<Percent, Value>>& stages) {
  if (stages.empty()) {
    list.problem("a ladder needs at least one stage; the last is 100");
    return false;
  }
  for (std::size_t i = 1; i < stages.size(); ++i) {
    if (stages[i].first > stages[i - 1].first) continue;
    stages[i].second.problem(fmt::format("{} does not rise above the stage before it, {}", stages[i].first.text(),
                                         stages[i - 1].first.text()));
    return false;
  }
  if (stages.back().first.is_all()) return true;
  stages.back().second.problem(fmt::format("the last stage is {}; it must be 100 %", stages.back().first.text()));
  return false;
}

std::optional<Ladder> read_short(const Value& value) {
  std::vector<std::pair<Percent, Value>> stages;
  const auto items = value.items();
  for (const Value& item : items) {
    if (const auto percent = item.percent()) stages.emplace_back(*percent, item);
  }
  if (stages.size() != items.size() || !check_rise(value, stages)) return std::nullopt;
  Ladder ladder;
  for (const auto& stage : stages) {
    const bool last = stage.first.is_all();
    ladder.stages.push_back({stage.first, last ? Duration{0} : k_day, last ? k_day : Duration{0}});
  }
  return ladder;
}

std::optional<Stage> read_stage(const Value& value, Strategy strategy) {
  const Fields fields(value, section("stage"));
  std::optional<Percent> to;
  fields.with("to", [&](const Value& percent) { to = percent.percent(); });
  if (!to) return std::nullopt;
  Stage stage{*to, to->is_all() ? Duration{0} : soak_of(strategy), to->is_all() ? k_day : Duration{0}};
  fields.with("soak", [&](const Value& soak) {
    assign(stage.soak, soak.duration());
    if (to->is_all()) soak.problem("nothing follows 100 %, so it has no soak; `watch` is the time watched after it");
  });
  fields.with("watch", [&](const Value& watch) {
    assign(stage.watch, watch.duration());
    if (!to->is_all()) watch.problem("only 100 % has a watch; `soak` is the time watched before the next stage");
  });
  return stage;
}

std::optional<Ladder> read_stages(const Value& value, Strategy strategy) {
  Ladder ladder;
  ladder.strategy = strategy;
  std::vector<std::pair<Percent, Value>> rise;
  const auto items = value.items();
  for (const Value& item : items) {
    const auto stage = read_stage(item, strategy);
    if (!stage) continue;
    ladder.stages.push_back(*stage);
    rise.emplace_back(stage->to, item);
  }
  if (!value.is_list() || rise.size() != items.size() || !check_rise(value, rise)) return std::nullopt;
  const bool at_once = strategy == Strategy::blue_green || strategy == Strategy::immediate;
  if (at_once && ladder.stages.size() != 1) {
    value.problem("this strategy goes to 100 % at once; leave the stages out, or give only { to: 100%, watch: … }");
    return std::nullopt;
  }
  return ladder;
}

}  // namespace

Ladder default_ladder() { return ladder_of(Strategy::staged, {1, 5, 20, 50, 100}); }

std::optional<Ladder> read_ladder(const Value& value) {
  if (value.is_list()) return read_short(value);
  if (!value.is_map()) {
    value.problem(
        "a list of percentages such as [1, 5, 20, 50, 100], or a map with `strategy` and `stages`, is wanted");
    return std::nullopt;
  }
  const Fields fields(value, section("rollout"));
  Strategy strategy = Strategy::staged;
  if (const auto word = fields.get("strategy")) {
    const auto read = word->word(k_strategies);
    if (!read) return std::nullopt;
    strategy = *read;
  }
  if (const auto stages = fields.get("stages")) return read_stages(*stages, strategy);
  auto usual = usual_ladder(strategy);
  if (!usual)
    value.problem("a staged rollout needs `stages`, such as [{ to: 1%, soak: 24h }, { to: 100%, watch: 24h }]");
  return usual;
}

}  // namespace train::definition
