#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"
#include "train/stores/app_store/events.hpp"

namespace train::stores {
namespace {

using nlohmann::json;

constexpr std::size_t k_shown_bytes = 120;

struct EventWords {
  std::string_view type;
  std::string_view words;
};
constexpr EventWords k_event_words[] = {
    {"appStoreVersionAppVersionStateUpdated", "version state"},
    {"buildUploadStateUpdated", "build upload"},
    {"buildBetaDetailExternalBuildStateUpdated", "TestFlight state of a build"},
    {"betaFeedbackCrashSubmissionCreated", "a crash reported by a tester"},
    {"betaFeedbackScreenshotSubmissionCreated", "feedback of a tester"},
    {"webhookPingCreated", "a ping"},
};

const json& inside(const json& object, std::initializer_list<const char*> names) {
  static const json k_none;
  const json* at = &object;
  for (const auto* name : names) {
    if (!at->is_object()) return k_none;
    const auto found = at->find(name);
    if (found == at->end()) return k_none;
    at = &*found;
  }
  return *at;
}

std::string text_shown(const json& value) {
  return value.is_string() ? printable(value.get<std::string>(), k_shown_bytes) : std::string();
}

std::string first_of(const json& attributes, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    auto text = text_shown(inside(attributes, {name}));
    if (!text.empty()) return text;
  }
  return {};
}

}  // namespace

std::optional<AppStoreEvent> read_app_store_event(std::string_view payload) {
  if (!http::is_nested_within(payload)) return std::nullopt;
  const auto document = json::parse(payload, nullptr, false);
  const auto& data = inside(document, {"data"});
  AppStoreEvent event;
  event.id = text_shown(inside(data, {"id"}));
  event.type = text_shown(inside(data, {"type"}));
  if (event.id.empty() || event.type.empty()) return std::nullopt;
  const auto& attributes = inside(data, {"attributes"});
  event.old_value = first_of(attributes, {"oldValue", "oldState", "oldExternalBuildState"});
  event.new_value = first_of(attributes, {"newValue", "newState", "newExternalBuildState"});
  if (const auto at = parse_rfc3339(text_shown(inside(attributes, {"timestamp"})))) event.at = *at;
  const auto& instance = inside(data, {"relationships", "instance", "data"});
  event.instance_type = text_shown(inside(instance, {"type"}));
  event.instance_id = text_shown(inside(instance, {"id"}));
  return event;
}

std::string describe(const AppStoreEvent& event) {
  std::string words = event.type;
  for (const auto& row : k_event_words) {
    if (row.type == event.type) words = row.words;
  }
  if (event.new_value.empty()) return words;
  if (event.old_value.empty()) return words + " " + event.new_value;
  return fmt::format("{} {} → {}", words, event.old_value, event.new_value);
}

}  // namespace train::stores
