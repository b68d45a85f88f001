#include "simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "train/base/interruption.hpp"
#include "train/engine/phase.hpp"

namespace train::rehearsal {
namespace {

using nlohmann::json;

constexpr Duration k_look_every{3600};
constexpr Duration k_quiet_until_rest{48 * 3600};
constexpr int k_signing_rounds_max = 20;  // at one time; more means that signing opens ever new items
constexpr int k_looks_max = 20'000;       // 400 days of hourly looks and as many due times

// Who signs: the member who is asked by name, members who have the role, or without members somebody by the role's own
// name; never the same person twice.
std::optional<std::string> signer(const Definition& definition, const engine::Release& release, const std::string& item,
                                  const std::string& role) {
  const auto has_signed = [&](const std::string& person) {
    return std::any_of(release.sign_offs.begin(), release.sign_offs.end(),
                       [&](const auto& given) { return given.item == item && given.by == person; });
  };
  for (const auto& member : definition.members) {
    const bool fits = role.empty() || member.name == role ||
                      std::find(member.roles.begin(), member.roles.end(), role) != member.roles.end();
    if (fits && !has_signed(member.name)) return member.name;
  }
  if (!definition.members.empty()) return std::nullopt;
  const std::string base = role.empty() ? "somebody" : role;
  for (int i = 1; i <= 9; ++i) {
    const auto name = i == 1 ? base : fmt::format("{}-{}", base, i);
    if (!has_signed(name)) return name;
  }
  return std::nullopt;
}

// A wait that only a person ends, or that ends with one: nothing changes while nobody comes.
bool waits_for_somebody(const Wait& wait) {
  return wait.needs_person || wait.kind == WaitKind::hold || wait.kind == WaitKind::approval ||
         wait.kind == WaitKind::checklist || wait.kind == WaitKind::person;
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, Environment& environment, runner::Wire wire,
                       const std::function<void(const TimelineEntry&)>& told)
    : scenario_(scenario),
      environment_(environment),
      recorder_(record_, told),
      runners_(environment, std::move(wire), record_, recorder_) {
  record_.definition = &environment.definition();
  record_.version = environment.version();
  began_ = environment.sandbox().now();
  for (const auto& event : scenario.events) pending_.push_back({&event, std::nullopt, false});
}

Simulation::~Simulation() { environment_.sandbox().set_hook({}); }

Result<Done> Simulation::open() {
  if (auto wired = runners_.set_count(1); !wired) return wired;
  if (scenario_.calendar) return Done{};
  return runners_.record("rehearsal", [&](const engine::State&) -> Result<std::vector<EventBody>> {
    return std::vector<EventBody>{event::Opened{environment_.version(), false, std::nullopt, std::nullopt}};
  });
}

Result<Done> Simulation::run() {
  if (auto opened = open(); !opened) return opened;
  see_stores();
  for (;;) {
    if (is_interrupted()) return fail(ErrorKind::unreachable, "Interrupted; the rehearsal was not played to its end.");
    if (auto pending = play_events(); !pending) return tl::unexpected(pending.error());
    const Instant now = environment_.sandbox().now();
    if (!absent_until_ || now >= *absent_until_) {
      absent_until_.reset();
      if (auto looked = run_due(); !looked) return looked;
    }
    if (const auto reason = end_reason()) {
      ended_ = *reason;
      close();
      return Done{};
    }
    move_clock();
  }
}

Result<Done> Simulation::run_due() {
  for (int round = 0; round < k_signing_rounds_max; ++round) {
    ++looks_;
    if (auto looked = runners_.look(); !looked) return looked;
    see_stores();
    auto commanded = play_events();
    if (!commanded) return tl::unexpected(commanded.error());
    const auto is_signed = sign();
    if (!is_signed) return tl::unexpected(is_signed.error());
    if (!*is_signed && !*commanded) return Done{};
  }
  recorder_.note(environment_.sandbox().now(), {}, "people signed again and again; the clock goes on");
  return Done{};
}

Result<bool> Simulation::sign() {
  if (!scenario_.people_sign) return false;
  bool any = false;
  for (const auto& wait : record_.plan.waits) {
    const bool can_be_signed = wait.kind == WaitKind::approval || wait.kind == WaitKind::checklist;
    const auto* release = record_.state.find(wait.version);
    if (!can_be_signed || wait.item.empty() || release == nullptr) continue;
    const std::string role = wait.who.empty() ? std::string() : wait.who.front();
    // One wait is shown for each app, and both are about the same item.
    const bool given = std::any_of(release->sign_offs.begin(), release->sign_offs.end(), [&](const auto& s) {
      return s.item == wait.item && s.at == environment_.sandbox().now();
    });
    if (given && any) continue;
    const auto person = signer(environment_.definition(), *release, wait.item, role);
    if (!person) continue;
    const auto make = [&](const engine::State&) -> Result<std::vector<EventBody>> {
      event::SignedOff out;
      out.version = wait.version;
      out.item = wait.item;
      if (environment_.definition().find_member(role) == nullptr) out.role = role;
      return std::vector<EventBody>{out};
    };
    if (auto recorded = runners_.record(*person, make); !recorded) return tl::unexpected(recorded.error());
    any = true;
  }
  return any;
}

void Simulation::see_stores() {
  const auto answer = environment_.sandbox().control("GET", "/_sandbox/state", "");
  const auto state = json::parse(answer.body, nullptr, false);
  if (!state.is_object()) return;
  for (const auto& [app, sides] : state.items()) {
    for (const auto& side : sides.value("versions", json::array())) {
      if (side.value("version", std::string()) != environment_.version().text()) continue;
      const auto percent = Percent::from_fraction(side.value("percent", 0.0) / 100.0);
      if (percent) recorder_.see_served(app, *percent);
    }
  }
}

bool Simulation::rests() const {
  if (cue_pending() || absent_until_ || record_.last_look_failed) return false;
  const auto& waits = record_.plan.waits;
  if (!std::all_of(waits.begin(), waits.end(), waits_for_somebody)) return false;
  return environment_.sandbox().now() - recorder_.last_progress() >= k_quiet_until_rest;
}

std::optional<std::string> Simulation::end_reason() const {
  const auto* release = record_.release();
  if (release != nullptr && release->abandoned && !cue_pending()) return "abandoned";
  if (release != nullptr && release->finished && !cue_pending()) return release->superseded ? "superseded" : "done";
  if (environment_.sandbox().now() - began_ >= scenario_.lasts) return "out of time";
  if (looks_ >= k_looks_max) return "out of looks";
  if (!rests()) return std::nullopt;
  const auto& waits = record_.plan.waits;
  return "at rest: " + (waits.empty() ? std::string("nothing is due") : waits.front().detail);
}

void Simulation::move_clock() {
  const Instant now = environment_.sandbox().now();
  Instant next = now + k_look_every;
  const auto sooner = [&](const std::optional<Instant>& at) {
    if (at && *at > now) next = std::min(next, *at);
  };
  if (!absent_until_) sooner(record_.plan.next_due);
  sooner(absent_until_);
  sooner(next_cue());
  sooner(began_ + scenario_.lasts);
  environment_.sandbox().advance_to(next);
  see_stores();
}

void Simulation::close() {
  record_.flags = environment_.flags();
  const auto calls = json::parse(environment_.sandbox().control("GET", "/_sandbox/calls", "").body, nullptr, false);
  for (const auto& call : calls.is_array() ? calls : json::array()) {
    const bool effect = call.value("effect", false);
    record_.calls.push_back({call.value("method", ""), call.value("path", ""), call.value("status", 0),
                             effect ? call.value("change", "") : std::string()});
  }
  const auto inbox = json::parse(environment_.sandbox().control("GET", "/_sandbox/inbox", "").body, nullptr, false);
  for (const auto& message : inbox.is_array() ? inbox : json::array()) {
    const auto body = message.find("body");
    if (body != message.end() && body->is_object()) record_.inbox.push_back(body->value("topic", ""));
  }
}

}  // namespace train::rehearsal
