// The JSON Schema of the file, for editors: what the readers' table of sections says, and the shapes that it names.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sections.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

using Json = nlohmann::ordered_json;

// The definitions that are no map with keys of ours.
constexpr std::string_view k_shared = R"json({
  "name": {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$"},
  "person": {"type": "string", "pattern": "^[A-Za-z0-9_@+][A-Za-z0-9._@+-]{0,63}$"},
  "text": {"type": "string", "minLength": 1},
  "texts": {"type": "array", "items": {"$ref": "#/$defs/text"}},
  "command": {"type": "array", "minItems": 1, "items": {"type": "string"}},
  "scalar": {"type": ["string", "number", "boolean"]},
  "duration": {"type": "string", "pattern": "^[0-9]{1,9}[smhdw]$"},
  "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
  "local_time": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$"},
  "time_of_day": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
  "percent": {
    "anyOf": [
      {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 100
      },
      {
        "type": "string",
        "pattern": "^[0-9]{1,3}(\\.[0-9]+)? *%?$"
      }
    ]
  },
  "share": {
    "anyOf": [
      {
        "type": "number",
        "exclusiveMinimum": 0
      },
      {
        "type": "string",
        "pattern": "^[0-9]+(\\.[0-9]+)? *%?$"
      }
    ]
  },
  "points": {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? *pp$"},
  "url": {"type": "string", "pattern": "^(https://|http://(127\\.|localhost|\\[::1\\]))"},
  "secret": {
    "description": "Never the secret itself: env:NAME, file:PATH or exec:COMMAND",
    "type": "string",
    "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|exec:.+)$"
  },
  "moment": {"enum": ["submission", "rollout"]},
  "headers": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
  "secret_headers": {"type": "object", "additionalProperties": {"$ref": "#/$defs/secret"}},
  "multiples": {"type": "array", "minItems": 1, "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000}},
  "ladder": {
    "anyOf": [
      {
        "type": "array",
        "minItems": 1,
        "items": {
          "$ref": "#/$defs/percent"
        }
      },
      {
        "$ref": "#/$defs/rollout"
      }
    ]
  },
  "apps": {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {
      "$ref": "#/$defs/name"
    },
    "additionalProperties": {
      "type": "object",
      "required": [
        "store"
      ],
      "if": {
        "properties": {
          "store": {
            "const": "google_play"
          }
        }
      },
      "then": {
        "$ref": "#/$defs/google_play_app"
      },
      "else": {
        "$ref": "#/$defs/app_store_app"
      }
    }
  },
  "signals": {
    "type": "object",
    "propertyNames": {
      "$ref": "#/$defs/name"
    },
    "additionalProperties": {
      "$ref": "#/$defs/signal"
    }
  },
  "flags": {
    "type": "object",
    "propertyNames": {
      "$ref": "#/$defs/name"
    },
    "additionalProperties": {
      "$ref": "#/$defs/flag"
    }
  },
  "standby": {
    "type": "object",
    "propertyNames": {
      "$ref": "#/$defs/name"
    },
    "additionalProperties": {
      "anyOf": [
        {
          "$ref": "#/$defs/app_store_standby"
        },
        {
          "$ref": "#/$defs/google_play_standby"
        }
      ]
    }
  },
  "members": {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {
      "$ref": "#/$defs/person"
    },
    "additionalProperties": {
      "$ref": "#/$defs/member"
    }
  }
})json";

Json schema_of(const Shape& shape) {
  if (starts_with(shape, "{")) return Json::parse(shape);
  if (shape == "boolean") return {{"type", "boolean"}};
  if (starts_with(shape, "[")) {
    const auto end = shape.rfind(']');
    Json list{{"type", "array"}};
    if (shape.back() == '+') list["minItems"] = 1;
    list["items"] = schema_of(shape.substr(1, end - 1));
    return list;
  }
  if (shape.find('|') != std::string::npos) return {{"enum", split(shape, '|')}};
  return {{"$ref", "#/$defs/" + shape}};
}

Json schema_of(const Key& key) {
  if (key.or_shapes.empty()) return schema_of(key.shape);
  Json any = Json::array({schema_of(key.shape)});
  for (const Shape& shape : key.or_shapes) any.push_back(schema_of(shape));
  return {{"anyOf", std::move(any)}};
}

Json schema_of(const Section& section) {
  Json schema{{"type", "object"}, {"additionalProperties", false}};
  Json required = Json::array();
  Json properties = Json::object();
  for (const Key& key : section.keys) {
    if (key.need == Need::required) required.push_back(key.name);
    properties[std::string(key.name)] = schema_of(key);
  }
  if (!required.empty()) schema["required"] = std::move(required);
  if (!section.rules.empty()) schema.update(Json::parse(section.rules));
  schema["properties"] = std::move(properties);
  return schema;
}

}  // namespace

std::string json_schema(const Catalog& catalog) {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "train.yaml: the definition of a release train"},
              {"$ref", "#/$defs/definition"},
              {"$defs", Json::parse(k_shared)}};
  for (const Section& section : sections(catalog)) schema["$defs"][std::string(section.name)] = schema_of(section);
  return schema.dump(2) + "\n";
}

}  // namespace train::definition
