#include "sections.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/check.hpp"

namespace train::definition {
namespace {

constexpr Need required = Need::required;
constexpr std::string_view k_whole_number = R"({"type": ["integer", "string"], "pattern": "^[0-9]{1,18}$"})";
constexpr std::string_view k_above_zero = R"({"type": "number", "exclusiveMinimum": 0})";

std::string state_shape() {
  return fmt::format(R"({{"type": "string", "pattern": "^({}):.+$"}})", fmt::join(all_words<LogScheme>(), "|"));
}

std::string choice_of(const std::vector<std::string_view>& words) {
  return fmt::format(R"({{"enum": ["{}"]}})", fmt::join(words, R"(", ")"));
}

std::string shape_of(const ProviderKey& key) {
  switch (key.kind) {
    case KeyKind::text:
      return "scalar";
    case KeyKind::query:
    case KeyKind::path:
      return "text";
    case KeyKind::secret:
      return "secret";
    case KeyKind::url:
      return "url";
    case KeyKind::words:
      return "[text]+";
    case KeyKind::choice:
      return choice_of(key.words);
    case KeyKind::whole_number:
      return std::string(k_whole_number);
    case KeyKind::number:
      return std::string(k_above_zero);
    case KeyKind::duration:
      return "duration";
    case KeyKind::command:
      return "command";
    case KeyKind::secret_headers:
      return "secret_headers";
  }
  return {};
}

std::vector<Section> release_sections() {
  return {
      {"definition",
       {{"version", R"({"const": 1})", required},
        {"train", "name", required},
        {"calendar", "calendar"},
        {"versioning", "versioning"},
        {"coupling", "coupling"},
        {"hotfix", "hotfix"},
        {"source", "source"},
        {"apps", "apps", required},
        {"signals", "signals"},
        {"gates", "[gate]"},
        {"gate_defaults", "gate_defaults"},
        {"people", "people"},
        {"checklist", "[checklist_item]"},
        {"approvals", "[approval]"},
        {"require_signed_approvals", "boolean"},
        {"flags", "flags"},
        {"standby", "standby"},
        {"force_update", "force_update"},
        {"notify", "[channel]"},
        {"state", state_shape()}}},
      {"calendar",
       {{"timezone", "text"},
        {"first_cutoff", "local_time"},
        {"every", "duration"},
        {"stabilization", "duration"},
        {"rollout_hours", "rollout_hours"},
        {"freezes", "[freeze]"}},
       R"({"dependentRequired": {"first_cutoff": ["every"], "every": ["first_cutoff"]}})"},
      {"rollout_hours", {{"days", "[mon|tue|wed|thu|fri|sat|sun]+"}, {"from", "time_of_day"}, {"to", "time_of_day"}}},
      {"freeze", {{"from", "date", required}, {"to", "date", required}, {"reason", "text"}}},
      {"versioning", {{"next", "major|minor|patch"}}},
      {"coupling", {{"start_rollout", "apart|together"}}},
      {"hotfix", {{"stabilization", "duration"}, {"approvals", "texts"}, {"rollout", "ladder"}}},
      {"source",
       {{"repository", "text"}, {"mainline", "text"}, {"branch", "text"}, {"tag", "text"}, {"build", "build"}}},
      {"build", {{"exec", "command"}, {"http", "http_call"}}, R"({"minProperties": 1, "maxProperties": 1})"},
      {"http_call",
       {{"url", "url", required},
        {"method", "POST|PUT|PATCH|GET|DELETE"},
        {"headers", "headers"},
        {"body", R"({"type": "string"})"}}},
      {"rollout", {{"strategy", "staged|canary|blue_green|immediate"}, {"stages", "[stage]+"}}},
      {"stage", {{"to", "percent", required}, {"soak", "duration"}, {"watch", "duration"}}},
  };
}

std::vector<Section> app_sections() {
  return {
      {"app_store_app",
       {{"store", R"({"const": "app_store"})", required},
        {"bundle_id", R"({"type": "string", "pattern": "^[A-Za-z0-9.-]{1,155}$"})", required},
        {"credentials", "app_store_credentials", required},
        {"endpoint", "url"},
        {"artifact", "text"},
        {"testers", "texts"},
        {"test_notes", "text"},
        {"release_notes", "text"},
        {"export_compliance", "export_compliance"},
        {"webhook_feed", "boolean"},
        {"max_review", "duration"},
        {"pause", R"({"enum": ["auto", "on_arrival", "before_tick"]})"},
        {"rollout", "ladder"}}},
      {"google_play_app",
       {{"store", R"({"const": "google_play"})", required},
        {"package", R"({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*(\\.[A-Za-z][A-Za-z0-9_]*)+$"})", required},
        {"credentials", "google_play_credentials", required},
        {"endpoint", "url"},
        {"artifact", "text"},
        {"apks", "texts"},
        {"mapping", "text"},
        {"native_symbols", "text"},
        {"testers", "texts"},
        {"track", R"({"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,100}$"})"},
        {"max_review", "duration"},
        {"retain", R"({"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 2100000000}})"},
        {"drop", R"({"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 2100000000}})"},
        {"in_app_update_priority", R"({"type": "integer", "minimum": 0, "maximum": 5})"},
        {"halt_in_review", R"({"enum": ["cancel", "refuse"]})"},
        {"release_notes", "text"},
        {"drift_check", R"({"anyOf": [{"$ref": "#/$defs/duration"}, {"const": "off"}]})"},
        {"rollout", "ladder"}}},
      {"app_store_credentials",
       {{"key_id", "secret", required}, {"issuer_id", "secret"}, {"private_key", "secret", required}}},
      {"google_play_credentials",
       {{"service_account", "secret"},
        {"external_account", "secret"},
        {"authorized_user", "secret"},
        {"application_default", R"({"const": true})"}},
       R"({"minProperties": 1, "maxProperties": 1})"},
      {"export_compliance", {{"uses_non_exempt_encryption", "boolean", required}}},
      {"app_store_standby",
       {{"source", "text", required},
        {"identity", "secret"},
        {"password", "secret"},
        {"profiles", R"({"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}})"},
        {"notes", "text"}}},
      {"google_play_standby",
       {{"source", "text", required},
        {"keystore", "secret"},
        {"alias", "text"},
        {"password", "secret"},
        {"notes", "text"}}},
  };
}

