// Flags in LaunchDarkly: a flag's targeting is on or off in one environment (semantic patches).
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "descriptors.hpp"
#include "service.hpp"
#include "train/base/text.hpp"
#include "train/domain/flag_share.hpp"
#include "train/flags/providers.hpp"
#include "train/http/json_depth.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

std::string launchdarkly_address(const Flag& flag) {
  return option_of(flag, "endpoint", "https://app.launchdarkly.com");
}

}  // namespace

namespace {

using nlohmann::json;

constexpr const char* k_semantic_patch = "application/json; domain-model=launchdarkly.semanticpatch";
constexpr const char* k_always_rule = "train: always on ";
constexpr int k_everybody_weight = 100'000;  // weights are thousandths of a percent
constexpr int k_patches_max = 2;             // a conflict is somebody else's change at the same moment

// What one environment serves: which of the variations while targeting is on and while it is off.
struct Targeting {
  bool on = false;
  std::optional<std::size_t> fallthrough;  // nullopt: a share of users each
  std::optional<std::size_t> off;          // nullopt: apps use a value of their own
  std::vector<int> weights;                // of the variations, in thousandths of a percent; empty: no shares
  std::vector<std::string> rules;          // their descriptions
  std::vector<std::string> values;         // of the variations
  std::vector<std::string> ids;
};

std::optional<std::size_t> index_in(const json& object, const char* name, std::size_t count) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  const auto index = found->get<std::size_t>();
  return index < count ? std::optional(index) : std::nullopt;
}

// {"rollout": {"variations": [{"variation": 0, "weight": 5000}, …]}}
std::vector<int> weights_in(const json& fallthrough, std::size_t count) {
  const auto rollout = fallthrough.is_object() ? fallthrough.find("rollout") : fallthrough.end();
  const bool shares = fallthrough.is_object() && rollout != fallthrough.end() && rollout->is_object() &&
                      rollout->contains("variations") && (*rollout)["variations"].is_array();
  if (!shares) return {};
  std::vector<int> out(count, 0);
  for (const auto& part : (*rollout)["variations"]) {
    const auto index = index_in(part, "variation", count);
    if (index && part.contains("weight") && part["weight"].is_number_integer()) out[*index] = part["weight"].get<int>();
  }
  return out;
}

std::optional<std::size_t> index_of(const Targeting& targeting, const std::optional<std::string>& value) {
  const auto found =
      value ? std::find(targeting.values.begin(), targeting.values.end(), *value) : targeting.values.end();
  if (found == targeting.values.end()) return std::nullopt;
  return static_cast<std::size_t>(found - targeting.values.begin());
}

std::optional<Targeting> targeting_in(const std::string& body, const std::string& environment) {
  const json flag = http::is_nested_within(body) ? json::parse(body, nullptr, false) : json();
  const bool whole = flag.is_object() && flag.contains("variations") && flag["variations"].is_array() &&
                     flag.contains("environments") && flag["environments"].is_object() &&
                     flag["environments"].contains(environment);
  if (!whole) return std::nullopt;
  Targeting out;
  for (const auto& variation : flag["variations"]) {
    if (!variation.is_object() || !variation.contains("value")) return std::nullopt;
    const std::string value = variation["value"].dump(-1, ' ', false, json::error_handler_t::replace);
    const auto id = variation.find("_id");
    out.values.push_back(text_of_json(value).value_or(value));
    out.ids.push_back(id != variation.end() && id->is_string() ? id->get<std::string>() : std::string());
  }
  const json& here = flag["environments"][environment];
  const auto on = here.is_object() ? here.find("on") : here.end();
  if (!here.is_object() || on == here.end() || !on->is_boolean()) return std::nullopt;
  out.on = on->get<bool>();
  out.off = index_in(here, "offVariation", out.values.size());
  if (here.contains("fallthrough")) {
    out.fallthrough = index_in(here["fallthrough"], "variation", out.values.size());
    out.weights = weights_in(here["fallthrough"], out.values.size());
  }
  for (const auto& rule : here.contains("rules") && here["rules"].is_array() ? here["rules"] : json::array()) {
    const auto said = rule.is_object() ? rule.find("description") : rule.end();
    if (rule.is_object() && said != rule.end() && said->is_string()) out.rules.push_back(said->get<std::string>());
  }
  return out;
}

