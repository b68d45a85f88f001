// The JSON Schema of the file, for editors. Written by hand; tests hold it to the readers' table of sections, each of
// which is a definition of the same name here.
#include <string>
#include <string_view>

#include "train/definition/load.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_release = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "train.yaml: the definition of a release train",
  "$ref": "#/$defs/definition",
  "$defs": {
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
      "anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 100},
                {"type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]+)? *%?$"}]
    },
    "share": {
      "anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? *%?$"}]
    },
    "url": {"type": "string", "pattern": "^(https://|http://(127\\.|localhost|\\[::1\\]))"},
    "secret": {
      "description": "Never the secret itself: env:NAME, file:PATH or exec:COMMAND",
      "type": "string", "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|exec:.+)$"
    },
    "moment": {"enum": ["submission", "rollout"]},
    "definition": {
      "type": "object", "additionalProperties": false, "required": ["version", "train", "apps"],
      "properties": {
        "version": {"const": 1},
        "train": {"$ref": "#/$defs/name"},
        "calendar": {"$ref": "#/$defs/calendar"},
        "versioning": {"$ref": "#/$defs/versioning"},
        "coupling": {"$ref": "#/$defs/coupling"},
        "hotfix": {"$ref": "#/$defs/hotfix"},
        "source": {"$ref": "#/$defs/source"},
        "apps": {"$ref": "#/$defs/apps"},
        "signals": {"$ref": "#/$defs/signals"},
        "gates": {"type": "array", "items": {"$ref": "#/$defs/gate"}},
        "gate_defaults": {"$ref": "#/$defs/gate_defaults"},
        "people": {"$ref": "#/$defs/people"},
        "checklist": {"type": "array", "items": {"$ref": "#/$defs/checklist_item"}},
        "approvals": {"type": "array", "items": {"$ref": "#/$defs/approval"}},
        "require_signed_approvals": {"type": "boolean"},
        "flags": {"$ref": "#/$defs/flags"},
        "standby": {"$ref": "#/$defs/standby"},
        "force_update": {"$ref": "#/$defs/force_update"},
        "notify": {"type": "array", "items": {"$ref": "#/$defs/channel"}},
        "state": {"type": "string", "pattern": "^(file|git|postgres|etcd|s3|gcs):.+$"}
      }
    },
    "apps": {
      "type": "object", "minProperties": 1, "propertyNames": {"$ref": "#/$defs/name"},
      "additionalProperties": {
        "type": "object", "required": ["store"],
        "if": {"properties": {"store": {"const": "google_play"}}},
        "then": {"$ref": "#/$defs/google_play_app"},
        "else": {"$ref": "#/$defs/app_store_app"}
      }
    },
    "signals": {
      "type": "object", "propertyNames": {"$ref": "#/$defs/name"}, "additionalProperties": {"$ref": "#/$defs/signal"}
    },
    "flags": {
      "type": "object", "propertyNames": {"$ref": "#/$defs/name"}, "additionalProperties": {"$ref": "#/$defs/flag"}
    },
    "standby": {
      "type": "object", "propertyNames": {"$ref": "#/$defs/name"},
      "additionalProperties": {
        "anyOf": [{"$ref": "#/$defs/app_store_standby"}, {"$ref": "#/$defs/google_play_standby"}]
      }
    },
    "headers": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
    "calendar": {
      "type": "object", "additionalProperties": false,
      "dependentRequired": {"first_cutoff": ["every"], "every": ["first_cutoff"]},
      "properties": {
        "timezone": {"$ref": "#/$defs/text"},
        "first_cutoff": {"$ref": "#/$defs/local_time"},
        "every": {"$ref": "#/$defs/duration"},
        "stabilization": {"$ref": "#/$defs/duration"},
        "rollout_hours": {"$ref": "#/$defs/rollout_hours"},
        "freezes": {"type": "array", "items": {"$ref": "#/$defs/freeze"}}
      }
    },
    "rollout_hours": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "days": {"type": "array", "minItems": 1, "items": {"enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}},
        "from": {"$ref": "#/$defs/time_of_day"},
        "to": {"$ref": "#/$defs/time_of_day"}
      }
    },
    "freeze": {
      "type": "object", "additionalProperties": false, "required": ["from", "to"],
      "properties": {
        "from": {"$ref": "#/$defs/date"}, "to": {"$ref": "#/$defs/date"}, "reason": {"$ref": "#/$defs/text"}
      }
    },
    "versioning": {
      "type": "object", "additionalProperties": false,
      "properties": {"next": {"enum": ["major", "minor", "patch"]}}
    },
    "coupling": {
      "type": "object", "additionalProperties": false,
      "properties": {"start_rollout": {"enum": ["apart", "together"]}}
    },
    "hotfix": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "stabilization": {"$ref": "#/$defs/duration"},
        "approvals": {"$ref": "#/$defs/texts"},
        "rollout": {"$ref": "#/$defs/ladder"}
      }
    },
    "source": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "repository": {"$ref": "#/$defs/text"},
        "mainline": {"$ref": "#/$defs/text"},
        "branch": {"$ref": "#/$defs/text"},
        "tag": {"$ref": "#/$defs/text"},
        "build": {"$ref": "#/$defs/build"}
      }
    },
    "build": {
      "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
      "properties": {"exec": {"$ref": "#/$defs/command"}, "http": {"$ref": "#/$defs/http_call"}}
    },
    "http_call": {
      "type": "object", "additionalProperties": false, "required": ["url"],
      "properties": {
        "url": {"$ref": "#/$defs/url"},
        "method": {"enum": ["POST", "PUT", "PATCH", "GET", "DELETE"]},
        "headers": {"$ref": "#/$defs/headers"},
        "body": {"type": "string"}
      }
    },
    "ladder": {
      "anyOf": [{"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/percent"}}, {"$ref": "#/$defs/rollout"}]
    },
    "rollout": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "strategy": {"enum": ["staged", "canary", "blue_green", "immediate"]},
        "stages": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/stage"}}
      }
    },
    "stage": {
      "type": "object", "additionalProperties": false, "required": ["to"],
      "properties": {
        "to": {"$ref": "#/$defs/percent"}, "soak": {"$ref": "#/$defs/duration"}, "watch": {"$ref": "#/$defs/duration"}
      }
    },
)json";

