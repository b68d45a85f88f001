#include "app_store_description.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <memory>

#include "train/base/text.hpp"

namespace train::contract {
namespace {

using Json = nlohmann::json;

const Json k_none;

const Json& at(const Json& value, const std::string& pointer) {
  const Json::json_pointer where(pointer);
  return value.contains(where) ? value.at(where) : k_none;
}

bool contains_word(const Json& words, const Json& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_type(const Json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "array") return value.is_array();
  return value.is_object();
}

}  // namespace

struct AppStoreDescription::Findings {
  std::vector<std::string> all;
  void add(const std::string& where, const std::string& what) { all.push_back(where + ": " + what); }
};

std::filesystem::path AppStoreDescription::file() {
  return std::filesystem::path(TRAIN_SOURCE_DIR) / ".." / "shared" / "specs" / "app_store_connect_openapi.json";
}

std::optional<AppStoreDescription> AppStoreDescription::read() {
  std::ifstream stream(file());
  if (!stream) return std::nullopt;
  return AppStoreDescription(Json::parse(stream));
}

AppStoreDescription::AppStoreDescription(Json document) : document_(std::make_shared<const Json>(std::move(document))) {
  for (const auto& [path, operations] : document_->at("paths").items()) {
    patterns_.push_back({split(path, '/'), &operations});
  }
  for (const auto& [name, schema] : document_->at("components").at("schemas").items()) {
    const auto& type = at(schema, "/properties/type/enum/0");
    if (type.is_string() && at(schema, "/properties/links").is_object()) resources_[type.get<std::string>()] = &schema;
  }
}

const Json& AppStoreDescription::operation(const Sent& sent) const {
  const auto given = split(sent.path, '/');
  std::string verb = sent.method;
  std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& pattern : patterns_) {
    bool same = pattern.parts.size() == given.size() && pattern.operations->contains(verb);
    for (std::size_t i = 0; same && i < given.size(); ++i) {
      same = pattern.parts[i] == given[i] || (starts_with(pattern.parts[i], "{") && !given[i].empty());
    }
    if (same) return pattern.operations->at(verb);
  }
  return k_none;
}

std::string AppStoreDescription::operation_of(const Sent& sent) const {
  const auto& found = operation(sent);
  return found.is_object() ? found.at("operationId").get<std::string>() : std::string{};
}

const Json& AppStoreDescription::resolve(const Json& schema) const {
  if (!schema.is_object() || !schema.contains("$ref")) return schema;
  return document_->at(Json::json_pointer(schema.at("$ref").get<std::string>().substr(1)));
}

const Json& AppStoreDescription::members_of(const std::string& type, const char* part) const {
  const auto found = resources_.find(type);
  return found == resources_.end() ? k_none : at(*found->second, fmt::format("/properties/{}/properties", part));
}

void AppStoreDescription::check_value(Findings& found, const std::string& where, const Json& schema,
                                      const Json& value) const {
  const auto& rule = resolve(schema);
  if (value.is_null() || !rule.is_object()) return;
  if (rule.contains("enum") && !contains_word(rule.at("enum"), value)) found.add(where, "no such word " + value.dump());
  if (rule.contains("type") && !has_type(value, rule.at("type"))) {
    return found.add(where, fmt::format("{} is no {}", value.dump(), rule.at("type").get<std::string>()));
  }
  if (value.is_object() && rule.contains("properties")) check_members(found, where, rule.at("properties"), value);
  if (!value.is_array() || !rule.contains("items")) return;
  for (const auto& item : value) check_value(found, where, rule.at("items"), item);
}

void AppStoreDescription::check_members(Findings& found, const std::string& where, const Json& rules,
                                        const Json& given) const {
  for (const auto& [name, value] : given.items()) {
    if (rules.contains(name))
      check_value(found, where + "." + name, rules.at(name), value);
    else
      found.add(where, "unknown member " + name);
  }
}

