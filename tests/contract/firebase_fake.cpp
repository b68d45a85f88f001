#include "firebase_fake.hpp"

#include <algorithm>
#include <optional>

namespace train::contract {

using testbed::Reply;
using testbed::SeenRequest;

namespace {

constexpr const char* k_path = "/v1/projects/charge-prod/remoteConfig";

Reply google_refusal(int status, const std::string& word, const std::string& message, const std::string& headers = "") {
  const nlohmann::json body = {{"error", {{"code", status}, {"message", message}, {"status", word}}}};
  return testbed::answer(status, body.dump(), "application/json; charset=UTF-8", headers);
}

bool holds_for_everybody(const std::string& expression) {
  return expression == "true" || expression == "percent <= 100";
}

bool only(const FirebaseFake::Template& object, const std::set<std::string>& names) {
  return std::all_of(object.items().begin(), object.items().end(),
                     [&](const auto& item) { return names.count(item.key()) != 0; });
}

void each_parameter(const FirebaseFake::Template& content,
                    const std::function<void(const std::string&, const FirebaseFake::Template&)>& seen) {
  const auto top = content.value("parameters", FirebaseFake::Template::object());
  for (const auto& [name, parameter] : top.items()) seen(name, parameter);
  const auto groups = content.value("parameterGroups", FirebaseFake::Template::object());
  for (const auto& [group, inside] : groups.items()) {
    const auto own = inside.value("parameters", FirebaseFake::Template::object());
    for (const auto& [name, parameter] : own.items()) seen(name, parameter);
  }
}

}  // namespace

FirebaseFake::FirebaseFake(Template first)
    : versions_{std::move(first)}, server_({}, [this](const SeenRequest& request) { return answer_to(request); }) {}

FirebaseFake::Template FirebaseFake::now() const {
  const std::lock_guard lock(mutex_);
  return versions_.back();
}

std::size_t FirebaseFake::versions() const {
  const std::lock_guard lock(mutex_);
  return versions_.size();
}

std::string FirebaseFake::value_for(const std::string& parameter, const std::set<std::string>& expressions) const {
  const Template content = now();
  std::string value = "(none)";
  each_parameter(content, [&](const std::string& name, const Template& found) {
    if (name != parameter) return;
    value = found.value("defaultValue", Template::object()).value("value", "(none)");
    const auto conditional = found.value("conditionalValues", Template::object());
    for (const auto& condition : content.value("conditions", Template::array())) {
      const std::string expression = condition["expression"];
      const bool holds = holds_for_everybody(expression) || expressions.count(expression) != 0;
      const auto own = conditional.find(condition["name"].get<std::string>());
      if (!holds || own == conditional.end()) continue;
      value = own->value("value", "(none)");
      return;  // the first that holds decides
    }
  });
  return value;
}

void FirebaseFake::refuse_expression(const std::string& expression) {
  const std::lock_guard lock(mutex_);
  refused_.insert(expression);
}
void FirebaseFake::publish_by_somebody(const Template& next) {
  const std::lock_guard lock(mutex_);
  publish(next);
}
void FirebaseFake::publish_before_next(const Template& next) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(next);
}
void FirebaseFake::lose_next_publish(Loss loss) {
  const std::lock_guard lock(mutex_);
  loss_ = loss;
}
void FirebaseFake::answer_next_publish(int status, const std::string& headers) {
  const std::lock_guard lock(mutex_);
  next_answer_ = std::pair(status, headers);
}
void FirebaseFake::revoke_token() {
  const std::lock_guard lock(mutex_);
  ++token_;
}

void FirebaseFake::publish(Template next) {
  next.erase("version");
  versions_.push_back(std::move(next));
}

std::string FirebaseFake::etag() const { return "etag-charge-prod-" + std::to_string(versions_.size()); }

Reply FirebaseFake::answer_to(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  if (request.method == "POST" && request.target == "/token") {
    const nlohmann::json body = {{"access_token", "ya29.canary-" + std::to_string(token_)}, {"expires_in", 3600}};
    return testbed::answer(200, body.dump());
  }
  if (request.header("authorization") != "Bearer ya29.canary-" + std::to_string(token_))
    return google_refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials ya29.canary-0");
  // Without it the ETag that comes is not one that could be sent back.
  if (request.header("accept-encoding").find("gzip") == std::string::npos)
    return google_refusal(400, "INVALID_ARGUMENT", "Accept-Encoding: gzip is wanted.");
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  const std::string query = mark == std::string::npos ? "" : request.target.substr(mark + 1);
  if (path == std::string(k_path) + ":rollback" && request.method == "POST") return roll_back(request);
  if (path != k_path) return google_refusal(404, "NOT_FOUND", "Not found; you sent " + request.header("authorization"));
  if (request.method == "GET") return get(query);
  if (request.method == "PUT") return put(request, query);
  return google_refusal(405, "UNIMPLEMENTED", "No such method.");
}

