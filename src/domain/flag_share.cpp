#include "train/domain/flag_share.hpp"

#include <fmt/format.h>

namespace train {

std::string value_of_share(const Flag& flag, Percent share) {
  if (share.is_all() && flag.value_on) return *flag.value_on;
  return fmt::format("{:g}%", share.percent());
}

std::optional<Percent> share_of_value(const Flag& flag, std::string_view value) {
  if (!flag.ramp) return std::nullopt;
  if (flag.value_on == value) return Percent::whole(100);
  if (value.empty() || value.back() != '%') return std::nullopt;
  const auto share = Percent::parse(value);
  return share && !share->is_zero() ? share : std::nullopt;
}

bool is_part(const Flag& flag, std::string_view value) {
  const auto share = share_of_value(flag, value);
  return share && !share->is_all();
}

}  // namespace train
