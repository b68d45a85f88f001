#include <fmt/format.h>

#include <algorithm>

#include "in_quotes.hpp"
#include "readers.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_set_methods[] = {"PUT", "POST", "PATCH"};

// The keys every flag may have, whatever its provider.
constexpr std::string_view k_flag_keys[] = {"provider", "risky",  "parameter", "value_on", "value_off",
                                            "signal",   "settle", "ramp",      "always_on"};
constexpr std::string_view k_minimum_keys[] = {"provider", "parameter"};

void read_option(const Value& value, std::string_view key, Flag& flag) {
  if (key == "path") {
    assign(flag.path, value.path());
  } else if (key == "url") {
    assign(flag.url, value.url());
  } else if (key == "method") {
    assign(flag.method, value.one_of(k_set_methods));
  } else if (key == "headers") {
    read_secret_headers(value, flag.secret_headers);
  } else if (key == "exec") {
    flag.exec = value.command();
  } else if (key == "credentials") {
    flag.credentials = value.secret();
  } else if (key == "endpoint") {
    if (auto url = value.url()) flag.options[std::string(key)] = std::move(*url);
  } else if (auto text = value.text()) {
    flag.options[std::string(key)] = std::move(*text);
  }
}

// The keys by which a provider finds the flag at all.
std::vector<std::string_view> needed_keys(std::string_view provider) {
  if (provider == "file") return {"path"};
  if (provider == "http") return {"url"};
  if (provider == "exec") return {"exec"};
  if (provider == "unleash") return {"endpoint", "credentials"};
  if (provider == "launchdarkly") return {"credentials"};
  return {};  // firebase_remote_config: Google's own tools' credentials do
}

void read_provider_keys(const Fields& fields, const Provider& provider, std::span<const std::string_view> shared,
                        Flag& flag) {
  std::vector<std::string_view> allowed(shared.begin(), shared.end());
  for (const Option& option : provider.options) allowed.push_back(option.name);
  for (const Entry& entry : fields.value().node().entries) {
    const std::string& key = entry.key->text;
    if (!section("flag").has(key)) continue;
    const bool is_shared = std::find(shared.begin(), shared.end(), key) != shared.end();
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      // A key that only a flag has is already unknown to a minimum version.
      if (std::find(std::begin(k_flag_keys), std::end(k_flag_keys), key) != std::end(k_flag_keys)) continue;
      fields.value().report().problem(
          *entry.key, fmt::format("the key \"{}\" in {} is not used by the provider {}. Allowed: {}", key,
                                  fields.value().where(), provider.name, listed(allowed)));
    } else if (!is_shared) {
      read_option(*fields.get(key), key, flag);
    }
  }
  for (const auto needed : needed_keys(provider.name)) {
    if (fields.has(needed)) continue;
    fields.value().problem(fmt::format("the key \"{}\" is missing; the provider {} needs it", needed, provider.name));
  }
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
void read_ramp(const Fields& fields, Flag& flag) {
  fields.with("ramp", [&](const Value& value) {
    assign(flag.ramp, value.truth());
    if (!flag.ramp) return;
    if (flag.provider == "file") value.problem("a file cannot give a flag to a share of the users");
    if (!flag.value_on || !flag.value_off) value.problem("needs `value_on` and `value_off`");
  });
  fields.with("always_on", [&](const Value& value) {
    flag.always_on = value.texts();
    const bool targets =
        flag.provider == "firebase_remote_config" || flag.provider == "unleash" || flag.provider == "launchdarkly";
    if (!flag.ramp) value.problem("is for a flag with `ramp: true`; without it there is no share to be left out of");
    if (!targets) value.problem(fmt::format("the provider {} knows no groups of users", flag.provider));
  });
}

Flag read_flag(const NamedValue& named, const Definition& definition) {
  Flag flag;
  flag.name = named.name;
  flag.parameter = named.name;
  const Fields fields(named.value, section("flag"));
  if (!fields.is_map()) return flag;
  fields.with("provider", [&](const Value& value) {
    const auto name = value.one_of(provider_names(flag_providers()));
    if (!name) return;
    flag.provider = *name;
    const Provider& provider = *find_provider(flag_providers(), *name);
    read_provider_keys(fields, provider, k_flag_keys, flag);
  });
  fields.with("risky", [&](const Value& value) { assign(flag.risky, value.truth()); });
  fields.with("parameter", [&](const Value& value) { assign(flag.parameter, value.text()); });
  fields.with("value_on", [&](const Value& value) { flag.value_on = value.text_or_empty(); });
  fields.with("value_off", [&](const Value& value) { flag.value_off = value.text_or_empty(); });
  fields.with("signal", [&](const Value& value) { read_signal_of(value, definition, flag); });
  fields.with("settle", [&](const Value& value) { assign(flag.settle, value.duration()); });
  read_ramp(fields, flag);
  if (flag.value_on && flag.value_off && *flag.value_on == *flag.value_off) {
    fields.get("value_off")->problem("is the same as `value_on`; it would switch nothing off");
  }
  return flag;
}

}  // namespace

void read_secret_headers(const Value& value, std::vector<std::pair<std::string, SecretRef>>& headers) {
  for (const NamedValue& header : value.entries()) {
    const bool good = !header.name.empty() && header.name.find_first_of(" :\r\n\t") == std::string::npos;
    if (!good) {
      value.report().problem(*header.key,
                             fmt::format("{}: {} is not a header's name", value.where(), in_quotes(header.name)));
    }
    if (auto secret = header.value.secret()) headers.emplace_back(header.name, std::move(*secret));
  }
}

void read_flags(const Value& value, Definition& definition) {
  for (const NamedValue& named : value.entries()) {
    if (!is_name(named.name)) {
      value.report().problem(*named.key,
                             fmt::format("flags: {} is not a name; {}", in_quotes(named.name), k_name_rule));
    }
    definition.flags.push_back(read_flag(named, definition));
  }
}

void read_force_update(const Value& value, Definition& definition) {
  const Fields outer(value, section("force_update"));
  read_force_update_policy(outer, definition.force_update);
  outer.with("minimum_version", [&](const Value& minimum) {
    const Fields fields(minimum, section("minimum_version"));
    Flag flag;
    flag.name = "minimum_version";
    fields.with("provider", [&](const Value& provider) {
      const auto name = provider.one_of(provider_names(flag_providers()));
      if (!name) return;
      flag.provider = *name;
      read_provider_keys(fields, *find_provider(flag_providers(), *name), k_minimum_keys, flag);
    });
    fields.with("parameter", [&](const Value& parameter) { assign(flag.parameter, parameter.text()); });
    definition.force_update.minimum_version = std::move(flag);
  });
}

}  // namespace train::definition
