#include "train/rehearsal/director.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "load.hpp"
#include "stage.hpp"
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

class OnSandbox final : public Director {
 public:
  OnSandbox(Scenario scenario, sandbox::Sandbox& sandbox)
      : scenario_(std::move(scenario)), sandbox_(sandbox), began_(sandbox.now()), cues_(scenario_.events.size()) {}

  std::vector<std::string> look() override {
    std::vector<std::string> told;
    for (std::size_t i = 0; i < cues_.size(); ++i) {
      const auto& event = scenario_.events[i];
      if (cues_[i].played || !is_the_worlds(event) || !is_due(event, cues_[i])) continue;
      cues_[i].played = true;
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
  struct Cue {
    std::optional<Instant> due;
    bool played = false;
  };

  bool is_due(const ScenarioEvent& event, Cue& cue) const {
    if (!cue.due && (!event.when || served(event.when->app) >= event.when->percent)) {
      cue.due = (event.when ? sandbox_.now() : began_) + event.after.value_or(Duration{0});
    }
    return cue.due && *cue.due <= sandbox_.now();
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
  std::vector<Cue> cues_;
};

}  // namespace

Result<std::unique_ptr<Director>> Director::create(const std::string& scenario, sandbox::Sandbox& sandbox) {
  auto loaded = load_scenario(scenario, cast_of(std::nullopt));
  if (!loaded) return tl::unexpected(loaded.error());
  return std::unique_ptr<Director>(std::make_unique<OnSandbox>(std::move(*loaded), sandbox));
}

}  // namespace train::rehearsal
