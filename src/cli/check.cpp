#include "check.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <map>
#include <set>

#include "train/base/text.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/forecast.hpp"

namespace train::cli {
namespace {

constexpr Duration k_tick{24 * 3600};

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::vector<std::string> holders_of(const Definition& definition, const std::string& role) {
  std::vector<std::string> names;
  for (const auto& member : definition.members) {
    if (std::find(member.roles.begin(), member.roles.end(), role) != member.roles.end()) names.push_back(member.name);
  }
  return names;
}

// Every role whose word something waits for, in the order of the file.
std::vector<std::string> wanted_roles(const Definition& definition) {
  std::vector<std::string> roles;
  const auto add = [&](const std::string& role) {
    if (!role.empty() && std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
  };
  for (const auto& item : definition.checklist) add(item.role);
  for (const auto& rule : definition.approvals) add(rule.role);
  for (const auto& role : definition.hotfix.approvals.value_or(std::vector<std::string>{})) add(role);
  return roles;
}

CheckLine owner_line(const Definition& definition, Instant now) {
  CheckLine line{"People", "owner", CheckResult::ok, "", ""};
  line.risk = "risk:owner";
  if (!definition.rotation) {
    line.result = CheckResult::warning;
    line.detail = "nobody is named to watch a rollout";
    line.hint = "Give people.owners a rotation.";
    return line;
  }
  const auto owner = engine::owner_at(*definition.rotation, definition.calendar.zone, now);
  if (owner) {
    line.detail = *owner + " is on watch now";
    return line;
  }
  line.result = CheckResult::warning;
  line.detail = "nobody is on watch before " + format_local(definition.rotation->from) + ", when the rotation begins";
  line.hint = "Let people.owners begin earlier.";
  return line;
}

CheckLine role_line(const Definition& definition, const std::string& role) {
  const auto holders = holders_of(definition, role);
  if (!holders.empty()) return {"People", role, CheckResult::ok, join(holders, ", "), ""};
  return {"People",
          role,
          CheckResult::failed,
          "its sign-off is wanted, but nobody has this role",
          "Give the role to somebody under people.members.",
          ErrorKind::definition};
}

// When nobody looked in time, in words; nullopt as far as the log can tell. Each tick changes what a look sees, so runs
// that come once a tick leave entries at most two ticks apart.
std::optional<std::string> late_look(const AppName& app, std::span<const Event> events, Instant now) {
  std::optional<Instant> climbing_since;
  const auto too_long = [&](Instant until) { return climbing_since && until - *climbing_since > 2 * k_tick; };
  const auto words = [&](const std::string& until) {
    return fmt::format("no run saw it between {} and {}, while it climbed", format_rfc3339(*climbing_since), until);
  };
  for (const auto& event : events) {
    if (const auto* reached = std::get_if<event::StageReached>(&event.body);
        reached != nullptr && reached->app == app && reached->overshoot) {
      return fmt::format("Apple climbed past what was allowed, to {}, seen {}", reached->percent.text(),
                         format_rfc3339(event.at));
    }
    const auto* seen = std::get_if<event::Seen>(&event.body);
    if (seen == nullptr || seen->app != app) continue;
    if (too_long(event.at)) return words(format_rfc3339(event.at));
    const bool climbing = seen->release && seen->release->phased &&
                          seen->release->phased->state == PhasedRelease::State::active &&
                          !seen->release->percent.is_all();
    climbing_since = climbing ? std::optional<Instant>(event.at) : std::nullopt;
  }
  if (too_long(now)) return words("now");
  return std::nullopt;
}

}  // namespace

std::string_view to_string(CheckResult result) {
  switch (result) {
    case CheckResult::ok:
      return "ok";
    case CheckResult::warning:
      return "warning";
    case CheckResult::failed:
      return "failed";
    case CheckResult::inactive:
      return "inactive";
  }
  return "failed";
}

Exit exit_of(const CheckLines& lines) {
  Exit exit = Exit::done;
  for (const auto& line : lines) {
    if (line.result == CheckResult::failed) exit = worse(exit, exit_of(line.because));
  }
  return exit;
}

CheckLine failed_line(std::string group, std::string what, const Error& error) {
  // A check that fails because somebody else was first is a failed check; there is nothing to have lost.
  const auto because = error.kind == ErrorKind::conflict ? ErrorKind::refused : error.kind;
  return {std::move(group), std::move(what), CheckResult::failed, error.message, error.hint, because};
}

CheckLines check_problems(const definition::Problems& problems) {
  CheckLines lines;
  for (const auto& problem : problems) {
    const auto place =
        problem.line == 0 ? problem.file : fmt::format("{}:{}:{}", problem.file, problem.line, problem.column);
    lines.push_back({"Definition", place, CheckResult::failed, problem.text, "", ErrorKind::definition});
  }
  return lines;
}

CheckLines check_definition(const Definition& definition) {
  const auto file = definition.file.filename().string();
  CheckLines lines;
  lines.push_back({"Definition", file, CheckResult::ok,
                   fmt::format("train {}: {}, {}, {}, {}", definition.train, counted(definition.apps.size(), "app"),
                               counted(definition.signals.size(), "signal"), counted(definition.gates.size(), "gate"),
                               counted(definition.flags.size(), "flag")),
                   ""});
  for (const auto& inactive : definition.inactive) {
    lines.push_back({"Not active yet", inactive.where, CheckResult::inactive,
                     fmt::format("{} ({}:{})", inactive.what, file, inactive.line), ""});
  }
  return lines;
}

CheckLines check_people(const Definition& definition, Instant now) {
  CheckLines lines{owner_line(definition, now)};
  const auto roles = wanted_roles(definition);
  if (definition.members.empty()) {
    if (roles.empty()) return lines;
    lines.push_back({"People", "sign-offs", CheckResult::warning,
                     "anyone's sign-off counts: people.members is not given",
                     "Name the members and their roles under people.members."});
    return lines;
  }
  for (const auto& role : roles) lines.push_back(role_line(definition, role));
  return lines;
}

namespace {

// The gates that can stop an app, by their signals, and those that ask nothing of it.
struct GatesOf {
  std::vector<std::string> deciding;
  std::vector<std::string> elsewhere;
};

GatesOf gates_of(const Definition& definition, const App& app) {
  GatesOf out;
  for (const auto& gate : definition.gates) {
    const auto* signal = definition.find_signal(gate.signal);
    if (gate.advisory || signal == nullptr || signal->kind == SignalKind::alarm) continue;
    (signal->is_for(app.name) ? out.deciding : out.elsewhere).push_back(gate.signal);
  }
  return out;
}

std::string taking(const std::optional<double>& exposures, const std::optional<Duration>& time) {
  if (!exposures || !time) return "never";
  return fmt::format("{:.0f} exposures, {}", *exposures,
                     format_duration(Duration((time->count() + 3599) / 3600 * 3600)));
}

CheckLine forecast_line(const engine::GateForecast& forecast) {
  CheckLine line{"Gates", forecast.app + " " + forecast.signal, CheckResult::ok, "", ""};
  line.detail = fmt::format("at {} it can pass after {} without an event, {} at half its limit",
                            forecast.percent.text(), taking(forecast.without_events, forecast.soonest),
                            taking(forecast.at_half_the_limit, forecast.usual));
  if (forecast.can_conclude()) return line;
  line.result = CheckResult::warning;
  line.detail = fmt::format("cannot conclude at {} within its longest wait of {}: {}", forecast.percent.text(),
                            format_duration(forecast.max_wait), taking(forecast.without_events, forecast.soonest));
  line.hint = "A larger first stage, a looser `promote`, or a longer `max_wait`; a person may decide instead.";
  return line;
}

CheckLine gate_line(const App& app, const GatesOf& gates) {
  CheckLine line{"Gates", app.name, CheckResult::warning, "", ""};
  line.risk = "risk:gates:" + app.name;
  const auto elsewhere = gates.elsewhere.empty() ? "" : "; not measured for it: " + join(gates.elsewhere, ", ");
  if (app.ladder.stages.size() < 2) {
    line.detail = "goes to 100 % at once: no gate can stop it on the way";
    line.hint = "Give it a `rollout` of several stages.";
  } else if (gates.deciding.empty()) {
    line.detail =
        "no gate decides: nothing rises above " + app.ladder.stages.front().to.text() + " without a person" + elsewhere;
    line.hint = "Give `signals` and `gates`.";
  } else {
    line.result = CheckResult::ok;
    line.detail = "its stages rise by " + join(gates.deciding, ", ") + elsewhere;
  }
  return line;
}

}  // namespace

CheckLines check_gates(const Definition& definition) {
  CheckLines lines;
  for (const auto& app : definition.apps) lines.push_back(gate_line(app, gates_of(definition, app)));
  for (const auto& forecast : engine::forecast(definition)) {
    // The first stage is the smallest; a later one is only said where it cannot conclude either.
    if (forecast.stage == 1 || !forecast.can_conclude()) lines.push_back(forecast_line(forecast));
  }
  return lines;
}

namespace {

CheckLine standby_rule_line(const StandbyRule& rule) {
  CheckLine line{"Way back", rule.app + " rollback build", CheckResult::ok, "", ""};
  if (rule.key.empty()) {
    line.result = CheckResult::failed;
    line.detail = "there is no key to sign it with";
    line.hint = "Give `standby." + rule.app + ".identity` (App Store) or `.keystore` (Google Play), and `password`.";
  } else if (!rule.notes) {
    line.result = CheckResult::failed;
    line.detail = "it has no notes that are true when an earlier version comes back";
    line.hint = "Give `standby." + rule.app + ".notes`.";
  } else {
    line.detail = "made of what is live, signed with " + rule.key.filename().string();
  }
  return line;
}

}  // namespace

CheckLines check_standby(const Definition& definition) {
  CheckLines lines;
  for (const auto& app : definition.apps) {
    const auto* rule = definition.find_standby(app.name);
    if (rule != nullptr) {
      lines.push_back(standby_rule_line(*rule));
    } else if (!definition.standby.empty()) {
      lines.push_back({"Way back", app.name + " rollback build", CheckResult::warning,
                       "none is kept: after a halt only a new build goes forward", "Give `standby." + app.name + "`."});
    }
  }
  for (const auto& flag : definition.flags) {
    if (!flag.risky || flag.value_off) continue;
    lines.push_back({"Way back", "flag " + flag.name, CheckResult::failed,
                     "it is risky, but has no value that switches it off", "Give it `value_off`."});
    lines.back().risk = "risk:flag:" + flag.name;
  }
  return lines;
}

CheckLines check_state(const Definition& definition, RunsOn where) {
  if (where == RunsOn::own_machine || !starts_with(definition.state, "file:")) return {};
  return {{"State", "place", CheckResult::warning, "the log is in local files, and a CI runner's disk is thrown away",
           "Keep the directory of `state` between runs, one run at a time, or run train on a machine that stays."}};
}

CheckLines check_ticks(const Definition& definition, std::span<const Event> events, Instant now) {
  CheckLines lines;
  for (const auto& app : definition.apps) {
    if (app.store != StoreKind::app_store || app.ladder.stages.size() < 2) continue;
    CheckLine line{"Schedule", app.name + " ticks", CheckResult::ok, "", ""};
    line.detail = "Apple climbs by itself every 24h: `train advance` must run at least daily, better hourly";
    if (const auto late = late_look(app.name, events, now)) {
      line.result = CheckResult::warning;
      line.detail = *late;
      line.hint = "Run `train advance` at least daily, better hourly, or leave `train watch` running.";
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace train::cli
