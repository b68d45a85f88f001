#include "alert_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

constexpr std::size_t k_rules_shown_most = 5;

std::vector<json> rules_called(const json& data, const std::string& name) {
  std::vector<json> found;
  const json& groups = part(data, "groups");
  if (!groups.is_array()) return found;
  for (const auto& group : groups) {
    const json& rules = part(group, "rules");
    if (!rules.is_array()) continue;
    for (const auto& rule : rules) {
      if (words_of(part(rule, "name")) == name) found.push_back(rule);
    }
  }
  return found;
}

// Grafana's "Alerting (NoData)" fires for want of data: it is no evidence.
bool fires(const json& rule) {
  if (words_of(part(rule, "state")) != "firing") return false;
  const json& alerts = part(rule, "alerts");
  if (!alerts.is_array() || alerts.empty()) return true;
  return std::any_of(alerts.begin(), alerts.end(), [](const json& alert) {
    const std::string state = words_of(part(alert, "state"));
    return state == "firing" || state == "Alerting";
  });
}

// nullopt for a rule that is evaluated and quiet.
std::optional<Measurement> doubt_about(const json& rule, const std::string& name, const Signal& signal,
                                       const Subject& subject) {
  const std::string state = words_of(part(rule, "state"));
  const std::string health = words_of(part(rule, "health"));
  const std::string error = words_of(part(rule, "lastError"));
  const auto called = "the alert rule " + printable(name, 100);
  if (health != "ok")
    return cannot(fmt::format("{} cannot tell: its health is {}{}", called,
                              health.empty() ? "not told" : printable(health, 40),
                              error.empty() ? "" : ": " + printable(error, 300)))
        .value();
  if (part(rule, "isPaused") == true) return nothing_yet(called + " is paused").value();
  if (state == "pending") return nothing_yet(called + " is pending: it may fire soon").value();
  if (state != "inactive")
    return cannot(fmt::format("{} cannot tell: its state is {}", called,
                              state.empty() ? "not told" : printable(state, 40)))
        .value();
  const auto evaluated = parse_rfc3339(words_of(part(rule, "lastEvaluation")));
  if (!evaluated || *evaluated < Instant()) return nothing_yet(called + " has not been evaluated yet").value();
  if (auto unfit = unfit_time(signal, subject, *evaluated)) return named(std::move(*unfit), called).value();
  return std::nullopt;
}

}  // namespace

Measurement measure_rules(const json& data, const Signal& signal, const Subject& subject) {
  if (!part(data, "groups").is_array()) return cannot("the answer lists no groups of alert rules").value();
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.as_of = subject.end();
  std::vector<std::string> firing;
  std::optional<Measurement> doubt;
  for (const auto& name : split(option_named(signal, "alarms"), '\n')) {
    const auto rules = rules_called(data, name);
    if (rules.empty() && !doubt)
      doubt = cannot("there is no alert rule named " + printable(name, 100) + "; is `alarms` spelt as it is there?")
                  .value();
    for (const auto& rule : rules) {
      if (fires(rule)) {
        firing.push_back(printable(name, 100));
      } else if (!doubt) {
        doubt = doubt_about(rule, name, signal, subject);
      }
      const auto evaluated = parse_rfc3339(words_of(part(rule, "lastEvaluation")));
      if (evaluated && *evaluated >= Instant()) seen.as_of = std::min(seen.as_of, *evaluated);
    }
  }
  if (firing.empty()) return doubt ? std::move(*doubt) : seen;
  if (firing.size() > k_rules_shown_most) firing.resize(k_rules_shown_most);
  seen.raised = true;
  seen.as_of = subject.end();
  seen.detail = "firing: " + join(firing, ", ");
  return seen;
}

}  // namespace train::signals