std::vector<Section> gate_sections() {
  return {
      {"gate",
       {{"signal", "name", required},
        {"name", "name"},
        {"limit", "share"},
        {"regress", "share"},
        {"margin", "points"},
        {"on_breach", "investigate|pause|rollback"},
        {"auto", "boolean"},
        {"for", R"({"type": "integer", "minimum": 1, "maximum": 1000})"},
        {"promote", "multiples"},
        {"alpha", "alpha"},
        {"bake", "duration"},
        {"max_wait", "duration"},
        {"min_exposures", R"({"type": "integer", "minimum": 0})"},
        {"max_per_unit", R"({"type": "number", "exclusiveMinimum": 0})"},
        {"fresh_within", "duration"},
        {"spikes", "spikes"},
        {"when_too_small", "name"},
        {"advisory", "boolean"}}},
      {"gate_defaults",
       {{"promote", "multiples"},
        {"alpha", "alpha"},
        {"bake", "duration"},
        {"max_wait", "duration"},
        {"min_exposures", R"({"type": "integer", "minimum": 0})"},
        {"max_per_unit", R"({"type": "number", "exclusiveMinimum": 0})"},
        {"fresh_within", "duration"},
        {"spikes", "spikes"},
        {"when_too_small", "name"},
        {"advisory", "boolean"}}},
      {"spikes", {{"over", "duration"}, {"of", R"({"type": "integer", "minimum": 1, "maximum": 1000})"}}},
      {"alpha",
       {{"halt", R"({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5})"},
        {"promote", R"({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5})"}}},
  };
}

std::vector<Section> people_sections() {
  return {
      {"people", {{"owners", "owners"}, {"members", "members"}}},
      {"owners", {{"rotation", "[text]+", required}, {"every", "duration"}, {"from", "local_time", required}}},
      {"member",
       {{"roles", "[name]", required}, {"key", R"json({"type": "string", "pattern": "^(ssh-|ecdsa-sha2-|sk-)"})json"}}},
      {"checklist_item",
       {{"id", "name", required}, {"text", "text", required}, {"role", "name"}, {"before", "moment", required}}},
      {"approval",
       {{"role", "name", required},
        {"before", "moment", required},
        {"count", R"({"type": "integer", "minimum": 1, "maximum": 100})"}}},
  };
}

std::vector<Section> force_update_sections() {
  return {
      {"force_update",
       {{"minimum_version", "minimum_version", required},
        {"policy_parameter", "text"},
        {"grace", "duration"},
        {"exempt", "[text]"},
        {"approvals", "force_update_approvals"},
        {"table", "[force_update_row]+"}}},
      {"force_update_approvals", {{"nudge", "[text]"}, {"soft", "[text]"}, {"hard", "[text]"}}},
      {"force_update_row",
       {{"severity", "low|medium|high|critical", required},
        {"share", "percent"},
        {"legal", "boolean"},
        {"degree", "none|nudge|soft|hard", required}}},
  };
}

