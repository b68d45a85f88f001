// Reading a saved plan back: only what makes a step the same step.
#include <nlohmann/json.hpp>

#include "json.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Step> read_step(const Json& object) {
  if (!object.is_object()) return std::nullopt;
  const auto action = parse_action(text_of(object, "action"));
  const auto version = VersionName::parse(text_of(object, "version"));
  if (!action || !version) return std::nullopt;
  Step step;
  step.action = *action;
  step.version = *version;
  step.app = text_of(object, "app");
  step.subject = text_of(object, "subject");
  step.value = text_of(object, "value");
  if (object.contains("build") && object["build"].is_string())
    step.build = BuildNumber::parse(object["build"].get<std::string>());
  if (object.contains("event") && object["event"].is_number_unsigned())
    step.event_seq = object["event"].get<std::uint64_t>();
  if (object.contains("to_percent") && object["to_percent"].is_number()) {
    step.to_percent = Percent::from_fraction(object["to_percent"].get<double>() / 100.0);
  }
  return step;
}

}  // namespace

Result<std::vector<Step>> read_plan_document(const std::string& text) {
  const auto bad = [] {
    return fail(ErrorKind::usage, "That is not a saved plan.", "Make one with `train plan --out FILE`.");
  };
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object() || text_of(json, "schema") != "train.plan/1" || !json.contains("steps") ||
      !json["steps"].is_array())
    return bad();
  std::vector<Step> steps;
  for (const auto& entry : json["steps"]) {
    auto step = read_step(entry);
    if (!step) return bad();
    steps.push_back(std::move(*step));
  }
  return steps;
}

}  // namespace train::cli
