#include "sections.hpp"

#include <algorithm>

#include "train/base/check.hpp"

namespace train::definition {
namespace {

constexpr Need required = Need::required;

std::vector<Section> release_sections() {
  return {
      {"definition",
       {{"version", required},
        {"train", required},
        {"calendar"},
        {"versioning"},
        {"coupling"},
        {"hotfix"},
        {"source"},
        {"apps", required},
        {"signals"},
        {"gates"},
        {"gate_defaults"},
        {"people"},
        {"checklist"},
        {"approvals"},
        {"require_signed_approvals"},
        {"flags"},
        {"standby"},
        {"force_update"},
        {"notify"},
        {"state"}}},
      {"calendar", {{"timezone"}, {"first_cutoff"}, {"every"}, {"stabilization"}, {"rollout_hours"}, {"freezes"}}},
      {"rollout_hours", {{"days"}, {"from"}, {"to"}}},
      {"freeze", {{"from", required}, {"to", required}, {"reason"}}},
      {"versioning", {{"next"}}},
      {"coupling", {{"start_rollout"}}},
      {"hotfix", {{"stabilization"}, {"approvals"}, {"rollout"}}},
      {"source", {{"repository"}, {"mainline"}, {"branch"}, {"tag"}, {"build"}}},
      {"build", {{"exec"}, {"http"}}},
      {"http_call", {{"url", required}, {"method"}, {"headers"}, {"body"}}},
      {"rollout", {{"strategy"}, {"stages"}}},
      {"stage", {{"to", required}, {"soak"}, {"watch"}}},
  };
}

std::vector<Section> app_sections() {
  return {
      {"app_store_app",
       {{"store", required},
        {"bundle_id", required},
        {"credentials", required},
        {"endpoint"},
        {"artifact"},
        {"testers"},
        {"test_notes"},
        {"release_notes"},
        {"export_compliance"},
        {"webhook_feed"},
        {"rollout"}}},
      {"google_play_app",
       {{"store", required},
        {"package", required},
        {"credentials", required},
        {"endpoint"},
        {"artifact"},
        {"apks"},
        {"mapping"},
        {"native_symbols"},
        {"testers"},
        {"track"},
        {"in_app_update_priority"},
        {"release_notes"},
        {"drift_check"},
        {"rollout"}}},
      {"app_store_credentials", {{"key_id", required}, {"issuer_id"}, {"private_key", required}}},
      {"google_play_credentials",
       {{"service_account"}, {"external_account"}, {"authorized_user"}, {"application_default"}}},
      {"export_compliance", {{"uses_non_exempt_encryption", required}}},
      {"app_store_standby", {{"source", required}, {"identity"}, {"password"}, {"profiles"}, {"notes"}}},
      {"google_play_standby", {{"source", required}, {"keystore"}, {"alias"}, {"password"}, {"notes"}}},
  };
}

std::vector<Section> signal_sections() {
  return {
      {"signal",
       {{"source", required},
        {"apps"},
        {"url"},
        {"events"},
        {"exposures"},
        {"value"},
        {"unit"},
        {"absent_is_zero"},
        {"token"},
        {"fresh_within"},
        {"late"},
        {"counting"},
        {"per_day"},
        {"datasource"},
        {"region"},
        {"namespace"},
        {"period"},
        {"alarms"},
        {"log_group"},
        {"profile"},
        {"property"},
        {"credentials"},
        {"metric"},
        {"percentile"},
        {"device"},
        {"territory"},
        {"organization"},
        {"project"},
        {"environment"},
        {"site"},
        {"api_key"},
        {"application_key"},
        {"account"},
        {"method"},
        {"headers"},
        {"body"},
        {"as_of"},
        {"release"},
        {"histogram"},
        {"slower_than"},
        {"exec"}}},
  };
}

std::vector<Section> gate_sections() {
  return {
      {"gate",
       {{"signal", required},
        {"limit"},
        {"regress"},
        {"on_breach"},
        {"auto"},
        {"for"},
        {"promote"},
        {"alpha"},
        {"bake"},
        {"max_wait"},
        {"min_exposures"},
        {"max_per_unit"},
        {"fresh_within"},
        {"advisory"}}},
      {"gate_defaults",
       {{"promote"},
        {"alpha"},
        {"bake"},
        {"max_wait"},
        {"min_exposures"},
        {"max_per_unit"},
        {"fresh_within"},
        {"advisory"}}},
      {"alpha", {{"halt"}, {"promote"}}},
  };
}

std::vector<Section> people_and_hand_sections() {
  return {
      {"people", {{"owners"}, {"members"}}},
      {"owners", {{"rotation", required}, {"every"}, {"from", required}}},
      {"member", {{"roles", required}, {"key"}}},
      {"checklist_item", {{"id", required}, {"text", required}, {"role"}, {"before", required}}},
      {"approval", {{"role", required}, {"before", required}, {"count"}}},
      {"flag",
       {{"provider", required},
        {"risky"},
        {"parameter"},
        {"value_on"},
        {"value_off"},
        {"signal"},
        {"settle"},
        {"ramp"},
        {"always_on"},
        {"project"},
        {"environment"},
        {"endpoint"},
        {"credentials"},
        {"path"},
        {"url"},
        {"method"},
        {"headers"},
        {"exec"}}},
      {"force_update",
       {{"minimum_version", required}, {"policy_parameter"}, {"grace"}, {"exempt"}, {"approvals"}, {"table"}}},
      {"force_update_approvals", {{"nudge"}, {"soft"}, {"hard"}}},
      {"force_update_row", {{"severity", required}, {"share"}, {"legal"}, {"degree", required}}},
      {"minimum_version",
       {{"provider", required},
        {"parameter", required},
        {"project"},
        {"environment"},
        {"endpoint"},
        {"credentials"},
        {"path"},
        {"url"},
        {"method"},
        {"headers"},
        {"exec"}}},
      {"channel", {{"slack"}, {"teams"}, {"email"}, {"pagerduty"}, {"webhook"}, {"grafana"}, {"id"}, {"events"}}},
  };
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

const std::vector<Section>& sections() {
  static const std::vector<Section> all = [] {
    std::vector<Section> joined;
    for (auto part :
         {release_sections(), app_sections(), signal_sections(), gate_sections(), people_and_hand_sections()}) {
      joined.insert(joined.end(), part.begin(), part.end());
    }
    return joined;
  }();
  return all;
}

const Section& section(std::string_view name) {
  const auto& all = sections();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Section& each) { return each.name == name; });
  TRAIN_CHECK(found != all.end(), "a reader names a section that the table lacks");
  return *found;
}

const std::vector<Provider>& signal_sources() {
  using enum OptionKind;
  static const std::vector<Provider> all = {
      {"prometheus",
       true,
       {{"url"}, {"token", secret}, {"alarms", words}, {"histogram", query}, {"slower_than", number}}},
      {"grafana", true, {{"url"}, {"token", secret}, {"datasource"}, {"alarms", words}}},
      {"cloudwatch", true, {{"url"}, {"region"}, {"namespace"}, {"period"}, {"profile"}, {"credentials", secret}}},
      {"cloudwatch_alarm", true, {{"url"}, {"region"}, {"alarms", words}, {"profile"}, {"credentials", secret}}, false},
      {"cloudwatch_logs", true, {{"url"}, {"region"}, {"log_group"}, {"profile"}, {"credentials", secret}}},
      {"ga4", true, {{"url"}, {"property"}, {"metric"}, {"credentials", secret}}, false},
      {"play_vitals", true, {{"metric"}, {"period"}, {"credentials", secret}}, false},
      {"play_reviews", true, {{"metric"}, {"credentials", secret}}, false},
      {"app_store_metrics", true, {{"metric"}, {"percentile"}, {"device"}}, false},
      {"app_store_reviews", true, {{"territory", words}}, false},
      {"sentry",
       true,
       {{"url"}, {"token", secret}, {"organization"}, {"project"}, {"environment"}, {"metric"}, {"release", query}},
       false},
      {"datadog", true, {{"url"}, {"site"}, {"api_key", secret}, {"application_key", secret}}},
      {"new_relic", true, {{"url"}, {"account"}, {"region"}, {"api_key", secret}}},
      {"http", true, {{"url"}, {"token", secret}, {"headers"}, {"method"}, {"body", query}, {"as_of"}}},
      {"exec", true, {{"exec", words}}},
  };
  return all;
}

const std::vector<Provider>& flag_providers() {
  using enum OptionKind;
  static const std::vector<Option> service = {{"project"}, {"environment"}, {"endpoint"}, {"credentials", secret}};
  static const std::vector<Provider> all = {
      {"firebase_remote_config", true, service}, {"unleash", true, service},
      {"launchdarkly", true, service},           {"http", true, {{"url"}, {"method"}, {"headers"}}},
      {"exec", true, {{"exec", words}}},         {"file", true, {{"path"}}},
  };
  return all;
}

const Provider* find_provider(const std::vector<Provider>& providers, std::string_view name) {
  for (const Provider& each : providers) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

std::vector<std::string_view> provider_names(const std::vector<Provider>& providers) {
  std::vector<std::string_view> names;
  for (const Provider& each : providers) names.push_back(each.name);
  return names;
}

}  // namespace train::definition
