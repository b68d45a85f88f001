// `cloudwatch`, `cloudwatch_alarm` and `cloudwatch_logs`: where Amazon is asked, and about what.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "in_quotes.hpp"
#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr std::size_t k_alarms_most = 100;  // DescribeAlarms takes no more names at once
constexpr Duration k_period_most{86400};

// It becomes part of a host's name.
void check_region(const Value& value, const Signal& signal) {
  const auto found = signal.options.find("region");
  if (found == signal.options.end()) return;
  const bool plain = std::all_of(found->second.begin(), found->second.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!plain) value.problem(fmt::format("{} is not a region of Amazon's, such as eu-west-1", in_quotes(found->second)));
}

void read_address(const Fields& fields, Signal& signal) {
  fields.with("region", [&](const Value& region) { check_region(region, signal); });
  const auto region = signal.options.find("region");
  if (region == signal.options.end()) {
    if (!fields.has("region") && !fields.has("url")) fields.value().problem("the key \"region\" is missing");
    return;
  }
  if (fields.has("url")) return;
  const std::string_view host = signal.source == "cloudwatch_logs" ? "logs" : "monitoring";
  const std::string_view end = starts_with(region->second, "cn-") ? ".cn" : "";
  signal.url = fmt::format("https://{}.{}.amazonaws.com{}", host, region->second, end);
}

void check_metric_period(const Value& value) {
  const auto period = value.duration();
  if (!period) return;
  if (*period < Duration(60) || *period > k_period_most || *period % Duration(60) != Duration(0))
    value.problem("a period of CloudWatch is whole minutes, from 1m to 1d");
}

void check_alarms(const Fields& fields) {
  if (!fields.has("alarms")) fields.value().problem("the key \"alarms\" is missing");
  fields.with("alarms", [](const Value& value) {
    const std::size_t count = value.is_list() ? value.items().size() : 1;
    if (count == 0) value.problem("at least one alarm is wanted");
    if (count > k_alarms_most) value.problem(fmt::format("at most {} alarms can be asked for", k_alarms_most));
  });
}

}  // namespace

void read_aws_signal(const Fields& fields, Signal& signal) {
  read_address(fields, signal);
  if (signal.source == "cloudwatch") {
    fields.with("period", check_metric_period);
  } else if (signal.source == "cloudwatch_alarm") {
    signal.kind = SignalKind::alarm;
    check_alarms(fields);
    fields.with("unit", [](const Value& unit) { unit.problem("belongs to levels; an alarm has no unit"); });
  } else if (!fields.has("log_group")) {
    fields.value().problem("the key \"log_group\" is missing");
  }
  if (signal.options.count("credentials") == 0) return;  // absent, or said to be no secret already
  fields.with("credentials", [&](const Value& value) { signal.token = value.secret(); });
}

}  // namespace train::definition
