#include "switched_off.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "counting.hpp"
#include "gatekeeping.hpp"
#include "noticing.hpp"
#include "rules.hpp"

namespace train::engine {
namespace {

std::vector<const Flag*> flags_behind(const Case& c, const SignalName& signal) {
  std::vector<const Flag*> out;
  for (const auto& flag : c.world.definition.flags) {
    if (flag.signal == signal && flag.value_off) out.push_back(&flag);
  }
  return out;
}

// Since when it is off, by the log; nullopt while it is not.
std::optional<Instant> off_since(const Case& c, const Flag& flag) {
  const auto known = c.world.state.flags.find(flag.name);
  if (known == c.world.state.flags.end() || known->second.value != *flag.value_off) return std::nullopt;
  return known->second.since;
}

void blame_the_binary(const Case& c, const SignalName& signal, const LatchedBreach& breach, const std::string& flag,
                      std::vector<EventBody>& out) {
  const auto rule = find_rule(c, signal);
  if (!rule) return;
  GateEvidence evidence = breach.evidence;
  evidence.why += fmt::format("; the flag {} could not be switched off", flag);
  out.emplace_back(breach_of(c, std::string(to_string(rule->gate.on_breach)), std::move(evidence)));
}

// From the switch, or, while it has not succeeded, from the breach.
Instant settles(const Case& c, const SignalName& signal, const LatchedBreach& breach) {
  Instant at = breach.at;
  for (const Flag* flag : flags_behind(c, signal))
    at = std::max(at, off_since(c, *flag).value_or(breach.at) + flag->settle);
  return at;
}

}  // namespace

bool takes_the_blame(const Case& c, const SignalName& signal) {
  const auto flags = flags_behind(c, signal);
  const auto afresh = c.progress.afresh.find(signal);
  return std::any_of(flags.begin(), flags.end(), [&](const Flag* flag) {
    const auto off = off_since(c, *flag);
    if (!off) return true;
    const bool in_this_rollout = c.progress.exposed_since && *off >= *c.progress.exposed_since;
    return in_this_rollout && (afresh == c.progress.afresh.end() || afresh->second < *off);
  });
}

std::optional<Instant> settles_at(const Case& c, const SignalName& signal) {
  if (!is_settling(c.progress, signal)) return std::nullopt;
  return settles(c, signal, c.progress.breaches.at(signal));
}

void notice_switched_off(const Case& c, std::vector<EventBody>& out) {
  std::vector<SignalName> heard;
  for (const auto& [signal, breach] : c.progress.breaches) {
    if (!is_settling(c.progress, signal) || c.now() < settles(c, signal, breach)) continue;
    if (c.now() <= breach.at) continue;  // however short the settle time: the switch is tried first
    const auto flags = flags_behind(c, signal);
    const auto on = std::find_if(flags.begin(), flags.end(), [&](const Flag* flag) { return !off_since(c, *flag); });
    if (on == flags.end())
      heard.push_back(signal);
    else
      blame_the_binary(c, signal, breach, (*on)->name, out);
  }
  if (!heard.empty()) count_afresh(c, heard, out);
}

}  // namespace train::engine
