#include "launchdarkly_fake.hpp"

#include <utility>

namespace train::contract {

using LdJson = nlohmann::json;
using testbed::Reply;
using testbed::SeenRequest;

namespace {

Reply ld_refusal(int status, const std::string& code, const std::string& message, const std::string& headers = "") {
  return testbed::answer(status, LdJson{{"code", code}, {"message", message}}.dump(), "application/json", headers);
}

LdJson flag_with(const std::vector<LdJson>& values) {
  LdJson out;
  out["variations"] = LdJson::array();
  for (std::size_t i = 0; i < values.size(); ++i)
    out["variations"].push_back({{"_id", "id-" + std::to_string(i)}, {"value", values[i]}});
  const std::size_t off = values.size() - 1;
  for (const char* environment : {"production", "test"}) {
    out["environments"][environment] = {{"on", true},
                                        {"offVariation", off},
                                        {"fallthrough", {{"variation", 0}}},
                                        {"rules", {{{"clauses", LdJson::array()}, {"variation", 0}}}}};
  }
  return out;
}

}  // namespace

LaunchDarklyFake::LaunchDarklyFake()
    : flags_{{"new-checkout", flag_with({true, false})}, {"theme", flag_with({"blue", "green", "plain"})}},
      server_({}, [this](const SeenRequest& request) { return answer_to(request); }) {}

LdJson LaunchDarklyFake::environment(const std::string& flag, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return flags_.at(flag).at("environments").at(name);
}

void LaunchDarklyFake::change(const std::string& flag, const LdJson& environment) {
  const std::lock_guard lock(mutex_);
  flags_[flag]["environments"]["production"].update(environment);
}

void LaunchDarklyFake::answer_next_patch(int status, const std::string& headers) {
  const std::lock_guard lock(mutex_);
  next_answer_ = std::pair(status, headers);
}

void LaunchDarklyFake::lose_next_patch() {
  const std::lock_guard lock(mutex_);
  loses_ = true;
}

Reply LaunchDarklyFake::answer_to(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  if (request.header("authorization") != "api-canary")
    return ld_refusal(401, "unauthorized", "Invalid access token " + request.header("authorization"));
  const std::string root = "/api/v2/flags/default/";
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::string key = path.rfind(root, 0) == 0 ? path.substr(root.size()) : "";
  if (!flags_.contains(key)) return ld_refusal(404, "not_found", "Unknown flag key " + key);
  if (request.method == "PATCH") return patch(flags_[key], request);
  LdJson shown = flags_[key];
  if (request.target.find("?env=production") != std::string::npos) shown["environments"].erase("test");
  return testbed::answer(200, shown.dump());
}

Reply LaunchDarklyFake::patch(LdJson& flag, const SeenRequest& request) {
  if (next_answer_) {
    const auto [status, headers] = *std::exchange(next_answer_, std::nullopt);
    return ld_refusal(status, "refused", status == 409 ? "Concurrent modification" : "Rate limit exceeded", headers);
  }
  if (request.header("content-type") != "application/json; domain-model=launchdarkly.semanticpatch")
    return ld_refusal(400, "invalid_request", "a JSON patch is a list");
  const auto body = LdJson::parse(request.body, nullptr, false);
  const bool whole = body.is_object() && body.contains("instructions") && !body["instructions"].empty();
  if (!whole) return ld_refusal(400, "invalid_request", "instructions are wanted");
  const std::string name = body.value("environmentKey", "");
  if (!flag["environments"].contains(name)) return ld_refusal(404, "not_found", "Unknown environment key " + name);
  LdJson environment = flag["environments"][name];
  for (const auto& instruction : body["instructions"]) {
    if (const auto wrong = apply(flag, environment, instruction); !wrong.empty())
      return ld_refusal(400, "invalid_request", wrong);
  }
  flag["environments"][name] = environment;  // all of them, or none
  if (std::exchange(loses_, false)) return Reply{"", Reply::Then::close};
  return testbed::answer(200, flag.dump());
}

std::string LaunchDarklyFake::apply(LdJson& flag, LdJson& environment, const LdJson& instruction) const {
  const std::string kind = instruction.value("kind", "");
  if (kind == "turnFlagOn" || kind == "turnFlagOff") {
    environment["on"] = kind == "turnFlagOn";
    return "";
  }
  const auto& variations = flag["variations"];
  const auto index_of = [&](const std::string& id) {
    std::size_t i = 0;
    while (i < variations.size() && variations[i]["_id"] != id) ++i;
    return i;
  };
  if (kind == "addRule") {
    if (instruction.value("clauses", LdJson::array()).empty()) return "clauses are wanted";
    const std::size_t i = index_of(instruction.value("variationId", ""));
    environment["rules"].push_back(
        {{"clauses", instruction["clauses"]}, {"variation", i}, {"description", instruction.value("description", "")}});
    return i < variations.size() ? "" : "no such variation";
  }
  if (kind != "updateFallthroughVariationOrRollout") return "unknown instruction " + kind;
  if (instruction.contains("rolloutWeights")) {
    int whole = 0;
    LdJson parts = LdJson::array();
    for (const auto& [id, weight] : instruction["rolloutWeights"].items()) {
      if (index_of(id) == variations.size()) return "no such variation";
      whole += weight.get<int>();
      parts.push_back({{"variation", index_of(id)}, {"weight", weight}});
    }
    environment["fallthrough"] = {{"rollout", {{"variations", parts}}}};
    return whole == 100000 ? "" : "weights must sum to 100000";
  }
  for (std::size_t i = 0; i < variations.size(); ++i) {
    if (variations[i]["_id"] != instruction.value("variationId", "")) continue;
    environment["fallthrough"] = {{"variation", i}};
    return "";
  }
  return "no such variation";
}

}  // namespace train::contract
