// Providers that are asked over HTTP or by a command, one page each in docs/signals/: what each answer becomes.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "train/auth/google_token.hpp"
#include "train/auth/oauth_client.hpp"
#include "train/base/secret.hpp"
#include "train/http/client.hpp"
#include "train/ports/signal_source.hpp"

namespace train::signals {

// How a provider is reached. `timeout` bounds one attempt as a whole.
struct Link {
  http::Sleep sleep;
  std::chrono::milliseconds timeout{30000};
};

// One request a look; `events` and `exposures`, or `value`, are JSON pointers into its answer. `url`, `body` and the
// pointers may hold the query variables. Options: `method`, `body`, and `as_of`, a pointer to when the numbers end.
// `account`: a bearer token, which may be empty, or how to get one.
struct GoogleScope {
  auth::GoogleCredentials credentials;
  std::string scope;
};
using HttpAccount = std::variant<Secret, auth::OAuthClient, GoogleScope>;
std::unique_ptr<SignalSource> make_http_source(Link link, HttpAccount account,
                                               std::vector<std::pair<std::string, Secret>> headers);

// Sessions, or users, of one release that crashed out of all. Options: `organization`, `project`, `environment`,
// `metric` (sessions, users), `release`: Sentry's name of the version, from the query variables.
std::unique_ptr<SignalSource> make_sentry(Link link, Secret token);

// Metric queries: the points since the version went out are summed; of a level the newest counts.
std::unique_ptr<SignalSource> make_datadog(Link link, Secret api_key, Secret application_key);

// NRQL queries of one row with one number. Option: `account`.
std::unique_ptr<SignalSource> make_new_relic(Link link, Secret api_key);

// Queries through a data source of Grafana's (option `datasource`, its uid), or the state of the alert rules that the
// option `alarms` names, one a line.
std::unique_ptr<SignalSource> make_grafana(Link link, Secret token);

// Google Analytics' daily users of one app version: events and exposures by the two names of the option `metric`, each
// user counted once a day. Option `property`.
std::unique_ptr<SignalSource> make_ga4(Link link, auth::GoogleCredentials account);

// Queries in GoogleSQL. Either `events` and `exposures`, or `value`, each a query of one row with one number; or the
// option `query`: one row with the columns `events` and `exposures`, and perhaps `lag_seconds`, `design_effect` and
// `as_of`. Options besides: `project`, `dataset`, `location`, `maximum_gb_billed`.
std::unique_ptr<SignalSource> make_bigquery(Link link, auth::GoogleCredentials account);

// One run of the signal's command a look, in `directory`; it is killed with its children after `timeout_seconds`.
std::unique_ptr<SignalSource> make_exec_source(std::filesystem::path directory, int timeout_seconds = 60);

}  // namespace train::signals
