#include "witness.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/domain/sign_off_item.hpp"
#include "train/domain/words.hpp"

namespace train::simulation {

const ReleaseWitness* Witness::find(const VersionName& version) const {
  const auto found =
      std::find_if(releases_.begin(), releases_.end(), [&](const auto& each) { return each.version == version; });
  return found == releases_.end() ? nullptr : &*found;
}
ReleaseWitness* Witness::release(const VersionName& version) { return const_cast<ReleaseWitness*>(find(version)); }

const AppWitness* Witness::find(const VersionName& version, const AppName& app) const {
  const auto* known = find(version);
  const auto found = known == nullptr ? std::map<AppName, AppWitness>::const_iterator() : known->apps.find(app);
  return known == nullptr || found == known->apps.end() ? nullptr : &found->second;
}
AppWitness* Witness::app(const VersionName& version, const AppName& name) {
  auto* known = release(version);
  return known == nullptr || name.empty() ? nullptr : &known->apps[name];
}

const GivenIntent* Witness::open_intent(const AppName& app, const VersionName& version, const std::string& call) const {
  const std::string first = call.substr(0, call.find(' '));
  const std::string action = first == "reuse_version" ? "create_version" : first;
  const GivenIntent* newest = nullptr;
  for (const auto& [operation, given] : open_) {
    const auto& step = given.intent.step;
    if (step.app == app && step.version == version && to_string(step.action) == action &&
        (newest == nullptr || newest->seq < given.seq))
      newest = &given;
  }
  return newest;
}

void Witness::check_name(const Event& event, const std::string& why, bool needs_why) {
  if (event.by.empty()) nameless_.push_back(fmt::format("event {} ({}) names nobody", event.seq, kind_of(event.body)));
  if (needs_why && why.empty())
    nameless_.push_back(fmt::format("event {} ({}) gives no reason", event.seq, kind_of(event.body)));
}

// What people say.
void Witness::see_order(const Event& event) {
  const auto said = [&](const std::string& why) { return Said{event.seq, event.by, why}; };
  if (const auto* e = std::get_if<event::HaltOrdered>(&event.body)) {
    check_name(event, e->why, true);
    if (auto* known = app(e->version, e->app)) known->stop = said(e->why);
  } else if (const auto* held = std::get_if<event::Held>(&event.body)) {
    check_name(event, held->why, true);
    if (auto* known = release(held->version); known != nullptr && held->app.empty()) known->hold = said(held->why);
    if (auto* known = app(held->version, held->app)) known->hold = said(held->why);
  } else if (const auto* resumed = std::get_if<event::Resumed>(&event.body)) {
    check_name(event, resumed->why, true);
    auto* known = release(resumed->version);
    if (known == nullptr) return;
    if (resumed->app.empty()) known->hold = {};
    for (auto& [name, one] : known->apps) {
      if (!resumed->app.empty() && name != resumed->app) continue;
      if (one.stop) one.stop_ended = said(resumed->why);
      one.stop = {};
      one.hold = {};
      one.resumed = said(resumed->why);
      for (const auto& signal : resumed->overrides) {
        one.breaches.erase(signal);
        one.overrides.insert(signal);
      }
    }
  } else if (const auto* signed_off = std::get_if<event::SignedOff>(&event.body)) {
    check_name(event, signed_off->why, signed_off->how != event::SignedOff::How::approved);
    auto* known = release(signed_off->version);
    if (known == nullptr) return;
    known->sign_offs[signed_off->item].push_back(said(signed_off->why));
    const auto item = parse_sign_off_item(signed_off->item);
    const auto* gate = item ? std::get_if<item::Gate>(&*item) : nullptr;
    if (gate != nullptr) known->apps[gate->app].overrides.insert(gate->signal);
  }
}

// What train notices and does.
void Witness::see_train(const Event& event) {
  if (const auto* breach = std::get_if<event::Breached>(&event.body)) {
    auto* known = app(breach->version, breach->app);
    const auto reaction = breach->reaction.value_or(Reaction::investigate);
    if (known != nullptr && reaction != Reaction::switch_off) known->breaches[breach->evidence.signal] = event.seq;
  } else if (const auto* stage = std::get_if<event::StageReached>(&event.body)) {
    auto* known = app(stage->version, stage->app);
    if (known != nullptr && stage->adopted) known->adopted = event.seq;
  } else if (const auto* drift = std::get_if<event::Drifted>(&event.body)) {
    if (auto* known = app(drift->version, drift->app)) known->drifts.emplace_back(event.seq, *drift);
  } else if (const auto* candidate = std::get_if<event::CandidateChosen>(&event.body)) {
    auto* known = app(candidate->version, candidate->app);
    if (known == nullptr) return;
    if (known->candidate != 0) known->breaches.clear();
    known->candidate = event.seq;
    for (const auto& item : candidate->voided) release(candidate->version)->sign_offs.erase(item);
  } else if (const auto* intent = std::get_if<event::Intent>(&event.body)) {
    const GivenIntent given{event.seq, event.at, *intent};
    open_[intent->operation] = given;
    auto* known = app(intent->step.version, intent->step.app);
    const Action action = intent->step.action;
    const bool moves = raises_exposure(action) || action == Action::pause || action == Action::halt;
    if (known != nullptr && known->moved == 0 && moves) known->moved = event.seq;
    if (known != nullptr && raises_exposure(action)) known->raises.push_back(given);
  } else if (const auto* outcome = std::get_if<event::Outcome>(&event.body)) {
    open_.erase(outcome->operation);
  }
}

void Witness::see(const Event& event) {
  if (const auto* opened = std::get_if<event::Opened>(&event.body)) {
    ReleaseWitness fresh;
    fresh.version = opened->version;
    fresh.hotfix = opened->hotfix;
    releases_.push_back(fresh);
  } else if (const auto* departed = std::get_if<event::Departed>(&event.body)) {
    if (auto* known = release(departed->version)) known->departed = true;
  } else if (const auto* abandoned = std::get_if<event::Abandoned>(&event.body)) {
    check_name(event, abandoned->why, true);
    if (auto* known = release(abandoned->version)) known->over = true;
  } else if (const auto* finished = std::get_if<event::Finished>(&event.body)) {
    if (auto* known = release(finished->version)) known->over = true;
  } else {
    see_order(event);
    see_train(event);
  }
}

}  // namespace train::simulation