constexpr std::string_view k_apps = R"json(
    "app_store_app": {
      "type": "object", "additionalProperties": false, "required": ["store", "bundle_id", "credentials"],
      "properties": {
        "store": {"const": "app_store"},
        "bundle_id": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,155}$"},
        "credentials": {"$ref": "#/$defs/app_store_credentials"},
        "endpoint": {"$ref": "#/$defs/url"},
        "artifact": {"$ref": "#/$defs/text"},
        "testers": {"$ref": "#/$defs/texts"},
        "test_notes": {"$ref": "#/$defs/text"},
        "release_notes": {"$ref": "#/$defs/text"},
        "export_compliance": {"$ref": "#/$defs/export_compliance"},
        "webhook_feed": {"type": "boolean"},
        "rollout": {"$ref": "#/$defs/ladder"}
      }
    },
    "google_play_app": {
      "type": "object", "additionalProperties": false, "required": ["store", "package", "credentials"],
      "properties": {
        "store": {"const": "google_play"},
        "package": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*(\\.[A-Za-z][A-Za-z0-9_]*)+$"},
        "credentials": {"$ref": "#/$defs/google_play_credentials"},
        "endpoint": {"$ref": "#/$defs/url"},
        "artifact": {"$ref": "#/$defs/text"},
        "apks": {"$ref": "#/$defs/texts"},
        "mapping": {"$ref": "#/$defs/text"},
        "native_symbols": {"$ref": "#/$defs/text"},
        "testers": {"$ref": "#/$defs/texts"},
        "track": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,100}$"},
        "in_app_update_priority": {"type": "integer", "minimum": 0, "maximum": 5},
        "release_notes": {"$ref": "#/$defs/text"},
        "drift_check": {"anyOf": [{"$ref": "#/$defs/duration"}, {"const": "off"}]},
        "rollout": {"$ref": "#/$defs/ladder"}
      }
    },
    "app_store_credentials": {
      "type": "object", "additionalProperties": false, "required": ["key_id", "private_key"],
      "properties": {
        "key_id": {"$ref": "#/$defs/secret"},
        "issuer_id": {"$ref": "#/$defs/secret"},
        "private_key": {"$ref": "#/$defs/secret"}
      }
    },
    "google_play_credentials": {
      "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
      "properties": {
        "service_account": {"$ref": "#/$defs/secret"},
        "external_account": {"$ref": "#/$defs/secret"},
        "authorized_user": {"$ref": "#/$defs/secret"},
        "application_default": {"const": true}
      }
    },
    "export_compliance": {
      "type": "object", "additionalProperties": false, "required": ["uses_non_exempt_encryption"],
      "properties": {"uses_non_exempt_encryption": {"type": "boolean"}}
    },
    "app_store_standby": {
      "type": "object", "additionalProperties": false, "required": ["source"],
      "properties": {
        "source": {"$ref": "#/$defs/text"},
        "identity": {"$ref": "#/$defs/secret"},
        "password": {"$ref": "#/$defs/secret"},
        "profiles": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
        "notes": {"$ref": "#/$defs/text"}
      }
    },
    "google_play_standby": {
      "type": "object", "additionalProperties": false, "required": ["source"],
      "properties": {
        "source": {"$ref": "#/$defs/text"},
        "keystore": {"$ref": "#/$defs/secret"},
        "alias": {"$ref": "#/$defs/text"},
        "password": {"$ref": "#/$defs/secret"},
        "notes": {"$ref": "#/$defs/text"}
      }
    },
    "signal": {
      "type": "object", "additionalProperties": false, "required": ["source"],
      "dependentRequired": {"events": ["exposures"], "exposures": ["events"]},
      "properties": {
        "source": {
          "enum": ["prometheus", "grafana", "cloudwatch", "cloudwatch_alarm", "cloudwatch_logs", "ga4", "play_vitals",
                   "play_reviews", "app_store_metrics", "app_store_reviews", "sentry", "datadog", "new_relic", "http",
                   "exec"]
        },
        "apps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/name"}},
        "url": {"$ref": "#/$defs/url"},
        "events": {"$ref": "#/$defs/text"},
        "exposures": {"$ref": "#/$defs/text"},
        "value": {"$ref": "#/$defs/text"},
        "unit": {"$ref": "#/$defs/text"},
        "absent_is_zero": {"type": "boolean"},
        "token": {"$ref": "#/$defs/secret"},
        "fresh_within": {"$ref": "#/$defs/duration"},
        "late": {"$ref": "#/$defs/duration"},
        "counting": {"enum": ["proportion", "rate"]},
        "per_day": {
          "anyOf": [
            {"type": "number", "exclusiveMinimum": 0},
            {"type": "object", "additionalProperties": {"type": "number", "exclusiveMinimum": 0}}
          ]
        },
        "datasource": {"$ref": "#/$defs/scalar"},
        "region": {"$ref": "#/$defs/scalar"},
        "namespace": {"$ref": "#/$defs/scalar"},
        "period": {"$ref": "#/$defs/scalar"},
        "alarms": {"$ref": "#/$defs/texts"},
        "log_group": {"$ref": "#/$defs/scalar"},
        "profile": {"$ref": "#/$defs/scalar"},
        "property": {"$ref": "#/$defs/scalar"},
        "credentials": {"$ref": "#/$defs/secret"},
        "metric": {"$ref": "#/$defs/scalar"},
        "percentile": {"enum": ["p50", "p90"]},
        "device": {"$ref": "#/$defs/scalar"},
        "territory": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[A-Z]{3}$"}},
        "organization": {"$ref": "#/$defs/scalar"},
        "project": {"$ref": "#/$defs/scalar"},
        "environment": {"$ref": "#/$defs/scalar"},
        "site": {"$ref": "#/$defs/scalar"},
        "api_key": {"$ref": "#/$defs/secret"},
        "application_key": {"$ref": "#/$defs/secret"},
        "account": {"$ref": "#/$defs/scalar"},
        "method": {"enum": ["GET", "POST"]},
        "headers": {"$ref": "#/$defs/secret_headers"},
        "body": {"$ref": "#/$defs/scalar"},
        "as_of": {"$ref": "#/$defs/text"},
        "release": {"$ref": "#/$defs/text"},
        "histogram": {"$ref": "#/$defs/text"},
        "slower_than": {"type": "number", "exclusiveMinimum": 0},
        "exec": {"$ref": "#/$defs/command"}
      }
    },
    "gate": {
      "type": "object", "additionalProperties": false, "required": ["signal"],
      "properties": {
        "signal": {"$ref": "#/$defs/name"},
        "limit": {"$ref": "#/$defs/share"},
        "regress": {"$ref": "#/$defs/share"},
        "on_breach": {"enum": ["investigate", "pause", "rollback"]},
        "auto": {"type": "boolean"},
        "for": {"type": "integer", "minimum": 1, "maximum": 1000},
        "promote": {"$ref": "#/$defs/multiples"},
        "alpha": {"$ref": "#/$defs/alpha"},
        "bake": {"$ref": "#/$defs/duration"},
        "max_wait": {"$ref": "#/$defs/duration"},
        "min_exposures": {"type": "integer", "minimum": 0},
        "max_per_unit": {"type": "number", "exclusiveMinimum": 0},
        "fresh_within": {"$ref": "#/$defs/duration"},
        "advisory": {"type": "boolean"}
      }
    },
    "gate_defaults": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "promote": {"$ref": "#/$defs/multiples"},
        "alpha": {"$ref": "#/$defs/alpha"},
        "bake": {"$ref": "#/$defs/duration"},
        "max_wait": {"$ref": "#/$defs/duration"},
        "min_exposures": {"type": "integer", "minimum": 0},
        "max_per_unit": {"type": "number", "exclusiveMinimum": 0},
        "fresh_within": {"$ref": "#/$defs/duration"},
        "advisory": {"type": "boolean"}
      }
    },
    "multiples": {"type": "array", "minItems": 1, "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000}},
    "alpha": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "halt": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        "promote": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}
      }
    },
)json";

