// Prometheus over HTTP: instant queries at a given time. docs/signals/prometheus.md says what each odd answer becomes.
#pragma once

#include <memory>

#include "train/base/secret.hpp"
#include "train/http/client.hpp"
#include "train/ports/signal_source.hpp"

namespace train::signals {

struct PrometheusSettings {
  http::Sleep sleep;
  Secret token;  // may be empty
};
std::unique_ptr<SignalSource> make_prometheus(PrometheusSettings settings);

}  // namespace train::signals
