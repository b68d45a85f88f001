#include "train/orders/set_flag.hpp"

#include "train/base/text.hpp"
#include "train/engine/decide.hpp"

namespace train::orders {
namespace {

std::string value_meant(const Flag& flag, const std::string& word) {
  if (word == "on" && flag.value_on) return *flag.value_on;
  if (word == "off" && flag.value_off) return *flag.value_off;
  return word;
}

}  // namespace

Result<const Flag*> known_flag(const Definition& definition, const FlagName& name) {
  if (const auto* flag = definition.find_flag(name)) return flag;
  std::vector<std::string> names;
  for (const auto& each : definition.flags) names.push_back(each.name);
  return fail(ErrorKind::usage, "There is no flag `" + printable(name, 200) + "`.",
              names.empty() ? "The definition has none." : "The definition has: " + join(names, ", ") + ".");
}

Result<Done> may_set(const Definition& definition, const engine::State& state, const Flag& flag,
                     const std::string& value) {
  const auto reason = flag.value_off == value ? std::nullopt : engine::kept_off(definition, state, flag.name);
  if (!reason) return Done{};
  return fail(ErrorKind::refused,
              "The flag " + flag.name + " is kept off: " + reason->seen + " (" + reason->rule + "); nothing was set.",
              "`train resume APP --why …`, with `--override SIGNAL` after a breach, ends that.");
}

Result<std::string> value_to_set(const Definition& definition, const engine::State& state, const FlagOrder& order) {
  const auto flag = known_flag(definition, order.flag);
  if (!flag) return tl::unexpected(flag.error());
  auto value = value_meant(**flag, order.value);
  if (auto may = may_set(definition, state, **flag, value); !may) return tl::unexpected(may.error());
  return value;
}

}  // namespace train::orders
