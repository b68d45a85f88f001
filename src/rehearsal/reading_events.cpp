#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "reading.hpp"
#include "train/base/text.hpp"
#include "train/sandbox/person_actions.hpp"

namespace train::rehearsal {
namespace {

using nlohmann::json;
using namespace std::string_view_literals;

constexpr std::array k_triggers{"APP at PERCENT"sv, "APP phase PHASE"sv, "APP ACTION"sv, "ACTION"sv, "release STATE"sv};
constexpr std::array k_common{"when"sv, "after"sv, "do"sv};
constexpr std::array k_deeds{"health"sv, "fault"sv, "review"sv, "person"sv, "runner"sv};

template <std::size_t N>
void check_event_keys(Fields& fields, const std::array<std::string_view, N>& own) {
  std::vector<std::string_view> all(k_common.begin(), k_common.end());
  all.insert(all.end(), own.begin(), own.end());
  fields.check_keys(all);
}

ToSandbox told_to(std::string endpoint, const json& body, std::vector<AppName> apps) {
  return {std::move(endpoint), body.dump(), true, std::move(apps), {}};
}

std::string in_one_line(const json& body) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : body.items())
    parts.push_back(name + " " + (value.is_string() ? value.get<std::string>() : value.dump()));
  return join(parts, ", ");
}

}  // namespace

std::vector<AppName> ScenarioReader::apps_meant(Fields& fields, const std::optional<AppName>& about) {
  if (fields.has("app")) {
    const auto one = app(fields, "app");
    return one ? std::vector<AppName>{*one} : std::vector<AppName>{};
  }
  if (about) return {*about};
  std::vector<AppName> all;
  for (const auto& member : roster_) all.push_back(member.name);
  return all;
}

void ScenarioReader::read_event(Fields& fields, Scenario& out) {
  const auto when = fields.text("when");
  if (!when) return read_one(fields, when, std::nullopt, out);
  for (const auto& said : for_each_app(*when, roster_)) read_one(fields, said.text, said.about, out);
}

void ScenarioReader::read_one(Fields& fields, const std::optional<std::string>& when,
                              const std::optional<AppName>& about, Scenario& out) {
  ScenarioEvent event{};
  if (when) event.when = read_trigger(fields, *when);
  event.after = fields.duration("after");
  if (!fields.has("when") && !fields.has("after")) fields.problem(fields.node(), "needs when, after, or both");
  const auto what = fields.one_of("do", k_deeds);
  if (!fields.has("do")) fields.problem(fields.node(), "do is missing: health, fault, review, person or runner");
  if (!what) return;
  auto act = read_act(fields, *what, about);
  if (!act) return;
  event.act = std::move(*act);
  if (const auto* sent = std::get_if<ToSandbox>(&event.act)) {
    if (sent->apps.size() == 1) event.about = sent->apps.front();
    event.told = *what + ": " + in_one_line(json::parse(sent->json, nullptr, false));
    if (!sent->behind.empty()) event.told += ", behind the flag of " + sent->behind;
  } else if (const auto* fault = std::get_if<FaultOnPattern>(&event.act)) {
    event.told = fmt::format("fault: {} on {}", fault->fault, fault->pattern);
  } else if (const auto* change = std::get_if<RunnerChange>(&event.act)) {
    event.told = change->absent_for
                     ? "nobody runs for " + format_duration(*change->absent_for)
                     : fmt::format("{} runners at the same time from now on", change->together.value_or(1));
  }
  out.events.push_back(std::move(event));
}

std::optional<Trigger> ScenarioReader::read_trigger(Fields& fields, const std::string& text) {
  const auto reading = read_sentence(text, k_triggers, roster_);
  if (!reading) {
    fields.problem(*fields.find("when"), "when: " + reading.error());
    return std::nullopt;
  }
  static constexpr std::array kinds{Trigger::Kind::percent, Trigger::Kind::app_phase, Trigger::Kind::app_action,
                                    Trigger::Kind::action, Trigger::Kind::release_phase};
  Trigger out;
  out.kind = kinds[reading->pattern];
  out.app = slot(reading->slots, "APP");
  out.percent = Percent::parse(slot(reading->slots, "PERCENT")).value_or(Percent());
  out.word = slot(reading->slots, "PHASE") + slot(reading->slots, "ACTION") + slot(reading->slots, "STATE");
  return out;
}

std::optional<Act> ScenarioReader::read_act(Fields& fields, const std::string& what,
                                            const std::optional<AppName>& about) {
  if (what == "health") return read_health(fields, about);
  if (what == "fault") return read_fault(fields);
  if (what == "review") return read_review(fields, about);
  if (what == "person") return read_person(fields, about);
  return read_runner(fields);
}

