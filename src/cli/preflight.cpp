#include "preflight.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "train/base/text.hpp"
#include "train/definition/load.hpp"

namespace train::cli {
namespace {

struct NamedSecret {
  std::string what;
  SecretRef ref;
};

void add_credentials(const App& app, std::vector<NamedSecret>& out) {
  if (const auto& apple = app.app_store_credentials) {
    out.push_back({app.name + " key_id", apple->key_id});
    if (apple->issuer_id) out.push_back({app.name + " issuer_id", *apple->issuer_id});
    out.push_back({app.name + " private_key", apple->private_key});
  }
  if (const auto& google = app.google_play_credentials; google && !google->application_default)
    out.push_back({app.name + " service_account", google->service_account});
}

// The secrets that some command of this version needs, in the file's order.
std::vector<NamedSecret> needed_secrets(const Definition& definition) {
  std::vector<NamedSecret> out;
  if (definition.source && definition.source->build && definition.source->build->http) {
    for (const auto& [header, ref] : definition.source->build->http->secret_headers)
      out.push_back({"build " + header, ref});
  }
  for (const auto& app : definition.apps) add_credentials(app, out);
  for (const auto& signal : definition.signals) {
    if (signal.token) out.push_back({"signal " + signal.name, *signal.token});
    for (const auto& [key, ref] : signal.secrets) out.push_back({"signal " + signal.name + " " + key, ref});
    for (const auto& [header, ref] : signal.secret_headers)
      out.push_back({"signal " + signal.name + " " + header, ref});
  }
  for (const auto& flag : definition.flags) {
    for (const auto& [header, ref] : flag.secret_headers) out.push_back({"flag " + flag.name + " " + header, ref});
    if (flag.credentials) out.push_back({"flag " + flag.name, *flag.credentials});
  }
  for (const auto& channel : definition.notify)
    out.push_back({"notify " + std::string(to_string(channel.kind)), channel.target});
  return out;
}

std::string place_of(const SecretRef& ref, const std::filesystem::path& directory) {
  switch (ref.from) {
    case SecretRef::From::environment:
      return "env:" + ref.value;
    case SecretRef::From::file:
      return "file:" + std::filesystem::path(ref.value).lexically_proximate(directory).string();
    case SecretRef::From::command:
      return "exec:" + ref.value;
  }
  return "";
}

std::string group_of(const App& app) {
  return app.name + (app.store == StoreKind::app_store ? " on the App Store" : " on Google Play");
}

preflight::Lines ask_store(const App& app, Store& store, LiveVersions& live) {
  const auto group = group_of(app);
  auto probes = store.probe();
  if (!probes) return {preflight::failed_line(group, "account", probes.error())};
  preflight::Lines lines;
  for (const auto& probe : *probes) {
    const auto good = probe.worth_a_look ? preflight::Level::warning : preflight::Level::ok;
    lines.push_back({group, probe.what, probe.ok ? good : preflight::Level::failure, probe.detail, probe.hint});
  }
  const auto failed = std::find_if(lines.begin(), lines.end(),
                                   [](const preflight::Line& line) { return line.level == preflight::Level::failure; });
  const auto view = store.observe(VersionName(), Depth::summary);
  if (!view && failed != lines.end()) {
    // The same trouble, told once; only the look knows its kind.
    failed->because = preflight::failed_line(group, "", view.error()).because;
  } else if (!view) {
    lines.push_back(preflight::failed_line(group, "live version", view.error()));
  } else if (view->live) {
    live[app.name] = *view->live;
    lines.push_back({group, "live version", preflight::Level::ok,
                     fmt::format("{} (build {})", view->live->version.text(), view->live->build.text()), ""});
  } else {
    lines.push_back(
        {group, "live version", preflight::Level::warning, "nothing is live yet: this would be a first release", ""});
  }
  return lines;
}

std::string number_text(double value) {
  return value == static_cast<double>(static_cast<long long>(value)) ? fmt::format("{:.0f}", value)
                                                                     : fmt::format("{:.4g}", value);
}

std::string measured_text(const Signal& signal, const Measurement& seen, const LiveVersion& live) {
  const auto of = " for " + live.version.text();
  if (signal.kind == SignalKind::alarm) return seen.raised ? "raised" : "quiet";
  if (signal.kind == SignalKind::level)
    return number_text(seen.value) + (signal.unit.empty() ? "" : " " + signal.unit) + of;
  return fmt::format("{} of {}{}", number_text(seen.counts.events), number_text(seen.counts.exposures), of);
}

bool decides(const Definition& definition, const Signal& signal) {
  return std::any_of(definition.gates.begin(), definition.gates.end(),
                     [&](const Gate& gate) { return gate.signal == signal.name && !gate.advisory; });
}

preflight::Line ask_signal(const Definition& definition, const App& app, const Signal& signal, SignalSource& source,
                           const LiveVersions& live, Instant now) {
  preflight::Line line{"Signals", app.name + " " + signal.name, preflight::Level::ok, "", ""};
  if (decides(definition, signal)) line.waiver_item = "risk:signal:" + app.name + ":" + signal.name;
  const auto known = live.find(app.name);
  if (known == live.end()) {
    line.level = preflight::Level::warning;
    line.sentence = "not asked: no live version is known to ask about";
    return line;
  }
  Subject subject;
  subject.app = app.name;
  subject.version = known->second.version;
  subject.build = known->second.build;
  subject.baseline_version = known->second.version;
  subject.platform = app.store == StoreKind::app_store ? "ios" : "android";
  subject.start = now;
  subject.now = now;
  subject.late = signal.late;
  const auto seen = source.measure(signal, subject);
  if (seen.state == Measurement::State::measured) {
    line.sentence = measured_text(signal, seen, known->second);
    if (!seen.detail.empty()) line.sentence += " (" + seen.detail + ")";
    return line;
  }
  line.level = decides(definition, signal) ? preflight::Level::failure : preflight::Level::warning;
  line.sentence = fmt::format("no answer for the live version {}: {}", known->second.version.text(), seen.detail);
  line.remedy =
      "Without an answer its gates hold: try the query by hand, and compare its labels with `$app` and `$version`.";
  return line;
}

preflight::Line ask_flag(const Flag& flag, FlagProvider& provider) {
  const auto value = provider.get(flag);
  const auto what = "flag " + flag.name;
  if (!value) {
    auto line = preflight::failed_line("Way back", what, value.error());
    line.waiver_item = "risk:flag:" + flag.name;
    // What no playbook switches may wait; a kill switch may not.
    if (!flag.risky && !flag.value_off) line.level = preflight::Level::warning;
    return line;
  }
  auto detail = "is " + (value->empty() ? "empty" : *value);
  if (flag.value_off) detail += ", off is " + (flag.value_off->empty() ? "empty" : *flag.value_off);
  return {"Way back", what, preflight::Level::ok, detail, ""};
}

}  // namespace

preflight::Lines check_secrets(const Definition& definition) {
  preflight::Lines lines;
  for (const auto& secret : needed_secrets(definition)) {
    const auto value = definition::resolve(secret.ref, definition.directory);
    if (!value)
      lines.push_back(preflight::failed_line("Secrets", secret.what, value.error()));
    else
      lines.push_back({"Secrets", secret.what, preflight::Level::ok, place_of(secret.ref, definition.directory), ""});
  }
  return lines;
}

preflight::Lines check_stores(const Definition& definition, const runner::Ports& ports, LiveVersions& live) {
  preflight::Lines lines;
  for (const auto& app : definition.apps) {
    const auto store = ports.stores.find(app.name);
    if (store == ports.stores.end()) continue;
    const auto more = ask_store(app, *store->second, live);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

preflight::Lines check_signals(const Definition& definition, const runner::Ports& ports, const LiveVersions& live,
                               Instant now) {
  preflight::Lines lines;
  for (const auto& app : definition.apps) {
    for (const auto& signal : definition.signals) {
      if (!signal.is_for(app.name)) {
        lines.push_back({"Signals", app.name + " " + signal.name, preflight::Level::ok,
                         "not measured here, only for " + join(signal.apps, ", ") + ": its gates ask nothing", ""});
        continue;
      }
      const auto source = ports.signals.find(signal.name);
      if (source != ports.signals.end())
        lines.push_back(ask_signal(definition, app, signal, *source->second, live, now));
    }
  }
  return lines;
}

preflight::Lines check_flags(const Definition& definition, const runner::Ports& ports) {
  preflight::Lines lines;
  for (const auto& flag : definition.flags) {
    const auto provider = ports.flags.find(flag.name);
    if (provider != ports.flags.end()) lines.push_back(ask_flag(flag, *provider->second));
  }
  return lines;
}

}  // namespace train::cli
