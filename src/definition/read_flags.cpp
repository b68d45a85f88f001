#include <fmt/format.h>

#include <algorithm>

#include "read_provider.hpp"
#include "readers.hpp"

namespace train::definition {
namespace {

// What an entry is read against.
struct FlagSite {
  const Catalog& catalog;
  Section entry;                         // with the keys of every provider
  Section own_keys;                      // only those
  std::vector<std::string_view> shared;  // the keys that stand here whatever the provider
};

// The provider's word, and its keys. nullptr: there is none of that name.
const FlagKeys* read_provider(const Value& word, const Fields& fields, const FlagSite& site, Flag& flag) {
  std::vector<std::string_view> known;
  for (const FlagKeys& each : site.catalog.flags) known.push_back(each.provider);
  const auto name = word.one_of(known);
  if (!name) return nullptr;
  flag.provider = *name;
  const FlagKeys& keys = *site.catalog.find_flag(*name);
  const ProviderName who{"provider", keys.provider};
  read_own_keys(fields, keys, flag);
  // A key that only a flag has is already unknown to a minimum version: the section is that of the provider's keys.
  check_foreign_keys(fields, site.own_keys, site.shared, keys.keys, who);
  check_needs(fields, keys.keys, who);
  return &keys;
}

void read_signal_of(const Value& value, const Definition& definition, Flag& flag) {
  const auto name = value.text();
  if (!name) return;
  std::vector<std::string_view> known;
  for (const Signal& signal : definition.signals) known.push_back(signal.name);
  if (!definition.find_signal(*name)) {
    value.problem(fmt::format("{} is not under `signals`{}", in_quotes(*name), did_you_mean_hint(*name, known)));
  }
  flag.signal = *name;
}

// A share of users needs a provider that can give one, and both ends of it.
void read_ramp(const Fields& fields, FlagReach reach, Flag& flag) {
  fields.with("ramp", [&](const Value& value) {
    assign(flag.ramp, value.truth());
    if (!flag.ramp) return;
    if (reach == FlagReach::everybody)
      value.problem(fmt::format("a {} cannot give a flag to a share of the users", flag.provider));
    if (!flag.value_on || !flag.value_off) value.problem("needs `value_on` and `value_off`");
  });
  fields.with("always_on", [&](const Value& value) {
    flag.always_on = value.texts();
    if (!flag.ramp) value.problem("is for a flag with `ramp: true`; without it there is no share to be left out of");
    if (reach != FlagReach::share_and_groups)
      value.problem(fmt::format("the provider {} knows no groups of users", flag.provider));
  });
}

Flag read_flag(const NamedValue& named, const FlagSite& site, const Definition& definition) {
  Flag flag;
  flag.name = named.name;
  flag.parameter = named.name;
  const Fields fields(named.value, site.entry);
  if (!fields.is_map()) return flag;
  const FlagKeys* provider = nullptr;
  fields.with("provider", [&](const Value& word) { provider = read_provider(word, fields, site, flag); });
  fields.with("risky", [&](const Value& value) { assign(flag.risky, value.truth()); });
  fields.with("parameter", [&](const Value& value) { assign(flag.parameter, value.text()); });
  fields.with("value_on", [&](const Value& value) { flag.value_on = value.text_or_empty(); });
  fields.with("value_off", [&](const Value& value) { flag.value_off = value.text_or_empty(); });
  fields.with("signal", [&](const Value& value) { read_signal_of(value, definition, flag); });
  fields.with("settle", [&](const Value& value) { assign(flag.settle, value.duration()); });
  if (provider != nullptr) read_ramp(fields, provider->reach, flag);
  if (flag.value_on && flag.value_off && *flag.value_on == *flag.value_off) {
    fields.get("value_off")->problem("is the same as `value_on`; it would switch nothing off");
  }
  return flag;
}

}  // namespace

void read_flags(const Value& value, const Catalog& catalog, Definition& definition) {
  const FlagSite site{catalog, flag_section(catalog), flag_provider_section(catalog), flag_section({}).key_names()};
  for (const NamedValue& named : value.entries()) {
    if (!is_name(named.name)) {
      value.report().problem(*named.key,
                             fmt::format("flags: {} is not a name; {}", in_quotes(named.name), k_name_rule));
    }
    definition.flags.push_back(read_flag(named, site, definition));
  }
}

void read_force_update(const Value& value, const Catalog& catalog, Definition& definition) {
  const Fields outer(value, section("force_update"));
  read_force_update_policy(outer, definition.force_update);
  outer.with("minimum_version", [&](const Value& minimum) {
    const FlagSite site{catalog, minimum_version_section(catalog), flag_provider_section(catalog),
                        minimum_version_section({}).key_names()};
    const Fields fields(minimum, site.entry);
    Flag flag;
    flag.name = "minimum_version";
    fields.with("provider", [&](const Value& word) { read_provider(word, fields, site, flag); });
    fields.with("parameter", [&](const Value& parameter) { assign(flag.parameter, parameter.text()); });
    definition.force_update.minimum_version = std::move(flag);
  });
}

}  // namespace train::definition