void AppStoreDescription::check_query(Findings& found, const Sent& sent, const Json& operation) const {
  const auto& rules = at(operation, "/parameters");
  for (const auto& [name, value] : sent.query) {
    const auto rule =
        std::find_if(rules.begin(), rules.end(), [&, &key = name](const Json& one) { return one.at("name") == key; });
    if (rule == rules.end()) {
      // Apple's own links carry it.
      if (name != "cursor") found.add("query", "unknown parameter " + name);
      continue;
    }
    const auto& items = at(*rule, "/schema/items");
    for (const auto& word : split(value, ',')) {
      if (items.is_object()) check_value(found, "query " + name, items, word);
    }
  }
  for (const auto& rule : rules) {
    const bool must = rule.value("required", false) && rule.value("in", "") == "query";
    const auto given = std::find_if(sent.query.begin(), sent.query.end(),
                                    [&](const auto& one) { return one.first == rule.at("name"); });
    // A request that was refused for it is one of the error paths.
    if (must && given == sent.query.end() && sent.status < 400) found.add("query", "lacks " + rule.at("name").dump());
  }
}

void AppStoreDescription::check_body(Findings& found, const Sent& sent, const Json& operation) const {
  if (sent.body.empty()) {
    if (operation.contains("requestBody")) found.add("body", "is missing");
    return;
  }
  const auto& schema = resolve(at(operation, "/requestBody/content/application~1json/schema"));
  const auto body = Json::parse(sent.body, nullptr, false);
  if (!schema.is_object() || !body.is_object() || !body.contains("data")) return found.add("body", "does not belong");
  const auto& data = resolve(at(schema, "/properties/data"));
  if (data.value("type", "") != "array") return check_given(found, "body", data, body.at("data"));
  if (!body.at("data").is_array()) return found.add("body", "is no list");
  for (const auto& one : body.at("data")) check_given(found, "body", resolve(data.at("items")), one);
}

void AppStoreDescription::check_given(Findings& found, const std::string& where, const Json& data,
                                      const Json& given) const {
  check_value(found, where, data, given);
  for (const auto* part : {"", "attributes", "relationships"}) {
    const bool whole = *part == '\0';
    const auto& rules = whole ? data : resolve(at(data, fmt::format("/properties/{}", part)));
    if (!rules.is_object() || !rules.contains("required")) continue;
    const auto& members = whole ? given : at(given, fmt::format("/{}", part));
    if (!members.is_object()) continue;  // missing where it must be: the row above says so
    for (const auto& must : rules.at("required")) {
      if (!members.contains(must.get<std::string>())) found.add(where, "lacks " + must.dump());
    }
  }
}

void AppStoreDescription::check_resource(Findings& found, const Json& resource) const {
  if (!resource.is_object() || !at(resource, "/type").is_string()) return;  // a metric: the validator's own matter
  const auto type = resource.at("type").get<std::string>();
  for (const auto* part : {"attributes", "relationships"}) {
    if (resource.contains(part)) check_members(found, type, members_of(type, part), resource.at(part));
  }
}

void AppStoreDescription::check_answer(Findings& found, const Sent& sent, const Json& operation) const {
  if (!operation.at("responses").contains(std::to_string(sent.status))) {
    found.add("answer", fmt::format("Apple never answers {}", sent.status));
  }
  if (sent.status >= 300 || sent.answer.empty()) return;
  const auto answer = Json::parse(sent.answer, nullptr, false);
  for (const auto* part : {"data", "included"}) {
    if (!answer.contains(part) || answer.at(part).is_null()) continue;
    const auto rows = answer.at(part).is_array() ? answer.at(part) : Json::array({answer.at(part)});
    for (const auto& row : rows) check_resource(found, row);
  }
}

std::vector<std::string> AppStoreDescription::violations(const Sent& sent) const {
  Findings found;
  const auto& known = operation(sent);
  if (!known.is_object()) {
    found.add("path", "Apple has no such call");
  } else {
    check_query(found, sent, known);
    check_body(found, sent, known);
    check_answer(found, sent, known);
  }
  for (auto& one : found.all) one = fmt::format("{} {}: {}", sent.method, sent.path, one);
  return found.all;
}

}  // namespace train::contract
