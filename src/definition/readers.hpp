// One reader per part of the file. Each takes the part's value, reports what is wrong with it and fills in what is
// good; a definition that had any problem is never handed out, so a reader need not undo.
#pragma once

#include <string>
#include <string_view>

#include "train/domain/definition.hpp"
#include "value.hpp"

namespace train::definition {

void read_calendar(const Value& value, CalendarRule& calendar);

std::optional<Ladder> read_ladder(const Value& value);
Ladder default_ladder();

void read_apps(const Value& value, Definition& definition);
void read_hotfix(const Value& value, Definition& definition);  // after apps and approvals

// The keys that belong to a store, "app_store_app", and those of the other one, which are told apart from unknown ones.
struct StoreSections {
  const Section& own;
  const Section& other;
  std::string_view other_kind;
};
StoreSections store_sections(StoreKind kind, const std::string& what);

void read_signals(const Value& value, const Catalog& catalog, Definition& definition);  // after apps
// Gates refer to signals and people: read those first. Either value may be absent.
void read_gates(const std::optional<Value>& gates, const std::optional<Value>& defaults, Definition& definition);

void read_people(const Value& value, Definition& definition);
// A name of a role. With members given only they count: a role that nobody holds would wait for ever.
std::optional<std::string> read_role(const Value& value, const Definition& definition);  // after people
void read_checklist(const Value& value, Definition& definition);                         // after people
void read_approvals(const Value& value, Definition& definition);                         // after people

void read_source(const Value& value, Definition& definition);
void read_flags(const Value& value, const Catalog& catalog, Definition& definition);  // after signals
void read_force_update(const Value& value, const Catalog& catalog, Definition& definition);
// What `force_update` says besides where the minimum version stands.
void read_force_update_policy(const Fields& fields, ForceUpdateRule& rule);
void read_standby(const Value& value, Definition& definition);  // after apps
void read_notify(const Value& value, const Catalog& catalog, Definition& definition);
std::optional<LogAddress> read_state(const Value& value, const Catalog& catalog);

}  // namespace train::definition
