#include "json.hpp"

#include <nlohmann/json.hpp>

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

template <typename T, typename Show>
Json maybe(const std::optional<T>& value, Show show) {
  return value ? Json(show(*value)) : Json(nullptr);
}

// 5 stays 5 and 0.5 stays 0.5.
Json percent_json(Percent percent) {
  if (percent.basis_points() % 100 == 0) return percent.basis_points() / 100;
  return percent.percent();
}

Json instant_json(Instant at) { return format_rfc3339(at); }

Json name_or_null(const std::string& name) { return name.empty() ? Json(nullptr) : Json(name); }

Json reasons_json(const std::vector<Reason>& reasons) {
  Json out = Json::array();
  for (const auto& reason : reasons)
    out.push_back({{"rule", reason.rule}, {"seen", reason.seen}, {"wanted", reason.wanted}});
  return out;
}

Json error_json(const Error& error) {
  return {{"kind", to_string(error.kind)}, {"message", error.message}, {"hint", error.hint}};
}

// What is on the second line of a refusal is what to do about it.
Json failure_json(const AppStatus& app) {
  const auto& failing = *app.failing;
  const auto end = failing.detail.find('\n');
  const auto remedy = end == std::string::npos ? "mend it; `train resume " + app.app + " --why …` tries again at once"
                                               : failing.detail.substr(end + 1);
  return {{"at", format_rfc3339(failing.last)},
          {"times", failing.times},
          {"action", to_string(failing.action)},
          {"message", failing.detail.substr(0, end)},
          {"remedy", remedy}};
}

Json app_json(const AppStatus& app) {
  Json out;
  out["app"] = app.app;
  out["store"] = to_string(app.store);
  out["version"] = app.version.text();
  out["build"] = maybe(app.build, [](const BuildNumber& build) { return build.text(); });
  out["phase"] = engine::to_string(app.phase);
  out["store_state"] = name_or_null(app.store_state);
  out["percent"] = percent_json(app.percent);
  out["percent_as_of"] = maybe(app.percent_as_of, format_rfc3339);
  out["request_budget"] = nullptr;
  if (app.budget) {
    out["request_budget"] = {
        {"limit", app.budget->limit}, {"left", app.budget->left}, {"as_of", format_rfc3339(app.budget->as_of)}};
  }
  out["failure"] = app.failing ? failure_json(app) : Json(nullptr);
  out["failing"] = nullptr;
  if (app.failing) {
    out["failing"] = {{"action", to_string(app.failing->action)},
                      {"times", app.failing->times},
                      {"since", format_rfc3339(app.failing->since)},
                      {"last", format_rfc3339(app.failing->last)},
                      {"detail", app.failing->detail}};
  }
  out["stage"] = app.stage;
  out["stages"] = Json::array();
  for (const auto stage : app.stages) out["stages"].push_back(percent_json(stage));
  out["verdict"] = maybe(app.verdict, [](Verdict verdict) { return std::string(to_string(verdict)); });
  out["testers"] = Json::array();
  for (const auto& seen : app.testers) {
    out["testers"].push_back(
        {{"group", seen.group}, {"status", to_string(seen.status)}, {"detail", name_or_null(seen.raw)}});
  }
  out["waiting_for"] = Json::array();
  for (const auto& wait : app.waits) out["waiting_for"].push_back(wait_json(wait));
  out["next"] = nullptr;
  if (app.next) {
    out["next"] = {{"action", to_string(app.next->action)},
                   {"to_percent", maybe(app.next->to_percent, percent_json)},
                   {"not_before", maybe(app.next->not_before, instant_json)}};
  }
  return out;
}

Json last_run_json(const engine::LastRun& run) {
  const auto seconds = [](Duration time) { return time.count(); };
  return {{"at", format_rfc3339(run.at)}, {"every_s", maybe(run.every, seconds)}, {"late", run.late}};
}

