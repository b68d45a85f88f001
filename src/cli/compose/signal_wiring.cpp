#include "compose/signal_wiring.hpp"

#include "train/definition/load.hpp"
#include "train/signals/prometheus.hpp"
#include "train/signals/providers.hpp"

namespace train::cli {
namespace {

using Wired = Result<std::unique_ptr<SignalSource>>;

struct SignalSite {
  const Signal& signal;
  const std::filesystem::path& directory;
  http::Sleep sleep;

  signals::Link link() const { return {sleep}; }

  Result<Secret> token() const {
    return signal.token ? definition::resolve(*signal.token, directory) : Result<Secret>(Secret());
  }
  Result<Secret> secret(const char* name) const {
    const auto found = signal.secrets.find(name);
    if (found == signal.secrets.end()) return Secret();
    return definition::resolve(found->second, directory);
  }
};

Wired wire_prometheus(const SignalSite& site) {
  auto token = site.token();
  if (!token) return tl::unexpected(token.error());
  return signals::make_prometheus({site.sleep, *token});
}

Wired wire_http(const SignalSite& site) {
  auto token = site.token();
  if (!token) return tl::unexpected(token.error());
  std::vector<std::pair<std::string, Secret>> headers;
  for (const auto& [name, ref] : site.signal.secret_headers) {
    auto value = definition::resolve(ref, site.directory);
    if (!value) return tl::unexpected(value.error());
    headers.emplace_back(name, std::move(*value));
  }
  return signals::make_http_source(site.link(), *token, std::move(headers));
}

Wired wire_exec(const SignalSite& site) { return signals::make_exec_source(site.directory); }

Wired wire_sentry(const SignalSite& site) {
  auto token = site.token();
  if (!token) return tl::unexpected(token.error());
  return signals::make_sentry(site.link(), *token);
}

Wired wire_datadog(const SignalSite& site) {
  auto api_key = site.secret("api_key");
  if (!api_key) return tl::unexpected(api_key.error());
  auto application_key = site.secret("application_key");
  if (!application_key) return tl::unexpected(application_key.error());
  return signals::make_datadog(site.link(), *api_key, *application_key);
}

Wired wire_new_relic(const SignalSite& site) {
  auto api_key = site.secret("api_key");
  if (!api_key) return tl::unexpected(api_key.error());
  return signals::make_new_relic(site.link(), *api_key);
}

Wired wire_grafana(const SignalSite& site) {
  auto token = site.token();
  if (!token) return tl::unexpected(token.error());
  return signals::make_grafana(site.link(), *token);
}

Wired wire_ga4(const SignalSite& site) {
  const auto json = site.secret("credentials");
  if (!json) return tl::unexpected(json.error());
  auto account = auth::parse_google_credentials(*json);
  if (!account) return tl::unexpected(account.error());
  return signals::make_ga4(site.link(), std::move(*account));
}

struct SignalMaker {
  std::string_view source;
  Wired (*make)(const SignalSite& site);
};
constexpr SignalMaker k_signal_makers[] = {
    {"prometheus", wire_prometheus}, {"http", wire_http},           {"exec", wire_exec},       {"sentry", wire_sentry},
    {"datadog", wire_datadog},       {"new_relic", wire_new_relic}, {"grafana", wire_grafana}, {"ga4", wire_ga4},
};

}  // namespace

Wired wire_asked_signal(const Signal& signal, const std::filesystem::path& directory, http::Sleep sleep) {
  for (const auto& maker : k_signal_makers) {
    if (maker.source == signal.source) return maker.make({signal, directory, std::move(sleep)});
  }
  return std::unique_ptr<SignalSource>();
}

}  // namespace train::cli