std::optional<Act> ScenarioReader::read_health(Fields& fields, const std::optional<AppName>& about) {
  check_event_keys(fields, std::array{"app"sv, "version"sv, "crash_rate"sv, "payment_failure_rate"sv, "response_p95"sv,
                                      "silent"sv, "signals"sv, "behind"sv});
  json body = json::object();
  if (const auto rate = fields.number("crash_rate", 1)) body["crash_rate"] = *rate;
  if (const auto rate = fields.number("payment_failure_rate", 1)) body["payment_failure_rate"] = *rate;
  if (const auto level = fields.number("response_p95", 1e6)) body["response_p95"] = *level;
  if (const auto silent = fields.truth("silent")) body["silent"] = *silent;
  if (const auto which = version(fields, "version")) body["version"] = which->text();
  if (const Node* signals = fields.find("signals")) {
    Fields rates(document_, *signals, "signals");
    for (const auto& entry : signals->entries) {
      if (const auto rate = rates.number(entry.key->text, 1e12)) body["signals"][entry.key->text] = *rate;
    }
  }
  if (body.empty()) {
    fields.problem(fields.node(), "do: health needs crash_rate, payment_failure_rate, response_p95, silent or signals");
  }
  auto act = told_to("/_sandbox/health", body, apps_meant(fields, about));
  act.behind = fields.text("behind").value_or("");
  return act;
}

std::optional<Act> ScenarioReader::read_fault(Fields& fields) {
  check_event_keys(fields, std::array{"path"sv, "method"sv, "times"sv, "every"sv, "fault"sv, "retry_after"sv});
  const auto path = fields.text("path");
  const auto kind = fields.text("fault");
  if (!path || !kind) {
    fields.problem(fields.node(), "do: fault needs path and fault");
    return std::nullopt;
  }
  const auto method = fields.text("method").value_or("");
  const auto times = fields.whole("times", 0, 1'000'000);
  const auto every = fields.whole("every", 1, 1'000'000);
  if (path->find('*') != std::string::npos)
    return FaultOnPattern{*path, method, times.value_or(1), every.value_or(1), *kind};
  json body = {{"path", *path}, {"fault", *kind}};
  if (!method.empty()) body["method"] = method;
  if (times) body["times"] = *times;
  if (every) body["every"] = *every;
  if (const auto seconds = fields.whole("retry_after", 0, 86400)) body["retry_after"] = *seconds;
  return ToSandbox{"/_sandbox/faults", body.dump(), false, {}, {}};
}

std::optional<Act> ScenarioReader::read_review(Fields& fields, const std::optional<AppName>& about) {
  check_event_keys(fields, std::array{"app"sv, "version"sv, "outcome"sv});
  static constexpr std::array outcomes{"approved"sv, "rejected"sv};
  const auto outcome = fields.one_of("outcome", outcomes);
  if (!fields.has("outcome")) fields.problem(fields.node(), "do: review needs outcome: approved or rejected");
  json body = {{"outcome", outcome.value_or("")}};
  if (const auto which = version(fields, "version")) body["version"] = which->text();
  return told_to("/_sandbox/review", body, apps_meant(fields, about));
}

std::optional<Act> ScenarioReader::read_person(Fields& fields, const std::optional<AppName>& about) {
  if (fields.has("console")) {
    const auto action = fields.one_of("console", sandbox::k_person_actions);
    return action ? read_console(fields, *action, about) : std::nullopt;
  }
  check_event_keys(fields, std::array{"run"sv, "as"sv, "refused"sv});
  auto line = fields.text("run");
  if (!line) {
    fields.problem(fields.node(), "do: person needs run: a command of train, or console: what they do in the store");
    return std::nullopt;
  }
  // "each app": the command says {app} where the app's name belongs.
  const std::string name = about.value_or("");
  if (about) line = substitute(*line, std::array{Substitution{"app", name}});
  auto command = read_command(*line, roster_);
  if (!command) {
    fields.problem(*fields.find("run"), command.error());
    return std::nullopt;
  }
  return OrderedBy{fields.text("as"), std::move(*command), fields.truth("refused").value_or(false)};
}

std::optional<Act> ScenarioReader::read_console(Fields& fields, const std::string& action,
                                                const std::optional<AppName>& about) {
  check_event_keys(fields, std::array{"console"sv, "app"sv, "version"sv, "percent"sv, "build"sv, "group"sv, "outcome"sv,
                                      "name"sv, "on"sv});
  json body = {{"action", action}};
  if (const auto percent = fields.text("percent")) {
    const auto parsed = Percent::parse(*percent);
    if (!parsed) fields.problem(*fields.find("percent"), "percent must be a percentage such as 20");
    body["percent"] = parsed.value_or(Percent()).percent();
  }
  for (const auto* name : {"build", "group", "outcome", "name"}) {
    if (const auto said = fields.text(name)) body[name] = *said;
  }
  if (const auto on = fields.truth("on")) body["on"] = *on;
  if (const auto which = version(fields, "version")) body["version"] = which->text();
  if (!fields.has("app") && !about) fields.problem(fields.node(), "console needs app");
  return told_to("/_sandbox/person", body, apps_meant(fields, about));
}

std::optional<Act> ScenarioReader::read_runner(Fields& fields) {
  check_event_keys(fields, std::array{"absent_for"sv, "together"sv});
  RunnerChange out;
  out.absent_for = fields.duration("absent_for");
  out.together = fields.whole("together", 1, 8);
  if (fields.has("absent_for") == fields.has("together")) {
    fields.problem(fields.node(), "do: runner needs absent_for or together");
    return std::nullopt;
  }
  return out;
}

}  // namespace train::rehearsal
