#include "firebase_template.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "train/base/text.hpp"
#include "train/domain/flag_share.hpp"
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
    if (auto* found = member(*parameters, name); found != nullptr && found->is_object()) return found;
  }
  auto* groups = member(config, "parameterGroups");
  if (groups == nullptr || !groups->is_object()) return nullptr;
  for (auto& [group, content] : groups->items()) {
    auto* parameters = member(content, "parameters");
    if (parameters == nullptr) continue;
    if (auto* found = member(*parameters, name); found != nullptr && found->is_object()) return found;
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

// ---- conditions of ours ---------------------------------------------------------------------------------------------

enum class Place { front, back };

std::string always_condition_of(const Flag& flag, std::size_t index) {
  return "train_always_" + std::to_string(index + 1) + "_" + parameter_of(flag);
}
std::string part_condition_of(const Flag& flag) { return "train_ramp_" + parameter_of(flag); }

bool is_always_condition(const Flag& flag, const std::string& name) {
  const std::string ending = "_" + parameter_of(flag);
  const std::string_view beginning = "train_always_";
  return starts_with(name, beginning) && name.size() > ending.size() + beginning.size() &&
         name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

const Template* value_under(const Template& parameter, const std::string& condition) {
  const auto* conditional = member(parameter, "conditionalValues");
  return conditional == nullptr ? nullptr : member(*conditional, condition);
}

bool singles_out(const Template& parameter, const Flag& flag) {
  const auto* conditional = member(parameter, "conditionalValues");
  if (conditional == nullptr || !conditional->is_object()) return false;
  return conditional->size() > (conditional->contains(kill_condition_of(flag)) ? 1u : 0u);
}

bool is_named(const Template& condition, const std::string& name) {
  const auto* own = member(condition, "name");
  return own != nullptr && *own == name;
}

void drop_condition(Template& config, Template& parameter, const std::string& name) {
  if (value_under(parameter, name) != nullptr) {
    parameter["conditionalValues"].erase(name);
    if (parameter["conditionalValues"].empty()) parameter.erase("conditionalValues");
  }
  auto* conditions = member(config, "conditions");
  if (conditions == nullptr || !conditions->is_array()) return;
  for (std::size_t i = conditions->size(); i-- > 0;) {
    if (is_named((*conditions)[i], name)) conditions->erase(i);
  }
}

void drop_ramp(Template& config, Template& parameter, const Flag& flag) {
  drop_condition(config, parameter, part_condition_of(flag));
  std::vector<std::string> always;
  if (const auto* conditional = member(parameter, "conditionalValues"); conditional != nullptr) {
    for (const auto& [name, value] : conditional->items()) {
      if (is_always_condition(flag, name)) always.push_back(name);
    }
  }
  for (const auto& name : always) drop_condition(config, parameter, name);
}

Template of_value(const std::string& value) {
  Template out = Template::object();
  out["value"] = value;
  return out;
}

struct OwnCondition {
  std::string name;
  std::string expression;
  std::string value;
};

// The first condition that holds decides, so the place says how much it weighs.
void put_condition(Template& config, Template& parameter, const OwnCondition& own, Place place) {
  drop_condition(config, parameter, own.name);
  auto& conditional = parameter["conditionalValues"];
  if (!conditional.is_object()) conditional = Template::object();
  conditional[own.name] = of_value(own.value);
  Template condition = Template::object();
  condition["name"] = own.name;
  condition["expression"] = own.expression;
  condition["tagColor"] = "DEEP_ORANGE";
  auto& conditions = config["conditions"];
  if (!conditions.is_array()) conditions = Template::array();
  conditions.insert(place == Place::front ? conditions.begin() : conditions.end(), std::move(condition));
}

bool is_killed_with(const Template& config, const Template& parameter, const Flag& flag, const std::string& value) {
  const auto* held = plain_value(value_under(parameter, kill_condition_of(flag)));
  const auto* conditions = member(config, "conditions");
  const bool first = conditions != nullptr && conditions->is_array() && !conditions->empty() &&
                     is_named(conditions->front(), kill_condition_of(flag));
  return held != nullptr && *held == value && first;
}

// ---- a share --------------------------------------------------------------------------------------------------------

std::string part_expression(const Flag& flag, const std::string& value, const Wording& wording) {
  std::string seed = parameter_of(flag);
  std::erase_if(seed, [](char c) { return c == '\'' || c == '\\'; });
  const auto number = std::string_view(value).substr(0, value.size() - 1);
  const std::array filled{Substitution{"seed", seed}, Substitution{"percent", number}};
  return substitute(wording.part, filled);
}

// "percent('x') <= 5" → "5%"
std::optional<std::string> part_in(const Template& config, const Template& parameter, const Flag& flag) {
  if (value_under(parameter, part_condition_of(flag)) == nullptr) return std::nullopt;
  const auto* conditions = member(config, "conditions");
  if (conditions == nullptr || !conditions->is_array()) return std::nullopt;
  for (const auto& condition : *conditions) {
    const auto* expression = member(condition, "expression");
    if (!is_named(condition, part_condition_of(flag)) || expression == nullptr || !expression->is_string()) continue;
    const auto& text = expression->get_ref<const std::string&>();
    const auto sign = text.rfind("<= ");
    if (sign != std::string::npos) return text.substr(sign + 3) + "%";
  }
  return std::nullopt;
}

void put_part(Template& config, Template& parameter, const Flag& flag, const std::string& value,
              const Wording& wording) {
  drop_ramp(config, parameter, flag);
  const std::string on = flag.value_on.value_or("true");
  put_condition(config, parameter, {part_condition_of(flag), part_expression(flag, value, wording), on}, Place::back);
  for (std::size_t i = flag.always_on.size(); i-- > 0;)
    put_condition(config, parameter, {always_condition_of(flag, i), flag.always_on[i], on}, Place::front);
  parameter["defaultValue"] = of_value(flag.value_off.value_or("false"));
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
  if (const auto* killed = plain_value(value_under(*parameter, kill_condition_of(flag)))) return *killed;
  if (auto part = part_in(config, *parameter, flag)) return *part;
  const auto* standard = member(*parameter, "defaultValue");
  if (const auto* value = plain_value(standard)) return *value;
  return fail(ErrorKind::refused,
              "The default of the Remote Config parameter " + printable(parameter_of(flag), 100) +
                  (is_in_app_default(standard) ? " is the app's own: the server holds no value."
                                               : " is a rollout, an experiment or a personalization."),
              "Give it one default value in the Firebase console.");
}

Result<TemplateChange> set_template_value(Template& config, const Flag& flag, const std::string& value,
                                          const Wording& wording) {
  auto* parameter = find_parameter(config, parameter_of(flag));
  if (parameter == nullptr) return no_parameter(flag);
  const Template before = config;
  const auto* standard = member(*parameter, "defaultValue");
  const bool replaceable = plain_value(standard) != nullptr || is_in_app_default(standard);
  const bool off = flag.value_off == value;
  TemplateChange out;
  if (off && is_killed_with(config, *parameter, flag, value)) return out;
  if (off && (singles_out(*parameter, flag) || !replaceable)) {
    put_condition(config, *parameter, {kill_condition_of(flag), std::string(wording.everybody), value}, Place::front);
    out.worded = true;
  } else if (replaceable) {
    drop_condition(config, *parameter, kill_condition_of(flag));
    out.worded = is_part(flag, value);
    if (out.worded)
      put_part(config, *parameter, flag, value, wording);
    else {
      drop_ramp(config, *parameter, flag);
      (*parameter)["defaultValue"] = of_value(value);
    }
  } else if (value_under(*parameter, kill_condition_of(flag)) != nullptr) {
    // What came before the kill comes back: a value of ours would end an experiment.
    drop_condition(config, *parameter, kill_condition_of(flag));
  } else {
    return tl::unexpected(template_value(config, flag).error());
  }
  out.any = config != before;
  if (out.any) describe_version(config, flag, value);
  return out;
}

}  // namespace train::flags
