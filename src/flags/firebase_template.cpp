#include "firebase_template.hpp"

#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

using Template = nlohmann::ordered_json;

constexpr std::size_t k_description_most = 200;

// For reading and for changing alike.
template <typename Json>
Json* member(Json& object, const std::string& name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

// A parameter stands at the top, or in one of the groups.
template <typename Json>
Json* find_parameter(Json& config, const std::string& name) {
  if (auto* parameters = member(config, "parameters")) {
    if (auto* found = member(*parameters, name)) return found;
  }
  auto* groups = member(config, "parameterGroups");
  if (groups == nullptr || !groups->is_object()) return nullptr;
  for (auto& [group, content] : groups->items()) {
    auto* parameters = member(content, "parameters");
    if (parameters == nullptr) continue;
    if (auto* found = member(*parameters, name)) return found;
  }
  return nullptr;
}

tl::unexpected<Error> no_parameter(const Flag& flag) {
  return fail(ErrorKind::not_found,
              "The project has no Remote Config parameter " + printable(parameter_of(flag), 100) + ".",
              "Create it in the Firebase console, or correct the flag's `parameter`.");
}

const std::string* plain_value(const Template* holder) {
  if (holder == nullptr || !holder->is_object()) return nullptr;
  const auto value = holder->find("value");
  return value != holder->end() && value->is_string() ? value->get_ptr<const std::string*>() : nullptr;
}

bool is_in_app_default(const Template* holder) {
  return holder == nullptr || (holder->is_object() && holder->contains("useInAppDefault"));
}

const Template* kill_value(const Template& parameter, const Flag& flag) {
  auto* conditional = member(parameter, "conditionalValues");
  return conditional == nullptr ? nullptr : member(*conditional, kill_condition_of(flag));
}

bool singles_out(const Template& parameter, const Flag& flag) {
  auto* conditional = member(parameter, "conditionalValues");
  if (conditional == nullptr || !conditional->is_object()) return false;
  return conditional->size() > (conditional->contains(kill_condition_of(flag)) ? 1u : 0u);
}

void drop_condition(Template& config, const std::string& name) {
  auto* conditions = member(config, "conditions");
  if (conditions == nullptr || !conditions->is_array()) return;
  for (std::size_t i = conditions->size(); i-- > 0;) {
    const auto& each = (*conditions)[i];
    if (each.is_object() && each.value("name", "") == name) conditions->erase(i);
  }
}

bool drop_kill(Template& config, Template& parameter, const Flag& flag) {
  if (kill_value(parameter, flag) == nullptr) return false;
  auto& conditional = parameter["conditionalValues"];
  conditional.erase(kill_condition_of(flag));
  if (conditional.empty()) parameter.erase("conditionalValues");
  drop_condition(config, kill_condition_of(flag));
  return true;
}

Template of_value(const std::string& value) {
  Template out = Template::object();
  out["value"] = value;
  return out;
}

// In front of all conditions; the first that holds decides.
void put_kill(Template& config, Template& parameter, const Flag& flag, const std::string& value,
              std::string_view everybody) {
  const auto name = kill_condition_of(flag);
  drop_condition(config, name);
  parameter["conditionalValues"][name] = of_value(value);
  Template condition = Template::object();
  condition["name"] = name;
  condition["expression"] = std::string(everybody);
  condition["tagColor"] = "DEEP_ORANGE";
  auto& conditions = config["conditions"];
  if (!conditions.is_array()) conditions = Template::array();
  conditions.insert(conditions.begin(), std::move(condition));
}

bool is_killed_with(const Template& config, const Template& parameter, const Flag& flag, const std::string& value) {
  const auto* held = plain_value(kill_value(parameter, flag));
  const auto* conditions = member(config, "conditions");
  const bool first = conditions != nullptr && conditions->is_array() && !conditions->empty() &&
                     (*conditions)[0].is_object() && (*conditions)[0].value("name", "") == kill_condition_of(flag);
  return held != nullptr && *held == value && first;
}

void describe_version(Template& config, const Flag& flag, const std::string& value) {
  Template version = Template::object();
  version["description"] = printable("train: " + flag.name + " becomes " + value, k_description_most);
  config["version"] = std::move(version);
}

}  // namespace

std::string kill_condition_of(const Flag& flag) { return "train_kill_" + parameter_of(flag); }

Result<std::string> template_value(const Template& config, const Flag& flag) {
  const auto* parameter = find_parameter(config, parameter_of(flag));
  if (parameter == nullptr) return no_parameter(flag);
  if (const auto* killed = plain_value(kill_value(*parameter, flag))) return *killed;
  const auto* standard = member(*parameter, "defaultValue");
  if (const auto* value = plain_value(standard)) return *value;
  return fail(ErrorKind::refused,
              "The default of the Remote Config parameter " + printable(parameter_of(flag), 100) +
                  (is_in_app_default(standard) ? " is the app's own: the server holds no value."
                                               : " is a rollout, an experiment or a personalization."),
              "Give it one default value in the Firebase console.");
}

Result<TemplateChange> set_template_value(Template& config, const Flag& flag, const std::string& value,
                                          std::string_view everybody) {
  auto* parameter = find_parameter(config, parameter_of(flag));
  if (parameter == nullptr) return no_parameter(flag);
  auto* standard = member(*parameter, "defaultValue");
  const auto* before = plain_value(standard);
  const bool replaceable = before != nullptr || is_in_app_default(standard);
  TemplateChange out;
  if (flag.value_off == value && (singles_out(*parameter, flag) || !replaceable)) {
    out.kills = out.any = !is_killed_with(config, *parameter, flag, value);
    if (out.any) put_kill(config, *parameter, flag, value, everybody);
  } else if (replaceable) {
    const bool same = before != nullptr && *before == value;
    out.any = drop_kill(config, *parameter, flag) || !same;
    if (!same) (*parameter)["defaultValue"] = of_value(value);
  } else if (drop_kill(config, *parameter, flag)) {
    out.any = true;  // what came before the kill comes back: a value of ours would end an experiment
  } else {
    return tl::unexpected(template_value(config, flag).error());
  }
  if (out.any) describe_version(config, flag, value);
  return out;
}

}  // namespace train::flags
