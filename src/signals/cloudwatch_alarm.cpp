#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "aws_keys.hpp"
#include "aws_reader.hpp"
#include "descriptors.hpp"
#include "json_answer.hpp"
#include "numbers.hpp"
#include "train/base/text.hpp"
#include "train/signals/cloudwatch.hpp"

namespace train::signals {

namespace {

using nlohmann::json;

constexpr int k_alarm_pages_most = 100;

struct AlarmSeen {
  std::string state;
  std::string evaluation;  // empty: as it should be
};
using AlarmsSeen = std::map<std::string, AlarmSeen>;

Reading<std::string> take_alarms(const json& page, AlarmsSeen& seen) {
  for (const char* kind : {"MetricAlarms", "CompositeAlarms"}) {
    const json& alarms = part(page, kind);
    if (alarms.is_null()) continue;
    if (!alarms.is_array()) return cannot(fmt::format("Amazon answered {} that are no list", kind));
    for (const auto& alarm : alarms) {
      const std::string name = words_of(part(alarm, "AlarmName"));
      seen[name] = {words_of(part(alarm, "StateValue")), words_of(part(alarm, "EvaluationState"))};
    }
  }
  return words_of(part(page, "NextToken"));
}

// An alarm that rings outweighs one that is missing, and that one outweighs one that cannot tell.
Measurement judged(const std::vector<std::string>& names, const AlarmsSeen& seen, Instant at) {
  std::vector<std::string> raised, absent, unsure;
  for (const auto& name : names) {
    const auto found = seen.find(name);
    if (found == seen.end()) {
      absent.push_back(printable(name, 120));
    } else if (found->second.state == "ALARM") {
      raised.push_back(printable(name, 120));
    } else if (found->second.state != "OK") {
      unsure.push_back(printable(name, 120) + " is " + printable(found->second.state, 60));
    } else if (!found->second.evaluation.empty()) {
      unsure.push_back(printable(name, 120) + " is OK, but " + printable(found->second.evaluation, 60));
    }
  }
  Measurement out;
  out.as_of = at;
  out.state = Measurement::State::measured;
  out.raised = !raised.empty();
  if (out.raised) {
    out.detail = "in alarm: " + join(raised, ", ");
  } else if (!absent.empty()) {
    out = unmeasured(Measurement::State::failed,
                     "Amazon knows no such alarm in this account and region: " + join(absent, ", "));
  } else if (!unsure.empty()) {
    out = unmeasured(Measurement::State::no_data, join(unsure, ", "));
  }
  return out;
}

class CloudWatchAlarm final : public SignalSource {
 public:
  explicit CloudWatchAlarm(AwsAccess access) : reader_(k_aws_monitoring, std::move(access)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const auto listed = signal.options.find("alarms");
    const auto names = split(listed == signal.options.end() ? "" : listed->second, '\n');
    const auto seen = describe_alarms(signal.url, names, subject.now);
    return seen ? judged(names, *seen, subject.end()) : seen.error();
  }

 private:
  Reading<AlarmsSeen> describe_alarms(const std::string& url, const std::vector<std::string>& names, Instant now) {
    // Composite alarms come only where they are asked for.
    json body{{"AlarmNames", names}, {"AlarmTypes", json::array({"MetricAlarm", "CompositeAlarm"})}};
    AlarmsSeen seen;
    for (int page = 0; page < k_alarm_pages_most; ++page) {
      const auto answer = reader_.ask(url, "DescribeAlarms", body, now);
      if (!answer) return tl::unexpected(answer.error());
      const auto next = take_alarms(*answer, seen);
      if (!next) return tl::unexpected(next.error());
      if (next->empty()) return seen;
      body["NextToken"] = *next;
    }
    return cannot("Amazon's list of alarms does not end");
  }

  AwsReader reader_;
};

}  // namespace

std::unique_ptr<SignalSource> make_cloudwatch_alarm(AwsAccess access) {
  return std::make_unique<CloudWatchAlarm>(std::move(access));
}

namespace {

constexpr std::ptrdiff_t k_alarms_most = 100;  // DescribeAlarms takes no more names at once

std::vector<KeyProblem> settle_cloudwatch_alarm(Signal& signal, const WrittenKeys&) {
  settle_aws(signal, "monitoring");
  signal.kind = SignalKind::alarm;
  const std::string names = option_named(signal, "alarms");  // one a line
  if (std::count(names.begin(), names.end(), '\n') < k_alarms_most) return {};
  return {{"alarms", fmt::format("at most {} alarms can be asked for", k_alarms_most)}};
}

Result<std::unique_ptr<SignalSource>> wire_cloudwatch_alarm(const Signal& signal, const Site& site) {
  auto access = aws_access(signal, site);
  if (!access) return tl::unexpected(access.error());
  return make_cloudwatch_alarm(std::move(*access));
}

}  // namespace

Descriptor describe_cloudwatch_alarm() {
  SignalKeys keys{"cloudwatch_alarm", with_aws_keys({{.name = "alarms",
                                                      .kind = KeyKind::words,
                                                      .meaning = "names, at most 100: whether one of them is raised",
                                                      .need = Need::required,
                                                      .noun = "alarm"}})};
  keys.queries = Queries::refused;
  keys.settle = settle_cloudwatch_alarm;
  return {std::move(keys), wire_cloudwatch_alarm};
}

}  // namespace train::signals
