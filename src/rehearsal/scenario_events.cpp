// What the scenario makes happen, and when.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rules.hpp"
#include "simulation.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"

namespace train::rehearsal {
namespace {

using nlohmann::json;

// `*` stands for any text.
bool fits(std::string_view path, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return path == pattern;
  const auto head = pattern.substr(0, star);
  const auto tail = pattern.substr(star + 1);
  if (!starts_with(path, head)) return false;
  for (auto rest = path.substr(head.size());; rest.remove_prefix(1)) {
    if (fits(rest, tail)) return true;
    if (rest.empty()) return false;
  }
}

bool is_named_after(const Signal& signal, std::string_view word) { return signal.name.find(word) != std::string::npos; }

// Where no signal is named after crashes, a crash is an error like any other: the train is to notice it.
void spread_crashes(json& body, const Definition& definition) {
  const auto& signals = definition.signals;
  const auto counts_crashes = [](const Signal& signal) { return is_named_after(signal, "crash"); };
  if (!body.contains("crash_rate") || body.contains("signals")) return;
  if (std::any_of(signals.begin(), signals.end(), counts_crashes)) return;
  for (const auto& signal : signals) {
    if (signal.kind == SignalKind::proportion && !is_named_after(signal, "payment"))
      body["signals"][signal.name] = body["crash_rate"];
  }
}

// As healthy as the sandbox's users are where nothing goes wrong.
ToSandbox cured(const ToSandbox& act) {
  auto body = json::parse(act.json, nullptr, false);
  const json healthy = {
      {"crash_rate", 0.002}, {"payment_failure_rate", 0.005}, {"response_p95", 0.8}, {"silent", false}};
  for (const auto& [name, value] : healthy.items()) {
    if (body.contains(name)) body[name] = value;
  }
  if (body.contains("signals")) {
    for (auto& [name, rate] : body["signals"].items()) rate = healthy["crash_rate"];
  }
  ToSandbox out = act;
  out.json = body.dump();
  return out;
}

}  // namespace

bool Simulation::is_seen(const Trigger& trigger) const {
  const auto did = [&](const DoneStep& done) {
    return to_string(done.step.action) == trigger.word && (trigger.app.empty() || done.step.app == trigger.app);
  };
  switch (trigger.kind) {
    case Trigger::Kind::percent: {
      const auto served = record_.served.find(trigger.app);
      return served != record_.served.end() && served->second >= trigger.percent && !served->second.is_zero();
    }
    case Trigger::Kind::app_phase: {
      const auto* app = record_.app(trigger.app);
      return app != nullptr && engine::to_string(engine::app_phase(*app)) == trigger.word;
    }
    case Trigger::Kind::app_action:
    case Trigger::Kind::action:
      return std::any_of(record_.done.begin(), record_.done.end(), did);
    case Trigger::Kind::release_phase: {
      const auto* release = record_.release();
      return release != nullptr &&
             engine::to_string(engine::release_phase(environment_.definition(), *release,
                                                     environment_.sandbox().now())) == trigger.word;
    }
  }
  return false;
}

Result<bool> Simulation::play_events() {
  const Instant now = environment_.sandbox().now();
  bool commanded = false;
  follow_flags();
  for (auto& pending : pending_) {
    if (pending.played) continue;
    if (!pending.due && (!pending.event->when || is_seen(*pending.event->when))) {
      const Instant since = pending.event->when ? now : began_;
      pending.due = since + pending.event->after.value_or(Duration{0});
    }
    if (!pending.due || *pending.due > now) continue;
    pending.played = true;
    auto performed = perform(*pending.event);
    if (!performed) return performed;
    commanded = commanded || *performed;
  }
  return commanded;
}

Result<bool> Simulation::perform(const ScenarioEvent& event) {
  if (!event.told.empty()) recorder_.note(environment_.sandbox().now(), event.about, event.told);
  if (const auto* act = std::get_if<ToSandbox>(&event.act)) {
    if (act->behind.empty()) {
      send(*act);
    } else {
      features_.push_back({*act, false});
      follow_flags();
    }
  } else if (const auto* fault = std::get_if<FaultOnPattern>(&event.act)) {
    set_trap(*fault);
  } else if (const auto* ordered = std::get_if<OrderedBy>(&event.act)) {
    return give_order(*ordered);
  } else if (const auto* change = std::get_if<RunnerChange>(&event.act)) {
    if (change->absent_for) absent_until_ = environment_.sandbox().now() + *change->absent_for;
    if (change->together) {
      if (auto set = runners_.set_count(*change->together); !set) return tl::unexpected(set.error());
    }
  }
  return false;
}

void Simulation::send(const ToSandbox& act) {
  std::vector<std::string> bodies;
  for (const auto& app : act.apps) {
    auto body = json::parse(act.json, nullptr, false);
    body["app"] = app;
    if (!body.contains("version")) body["version"] = environment_.version().text();
    spread_crashes(body, environment_.definition());
    bodies.push_back(body.dump());
  }
  if (!act.per_app) bodies.push_back(act.json);
  for (const auto& body : bodies) {
    const auto answer = environment_.sandbox().control("POST", act.endpoint, body);
    if (answer.status == 200) continue;
    record_.failures.push_back("the scenario's own " + act.endpoint + ": " + answer.body);
    recorder_.note(environment_.sandbox().now(), {},
                   fmt::format("the sandbox answered {}: {}", answer.status, answer.body));
  }
}

void Simulation::follow_flags() {
  if (features_.empty()) return;
  const auto flags = environment_.flags();
  for (auto& feature : features_) {
    const bool on = !is_off(environment_.definition(), flags, feature.act.behind);
    if (on != feature.on) send(on ? feature.act : cured(feature.act));
    feature.on = on;
  }
}

void Simulation::set_trap(const FaultOnPattern& fault) {
  {
    const std::lock_guard lock(traps_mutex_);
    traps_.push_back({fault, fault.times == 0 ? 1'000'000 : fault.times, 0});
  }
  environment_.sandbox().set_hook(
      [this](sandbox::Moment moment, std::uint64_t, std::string_view method, std::string_view path) {
        if (moment == sandbox::Moment::before_effect) spring_traps(method, path);
      });
}

void Simulation::spring_traps(std::string_view method, std::string_view path) {
  const std::lock_guard lock(traps_mutex_);
  for (auto& trap : traps_) {
    if (trap.left == 0 || (!trap.fault.method.empty() && trap.fault.method != method)) continue;
    if (!fits(path, trap.fault.pattern) || ++trap.seen % trap.fault.every != 0) continue;
    --trap.left;
    const json fault = {{"path", path}, {"method", method}, {"times", 1}, {"fault", trap.fault.fault}};
    environment_.sandbox().control("POST", "/_sandbox/faults", fault.dump());
    return;
  }
}

bool Simulation::cue_pending() const {
  return std::any_of(pending_.begin(), pending_.end(),
                     [](const PendingEvent& pending) { return !pending.played && pending.due; });
}

std::optional<Instant> Simulation::next_cue() const {
  std::optional<Instant> out;
  for (const auto& pending : pending_) {
    if (!pending.played && pending.due && (!out || *pending.due < *out)) out = pending.due;
  }
  return out;
}

}  // namespace train::rehearsal
