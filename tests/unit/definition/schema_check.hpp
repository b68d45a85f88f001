// The part of JSON Schema that ours uses, and YAML read as an editor's schema plug-in reads it.
#pragma once

#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "../../../src/definition/report.hpp"

namespace train::definition {

using Json = nlohmann::json;

inline Json scalar_as_json(const Node& node) {
  static const std::regex number("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");
  if (!node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
  if (!node.quoted && std::regex_match(node.text, number)) return Json::parse(node.text);
  return node.text;
}

inline Json as_json(const Node& node) {
  Json json;
  switch (node.kind) {
    case Node::Kind::null:
      break;
    case Node::Kind::scalar:
      return scalar_as_json(node);
    case Node::Kind::list:
      json = Json::array();
      for (const Node* item : node.items) json.push_back(as_json(*item));
      break;
    case Node::Kind::map:
      json = Json::object();
      for (const Entry& entry : node.entries) json[entry.key->text] = as_json(*entry.value);
      break;
  }
  return json;
}

// Says where a value does not fit; empty when it does. Fails on a schema word it does not know.
class SchemaCheck {
 public:
  explicit SchemaCheck(Json schema) : root_(std::move(schema)) {}

  std::vector<std::string> faults(const Json& value) const {
    std::vector<std::string> found;
    check(root_, value, "", found);
    return found;
  }

 private:
  using Faults = std::vector<std::string>;

  bool fits(const Json& schema, const Json& value) const {
    Faults found;
    check(schema, value, "", found);
    return found.empty();
  }

  void check(const Json& schema, const Json& value, const std::string& at, Faults& found) const {
    for (const auto& word : schema.items()) check_word(schema, word.key(), word.value(), value, at, found);
  }

  void check_word(const Json& schema, const std::string& word, const Json& rule, const Json& value,
                  const std::string& at, Faults& found) const {
    const auto fault = [&](const std::string& what) { found.push_back(at + ": " + what); };
    if (word == "$ref") {
      const auto name = rule.get<std::string>().substr(std::string("#/$defs/").size());
      if (!root_["$defs"].contains(name)) return fault("no definition " + name);
      check(root_["$defs"][name], value, at, found);
    } else if (word == "type") {
      if (!is_type(rule, value)) fault("not of type " + rule.dump());
    } else if (word == "const") {
      if (value != rule) fault("not " + rule.dump());
    } else if (word == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end()) fault(value.dump() + " not in " + rule.dump());
    } else if (word == "pattern") {
      if (value.is_string() && !std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()))) {
        fault(value.dump() + " does not match " + rule.dump());
      }
    } else if (word == "anyOf" || word == "oneOf") {
      const auto fitting = std::count_if(rule.begin(), rule.end(), [&](const Json& each) { return fits(each, value); });
      if (word == "anyOf" ? fitting < 1 : fitting != 1) fault(word + " fits " + std::to_string(fitting));
    } else if (word == "if") {
      check(schema[fits(rule, value) ? "then" : "else"], value, at, found);
    } else if (is_number_word(word)) {
      check_number(word, rule, value, at, found);
    } else if (is_object_word(word)) {
      if (value.is_object()) check_object(schema, word, rule, value, at, found);
    } else if (word == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        check(rule, value[i], at + "[" + std::to_string(i) + "]", found);
      }
    } else if (word == "minItems") {
      if (value.is_array() && value.size() < rule.get<std::size_t>()) fault("too few items");
    } else if (word == "minLength") {
      if (value.is_string() && value.get<std::string>().size() < rule.get<std::size_t>()) fault("too short");
    } else if (word != "then" && word != "else" && word != "$schema" && word != "$defs" && word != "title" &&
               word != "description") {
      fault("the test does not know the schema word " + word);
    }
  }

  static bool is_type(const Json& rule, const Json& value) {
    if (rule.is_array()) {
      return std::any_of(rule.begin(), rule.end(), [&](const Json& each) { return is_type(each, value); });
    }
    const auto type = rule.get<std::string>();
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
           (type == "number" && value.is_number()) || (type == "integer" && value.is_number_integer());
  }

  static bool is_number_word(const std::string& word) {
    return word == "minimum" || word == "maximum" || word == "exclusiveMinimum";
  }
  static bool is_object_word(const std::string& word) {
    return word == "properties" || word == "additionalProperties" || word == "required" || word == "propertyNames" ||
           word == "minProperties" || word == "maxProperties" || word == "dependentRequired";
  }

  static void check_number(const std::string& word, const Json& rule, const Json& value, const std::string& at,
                           Faults& found) {
    if (!value.is_number()) return;
    const double number = value.get<double>();
    const double bound = rule.get<double>();
    const bool good = word == "minimum" ? number >= bound : word == "maximum" ? number <= bound : number > bound;
    if (!good) found.push_back(at + ": " + value.dump() + " breaks " + word);
  }

  void check_object(const Json& schema, const std::string& word, const Json& rule, const Json& value,
                    const std::string& at, Faults& found) const {
    for (const auto& entry : value.items()) {
      const std::string here = at + "/" + entry.key();
      if (word == "properties" && rule.contains(entry.key())) check(rule[entry.key()], entry.value(), here, found);
      if (word == "propertyNames") check(rule, entry.key(), here, found);
      if (word == "dependentRequired" && rule.contains(entry.key()))
        check_required(rule[entry.key()], value, at, found);
      if (word == "additionalProperties" &&
          !(schema.contains("properties") && schema["properties"].contains(entry.key()))) {
        if (rule.is_boolean()) {
          if (!rule.get<bool>()) found.push_back(here + ": not a known key");
        } else {
          check(rule, entry.value(), here, found);
        }
      }
    }
    if (word == "required") check_required(rule, value, at, found);
    if (word == "minProperties" && value.size() < rule.get<std::size_t>()) found.push_back(at + ": too few keys");
    if (word == "maxProperties" && value.size() > rule.get<std::size_t>()) found.push_back(at + ": too many keys");
  }

  static void check_required(const Json& names, const Json& value, const std::string& at, Faults& found) {
    for (const auto& name : names) {
      if (!value.contains(name.get<std::string>())) found.push_back(at + ": lacks " + name.dump());
    }
  }

  Json root_;
};

}  // namespace train::definition