// Exactly one kind is the entry's.
Section channel_section() {
  Section channel{"channel", {}};
  std::vector<std::string> alone;
  for (const auto kind : all_words<ChannelKind>()) {
    channel.keys.push_back({kind, "secret"});
    alone.push_back(fmt::format(R"({{"required": ["{}"]}})", kind));
  }
  channel.keys.push_back({"id", "name"});
  channel.keys.push_back({"events", "[stage|breach|halt|rollback|waiting_for_people]+"});
  channel.rules = fmt::format(R"({{"oneOf": [{}]}})", fmt::join(alone, ", "));
  return channel;
}

const std::vector<Section>& fixed_sections() {
  static const std::vector<Section> all = [] {
    std::vector<Section> joined;
    for (auto part :
         {release_sections(), app_sections(), gate_sections(), people_sections(), force_update_sections()}) {
      joined.insert(joined.end(), part.begin(), part.end());
    }
    joined.push_back(channel_section());
    return joined;
  }();
  return all;
}

// Several providers may have a key of the same name, each in its own shape. None of them is required by all.
void add_keys(Section& section, const std::vector<ProviderKey>& keys) {
  for (const ProviderKey& key : keys) {
    auto shape = shape_of(key);
    const auto known =
        std::find_if(section.keys.begin(), section.keys.end(), [&](const Key& each) { return each.name == key.name; });
    if (known == section.keys.end()) {
      section.keys.push_back({key.name, std::move(shape)});
    } else if (known->shape != shape &&
               std::find(known->or_shapes.begin(), known->or_shapes.end(), shape) == known->or_shapes.end()) {
      known->or_shapes.push_back(std::move(shape));
    }
  }
}

void add_flag_providers(Section& section, const Catalog& catalog) {
  for (const FlagKeys& each : catalog.flags) add_keys(section, each.keys);
}

std::string source_choice(const Catalog& catalog) {
  std::vector<std::string_view> sources;
  for (const SignalKeys& each : catalog.signals) sources.push_back(each.source);
  return choice_of(sources);
}

std::string provider_choice(const Catalog& catalog) {
  std::vector<std::string_view> providers;
  for (const FlagKeys& each : catalog.flags) providers.push_back(each.provider);
  return choice_of(providers);
}

}  // namespace

bool Section::has(std::string_view key) const {
  return std::any_of(keys.begin(), keys.end(), [&](const Key& known) { return known.name == key; });
}

std::vector<std::string_view> Section::key_names() const {
  std::vector<std::string_view> names;
  for (const Key& key : keys) names.push_back(key.name);
  return names;
}

const Section& section(std::string_view name) {
  const auto& all = fixed_sections();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Section& each) { return each.name == name; });
  TRAIN_CHECK(found != all.end(), "a reader names a section that the table lacks");
  return *found;
}

Section signal_section(const Catalog& catalog) {
  Section signal{
      "signal",
      {{"source", source_choice(catalog), required},
       {"apps", "[name]+"},
       {"events", "text"},
       {"exposures", "text"},
       {"value", "text"},
       {"unit", "text"},
       {"absent_is_zero", "boolean"},
       {"fresh_within", "duration"},
       {"exposure", "user_day|user|session|request"},
       {"matures", "duration"},
       {"design_effect", R"({"type": "number", "minimum": 1})"},
       {"late", "duration"},
       {"counting", "proportion|rate"},
       {"per_day",
        R"({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "object", "additionalProperties": {"type": "number", "exclusiveMinimum": 0}}]})"}},
      R"({"dependentRequired": {"events": ["exposures"], "exposures": ["events"]}})"};
  for (const SignalKeys& each : catalog.signals) add_keys(signal, each.keys);
  return signal;
}

Section flag_section(const Catalog& catalog) {
  Section flag{"flag",
               {{"provider", provider_choice(catalog), required},
                {"risky", "boolean"},
                {"parameter", "text"},
                {"value_on", "scalar"},
                {"value_off", "scalar"},
                {"signal", "name"},
                {"settle", "duration"},
                {"ramp", "boolean"},
                {"always_on", "[text]"}}};
  add_flag_providers(flag, catalog);
  return flag;
}

Section minimum_version_section(const Catalog& catalog) {
  Section minimum{"minimum_version",
                  {{"provider", provider_choice(catalog), required}, {"parameter", "text", required}}};
  add_flag_providers(minimum, catalog);
  return minimum;
}

Section flag_provider_section(const Catalog& catalog) {
  Section provider{"flag_provider", {}};
  add_flag_providers(provider, catalog);
  return provider;
}

std::vector<Section> sections(const Catalog& catalog) {
  std::vector<Section> all = fixed_sections();
  all.push_back(signal_section(catalog));
  all.push_back(flag_section(catalog));
  all.push_back(minimum_version_section(catalog));
  return all;
}

}  // namespace train::definition
