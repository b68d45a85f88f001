#include <fmt/format.h>

#include <algorithm>

#include "in_quotes.hpp"
#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_variables[] = {"app",   "version", "build",    "baseline_version", "platform",
                                            "start", "end",     "start_ms", "window_s"};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// A query with $versoin would be sent as it is and match nothing, or everything.
std::optional<std::string> read_query(const Value& value) {
  const auto query = value.text();
  if (!query) return std::nullopt;
  for (std::size_t at = query->find('$'); at != std::string::npos; at = query->find('$', at + 1)) {
    std::size_t end = at + 1;
    while (end < query->size() && is_word((*query)[end])) ++end;
    const auto word = std::string_view(*query).substr(at + 1, end - at - 1);
    if (word.empty()) continue;  // the end of a regular expression
    if (std::find(std::begin(k_variables), std::end(k_variables), word) != std::end(k_variables)) continue;
    const auto hint = did_you_mean_hint(word, k_variables);
    value.problem(fmt::format("${} is not a query variable{} Allowed: ${}", printable(word, 40), hint,
                              fmt::join(k_variables, ", $")));
    return std::nullopt;
  }
  return query;
}

void read_option(const Value& value, const Option& option, Signal& signal) {
  std::optional<std::string> written;
  switch (option.kind) {
    case OptionKind::text:
      written = value.text();
      break;
    case OptionKind::secret:
      if (auto secret = value.secret()) {
        signal.secrets[std::string(option.name)] = std::move(*secret);
        written = value.node().text;
      }
      break;
    case OptionKind::query:
      written = read_query(value);
      break;
    case OptionKind::number:
      if (value.number_above_zero(1e12)) written = value.node().text;
      break;
    case OptionKind::words:
      written = fmt::format("{}", fmt::join(value.texts(), "\n"));
      break;
  }
  if (written) signal.options[std::string(option.name)] = *written;
}

void read_provider_keys(const Fields& fields, const Provider& provider, Signal& signal) {
  for (const Option& option : provider.options) {
    const auto value = fields.get(option.name);
    if (!value) continue;
    if (option.name == "url") {
      if (read_query(*value)) assign(signal.url, value->url());
    } else if (option.name == "exec") {
      signal.exec = value->command();
    } else if (option.name == "headers") {
      read_secret_headers(*value, signal.secret_headers);
    } else if (option.name == "token") {
      signal.token = value->secret();
    } else {
      read_option(*value, option, signal);
    }
  }
}

