// Flags in Unleash: a feature is on or off in one environment (the admin API).
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "descriptors.hpp"
#include "service.hpp"
#include "train/base/text.hpp"
#include "train/domain/flag_share.hpp"
#include "train/flags/providers.hpp"
#include "train/http/json_depth.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

std::string unleash_address(const Flag& flag) { return option_of(flag, "endpoint", ""); }

}  // namespace

namespace {

using UnleashStrategies = nlohmann::json;  // a list, as Unleash has it

constexpr const char* k_ramp_title = "train: ramp";
constexpr const char* k_always_title = "train: always on";

// A feature in one environment.
struct FeatureIn {
  bool enabled = false;
  UnleashStrategies strategies = UnleashStrategies::array();
};

std::string text_under(const nlohmann::json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// nullopt: the answer knows no such environment.
std::optional<FeatureIn> feature_in(const std::string& body, const std::string& environment) {
  if (!http::is_nested_within(body)) return std::nullopt;
  const auto feature = nlohmann::json::parse(body, nullptr, false);
  const auto all = feature.is_object() ? feature.find("environments") : feature.end();
  if (!feature.is_object() || all == feature.end() || !all->is_array()) return std::nullopt;
  for (const auto& each : *all) {
    if (text_under(each, "name") != environment || !each.contains("enabled") || !each["enabled"].is_boolean()) continue;
    FeatureIn out{each["enabled"].get<bool>()};
    const auto strategies = each.find("strategies");
    if (strategies != each.end() && strategies->is_array()) out.strategies = *strategies;
    return out;
  }
  return std::nullopt;
}

bool lets_anybody_in(const nlohmann::json& strategy) {
  const auto is_empty = [&](const char* list) { return !strategy.contains(list) || strategy[list].empty(); };
  return text_under(strategy, "name") == "flexibleRollout" && is_empty("constraints") && is_empty("segments");
}

// The strategy whose share is ours to set: the one we made, else the only one that asks nothing of a user.
const nlohmann::json* ramp_in(const FeatureIn& feature) {
  const nlohmann::json* open = nullptr;
  int all_open = 0;
  for (const auto& strategy : feature.strategies) {
    if (text_under(strategy, "title") == k_ramp_title) return &strategy;
    if (!lets_anybody_in(strategy)) continue;
    open = &strategy;
    ++all_open;
  }
  return all_open == 1 ? open : nullptr;
}

std::string share_in(const nlohmann::json& strategy) {
  return strategy.contains("parameters") ? text_under(strategy["parameters"], "rollout") + "%" : "%";
}

class UnleashProvider final : public FlagProvider {
 public:
  UnleashProvider(http::Sleep sleep, Secret token) : client_(std::move(sleep)), token_(std::move(token)) {}

  Result<std::string> get(const Flag& flag) override {
    const auto feature = read(flag);
    if (!feature) return tl::unexpected(feature.error());
    if (!feature->enabled) return word_off(flag);
    const auto* ramp = flag.ramp ? ramp_in(*feature) : nullptr;
    return ramp != nullptr && is_part(flag, share_in(*ramp)) ? share_in(*ramp) : word_on(flag);
  }

  Result<Done> set(const Flag& flag, const std::string& value) override {
    const bool part = is_part(flag, value);
    if (!part && value != word_on(flag) && value != word_off(flag)) {
      return fail(ErrorKind::definition,
                  "The flag " + flag.name + " cannot be set to " + printable(value, 100) +
                      ": Unleash switches a feature on or off, and knows no other value.",
                  "Use " + word_on(flag) + " or " + word_off(flag) + "; variants are changed in Unleash.");
    }
    if (value == word_off(flag)) return switch_to(flag, value, "/off");
    if (flag.ramp) {
      const auto shared = share(flag, part ? value : "100%");
      const bool lost = !shared && shared.error().kind == ErrorKind::unknown_outcome;
      if (lost) return conclude_by_reading_back(*this, flag, value, shared.error());
      if (!shared) return shared;
    }
    return switch_to(flag, value, "/on");
  }

 private:
  static std::string environment_of(const Flag& flag) { return option_of(flag, "environment", "production"); }
  static std::string place_of(const Flag& flag) { return "/environments/" + path_part(environment_of(flag)); }

  Result<FeatureIn> read(const Flag& flag) {
    const std::string what = "Reading the flag " + flag.name;
    const http::Request request = request_for(flag, http::Method::get, "");
    const http::Outcome outcome = client_.read(request);
    if (!is_good(outcome)) return tl::unexpected(http::error_of(request, outcome, what));
    if (auto feature = feature_in(outcome.body, environment_of(flag))) return *feature;
    return fail(ErrorKind::not_found,
                what + ": the feature " + printable(parameter_of(flag), 100) + " has no environment " +
                    printable(environment_of(flag), 100) + ".",
                "Correct `environment`, or enable that environment for the project in Unleash.");
  }

  Result<Done> switch_to(const Flag& flag, const std::string& value, const std::string& where) {
    http::Request request = request_for(flag, http::Method::post, place_of(flag) + where);
    request.purpose = http::Purpose::write;
    return conclude_write(*this, flag, value, request, client_.send(request));
  }

  // Whom no share leaves out first, then the share; what is so already is not sent.
  Result<Done> share(const Flag& flag, const std::string& wanted) {
    const auto feature = read(flag);
    if (!feature) return tl::unexpected(feature.error());
    for (const auto& segment : flag.always_on) {
      if (auto let = let_in(flag, *feature, segment); !let) return let;
    }
    const auto* ramp = ramp_in(*feature);
    if (ramp != nullptr && share_in(*ramp) == wanted) return Done{};
    const std::string number = wanted.substr(0, wanted.size() - 1);
    if (ramp == nullptr) return write(flag, http::Method::post, "", strategy(flag, k_ramp_title, number, {}));
    nlohmann::json change = nlohmann::json::array();
    change.push_back({{"op", "replace"}, {"path", "/parameters/rollout"}, {"value", number}});
    return write(flag, http::Method::patch, "/" + path_part(text_under(*ramp, "id")), change);
  }

  Result<Done> let_in(const Flag& flag, const FeatureIn& feature, const std::string& segment) {
    const std::string title = std::string(k_always_title) + " " + segment;
    for (const auto& each : feature.strategies) {
      if (text_under(each, "title") == title) return Done{};
    }
    const auto id = nlohmann::json::parse(segment, nullptr, false);
    if (!id.is_number_unsigned()) {
      return fail(ErrorKind::definition,
                  "The flag " + flag.name + ": " + printable(segment, 100) + " is no segment's number.",
                  "For Unleash `always_on` lists the numbers of segments, as their addresses show them.");
    }
    return write(flag, http::Method::post, "", strategy(flag, title, "100", {id}));
  }

  static nlohmann::json strategy(const Flag& flag, const std::string& title, const std::string& share,
                                 const std::vector<nlohmann::json>& segments) {
    nlohmann::json out;
    out["name"] = "flexibleRollout";
    out["title"] = title;
    out["constraints"] = nlohmann::json::array();
    out["segments"] = segments;
    out["parameters"] = {{"rollout", share}, {"stickiness", "default"}, {"groupId", parameter_of(flag)}};
    return out;
  }

  // One change of the strategies; `unknown_outcome` when its answer was lost.
  Result<Done> write(const Flag& flag, http::Method method, const std::string& rest, const nlohmann::json& body) {
    http::Request request = request_for(flag, method, place_of(flag) + "/strategies" + rest);
    request.purpose = http::Purpose::write;
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const http::Outcome outcome = client_.send(request);
    if (http::effect_of(outcome) == http::Effect::applied) return Done{};
    return tl::unexpected(http::error_of(request, outcome, "Setting the share of the flag " + flag.name));
  }

  http::Request request_for(const Flag& flag, http::Method method, const std::string& rest) const {
    http::Request request;
    request.method = method;
    request.url = unleash_address(flag) + "/api/admin/projects/" + path_part(option_of(flag, "project", "default")) +
                  "/features/" + path_part(parameter_of(flag)) + rest;
    request.answer_limit_bytes = k_service_answer_bytes;
    request.headers.push_back({"Authorization", token_.expose()});
    request.headers.push_back({"Accept", "application/json"});
    return request;
  }

  http::Client client_;
  Secret token_;
};

}  // namespace

std::unique_ptr<FlagProvider> make_unleash_provider(http::Sleep sleep, Secret token) {
  return std::make_unique<UnleashProvider>(std::move(sleep), std::move(token));
}

namespace {

Result<std::vector<std::string>> unleash_addresses(const Flag& flag, const Site&) {
  return std::vector<std::string>{unleash_address(flag)};
}

Result<std::unique_ptr<FlagProvider>> wire_unleash(const Flag& flag, const Site& site) {
  auto token = site.token(flag);
  if (!token) return tl::unexpected(token.error());
  return make_unleash_provider(site.sleep, std::move(*token));
}

}  // namespace

Descriptor describe_unleash() {
  FlagKeys keys{
      "unleash",
      {{.name = "endpoint", .kind = KeyKind::url, .meaning = "the server's address", .need = Need::required},
       {.name = "credentials", .kind = KeyKind::secret, .meaning = "a secret: an admin token", .need = Need::required},
       {.name = "project", .meaning = "where the feature is kept", .otherwise = "`default`"},
       {.name = "environment", .meaning = "the one that is switched", .otherwise = "`production`"}}};
  keys.reach = FlagReach::share_and_groups;
  return {std::move(keys), wire_unleash, unleash_addresses};
}

}  // namespace train::flags
