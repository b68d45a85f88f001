// From the order to roll back until each store has accepted the standby: what it costs, in requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "../../src/cli/compose/wiring.hpp"
#include "../../src/rehearsal/simulation.hpp"
#include "compose/catalog.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"
#include "train/runner/stop.hpp"

namespace train::rehearsal {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::string_view k_until_halted = R"yaml(
about: Both apps breach at 5 % while their standbys are ready.
given: { live: 3.3.0, standby: true, for: 20d }
events:
  - { when: each app at 5%, do: health, crash_rate: 5% }
expect:
  - each app phase halted
)yaml";

struct Asked {
  std::string request;  // "POST /edits"
  bool accepts = false;
};

// What one store was asked from call `since` on, until it had accepted the standby.
std::vector<Asked> asked_until_accepted(const json& calls, std::size_t since, const std::string& store,
                                        const std::string& acceptance) {
  std::vector<Asked> out;
  for (std::size_t i = since; i < calls.size(); ++i) {
    const auto path = calls[i].value("path", "");
    if (path.rfind("/" + store, 0) != 0) continue;
    out.push_back({calls[i].value("method", "") + " " + path, path.find(acceptance) != std::string::npos});
    if (out.back().accepts) return out;
  }
  ADD_FAILURE() << store << " never accepted it";
  return out;
}

std::string listed(const std::string& store, const std::vector<Asked>& asked) {
  std::string out = store + ": " + std::to_string(asked.size()) + " requests\n";
  for (const auto& one : asked) out += "  " + one.request + "\n";
  return out;
}

bool is_there(const std::vector<Asked>& asked, std::string_view part) {
  return std::any_of(asked.begin(), asked.end(),
                     [&](const Asked& one) { return one.request.find(part) != std::string::npos; });
}

TEST(RollbackClock, ThreeRoundTripsToEachStore) {
  const auto scenario = read_scenario(k_until_halted, "clock.yaml", roster_of(std::nullopt));
  ASSERT_TRUE(scenario) << scenario.error().front().format();
  auto environment = Environment::set(*scenario, std::nullopt, cli::catalog());
  ASSERT_TRUE(environment) << environment.error().text();
  {
    Simulation play(*scenario, **environment, cli::wire, {});
    const auto played = play.run();
    ASSERT_TRUE(played) << played.error().text();
    for (const auto& app : play.record().release()->apps) {
      const auto& model = (*environment)->definition().find_app(app.app)->facts();
      ASSERT_EQ(engine::standby_state(model, *play.record().release(), app), engine::StandbyState::ready) << app.app;
    }
  }
  auto ports = cli::wire((*environment)->definition(), (*environment)->clock());
  ASSERT_TRUE(ports) << ports.error().text();
  const auto calls_of = [&] {
    return json::parse((*environment)->sandbox().control("GET", "/_sandbox/calls", "").body);
  };
  const auto before = calls_of().size();
  const auto version = (*environment)->version();
  const auto before_it = runner::load_state(*ports->ports.log);
  ASSERT_TRUE(before_it);
  runner::StopWish wish;
  wish.by = "ana";
  wish.why = "crashes";
  wish.rollback = true;
  wish.apps =
      engine::what_a_stop_does((*environment)->definition(), *before_it, {"", true}, (*environment)->clock().now());
  wish.orders = [&](const engine::State&) {
    return Result<std::vector<EventBody>>(std::vector<EventBody>{
        event::HaltOrdered{version, "ios", "crashes", true}, event::HaltOrdered{version, "android", "crashes", true}});
  };
  const auto report = runner::stop((*environment)->definition(), ports->ports, wish);
  ASSERT_TRUE(report) << report.error().text();
  const auto calls = calls_of();
  const auto apple = asked_until_accepted(calls, before, "app-store", "appStoreVersionReleaseRequests");
  const auto google = asked_until_accepted(calls, before, "play", ":commit");
  std::cout << listed("App Store", apple) << listed("Google Play", google);
  // The app's id, its versions, the request: one after the other.
  EXPECT_LE(apple.size(), 3u);
  // The edit opens while the track is listed beside it: four requests, three of them one after the other.
  EXPECT_LE(google.size(), 4u);
  EXPECT_TRUE(is_there(google, "/releases"));
  const auto state = runner::load_state(*ports->ports.log);
  ASSERT_TRUE(state);
  for (const auto& app : state->find(version)->apps) EXPECT_EQ(engine::app_phase(app), engine::AppPhase::rolled_back);
}

constexpr std::string_view k_breach = R"yaml(
about: Each app breaches at 5 % with a ready standby that goes out by itself.
given: { live: 3.3.0, for: 20d }
events:
  - { when: each app at 5%, do: health, crash_rate: 5% }
expect:
  - each app phase rolled_back
)yaml";

// The built-in example with a way back, whose crash gate lets it out by itself.
Definition automatic() {
  const auto scenario = read_scenario(k_until_halted, "clock.yaml", roster_of(std::nullopt));
  auto environment = Environment::set(*scenario, std::nullopt, cli::catalog());
  EXPECT_TRUE(environment);
  Definition out = (*environment)->definition();
  for (auto& gate : out.gates) gate.auto_rollback = gate.on_breach == Reaction::rollback;
  return out;
}

TEST(RollbackClock, FromTheBreachToTheStandbyInAFewRequests) {
  const auto own = automatic();
  const auto scenario = read_scenario(k_breach, "breach.yaml", roster_of(own));
  ASSERT_TRUE(scenario) << scenario.error().front().format();
  auto environment = Environment::set(*scenario, own, cli::catalog());
  ASSERT_TRUE(environment) << environment.error().text();
  std::map<AppName, std::size_t> breached;
  std::map<AppName, std::size_t> went_out;
  const auto calls_now = [&] {
    return json::parse((*environment)->sandbox().control("GET", "/_sandbox/calls", "").body).size();
  };
  const auto told = [&](const TimelineEntry& entry) {
    if (entry.event == "annotate" && entry.detail.find("crashes breaches") != std::string::npos)
      breached.emplace(entry.app, calls_now());
    if (entry.event == "release_standby") went_out.emplace(entry.app, calls_now());
  };
  Simulation play(*scenario, **environment, cli::wire, told);
  const auto played = play.run();
  ASSERT_TRUE(played) << played.error().text();
  const auto calls = json::parse((*environment)->sandbox().control("GET", "/_sandbox/calls", "").body);
  const std::map<AppName, std::pair<std::string, std::string>> stores{
      {"ios", {"app-store", "appStoreVersionReleaseRequests"}}, {"android", {"play", ":commit"}}};
  for (const auto& [app, store] : stores) {
    ASSERT_EQ(breached.count(app), 1u) << app << " never breached";
    ASSERT_EQ(went_out.count(app), 1u) << app << " never went back";
    const auto asked = asked_until_accepted(calls, breached[app], store.first, store.second);
    std::cout << "from the breach: " << listed(app, asked);
    EXPECT_LE(asked.size(), 4u) << app;
  }
}

}  // namespace
}  // namespace train::rehearsal