// Keys that some source knows, but not this one.
void check_foreign_keys(const Fields& fields, const Provider& provider) {
  std::vector<std::string_view> allowed = {"source", "apps", "unit", "fresh_within", "late", "counting", "per_day"};
  if (provider.asks_queries) {
    for (const auto* key : {"events", "exposures", "value", "absent_is_zero"}) allowed.emplace_back(key);
  }
  for (const Option& option : provider.options) allowed.push_back(option.name);
  for (const Entry& entry : fields.value().node().entries) {
    const std::string& key = entry.key->text;
    if (!section("signal").has(key) || std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    fields.value().report().problem(*entry.key,
                                    fmt::format("the key \"{}\" in {} is not used by the source {}. Allowed: {}", key,
                                                fields.value().where(), provider.name, listed(allowed)));
  }
}

void check_queries(const Fields& fields, const Provider& provider) {
  const bool events = fields.has("events");
  const bool exposures = fields.has("exposures");
  const bool level = fields.has("value");
  const Value& value = fields.value();
  const bool other = fields.has("alarms") || fields.has("histogram");
  if (other && (level || events || exposures)) {
    value.problem("give either queries, or `alarms`, or `histogram`: one thing is measured by one signal");
  } else if (level && (events || exposures)) {
    value.problem("give either `events` and `exposures` (a proportion) or `value` (a level), not both");
  } else if (events != exposures) {
    value.problem(
        fmt::format("a proportion is `events` out of `exposures`; `{}` is missing", events ? "exposures" : "events"));
  } else if (!level && !events && !other && provider.active && provider.name != "exec") {
    value.problem("what is measured is missing; give `events` and `exposures` (a proportion) or `value` (a level)");
  }
  if (level && fields.has("absent_is_zero")) {
    fields.get("absent_is_zero")->problem("belongs to proportions; an absent level is never zero");
  }
  if (!level && fields.has("unit")) fields.get("unit")->problem("belongs to levels; a proportion has no unit");
}

void read_apps_measured(const Value& value, const Definition& definition, Signal& signal) {
  const auto items = value.items();
  if (value.is_list() && items.empty()) value.problem("at least one app is wanted");
  std::vector<std::string_view> known;
  for (const App& app : definition.apps) known.push_back(app.name);
  for (const Value& item : items) {
    const auto name = item.text();
    if (!name) continue;
    if (definition.find_app(*name) == nullptr)
      item.problem(fmt::format("{} is not under `apps`{}", in_quotes(*name), did_you_mean_hint(*name, known)));
    signal.apps.push_back(*name);
  }
}

void read_source_word(const Value& source, const Fields& fields, const Definition& definition, Signal& signal) {
  const auto name = source.one_of(provider_names(signal_sources()));
  if (!name) return;
  signal.source = *name;
  const Provider& provider = *find_provider(signal_sources(), *name);
  read_provider_keys(fields, provider, signal);
  check_foreign_keys(fields, provider);
  if (provider.asks_queries) check_queries(fields, provider);
  if (starts_with(provider.name, "cloudwatch"))
    read_aws_signal(fields, signal);
  else if (starts_with(provider.name, "app_store"))
    read_app_store_signal(fields, definition, signal);
  else if (starts_with(provider.name, "play_"))
    read_google_play_signal(fields, definition, signal);
  else
    read_asked_signal(fields, signal);
  if (!provider.active) {
    source.inactive(
        fmt::format("The signal source {} is not asked yet: the signal has no data and gates on it hold.", *name));
  }
}

void read_counting(const Value& value, Signal& signal) {
  constexpr std::string_view words[] = {"proportion", "rate"};
  const auto word = value.one_of(words);
  if (signal.kind == SignalKind::level || signal.kind == SignalKind::alarm) {
    value.problem("belongs to events out of exposures");
  } else if (word == "rate") {
    signal.kind = SignalKind::rate;
  }
}

// One number for every app, or each app's own.
void read_per_day(const Value& value, const Definition& definition, Signal& signal) {
  constexpr double most = 1e12;
  if (signal.kind == SignalKind::level || signal.kind == SignalKind::alarm)
    value.problem("counts exposures; what is measured here has none");
  if (!value.is_map()) {
    const auto number = value.number_above_zero(most);
    for (const App& app : definition.apps) {
      if (number) signal.per_day[app.name] = *number;
    }
    return;
  }
  for (const NamedValue& app : value.entries()) {
    if (definition.find_app(app.name) == nullptr)
      value.report().problem(*app.key, fmt::format("{} is not under `apps`", in_quotes(app.name)));
    if (const auto number = app.value.number_above_zero(most)) signal.per_day[app.name] = *number;
  }
}

Signal read_signal(const NamedValue& named, const Definition& definition) {
  Signal signal;
  signal.name = named.name;
  const Fields fields(named.value, section("signal"));
  if (!fields.is_map()) return signal;
  if (fields.has("value") && !fields.has("events")) signal.kind = SignalKind::level;
  fields.with("events", [&](const Value& query) { assign(signal.events, read_query(query)); });
  fields.with("exposures", [&](const Value& query) { assign(signal.exposures, read_query(query)); });
  fields.with("value", [&](const Value& query) { assign(signal.value, read_query(query)); });
  fields.with("unit", [&](const Value& unit) { assign(signal.unit, unit.text()); });
  fields.with("absent_is_zero", [&](const Value& zero) { assign(signal.absent_is_zero, zero.truth()); });
  fields.with("fresh_within", [&](const Value& age) { assign(signal.fresh_within, age.duration()); });
  fields.with("late", [&](const Value& late) { assign(signal.late, late.duration()); });
  fields.with("apps", [&](const Value& apps) { read_apps_measured(apps, definition, signal); });
  fields.with("source", [&](const Value& source) { read_source_word(source, fields, definition, signal); });
  fields.with("counting", [&](const Value& counting) { read_counting(counting, signal); });
  fields.with("per_day", [&](const Value& per_day) { read_per_day(per_day, definition, signal); });
  return signal;
}

}  // namespace

void settle_store_apps(const Fields& fields, const Definition& definition, StoreKind store, Signal& signal) {
  const auto where = fmt::format("on {}", facts_of(store).in_sentence);
  fields.with("apps", [&](const Value& apps) {
    if (!apps.is_list()) return;
    for (const Value& item : apps.items()) {
      const App* app = definition.find_app(item.node().text);
      if (app != nullptr && app->store() != store)
        item.problem(fmt::format("{} is not {}, so {} cannot be asked about it", in_quotes(item.node().text), where,
                                 signal.source));
    }
  });
  if (fields.has("apps")) return;
  for (const App& app : definition.apps) {
    if (app.store() == store) signal.apps.push_back(app.name);
  }
  if (signal.apps.empty())
    fields.value().problem(fmt::format("no app is {}, so {} has nothing to measure", where, signal.source));
}

void read_signals(const Value& value, Definition& definition) {
  for (const NamedValue& named : value.entries()) {
    if (!is_name(named.name)) {
      value.report().problem(*named.key,
                             fmt::format("signals: {} is not a name; {}", in_quotes(named.name), k_name_rule));
    }
    definition.signals.push_back(read_signal(named, definition));
  }
}

}  // namespace train::definition