class LaunchDarklyProvider final : public FlagProvider {
 public:
  LaunchDarklyProvider(http::Sleep sleep, Secret token) : client_(std::move(sleep)), token_(std::move(token)) {}

  Result<std::string> get(const Flag& flag) override {
    const auto now = read(flag);
    if (!now) return tl::unexpected(now.error());
    const auto served = now->on ? now->fallthrough : now->off;
    if (served) return now->values[*served];
    const auto on = index_of(*now, flag.value_on);
    const auto share =
        on && flag.ramp && !now->weights.empty() ? Percent::from_basis_points(now->weights[*on] / 10) : std::nullopt;
    if (now->on && share && !share->is_zero()) return value_of_share(flag, *share);
    return fail(ErrorKind::refused,
                "The flag " + flag.name +
                    (now->on ? " serves shares of users: it has no one value."
                             : " is off and has no off variation: apps use a value of their own."),
                "Give it one in LaunchDarkly.");
  }

  Result<Done> set(const Flag& flag, const std::string& value) override {
    for (int i = 1;; ++i) {
      const auto now = read(flag);
      if (!now) return tl::unexpected(now.error());
      const auto instructions = instructions_for(flag, *now, value);
      if (!instructions) return tl::unexpected(instructions.error());
      if (instructions->empty()) return Done{};
      const http::Request request = patch(flag, *instructions, value);
      const http::Outcome outcome = client_.send(request);
      const bool conflict = outcome.transport == http::Transport::answered && outcome.status == 409;
      if (!conflict || i == k_patches_max) return concluded(flag, value, request, outcome);
    }
  }

 private:
  static std::string environment_of(const Flag& flag) { return option_of(flag, "environment", "production"); }

  Result<Done> concluded(const Flag& flag, const std::string& value, const http::Request& request,
                         const http::Outcome& outcome) {
    auto done = conclude_write(*this, flag, value, request, outcome);
    // It is the provider's conflict and not the train's.
    if (!done && done.error().kind == ErrorKind::conflict) done.error().kind = ErrorKind::refused;
    return done;
  }

  // What makes it serve `value`; empty: it does. The off variation is served by turning targeting off, which leaves
  // every rule as it is for the way back.
  Result<json> instructions_for(const Flag& flag, const Targeting& now, const std::string& value) const {
    if (is_part(flag, value)) return share_instructions(flag, now, value);
    json out = json::array();
    if (now.off && now.values[*now.off] == value) {
      if (now.on) out.push_back({{"kind", "turnFlagOff"}});
      return out;
    }
    for (std::size_t i = 0; i < now.values.size(); ++i) {
      if (now.values[i] != value) continue;
      if (!now.on) out.push_back({{"kind", "turnFlagOn"}});
      if (now.fallthrough != i)
        out.push_back({{"kind", "updateFallthroughVariationOrRollout"}, {"variationId", now.ids[i]}});
      return out;
    }
    std::vector<std::string> known;
    for (const auto& each : now.values) known.push_back(printable(each, 60));
    return fail(ErrorKind::refused,
                "The flag " + flag.name + " has no variation with the value " + printable(value, 100) + ".",
                "Its variations have: " + join(known, ", ") + ".");
  }

