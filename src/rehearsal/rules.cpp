#include "rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "train/base/text.hpp"
#include "train/engine/phase.hpp"

namespace train::rehearsal {
namespace {

Percent percent_slot(const Slots& slots) { return Percent::parse(slot(slots, "PERCENT")).value_or(Percent()); }

std::string last_wait(const RunRecord& w, const AppName& app) {
  for (const auto& wait : w.plan.waits) {
    if (app.empty() || wait.app == app || wait.app.empty()) return "; it waits: " + wait.detail;
  }
  return {};
}

}  // namespace

Finding never_above(const RunRecord& w, const Slots& slots) {
  const Percent highest = w.highest_of(slot(slots, "APP"));
  return highest <= percent_slot(slots) ? met() : unmet("it served " + highest.text());
}

Finding reaches(const RunRecord& w, const Slots& slots) {
  const auto app = slot(slots, "APP");
  const Percent highest = w.highest_of(app);
  return highest >= percent_slot(slots) ? met() : unmet("it served " + highest.text() + " at most" + last_wait(w, app));
}

Finding phase_at_the_end(const RunRecord& w, const Slots& slots) {
  const auto* app = w.app(slot(slots, "APP"));
  const auto phase =
      app == nullptr ? std::string("not begun") : std::string(engine::to_string(engine::app_phase(*app)));
  return phase == slot(slots, "PHASE") ? met() : unmet(phase + last_wait(w, slot(slots, "APP")));
}

Finding release_at_the_end(const RunRecord& w, const Slots& slots) {
  const auto* release = w.release();
  const Instant end = w.log.empty() ? Instant() : w.log.back().at;
  const auto phase =
      release == nullptr ? "scheduled" : engine::to_string(engine::release_phase(*w.definition, *release, end));
  return phase == slot(slots, "STATE") ? met() : unmet(std::string(phase) + last_wait(w, {}));
}

Finding exit_at_the_end(const RunRecord& w, const Slots& slots) {
  const bool person =
      std::any_of(w.plan.waits.begin(), w.plan.waits.end(), [](const Wait& wait) { return wait.needs_person; });
  const int code = w.last_look_failed ? 1 : person ? 3 : 0;
  return std::to_string(code) == slot(slots, "CODE") ? met() : unmet(fmt::format("the last `advance` exits {}", code));
}

Finding watched(const RunRecord& w, const Slots& slots) {
  const auto* release = w.release();
  const auto wanted = parse_duration(slot(slots, "LENGTH")).value_or(Duration{0});
  if (release == nullptr || !release->finished || release->superseded)
    return unmet("the release was not done" + last_wait(w, {}));
  for (const auto& app : release->apps) {
    if (!app.full_since) return unmet(app.app + " was never at 100 %");
    const auto length = *release->finished - *app.full_since;
    if (length < wanted) return unmet(fmt::format("{} was watched for {}", app.app, format_duration(length)));
  }
  return met();
}

namespace {

struct Wanted {
  AppName app;  // empty: any, or the train's own
  Action action = Action::notify;
  std::string topic;  // of a notification
};

Wanted first_wanted(const Slots& slots) {
  return {slot(slots, "APP"), parse_action(slot(slots, "ACTION")).value_or(Action::notify), {}};
}

Wanted second_wanted(const Slots& slots) {
  if (const auto topic = slot(slots, "TOPIC"); !topic.empty()) return {{}, Action::notify, topic};
  return {slot(slots, "APP2"), parse_action(slot(slots, "ACTION2")).value_or(Action::notify), {}};
}

std::optional<std::size_t> first_of(const RunRecord& w, const Wanted& wanted) {
  for (std::size_t i = 0; i < w.done.size(); ++i) {
    const Step& step = w.done[i].step;
    if (step.action != wanted.action || (!wanted.app.empty() && step.app != wanted.app)) continue;
    if (!wanted.topic.empty() && step.value != wanted.topic) continue;
    return i;
  }
  return std::nullopt;
}

std::string named(const Wanted& wanted) {
  const std::string topic = wanted.topic.empty() ? std::string() : " of " + wanted.topic;
  return (wanted.app.empty() ? "" : wanted.app + " ") + std::string(to_string(wanted.action)) + topic;
}

// What the definition cannot do at all is no matter of order.
bool is_possible(const RunRecord& w, const Wanted& wanted) {
  const auto& d = *w.definition;
  if (wanted.action == Action::notify) return !d.notify.empty();
  if (wanted.action != Action::set_flag) return true;
  return std::any_of(d.flags.begin(), d.flags.end(), [](const Flag& flag) { return flag.value_off.has_value(); });
}

}  // namespace

Finding happens(const RunRecord& w, const Slots& slots) {
  const auto wanted = first_wanted(slots);
  return first_of(w, wanted) ? met() : unmet("it never did" + last_wait(w, wanted.app));
}

Finding never_happens(const RunRecord& w, const Slots& slots) {
  const auto at = first_of(w, first_wanted(slots));
  return at ? unmet("it did, at " + format_rfc3339(w.done[*at].at)) : met();
}

Finding comes_before(const RunRecord& w, const Slots& slots) {
  const auto first = first_wanted(slots);
  const auto second = second_wanted(slots);
  if (!is_possible(w, first) || !is_possible(w, second)) return met();
  const auto a = first_of(w, first);
  const auto b = first_of(w, second);
  if (!a) return unmet(named(first) + " never happened");
  if (!b) return unmet(named(second) + " never happened");
  return *a < *b ? met() : unmet(named(second) + " came first, at " + format_rfc3339(w.done[*b].at));
}

Finding breached(const RunRecord& w, const Slots& slots) {
  std::string others;
  for (const auto& event : w.log) {
    const auto* breach = std::get_if<event::Breached>(&event.body);
    if (breach == nullptr) continue;
    const auto& gate = breach->evidence;
    const bool signal_fits =
        slots.count("SIGNAL") == 0 || gate.signal == slot(slots, "SIGNAL") || gate.id() == slot(slots, "SIGNAL");
    if (signal_fits && breach->app == slot(slots, "APP")) return met();
    others += (others.empty() ? "only: " : ", ") + gate.id() + " on " + breach->app;
  }
  return unmet(others.empty() ? "nothing breached" : others);
}

Finding no_breach(const RunRecord& w, const Slots&) {
  for (const auto& event : w.log) {
    const auto* breach = std::get_if<event::Breached>(&event.body);
    if (breach != nullptr)
      return unmet(breach->evidence.id() + " breached on " + breach->app + ": " + breach->evidence.why);
  }
  return met();
}

Finding drifted(const RunRecord& w, const Slots& slots) {
  for (const auto& event : w.log) {
    const auto* drift = std::get_if<event::Drifted>(&event.body);
    if (drift != nullptr && drift->app == slot(slots, "APP")) return met();
  }
  return unmet("the stores showed nothing that train had not done");
}

Finding overshot(const RunRecord& w, const Slots& slots) {
  for (const auto& event : w.log) {
    const auto* environment = std::get_if<event::StageReached>(&event.body);
    if (environment != nullptr && environment->app == slot(slots, "APP") && environment->overshoot) return met();
  }
  return unmet("it never served more than was allowed");
}

Finding notified(const RunRecord& w, const Slots& slots) {
  const auto topic = slot(slots, "TOPIC");
  if (std::find(w.inbox.begin(), w.inbox.end(), topic) != w.inbox.end()) return met();
  const bool wanted =
      std::any_of(w.definition->notify.begin(), w.definition->notify.end(), [&](const Channel& channel) {
        return channel.topics.empty() || std::any_of(channel.topics.begin(), channel.topics.end(),
                                                     [&](Topic each) { return to_string(each) == topic; });
      });
  return unmet(wanted ? "nothing of that topic arrived" : "no channel of the definition wants that topic");
}

Finding flag_is(const RunRecord& w, const Slots& slots) {
  const auto at = w.flags.find(slot(slots, "FLAG"));
  if (at == w.flags.end()) return unmet("the definition has no such flag");
  return at->second == slot(slots, "VALUE") ? met() : unmet("it is " + printable(at->second, 80));
}

Finding flags_are_off(const RunRecord& w, const Slots&) {
  for (const auto& flag : w.definition->flags) {
    const auto at = w.flags.find(flag.name);
    if (flag.value_off && (at == w.flags.end() || at->second != *flag.value_off)) {
      return unmet(flag.name + " is " + (at == w.flags.end() ? "unreadable" : printable(at->second, 80)));
    }
  }
  return met();
}

bool is_off(const Definition& definition, const std::map<FlagName, std::string>& values, const SignalName& signal) {
  return std::any_of(definition.flags.begin(), definition.flags.end(), [&](const Flag& flag) {
    const auto at = values.find(flag.name);
    return flag.signal == signal && flag.value_off && at != values.end() && at->second == *flag.value_off;
  });
}

Finding flag_of_signal_is_off(const RunRecord& w, const Slots& slots) {
  return is_off(*w.definition, w.flags, slot(slots, "SIGNAL")) ? met() : unmet("no flag with that signal is off");
}

Finding sign_off_voided(const RunRecord& w, const Slots&) {
  if (w.definition->approvals.empty() && w.definition->checklist.empty()) return met();
  const bool voided = std::any_of(w.log.begin(), w.log.end(), [](const Event& event) {
    const auto* chosen = std::get_if<event::CandidateChosen>(&event.body);
    return chosen != nullptr && !chosen->voided.empty();
  });
  return voided ? met() : unmet("every sign-off still counts");
}

Finding stepped_back(const RunRecord& w, const Slots&) {
  return w.stepped_back > 0 ? met() : unmet("every runner had the train to itself");
}

Finding answer_lost(const RunRecord& w, const Slots&) {
  const bool lost = std::any_of(w.calls.begin(), w.calls.end(), [](const StoreCall& call) { return call.status == 0; });
  return lost ? met() : unmet("every request was answered");
}

Finding nothing_failed(const RunRecord& w, const Slots&) {
  return w.failures.empty() ? met() : unmet(fmt::format("{} failed, first: {}", w.failures.size(), w.failures.front()));
}

}  // namespace train::rehearsal