constexpr std::string_view k_people_and_hands = R"json(
    "people": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "owners": {"$ref": "#/$defs/owners"},
        "members": {
          "type": "object", "minProperties": 1, "propertyNames": {"$ref": "#/$defs/person"},
          "additionalProperties": {"$ref": "#/$defs/member"}
        }
      }
    },
    "owners": {
      "type": "object", "additionalProperties": false, "required": ["rotation", "from"],
      "properties": {
        "rotation": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/text"}},
        "every": {"$ref": "#/$defs/duration"},
        "from": {"$ref": "#/$defs/local_time"}
      }
    },
    "member": {
      "type": "object", "additionalProperties": false, "required": ["roles"],
      "properties": {
        "roles": {"type": "array", "items": {"$ref": "#/$defs/name"}},
        "key": {"type": "string", "pattern": "^(ssh-|ecdsa-sha2-|sk-)"}
      }
    },
    "checklist_item": {
      "type": "object", "additionalProperties": false, "required": ["id", "text", "before"],
      "properties": {
        "id": {"$ref": "#/$defs/name"},
        "text": {"$ref": "#/$defs/text"},
        "role": {"$ref": "#/$defs/name"},
        "before": {"$ref": "#/$defs/moment"}
      }
    },
    "approval": {
      "type": "object", "additionalProperties": false, "required": ["role", "before"],
      "properties": {
        "role": {"$ref": "#/$defs/name"},
        "before": {"$ref": "#/$defs/moment"},
        "count": {"type": "integer", "minimum": 1, "maximum": 100}
      }
    },
    "flag_provider": {"enum": ["firebase_remote_config", "unleash", "launchdarkly", "http", "exec", "file"]},
    "secret_headers": {"type": "object", "additionalProperties": {"$ref": "#/$defs/secret"}},
    "flag": {
      "type": "object", "additionalProperties": false, "required": ["provider"],
      "properties": {
        "provider": {"$ref": "#/$defs/flag_provider"},
        "risky": {"type": "boolean"},
        "parameter": {"$ref": "#/$defs/text"},
        "value_on": {"$ref": "#/$defs/scalar"},
        "value_off": {"$ref": "#/$defs/scalar"},
        "signal": {"$ref": "#/$defs/name"},
        "settle": {"$ref": "#/$defs/duration"},
        "ramp": {"type": "boolean"},
        "always_on": {"type": "array", "items": {"$ref": "#/$defs/text"}},
        "project": {"$ref": "#/$defs/scalar"},
        "environment": {"$ref": "#/$defs/scalar"},
        "endpoint": {"$ref": "#/$defs/url"},
        "credentials": {"$ref": "#/$defs/secret"},
        "path": {"$ref": "#/$defs/text"},
        "url": {"$ref": "#/$defs/url"},
        "method": {"enum": ["PUT", "POST", "PATCH"]},
        "headers": {"$ref": "#/$defs/secret_headers"},
        "exec": {"$ref": "#/$defs/command"}
      }
    },
    "force_update": {
      "type": "object", "additionalProperties": false, "required": ["minimum_version"],
      "properties": {
        "minimum_version": {"$ref": "#/$defs/minimum_version"},
        "policy_parameter": {"$ref": "#/$defs/text"},
        "grace": {"$ref": "#/$defs/duration"},
        "exempt": {"type": "array", "items": {"$ref": "#/$defs/text"}},
        "approvals": {"$ref": "#/$defs/force_update_approvals"},
        "table": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/force_update_row"}}
      }
    },
    "force_update_approvals": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "nudge": {"type": "array", "items": {"$ref": "#/$defs/text"}},
        "soft": {"type": "array", "items": {"$ref": "#/$defs/text"}},
        "hard": {"type": "array", "items": {"$ref": "#/$defs/text"}}
      }
    },
    "force_update_row": {
      "type": "object", "additionalProperties": false, "required": ["severity", "degree"],
      "properties": {
        "severity": {"enum": ["low", "medium", "high", "critical"]},
        "share": {"$ref": "#/$defs/percent"},
        "legal": {"type": "boolean"},
        "degree": {"enum": ["none", "nudge", "soft", "hard"]}
      }
    },
    "minimum_version": {
      "type": "object", "additionalProperties": false, "required": ["provider", "parameter"],
      "properties": {
        "provider": {"$ref": "#/$defs/flag_provider"},
        "parameter": {"$ref": "#/$defs/text"},
        "project": {"$ref": "#/$defs/scalar"},
        "environment": {"$ref": "#/$defs/scalar"},
        "endpoint": {"$ref": "#/$defs/url"},
        "credentials": {"$ref": "#/$defs/secret"},
        "path": {"$ref": "#/$defs/text"},
        "url": {"$ref": "#/$defs/url"},
        "method": {"enum": ["PUT", "POST", "PATCH"]},
        "headers": {"$ref": "#/$defs/secret_headers"},
        "exec": {"$ref": "#/$defs/command"}
      }
    },
    "channel": {
      "type": "object", "additionalProperties": false,
      "oneOf": [{"required": ["slack"]}, {"required": ["teams"]}, {"required": ["email"]}, {"required": ["pagerduty"]},
                {"required": ["webhook"]}, {"required": ["grafana"]}],
      "properties": {
        "slack": {"$ref": "#/$defs/secret"},
        "teams": {"$ref": "#/$defs/secret"},
        "email": {"$ref": "#/$defs/secret"},
        "pagerduty": {"$ref": "#/$defs/secret"},
        "webhook": {"$ref": "#/$defs/secret"},
        "grafana": {"$ref": "#/$defs/secret"},
        "id": {"$ref": "#/$defs/name"},
        "events": {
          "type": "array", "minItems": 1,
          "items": {"enum": ["stage", "breach", "halt", "rollback", "waiting_for_people"]}
        }
      }
    }
  }
}
)json";

}  // namespace

std::string json_schema() {
  std::string schema(k_release);
  schema += k_apps;
  schema += k_people_and_hands;
  return schema;
}

}  // namespace train::definition