Json release_json(const std::string& train, Instant now, const ReleaseStatusModel& release) {
  return {{"train", train},
          {"now", format_rfc3339(now)},
          {"version", release.version.text()},
          {"hotfix", release.hotfix},
          {"phase", engine::to_string(release.phase)},
          {"cutoff", maybe(release.cutoff, instant_json)},
          {"departed", maybe(release.departed, instant_json)},
          {"last_run", maybe(release.last_run, last_run_json)}};
}

Json apps_json(const ReleaseStatusModel& release) {
  Json out = Json::array();
  for (const auto& app : release.apps) out.push_back(app_json(app));
  return out;
}

std::string_view word_of(event::Outcome::Result result) {
  switch (result) {
    case event::Outcome::Result::done:
      return "done";
    case event::Outcome::Result::failed:
      return "failed";
    case event::Outcome::Result::unknown:
      return "unknown";
    case event::Outcome::Result::superseded:
      return "superseded";
  }
  return "";
}

Json by_hand_json(const engine::HandWork& work) {
  return {{"action", to_string(work.step.action)},
          {"app", name_or_null(work.step.app)},
          {"subject", work.step.subject},
          {"value", work.step.value},
          {"by", work.by},
          {"why", work.why},
          {"at", format_rfc3339(work.at)},
          {"result", word_of(work.result)}};
}

std::string document(const Json& json) {
  // Text from stores is valid UTF-8 by now; should a byte slip through, it is replaced rather than thrown about.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Json step_json(const Step& step) {
  Json out;
  out["app"] = name_or_null(step.app);
  out["action"] = to_string(step.action);
  out["to_percent"] = maybe(step.to_percent, percent_json);
  out["because"] = reasons_json(step.because);
  out["version"] = step.version.text();
  out["build"] = maybe(step.build, [](const BuildNumber& build) { return build.text(); });
  out["subject"] = name_or_null(step.subject);
  out["value"] = name_or_null(step.value);
  out["event"] = step.event_seq;
  return out;
}

Json remedy_json(const Remedy& way) {
  return {{"way", way.way}, {"takes", way.takes}, {"reaches", way.reaches}, {"leaves", way.leaves}};
}

Json wait_json(const Wait& wait) {
  Json ways = Json::array();
  for (const auto& way : wait.ways) ways.push_back(remedy_json(way));
  return {{"kind", to_string(wait.kind)},
          {"item", name_or_null(wait.item)},
          {"detail", wait.detail},
          {"who", wait.who},
          {"until", maybe(wait.until, instant_json)},
          {"app", name_or_null(wait.app)},
          {"version", wait.version.text()},
          {"needs_person", wait.needs_person},
          {"because", reasons_json(wait.because)},
          {"ways", std::move(ways)}};
}

Json standby_json(const StandbyStatus& status) {
  const auto& standby = status.standby;
  const auto text = [&](auto part) { return standby ? Json(part(*standby)) : Json(nullptr); };
  return {{"app", status.app},
          {"version", text([](const auto& s) { return s.version.text(); })},
          {"state", engine::to_string(status.state)},
          {"build", text([](const auto& s) { return s.build.text(); })},
          {"from", text([](const auto& s) { return s.from.text(); })},
          {"from_build", text([](const auto& s) { return s.from_build.text(); })},
          {"source", text([](const auto& s) { return s.source; })},
          {"store_state", standby && standby->seen ? Json(standby->seen->raw) : Json(nullptr)},
          {"findings", standby ? Json(standby->findings) : Json::array()}};
}

