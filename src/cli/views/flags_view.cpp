#include "flags_view.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "train/base/text.hpp"

namespace train::cli {
namespace {

std::string state_word(const FlagRow& row) {
  if (!row.value) return "unreadable";
  if (row.flag->value_on == row.value) return "on";
  return row.flag->value_off == row.value ? "off" : "";
}

nlohmann::ordered_json flag_row_json(const FlagRow& row) {
  nlohmann::ordered_json out;
  out["name"] = row.flag->name;
  out["provider"] = row.flag->provider;
  out["value"] = nullptr;
  if (row.value) out["value"] = *row.value;
  out["state"] = nullptr;
  if (const auto word = state_word(row); !word.empty()) out["state"] = word;
  out["error"] = nullptr;
  if (row.error) out["error"] = row.error->message;
  out["set"] = nullptr;
  if (row.set) out["set"] = {{"value", row.set->value}, {"as_of", format_rfc3339(row.set->as_of)}};
  out["kept_off"] = nullptr;
  if (row.kept_off) out["kept_off"] = row.kept_off->seen;
  return out;
}

std::string flag_line(const FlagRow& row, Instant now) {
  const std::string word = state_word(row);
  const std::string value = row.value ? printable(*row.value, 80) : "-";
  std::string line = fmt::format("{}  {}", row.flag->name, value);
  if (!word.empty() && word != value) line += "  " + word;
  line += "  (" + row.flag->provider + ")";
  if (row.set) {
    line += fmt::format("  set to {} {} ago", printable(row.set->value, 80), format_duration(now - row.set->as_of));
    if (row.value && *row.value != row.set->value) line += "; changed elsewhere since";
  }
  if (row.kept_off) line += "  kept off: " + printable(row.kept_off->seen, 200);
  return line + "\n";
}

}  // namespace

void show_flags(const Context& context, const std::vector<FlagRow>& rows, Instant now) {
  if (context.format == Format::json) {
    nlohmann::ordered_json out;
    out["schema"] = "train.flags/1";
    out["now"] = format_rfc3339(now);
    out["flags"] = nlohmann::ordered_json::array();
    for (const auto& row : rows) out["flags"].push_back(flag_row_json(row));
    context.out() << out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    return;
  }
  for (const auto& row : rows) context.out() << flag_line(row, now);
  if (rows.empty()) context.say("The definition has no flags.");
}

}  // namespace train::cli
