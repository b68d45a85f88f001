#include <fmt/format.h>

#include <algorithm>

#include "read_provider.hpp"
#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

// The keys every signal may have, whatever its source; those of queries where it asks them.
std::vector<std::string_view> shared_keys(const SignalKeys& source) {
  auto keys = signal_section({}).key_names();
  if (source.queries != Queries::refused) return keys;
  constexpr std::string_view of_queries[] = {"events", "exposures", "value", "absent_is_zero"};
  const auto is_of_queries = [&](std::string_view key) {
    return std::find(std::begin(of_queries), std::end(of_queries), key) != std::end(of_queries);
  };
  keys.erase(std::remove_if(keys.begin(), keys.end(), is_of_queries), keys.end());
  return keys;
}

// The keys of this source that stand in place of queries; and whether one of them is given.
struct InPlaceOfQueries {
  std::string names;  // "`alarms`, or `histogram`"
  bool given = false;
};
InPlaceOfQueries in_place_of_queries(const Fields& fields, const SignalKeys& source) {
  InPlaceOfQueries out;
  for (const ProviderKey& key : source.keys) {
    if (!key.replaces_queries) continue;
    out.names += fmt::format("{}`{}`", out.names.empty() ? "" : ", or ", key.name);
    out.given = out.given || fields.has(key.name);
  }
  return out;
}

void check_queries(const Fields& fields, const SignalKeys& source) {
  const bool events = fields.has("events");
  const bool exposures = fields.has("exposures");
  const bool level = fields.has("value");
  const Value& value = fields.value();
  const auto other = in_place_of_queries(fields, source);
  if (other.given && (level || events || exposures)) {
    value.problem(fmt::format("give either queries, or {}: one thing is measured by one signal", other.names));
  } else if (level && (events || exposures)) {
    value.problem("give either `events` and `exposures` (a proportion) or `value` (a level), not both");
  } else if (events != exposures) {
    value.problem(
        fmt::format("a proportion is `events` out of `exposures`; `{}` is missing", events ? "exposures" : "events"));
  } else if (!level && !events && !other.given && source.queries == Queries::required) {
    value.problem("what is measured is missing; give `events` and `exposures` (a proportion) or `value` (a level)");
  }
  if (level && fields.has("absent_is_zero")) {
    fields.get("absent_is_zero")->problem("belongs to proportions; an absent level is never zero");
  }
}

void check_unit(const Value& unit, SignalKind kind) {
  switch (kind) {
    case SignalKind::level:
      return;
    case SignalKind::alarm:
      return unit.problem("belongs to levels; an alarm has no unit");
    case SignalKind::proportion:
    case SignalKind::rate:
      return unit.problem("belongs to levels; a proportion has no unit");
  }
}

// A store's own signal is measured for its apps: all of them, or those that the file lists.
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

void check_query_texts(const Fields& fields, const SignalKeys& source) {
  if (source.query_fault == nullptr) return;
  for (const std::string_view key : {"events", "exposures", "value"}) {
    fields.with(key, [&](const Value& value) {
      const std::string& text = value.node().text;
      if (const auto fault = source.query_fault(text)) value.problem(fmt::format("{} {}", in_quotes(text), *fault));
    });
  }
}

