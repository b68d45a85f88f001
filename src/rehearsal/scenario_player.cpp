#include "train/rehearsal/scenario_player.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "environment.hpp"
#include "load.hpp"
#include "train/base/text.hpp"

namespace train::rehearsal {
namespace {

using nlohmann::json;

// Whether the sandbox alone can tell that it has come, and do it.
bool is_the_worlds(const ScenarioEvent& event) {
  const bool can_be_seen = !event.when || event.when->kind == Trigger::Kind::percent;
  const auto* sent = std::get_if<ToSandbox>(&event.act);
  return can_be_seen && sent != nullptr && sent->behind.empty();  // no sandbox knows the flags
}

class OnSandbox final : public ScenarioPlayer {
 public:
  OnSandbox(Scenario scenario, sandbox::Sandbox& sandbox)
      : scenario_(std::move(scenario)), sandbox_(sandbox), began_(sandbox.now()), pending_(scenario_.events.size()) {}

  std::vector<std::string> look() override {
    std::vector<std::string> told;
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      const auto& event = scenario_.events[i];
      if (pending_[i].played || !is_the_worlds(event) || !is_due(event, pending_[i])) continue;
      pending_[i].played = true;
      told.push_back(format_rfc3339(sandbox_.now()) + "  " + event.told);
      send(std::get<ToSandbox>(event.act));
    }
    return told;
  }

  std::vector<std::string> left_to_others() const override {
    std::vector<std::string> out;
    for (const auto& event : scenario_.events) {
      if (!is_the_worlds(event)) out.push_back(event.told.empty() ? "an event for whoever runs the train" : event.told);
    }
    return out;
  }

 private:
  struct PendingEvent {
    std::optional<Instant> due;
    bool played = false;
  };

  bool is_due(const ScenarioEvent& event, PendingEvent& pending) const {
    if (!pending.due && (!event.when || served(event.when->app) >= event.when->percent)) {
      pending.due = (event.when ? sandbox_.now() : began_) + event.after.value_or(Duration{0});
    }
    return pending.due && *pending.due <= sandbox_.now();
  }

  Percent served(const AppName& app) const {
    const auto state = json::parse(sandbox_.control("GET", "/_sandbox/state", "").body, nullptr, false);
    if (!state.is_object() || !state.contains(app)) return {};
    for (const auto& side : state[app].value("versions", json::array())) {
      if (side.value("version", std::string()) != k_example_version) continue;
      return Percent::from_fraction(side.value("percent", 0.0) / 100.0).value_or(Percent());
    }
    return {};
  }

  void send(const ToSandbox& act) const {
    if (!act.per_app) {
      sandbox_.control("POST", act.endpoint, act.json);
      return;
    }
    for (const auto& app : act.apps) {
      auto body = json::parse(act.json, nullptr, false);
      body["app"] = app;
      if (!body.contains("version")) body["version"] = k_example_version;
      sandbox_.control("POST", act.endpoint, body.dump());
    }
  }

  static constexpr const char* k_example_version = "3.4.0";

  Scenario scenario_;
  sandbox::Sandbox& sandbox_;
  Instant began_;
  std::vector<PendingEvent> pending_;
};

}  // namespace

Result<std::unique_ptr<ScenarioPlayer>> ScenarioPlayer::create(const std::string& scenario, sandbox::Sandbox& sandbox) {
  auto loaded = load_scenario(scenario, roster_of(std::nullopt));
  if (!loaded) return tl::unexpected(loaded.error());
  return std::unique_ptr<ScenarioPlayer>(std::make_unique<OnSandbox>(std::move(*loaded), sandbox));
}

}  // namespace train::rehearsal