  // On for a share, off for the rest; whom no share leaves out has a rule of their own.
  static Result<json> share_instructions(const Flag& flag, const Targeting& now, const std::string& value) {
    const auto on = index_of(now, flag.value_on);
    const auto off = index_of(now, flag.value_off);
    if (!on || !off) {
      return fail(ErrorKind::refused,
                  "The flag " + flag.name + " has no variations with its `value_on` and `value_off`.",
                  "Correct the two, or add the variations in LaunchDarkly.");
    }
    json out = json::array();
    if (!now.on) out.push_back({{"kind", "turnFlagOn"}});
    for (const auto& segment : flag.always_on) {
      const std::string description = k_always_rule + segment;
      if (std::find(now.rules.begin(), now.rules.end(), description) != now.rules.end()) continue;
      json clause = {{"contextKind", ""}, {"attribute", "segmentMatch"}, {"op", "segmentMatch"}, {"negate", false}};
      clause["values"] = json::array({segment});
      json rule = {{"kind", "addRule"}, {"variationId", now.ids[*on]}, {"description", description}};
      rule["clauses"] = json::array();
      rule["clauses"].push_back(clause);
      out.push_back(rule);
    }
    const int weight = share_of_value(flag, value)->basis_points() * 10;
    if (now.weights.empty() || now.weights[*on] != weight || now.weights[*off] != k_everybody_weight - weight) {
      json shares = {{"kind", "updateFallthroughVariationOrRollout"}, {"rolloutContextKind", "user"}};
      shares["rolloutWeights"] = {{now.ids[*on], weight}, {now.ids[*off], k_everybody_weight - weight}};
      out.push_back(shares);
    }
    return out;
  }

  http::Request patch(const Flag& flag, const json& instructions, const std::string& value) const {
    http::Request request = request_for(flag, http::Method::patch, "");
    request.purpose = http::Purpose::write;
    request.headers.push_back({"Content-Type", k_semantic_patch});
    const json body = {{"environmentKey", environment_of(flag)},
                       {"comment", "train: " + flag.name + " becomes " + printable(value, 100)},
                       {"instructions", instructions}};
    request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    return request;
  }

  Result<Targeting> read(const Flag& flag) {
    const std::string what = "Reading the flag " + flag.name;
    const http::Request request = request_for(flag, http::Method::get, "?env=" + path_part(environment_of(flag)));
    const http::Outcome outcome = client_.read(request);
    if (!is_good(outcome)) return tl::unexpected(http::error_of(request, outcome, what));
    if (auto targeting = targeting_in(outcome.body, environment_of(flag))) return *targeting;
    return fail(
        ErrorKind::invalid_answer,
        what + ": the answer holds no targeting of the environment " + printable(environment_of(flag), 100) + ".",
        "Correct `environment` (its key, not its name), or check `endpoint`.");
  }

  http::Request request_for(const Flag& flag, http::Method method, const std::string& query) const {
    http::Request request;
    request.method = method;
    request.url = launchdarkly_address(flag) + "/api/v2/flags/" + path_part(option_of(flag, "project", "default")) +
                  "/" + path_part(parameter_of(flag)) + query;
    request.answer_limit_bytes = k_service_answer_bytes;
    request.headers.push_back({"Authorization", token_.expose()});
    return request;
  }

  http::Client client_;
  Secret token_;
};

}  // namespace

std::unique_ptr<FlagProvider> make_launchdarkly_provider(http::Sleep sleep, Secret token) {
  return std::make_unique<LaunchDarklyProvider>(std::move(sleep), std::move(token));
}

namespace {

Result<std::vector<std::string>> launchdarkly_addresses(const Flag& flag, const Site&) {
  return std::vector<std::string>{launchdarkly_address(flag)};
}

Result<std::unique_ptr<FlagProvider>> wire_launchdarkly(const Flag& flag, const Site& site) {
  auto token = site.token(flag);
  if (!token) return tl::unexpected(token.error());
  return make_launchdarkly_provider(site.sleep, std::move(*token));
}

}  // namespace

Descriptor describe_launchdarkly() {
  FlagKeys keys{
      "launchdarkly",
      {{.name = "credentials", .kind = KeyKind::secret, .meaning = "a secret: an API token", .need = Need::required},
       {.name = "project", .meaning = "where the flag is kept", .otherwise = "`default`"},
       {.name = "environment", .meaning = "the one that is switched: its key", .otherwise = "`production`"},
       {.name = "endpoint", .kind = KeyKind::url, .meaning = "of another server", .otherwise = "LaunchDarkly's own"}}};
  keys.reach = FlagReach::share_and_groups;
  return {std::move(keys), wire_launchdarkly, launchdarkly_addresses};
}

}  // namespace train::flags