// What follows from several of the source's keys.
void settle(const Fields& fields, const SignalKeys& source, Signal& signal) {
  if (source.settle == nullptr) return;
  WrittenKeys written;
  for (const Entry& entry : fields.value().node().entries) written.insert(entry.key->text);
  for (const KeyProblem& each : source.settle(signal, written)) {
    const auto at = fields.get(each.key);
    (at ? *at : fields.value()).problem(each.text);
  }
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

// A file's signal is read against the whole catalog: which source, and which keys belong to others.
struct Reading {
  const Definition& definition;
  const Catalog& catalog;
  Section section;
};

void read_source_word(const Value& source, const Fields& fields, const Reading& reading, Signal& signal) {
  std::vector<std::string_view> known;
  for (const SignalKeys& each : reading.catalog.signals) known.push_back(each.source);
  const auto name = source.one_of(known);
  if (!name) return;
  signal.source = *name;
  const SignalKeys& keys = *reading.catalog.find_signal(*name);
  const ProviderName who{"source", keys.source};
  read_own_keys(fields, keys, signal);
  check_foreign_keys(fields, reading.section, shared_keys(keys), keys.keys, who);
  check_needs(fields, keys.keys, who);
  if (keys.queries != Queries::refused) check_queries(fields, keys);
  check_query_texts(fields, keys);
  if (keys.store) settle_store_apps(fields, reading.definition, *keys.store, signal);
  settle(fields, keys, signal);
  fields.with("unit", [&](const Value& unit) { check_unit(unit, signal.kind); });
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

constexpr Word<Exposure> k_exposures[] = {{"user_day", Exposure::user_day},
                                          {"user", Exposure::user},
                                          {"session", Exposure::session},
                                          {"request", Exposure::request}};

// What one exposure is, how dependent they are, and how late their events come.
void read_exposure(const Fields& fields, Signal& signal) {
  const bool counted = signal.kind == SignalKind::proportion || signal.kind == SignalKind::rate;
  for (const auto* key : {"exposure", "matures", "design_effect"}) {
    fields.with(key, [&](const Value& value) {
      if (!counted) value.problem("is about exposures; what is measured here has none");
    });
  }
  fields.with("exposure", [&](const Value& unit) {
    if (const auto word = unit.word(k_exposures)) signal.exposure = *word;
  });
  fields.with("matures", [&](const Value& age) { assign(signal.matures, age.duration()); });
  fields.with("design_effect", [&](const Value& value) {
    signal.design_effect = value.number_above_zero(1e6);
    if (signal.design_effect && *signal.design_effect < 1)
      value.problem("is 1 for independent exposures, and more where those of one user go together");
  });
}

Signal read_signal(const NamedValue& named, const Reading& reading) {
  Signal signal;
  signal.name = named.name;
  const Fields fields(named.value, reading.section);
  if (!fields.is_map()) return signal;
  if (fields.has("value") && !fields.has("events")) signal.kind = SignalKind::level;
  fields.with("events", [&](const Value& query) { assign(signal.events, read_query(query)); });
  fields.with("exposures", [&](const Value& query) { assign(signal.exposures, read_query(query)); });
  fields.with("value", [&](const Value& query) { assign(signal.value, read_query(query)); });
  fields.with("unit", [&](const Value& unit) { assign(signal.unit, unit.text()); });
  fields.with("absent_is_zero", [&](const Value& zero) { assign(signal.absent_is_zero, zero.truth()); });
  fields.with("fresh_within", [&](const Value& age) { assign(signal.fresh_within, age.duration()); });
  fields.with("late", [&](const Value& late) { assign(signal.late, late.duration()); });
  fields.with("apps", [&](const Value& apps) { read_apps_measured(apps, reading.definition, signal); });
  fields.with("source", [&](const Value& source) { read_source_word(source, fields, reading, signal); });
  fields.with("counting", [&](const Value& counting) { read_counting(counting, signal); });
  read_exposure(fields, signal);
  fields.with("per_day", [&](const Value& per_day) { read_per_day(per_day, reading.definition, signal); });
  return signal;
}

}  // namespace

void read_signals(const Value& value, const Catalog& catalog, Definition& definition) {
  const Reading reading{definition, catalog, signal_section(catalog)};
  for (const NamedValue& named : value.entries()) {
    if (!is_name(named.name)) {
      value.report().problem(*named.key,
                             fmt::format("signals: {} is not a name; {}", in_quotes(named.name), k_name_rule));
    }
    definition.signals.push_back(read_signal(named, reading));
  }
}

}  // namespace train::definition
