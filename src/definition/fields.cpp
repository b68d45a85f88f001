#include <fmt/format.h>

#include "train/base/text.hpp"
#include "value.hpp"

namespace train::definition {

Fields::Fields(const Value& value, const Section& known) : value_(value) { check_keys(known, nullptr, {}); }

Fields::Fields(const Value& value, const Section& known, const Section& other, std::string_view other_kind)
    : value_(value) {
  check_keys(known, &other, other_kind);
}

void Fields::check_keys(const Section& known, const Section* other, std::string_view other_kind) const {
  const auto names = known.key_names();
  // The root has no name of its own; its problems speak of "the definition".
  const std::string here = value_.where().empty() ? "the definition" : value_.where();
  if (!is_map()) {
    value_.report().problem(value_.node(), fmt::format("{}: a map is wanted with the keys {}", here, listed(names)));
    return;
  }
  for (const Entry& entry : value_.node().entries) {
    const std::string& key = entry.key->text;
    if (known.has(key)) continue;
    std::string text = fmt::format("unknown key {} in {}", in_quotes(key), here);
    if (key == "<<") {
      text += "; maps are not merged, give an alias as a whole value.";
    } else if (other && other->has(key)) {
      text += fmt::format("; it belongs to {}.", other_kind);
    } else {
      text += did_you_mean_hint(key, names);
    }
    value_.report().problem(*entry.key, text + " Allowed: " + listed(names));
  }
  for (const Key& key : known.keys) {
    if (key.need == Need::required && !has(key.name)) {
      value_.report().problem(value_.node(), fmt::format("{}: the key \"{}\" is missing", here, key.name));
    }
  }
}

bool Fields::has(std::string_view key) const { return get(key).has_value(); }

std::optional<Value> Fields::get(std::string_view key) const {
  if (!is_map()) return std::nullopt;
  for (const Entry& entry : value_.node().entries) {
    if (entry.key->text != key) continue;
    const std::string where = value_.where().empty() ? std::string(key) : fmt::format("{}.{}", value_.where(), key);
    return Value(value_.report(), *entry.value, where);
  }
  return std::nullopt;
}

}  // namespace train::definition
