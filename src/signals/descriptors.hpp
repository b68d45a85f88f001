// The list of sources: one declaration and one entry for each. What a function describes stands in its source's file.
#pragma once

#include "train/signals/catalog.hpp"

namespace train::signals {

Descriptor describe_prometheus();
Descriptor describe_grafana();
Descriptor describe_cloudwatch();
Descriptor describe_cloudwatch_alarm();
Descriptor describe_cloudwatch_logs();
Descriptor describe_ga4();
Descriptor describe_bigquery();
Descriptor describe_play_vitals();
Descriptor describe_play_reviews();
Descriptor describe_app_store_metrics();
Descriptor describe_app_store_reviews();
Descriptor describe_sentry();
Descriptor describe_datadog();
Descriptor describe_new_relic();
Descriptor describe_http();
Descriptor describe_exec();

// In the order in which messages and pages name them.
inline constexpr Descriptor (*k_sources[])() = {
    describe_prometheus,
    describe_grafana,
    describe_cloudwatch,
    describe_cloudwatch_alarm,
    describe_cloudwatch_logs,
    describe_ga4,
    describe_bigquery,
    describe_play_vitals,
    describe_play_reviews,
    describe_app_store_metrics,
    describe_app_store_reviews,
    describe_sentry,
    describe_datadog,
    describe_new_relic,
    describe_http,
    describe_exec,
};

}  // namespace train::signals
