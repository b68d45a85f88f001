// What each source that is asked over the network, or by a command, wants besides its queries.
#include <fmt/format.h>

#include <algorithm>

#include "in_quotes.hpp"
#include "readers.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_http_methods[] = {"GET", "POST"};
constexpr std::string_view k_sentry_metrics[] = {"sessions", "users"};
constexpr std::string_view k_new_relic_regions[] = {"us", "eu"};
constexpr Duration k_analytics_fresh_within{3 * 86400};  // a day is whole a day or two after it has ended

void need(const Fields& fields, const Signal& signal, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (fields.has(key)) continue;
    fields.value().problem(fmt::format("the key \"{}\" is missing; the source {} needs it", key, signal.source));
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void check_number(const Fields& fields, std::string_view key, std::string_view what) {
  fields.with(key, [&](const Value& value) {
    if (!is_number(value.node().text)) value.problem(fmt::format("{} is wanted, a whole number", what));
  });
}

void refuse_unit(const Fields& fields) {
  fields.with("unit", [](const Value& unit) { unit.problem("belongs to levels; a proportion has no unit"); });
}

void read_alarms(const Fields& fields, Signal& signal) {
  const auto alarms = fields.get("alarms");
  if (!alarms) return;
  signal.kind = SignalKind::alarm;
  if (alarms->is_list() && alarms->items().empty()) alarms->problem("at least one alarm is wanted");
}

void read_prometheus(const Fields& fields, Signal& signal) {
  need(fields, signal, {"url"});
  read_alarms(fields, signal);
  if (fields.has("histogram")) need(fields, signal, {"slower_than"});
  if (fields.has("slower_than") && !fields.has("histogram"))
    fields.get("slower_than")->problem("belongs to `histogram`: the share of what took longer");
  if (fields.has("histogram") && fields.has("alarms"))
    fields.get("alarms")->problem("give either `histogram` or `alarms`: one thing is measured by one signal");
}

void read_grafana(const Fields& fields, Signal& signal) {
  need(fields, signal, {"url", "token"});
  read_alarms(fields, signal);
  if (signal.kind != SignalKind::alarm) return need(fields, signal, {"datasource"});
  fields.with("datasource", [](const Value& value) { value.problem("belongs to queries; an alarm has its own"); });
}

void read_sentry(const Fields& fields, Signal& signal) {
  need(fields, signal, {"token", "organization", "project"});
  check_number(fields, "project", "Sentry's id of the project");
  fields.with("metric", [](const Value& value) { (void)value.one_of(k_sentry_metrics); });
  refuse_unit(fields);
  if (signal.url.empty()) signal.url = "https://sentry.io";
  signal.options.try_emplace("metric", "sessions");
  signal.options.try_emplace("release", "$app@$version+$build");
  signal.unit = signal.options["metric"];
}

void read_datadog(const Fields& fields, Signal& signal) {
  need(fields, signal, {"api_key", "application_key"});
  const auto site = signal.options.try_emplace("site", "datadoghq.com").first->second;
  const std::string url = "https://api." + site;
  if (site.find('/') != std::string::npos || url_fault(url))
    fields.get("site")->problem(in_quotes(site) + " is no site; a host such as datadoghq.eu");
  if (signal.url.empty()) signal.url = url;
}

void read_new_relic(const Fields& fields, Signal& signal) {
  need(fields, signal, {"account", "api_key"});
  check_number(fields, "account", "New Relic's account id");
  fields.with("region", [](const Value& value) { (void)value.one_of(k_new_relic_regions); });
  const bool europe = signal.options["region"] == "eu";
  if (signal.url.empty()) signal.url = europe ? "https://api.eu.newrelic.com" : "https://api.newrelic.com";
}

void read_ga4(const Fields& fields, Signal& signal) {
  need(fields, signal, {"property", "credentials"});
  check_number(fields, "property", "the id of the Analytics property");
  refuse_unit(fields);
  const auto metric = signal.options.try_emplace("metric", "crashAffectedUsers/activeUsers").first->second;
  const auto slash = metric.find('/');
  const bool pair = slash != std::string::npos && slash > 0 && slash + 1 < metric.size() &&
                    metric.find('/', slash + 1) == std::string::npos;
  if (!pair) fields.get("metric")->problem("two of Google's metrics are wanted: crashAffectedUsers/activeUsers");
  if (signal.url.empty()) signal.url = "https://analyticsdata.googleapis.com";
  if (!fields.has("fresh_within")) signal.fresh_within = k_analytics_fresh_within;
  signal.unit = "user-days";
}

// RFC 6901: `/a/b/0`, with ~0 for ~ and ~1 for / inside of a name.
void check_pointer(const Value& value) {
  const std::string& text = value.node().text;
  bool good = text.empty() || text.front() == '/';
  for (std::size_t at = text.find('~'); good && at != std::string::npos; at = text.find('~', at + 1)) {
    good = at + 1 < text.size() && (text[at + 1] == '0' || text[at + 1] == '1');
  }
  if (!good) value.problem(in_quotes(text) + " is no JSON pointer; such as /data/crashes or /rows/0/count");
}

void check_pointers(const Fields& fields) {
  for (const auto* key : {"events", "exposures", "value", "as_of"}) fields.with(key, check_pointer);
}

void read_http(const Fields& fields, Signal& signal) {
  need(fields, signal, {"url"});
  check_pointers(fields);
  fields.with("method", [](const Value& value) { (void)value.one_of(k_http_methods); });
  if (fields.has("body") && signal.options["method"] == "GET")
    fields.get("method")->problem("a GET has no body; leave `method` away, or write POST");
  signal.options.try_emplace("method", "");
  if (signal.options["method"].empty()) signal.options["method"] = fields.has("body") ? "POST" : "GET";
}

void read_exec(const Fields& fields, Signal& signal) {
  need(fields, signal, {"exec"});
  check_pointers(fields);
}

struct SourceReader {
  std::string_view source;
  void (*read)(const Fields& fields, Signal& signal);
};
constexpr SourceReader k_source_readers[] = {
    {"prometheus", read_prometheus}, {"grafana", read_grafana}, {"sentry", read_sentry}, {"datadog", read_datadog},
    {"new_relic", read_new_relic},   {"ga4", read_ga4},         {"http", read_http},     {"exec", read_exec},
};

}  // namespace

void read_asked_signal(const Fields& fields, Signal& signal) {
  for (const auto& each : k_source_readers) {
    if (each.source == signal.source) each.read(fields, signal);
  }
}

}  // namespace train::definition
