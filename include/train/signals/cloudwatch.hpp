// Amazon CloudWatch: metrics, alarms and Logs Insights. What each odd answer becomes: docs/signals/cloudwatch.md.
#pragma once

#include <chrono>
#include <memory>

#include "train/auth/aws_signature.hpp"
#include "train/http/client.hpp"
#include "train/ports/signal_source.hpp"

namespace train::signals {

// Where to ask is the signal's `url`. Requests are signed for the subject's `now`, later by what `sleep` was told
// since.
struct AwsAccess {
  std::string region;
  auth::AwsCredentials credentials;
  http::Sleep sleep;
  std::chrono::milliseconds timeout{30000};  // of one request
};

// GetMetricData. Options: `namespace` (texts are `Name{Dimension="value"} Statistic`; without it they are metric
// expressions), `period` in seconds. Proportion, rate: the sum of both numbers over the whole periods since the start.
// Level: the newest value.
std::unique_ptr<SignalSource> make_cloudwatch(AwsAccess access);

// DescribeAlarms. Option `alarms`: names, one a line. Raised while any of them is in ALARM.
std::unique_ptr<SignalSource> make_cloudwatch_alarm(AwsAccess access);

// Logs Insights. Option `log_group`. Each text is a query that ends in one row with one number.
std::unique_ptr<SignalSource> make_cloudwatch_logs(AwsAccess access);

}  // namespace train::signals