std::string status_document(const StatusModel& model) {
  Json out;
  out["schema"] = "train.status/1";
  out["train"] = model.train;
  out["now"] = format_rfc3339(model.now);
  out["release"] = nullptr;
  out["apps"] = Json::array();
  if (model.release) {
    out["release"] = release_json(model.train, model.now, *model.release);
    out["apps"] = apps_json(*model.release);
  }
  if (!model.release && !model.train_waits.empty()) {
    out["waiting_for"] = Json::array();
    for (const auto& wait : model.train_waits) out["waiting_for"].push_back(wait_json(wait));
  }
  out["owner"] = maybe(model.owner, [](const std::string& name) { return name; });
  out["standby"] = Json::array();
  if (model.release) {
    for (const auto& standby : model.release->standby) out["standby"].push_back(standby_json(standby));
  }
  out["flags"] = Json::array();
  for (const auto& flag : model.flags)
    out["flags"].push_back({{"name", flag.name}, {"value", flag.value}, {"as_of", format_rfc3339(flag.as_of)}});
  if (!model.by_hand.empty()) out["by_hand"] = Json::array();
  for (const auto& done : model.by_hand) out["by_hand"].push_back(by_hand_json(done.work));
  if (!model.others.empty()) out["others"] = Json::array();
  for (const auto& other : model.others) {
    Json entry = {{"release", release_json(model.train, model.now, other)}, {"apps", apps_json(other)}};
    out["others"].push_back(std::move(entry));
  }
  return document(out);
}

namespace {

Json forecast_json(const engine::GateForecast& gate) {
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  const auto hours = [](const std::optional<Duration>& time) {
    return time ? Json(static_cast<double>(time->count()) / 3600) : Json();
  };
  return {{"app", gate.app},
          {"signal", gate.signal},
          {"stage", gate.stage},
          {"percent", gate.percent.percent()},
          {"pass_limit", gate.pass_limit},
          {"exposures_without_events", number(gate.without_events)},
          {"exposures_at_half_the_limit", number(gate.at_half_the_limit)},
          {"hours_without_events", hours(gate.soonest)},
          {"hours_at_half_the_limit", hours(gate.usual)},
          {"can_conclude", gate.can_conclude()}};
}

}  // namespace

std::string plan_document(const Plan& plan, const std::vector<engine::GateForecast>& gates) {
  Json out{{"schema", "train.plan/1"}, {"steps", Json::array()}, {"then", Json::array()}, {"waits", Json::array()}};
  for (const auto& step : plan.steps) out["steps"].push_back(step_json(step));
  for (const auto& step : plan.then) out["then"].push_back(step_json(step));
  for (const auto& wait : plan.waits) out["waits"].push_back(wait_json(wait));
  for (const auto& gate : gates) out["gates"].push_back(forecast_json(gate));
  return document(out);
}

std::string advance_document(const runner::Report& report, const std::vector<Acceptance>& accepted) {
  Json out{{"schema", "train.advance/1"}, {"done", Json::array()}, {"failed", Json::array()}, {"waits", Json::array()}};
  for (const auto& step : report.done) out["done"].push_back(step_json(step));
  for (const auto& failed : report.failed) {
    auto entry = step_json(failed.step);
    entry["error"] = error_json(failed.error);
    out["failed"].push_back(std::move(entry));
  }
  for (const auto& failed : report.failed_looks) {
    out["failed"].push_back(
        {{"app", failed.app}, {"action", nullptr}, {"to_percent", nullptr}, {"error", error_json(failed.error)}});
  }
  for (const auto& wait : report.plan.waits) out["waits"].push_back(wait_json(wait));
  if (!accepted.empty()) out["accepted"] = Json::array();
  for (const auto& one : accepted)
    out["accepted"].push_back({{"app", one.app}, {"version", one.version}, {"seconds", one.seconds}});
  return document(out);
}

std::string rehearsal_document(const rehearsal::Outcome& outcome) {
  Json out{{"schema", "train.rehearsal/1"}, {"scenario", outcome.scenario},  {"ok", outcome.ok},
           {"timeline", Json::array()},     {"expectations", Json::array()}, {"ended", outcome.ended}};
  for (const auto& entry : outcome.timeline) {
    out["timeline"].push_back({{"at", format_rfc3339(entry.at)},
                               {"app", name_or_null(entry.app)},
                               {"event", entry.event},
                               {"percent", maybe(entry.percent, percent_json)},
                               {"detail", entry.detail}});
  }
  for (const auto& expectation : outcome.expectations) {
    out["expectations"].push_back({{"text", expectation.text}, {"met", expectation.met}, {"seen", expectation.seen}});
  }
  return document(out);
}

}  // namespace train::cli
