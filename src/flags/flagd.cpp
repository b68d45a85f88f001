#include "flagd.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "json_member.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

using nlohmann::ordered_json;

constexpr const char* k_disabled = "DISABLED";

// One flag, and the texts around it.
struct FlagdFlag {
  std::string flags;  // the object of all flags
  std::string own;    // this flag's
  ordered_json content;
};

Result<FlagdFlag> find_flag(const std::string& text, const Flag& flag) {
  auto flags = find_member(text, "flags");
  if (!flags) return tl::unexpected(flags.error());
  auto own = find_member(*flags, parameter_of(flag));
  if (!own) {
    Error error = own.error();
    if (error.kind == ErrorKind::not_found)
      error.message = "`flags` has no `" + printable(parameter_of(flag), 100) + "`";
    return tl::unexpected(error);
  }
  FlagdFlag out{std::move(*flags), std::move(*own), {}};
  out.content = ordered_json::parse(out.own, nullptr, false);
  const bool whole = out.content.is_object() && out.content.contains("variants") && out.content["variants"].is_object();
  if (!whole) return fail(ErrorKind::refused, "`" + printable(parameter_of(flag), 100) + "` has no `variants`");
  return out;
}

// {"if": [true, VARIANT, WHAT STOOD THERE]}
const ordered_json* kill_in(const ordered_json& flag) {
  const auto targeting = flag.find("targeting");
  if (targeting == flag.end() || !targeting->is_object() || targeting->size() != 1) return nullptr;
  const auto branches = targeting->find("if");
  const bool ours = branches != targeting->end() && branches->is_array() && branches->size() == 3 &&
                    (*branches)[0] == true && (*branches)[1].is_string();
  return ours ? &*branches : nullptr;
}

bool is_in_state(const ordered_json& flag, std::string_view state) {
  const auto found = flag.find("state");
  return found == flag.end() ? state == "ENABLED" : *found == state;
}

bool has_targeting(const ordered_json& flag) {
  const auto targeting = flag.find("targeting");
  return targeting != flag.end() && targeting->is_object() && !targeting->empty();
}

std::string json_text(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string text_of_variant(const ordered_json& value) {
  const std::string written = json_text(value);
  return text_of_json(written).value_or(written);
}

std::optional<std::string> variant_with(const ordered_json& flag, const std::string& value) {
  for (const auto& [name, content] : flag["variants"].items()) {
    if (text_of_variant(content) == value) return name;
  }
  return std::nullopt;
}

std::string known_values(const ordered_json& flag) {
  std::vector<std::string> all;
  for (const auto& [name, content] : flag["variants"].items()) all.push_back(printable(text_of_variant(content), 60));
  return join(all, ", ");
}

// The members to write anew, by name.
std::vector<std::pair<std::string, std::string>> changes(const FlagdFlag& found, const std::string& variant, bool off) {
  std::vector<std::pair<std::string, std::string>> out;
  if (!is_in_state(found.content, "ENABLED")) out.emplace_back("state", "\"ENABLED\"");
  const auto* kill = kill_in(found.content);
  const std::string name = json_string_of_text(variant);
  if (off && has_targeting(found.content)) {
    const ordered_json before = kill != nullptr ? (*kill)[2] : found.content["targeting"];
    out.emplace_back("targeting", "{\"if\": [true, " + name + ", " + json_text(before) + "]}");
    return out;
  }
  if (kill != nullptr) out.emplace_back("targeting", json_text((*kill)[2]));
  out.emplace_back("defaultVariant", name);
  return out;
}

}  // namespace

bool is_flagd(const std::string& text) {
  const auto flags = find_member(text, "flags");
  return flags && starts_with(*flags, "{");
}

Result<std::string> flagd_value(const std::string& text, const Flag& flag) {
  const auto found = find_flag(text, flag);
  if (!found) return tl::unexpected(found.error());
  if (is_in_state(found->content, k_disabled)) return std::string(k_disabled);
  const auto* kill = kill_in(found->content);
  const auto member = found->content.find("defaultVariant");
  const bool named = member != found->content.end() && member->is_string();
  if (kill == nullptr && !named) return fail(ErrorKind::refused, "its `defaultVariant` names no variant");
  const auto variant = kill != nullptr ? (*kill)[1].get<std::string>() : member->get<std::string>();
  const auto value = found->content["variants"].find(variant);
  if (value != found->content["variants"].end()) return text_of_variant(*value);
  return fail(ErrorKind::refused, "its variant `" + printable(variant, 100) + "` is not under `variants`");
}

Result<std::string> with_flagd_value(const std::string& text, const Flag& flag, const std::string& value) {
  auto found = find_flag(text, flag);
  if (!found) return tl::unexpected(found.error());
  const auto variant = variant_with(found->content, value);
  if (!variant) {
    return fail(ErrorKind::refused, "no variant has the value " + printable(value, 100),
                "Its variants have: " + known_values(found->content) + ".");
  }
  std::string own = found->own;
  for (const auto& [name, written] : changes(*found, *variant, flag.value_off == value)) {
    auto changed = set_member(own, name, written);
    if (!changed) return changed;
    own = std::move(*changed);
  }
  const auto flags = set_member(found->flags, parameter_of(flag), own);
  return flags ? set_member(text, "flags", *flags) : flags;
}

}  // namespace train::flags
