// Google's discovery document, and what of a request and its answer does not stand in it.
#pragma once

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google_play_fixture.hpp"

namespace train::testing_play {

inline std::optional<Json> discovery_document(const std::string& api = "androidpublisher.v3") {
  for (const char* where : {"/../shared/specs/", "/../../shared/specs/"}) {
    std::ifstream file(std::string(TRAIN_SOURCE_DIR) + where + api + ".json");
    if (file) return Json::parse(file, nullptr, false);
  }
  return std::nullopt;
}

inline std::string no_discovery_document(const std::string& api = "androidpublisher.v3") {
  return std::string("Google's discovery document is not at ") + TRAIN_SOURCE_DIR + "/../shared/specs/" + api +
         ".json: nothing was compared.";
}

struct Method {  // a call of Google's
  std::string id;
  std::string http_method;
  std::regex path;
  std::set<std::string> query;
  std::string request;  // schema names; empty: none
  std::string response;
  bool upload = false;
};

// "{+name}" stands for several parts of a path: spelt out in flatPath, else by the parameter's pattern.
inline std::regex path_pattern(const Json& method) {
  std::string pattern = method["path"];
  const Json parameters = method.value("parameters", Json::object());
  for (const auto& [name, rule] : parameters.items()) {
    const std::string variable = "{+" + name + "}";
    const auto at = pattern.find(variable);
    if (at == std::string::npos) continue;
    std::string parts = rule.value("pattern", "^applications/[^/]+/tracks/[^/]+$");
    parts = parts.substr(1, parts.size() - 2);
    pattern.replace(at, variable.size(), parts);
  }
  pattern = std::regex_replace(pattern, std::regex(R"(\{[^}]*\})"), "[^/:]+");
  return std::regex("/(resumable/)?(upload/)?" + pattern);
}

inline std::string schema_name(const Json& method, const char* key) {
  return method.contains(key) ? method[key].value("$ref", "") : "";
}

inline void gather(const Json& node, std::vector<Method>& all) {
  const Json methods = node.value("methods", Json::object());
  const Json resources = node.value("resources", Json::object());
  for (const auto& [name, method] : methods.items()) {
    Method found;
    found.id = method["id"];
    found.http_method = method["httpMethod"];
    found.path = path_pattern(method);
    const Json parameters = method.value("parameters", Json::object());
    for (const auto& [parameter, rule] : parameters.items()) {
      if (rule["location"] == "query") found.query.insert(parameter);
    }
    found.request = schema_name(method, "request");
    found.response = schema_name(method, "response");
    found.upload = method.contains("mediaUpload");
    all.push_back(std::move(found));
  }
  for (const auto& [name, child] : resources.items()) gather(child, all);
}

class Discovery {
 public:
  explicit Discovery(Json document) : document_(std::move(document)) { gather(document_, methods_); }

  const Method* find(const std::string& http_method, const std::string& path) const {
    for (const Method& method : methods_) {
      if (method.http_method == http_method && std::regex_match(path, method.path)) return &method;
    }
    return nullptr;
  }
  // Every field and enumerated word of `value` that the schema does not have.
  void check(const Json& value, const Json& rule, const std::string& where, std::vector<std::string>& wrong) const {
    if (rule.contains("$ref")) return check(value, document_["schemas"][rule["$ref"].get<std::string>()], where, wrong);
    if (value.is_array()) {
      if (!rule.contains("items")) return wrong.push_back(where + " is no list");
      for (const Json& item : value) check(item, rule["items"], where + "[]", wrong);
    } else if (value.is_object()) {
      for (const auto& [key, inner] : value.items()) {
        const Json properties = rule.value("properties", Json::object());
        if (properties.contains(key))
          check(inner, properties[key], where + "." + key, wrong);
        else if (rule.contains("additionalProperties"))
          check(inner, rule["additionalProperties"], where + "." + key, wrong);
        else
          wrong.push_back(where + "." + key + " is unknown");
      }
    } else {
      check_plain(value, rule, where, wrong);
    }
  }
  void check_body(const std::string& text, const std::string& schema, std::vector<std::string>& wrong) const {
    if (text.empty()) return;
    const Json body = Json::parse(text, nullptr, false);
    if (schema.empty() || !body.is_object()) return wrong.push_back("a body where none belongs: " + text.substr(0, 80));
    check(body, Json{{"$ref", schema}}, schema, wrong);
  }

 private:
  static void check_plain(const Json& value, const Json& rule, const std::string& where,
                          std::vector<std::string>& wrong) {
    const std::string type = rule.value("type", "");
    const bool fits = (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
                      (type == "integer" && value.is_number_integer()) || (type == "number" && value.is_number());
    if (!fits) wrong.push_back(where + " is no " + type + ": " + value.dump());
    if (!rule.contains("enum")) return;
    const Json& words = rule["enum"];
    if (std::find(words.begin(), words.end(), value) == words.end())
      wrong.push_back(where + " has no word " + value.dump());
  }

  Json document_;
  std::vector<Method> methods_;
};

// Holds every call on record against the document. The ids of the methods that were used, and what was wrong.
struct Compared {
  std::set<std::string> methods;
  std::vector<std::string> wrong;
};

inline Compared compare(const Discovery& google, const std::vector<SeenCall>& calls) {
  Compared compared;
  for (const SeenCall& call : calls) {
    const auto& request = call.request;
    const std::string where = request.method + " " + request.path;
    const bool session = request.query_value("upload_id").has_value();  // the address Google itself gave
    const Method* method = google.find(session ? "POST" : request.method, request.path);
    if (method == nullptr) {
      compared.wrong.push_back(where + " is no call of Google's");
      continue;
    }
    compared.methods.insert(method->id);
    for (const auto& [name, value] : request.query) {
      const bool of_uploads = method->upload && (name == "uploadType" || name == "upload_id");
      if (!of_uploads && method->query.count(name) == 0)
        compared.wrong.push_back(method->id + " has no parameter " + name);
    }
    if (!method->upload) google.check_body(request.body, method->request, compared.wrong);
    if (call.handled.response.status == 200)
      google.check_body(call.handled.response.body, method->response, compared.wrong);
  }
  return compared;
}

}  // namespace train::testing_play