Reply FirebaseFake::template_answer(const Template& content, std::size_t version, const std::string& tag) const {
  Template body = content;
  body["version"] = {{"versionNumber", std::to_string(version)}, {"updateOrigin", "REST_API"}};
  return testbed::answer(200, body.dump(), "application/json; charset=utf-8", "ETag: " + tag + "\r\n");
}

Reply FirebaseFake::get(const std::string& query) const {
  std::size_t version = versions_.size();
  if (query.rfind("versionNumber=", 0) == 0) version = std::stoul(query.substr(14));
  if (version < 1 || version > versions_.size())
    return google_refusal(404, "NOT_FOUND", "Version " + std::to_string(version) + " was not found.");
  return template_answer(versions_[version - 1], version, etag());
}

Reply FirebaseFake::put(const SeenRequest& request, const std::string& query) {
  const bool only_checks = query == "validateOnly=true";
  if (!only_checks) {
    for (auto& next : waiting_) publish(std::move(next));
    waiting_.clear();
  }
  const std::string wanted = request.header("if-match");
  if (wanted.empty()) return google_refusal(400, "INVALID_ARGUMENT", "If-Match header is required.");
  if (wanted != etag())
    return google_refusal(412, "FAILED_PRECONDITION", "The template was published by someone else meanwhile.");
  const auto next = Template::parse(request.body, nullptr, false);
  if (const auto wrong = why_invalid(next); !wrong.empty())
    return google_refusal(400, "INVALID_ARGUMENT", "[VALIDATION_ERROR]: " + wrong);
  if (only_checks) return template_answer(next, versions_.size(), etag() + "-0");
  if (next_answer_) {
    const auto [status, headers] = *std::exchange(next_answer_, std::nullopt);
    return google_refusal(status, "RESOURCE_EXHAUSTED", "Too many publishes.", headers);
  }
  const auto loss = std::exchange(loss_, std::nullopt);
  if (loss != Loss::before_effect) publish(next);
  if (loss) return Reply{"", Reply::Then::close};
  return template_answer(next, versions_.size(), etag());
}

Reply FirebaseFake::roll_back(const SeenRequest& request) {
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  const std::size_t version = body.is_object() ? std::stoul(body.value("versionNumber", "0")) : 0;
  if (version < 1 || version > versions_.size()) return google_refusal(404, "NOT_FOUND", "No such version.");
  if (version == versions_.size())
    return google_refusal(400, "INVALID_ARGUMENT", "The version must be lower than the current one.");
  publish(versions_[version - 1]);
  return template_answer(versions_.back(), versions_.size(), etag());
}

std::string FirebaseFake::why_invalid(const Template& next) const {
  if (!next.is_object() || !only(next, {"conditions", "parameters", "parameterGroups", "version"})) return "members";
  if (next.contains("version") && !only(next["version"], {"description"})) return "version is output only";
  std::set<std::string> names;
  for (const auto& condition : next.value("conditions", Template::array())) {
    if (!only(condition, {"name", "expression", "tagColor", "description"})) return "a condition's members";
    const std::string expression = condition.value("expression", "");
    if (expression.empty() || refused_.count(expression) != 0) return "condition expression: " + expression;
    if (!names.insert(condition.value("name", "")).second) return "a condition's name stands twice";
  }
  std::string wrong;
  each_parameter(next, [&](const std::string& name, const Template& parameter) {
    if (!only(parameter, {"defaultValue", "conditionalValues", "description", "valueType"})) wrong = name + ": members";
    const auto conditional = parameter.value("conditionalValues", Template::object());
    for (const auto& [condition, value] : conditional.items()) {
      if (names.count(condition) == 0) wrong = name + ": undefined condition " + condition;
      if (value.size() != 1) wrong = name + ": exactly one value";
    }
  });
  return wrong;
}

}  // namespace train::contract
