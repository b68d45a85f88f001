#include "switched_off.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "counting.hpp"
#include "detect.hpp"
#include "gatekeeping.hpp"
#include "rules.hpp"

namespace train::engine {
namespace {

std::vector<const Flag*> flags_behind(const AppContext& context, const SignalName& signal) {
  std::vector<const Flag*> out;
  for (const auto& flag : context.input.definition.flags) {
    if (flag.signal == signal && flag.value_off) out.push_back(&flag);
  }
  return out;
}

// Since when it is off, by the log; nullopt while it is not.
std::optional<Instant> off_since(const AppContext& context, const Flag& flag) {
  const auto known = context.input.state.flags.find(flag.name);
  if (known == context.input.state.flags.end() || known->second.value != *flag.value_off) return std::nullopt;
  return known->second.since;
}

void blame_the_binary(const AppContext& context, const GateName& gate, const LatchedBreach& breach,
                      const std::string& flag, std::vector<EventBody>& out) {
  const auto rule = find_rule(context, gate);
  if (!rule) return;
  GateEvidence evidence = breach.evidence;
  evidence.why += fmt::format("; the flag {} could not be switched off", flag);
  out.emplace_back(breach_of(context, rule->gate.on_breach, std::move(evidence)));
}

// From the switch, or, while it has not succeeded, from the breach.
Instant settles(const AppContext& context, const LatchedBreach& breach) {
  Instant at = breach.at;
  for (const Flag* flag : flags_behind(context, breach.evidence.signal))
    at = std::max(at, off_since(context, *flag).value_or(breach.at) + flag->settle);
  return at;
}

}  // namespace

bool takes_the_blame(const AppContext& context, const SignalName& signal) {
  const auto flags = flags_behind(context, signal);
  const auto afresh = context.progress.afresh.find(signal);
  return std::any_of(flags.begin(), flags.end(), [&](const Flag* flag) {
    const auto off = off_since(context, *flag);
    if (!off) return true;
    const bool in_this_rollout = context.progress.exposed_since && *off >= *context.progress.exposed_since;
    return in_this_rollout && (afresh == context.progress.afresh.end() || afresh->second < *off);
  });
}

std::optional<Instant> settles_at(const AppContext& context, const GateName& gate) {
  if (!is_settling(context.progress, gate)) return std::nullopt;
  return settles(context, context.progress.breaches.at(gate));
}

void detect_switched_off(const AppContext& context, std::vector<EventBody>& out) {
  std::vector<SignalName> heard;
  for (const auto& [gate, breach] : context.progress.breaches) {
    const SignalName& signal = breach.evidence.signal;
    if (!is_settling(context.progress, gate) || context.now() < settles(context, breach)) continue;
    if (context.now() <= breach.at) continue;  // however short the settle time: the switch is tried first
    const auto flags = flags_behind(context, signal);
    const auto on =
        std::find_if(flags.begin(), flags.end(), [&](const Flag* flag) { return !off_since(context, *flag); });
    if (on != flags.end())
      blame_the_binary(context, gate, breach, (*on)->name, out);
    else if (std::find(heard.begin(), heard.end(), signal) == heard.end())
      heard.push_back(signal);
  }
  if (!heard.empty()) count_afresh(context, heard, out);
}

}  // namespace train::engine
