// Flags in Unleash: a feature is on or off in one environment (the admin API).
#include <nlohmann/json.hpp>

#include "service.hpp"
#include "train/base/text.hpp"
#include "train/flags/providers.hpp"
#include "train/http/json_depth.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

class UnleashProvider final : public FlagProvider {
 public:
  UnleashProvider(http::Sleep sleep, Secret token) : client_(std::move(sleep)), token_(std::move(token)) {}

  Result<std::string> get(const Flag& flag) override {
    const std::string what = "Reading the flag " + flag.name;
    const http::Request request = request_for(flag, http::Method::get, "");
    const http::Outcome outcome = client_.read(request);
    if (!is_good(outcome)) return tl::unexpected(refusal_of(request, outcome, what, token_));
    const auto enabled = enabled_in(outcome.body, environment_of(flag));
    if (enabled) return *enabled ? word_on(flag) : word_off(flag);
    return fail(ErrorKind::not_found,
                what + ": the feature " + printable(parameter_of(flag), 100) + " has no environment " +
                    printable(environment_of(flag), 100) + ".",
                "Correct `environment`, or enable that environment for the project in Unleash.");
  }

  Result<Done> set(const Flag& flag, const std::string& value) override {
    if (value != word_on(flag) && value != word_off(flag)) {
      return fail(ErrorKind::definition,
                  "The flag " + flag.name + " cannot be set to " + printable(value, 100) +
                      ": Unleash switches a feature on or off, and knows no other value.",
                  "Use " + word_on(flag) + " or " + word_off(flag) + "; variants are changed in Unleash.");
    }
    const bool on = value == word_on(flag);
    http::Request request = request_for(flag, http::Method::post,
                                        "/environments/" + path_part(environment_of(flag)) + (on ? "/on" : "/off"));
    request.purpose = http::Purpose::write;
    return conclude_write(*this, flag, value, request, client_.send(request), token_);
  }

 private:
  static std::string environment_of(const Flag& flag) { return option_of(flag, "environment", "production"); }

  // nullopt: the answer knows no such environment.
  static std::optional<bool> enabled_in(const std::string& body, const std::string& environment) {
    if (!http::is_nested_within(body)) return std::nullopt;
    const auto feature = nlohmann::json::parse(body, nullptr, false);
    const auto all = feature.is_object() ? feature.find("environments") : feature.end();
    if (!feature.is_object() || all == feature.end() || !all->is_array()) return std::nullopt;
    for (const auto& each : *all) {
      if (!each.is_object() || !each.contains("name") || each["name"] != environment) continue;
      const auto enabled = each.find("enabled");
      if (enabled != each.end() && enabled->is_boolean()) return enabled->get<bool>();
    }
    return std::nullopt;
  }

  http::Request request_for(const Flag& flag, http::Method method, const std::string& rest) const {
    http::Request request;
    request.method = method;
    request.url = address_of(flag) + "/api/admin/projects/" + path_part(option_of(flag, "project", "default")) +
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

}  // namespace train::flags
