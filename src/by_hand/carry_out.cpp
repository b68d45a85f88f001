#include "train/by_hand/carry_out.hpp"

#include "train/base/check.hpp"

namespace train::by_hand {

Result<Done> carry_out(const Definition& definition, const Hand& hand, const orders::Command& command,
                       const orders::Arguments& said) {
  TRAIN_CHECK(command.by_hand.has_value(), "the log alone hears of the other commands");
  if (is_on_recovery(*command.by_hand)) {
    const auto order = orders::recovery_order(said, *command.by_hand);
    if (!order) return tl::unexpected(order.error());
    return order_recovery(definition, hand, *order).map([](const Recovery&) { return Done{}; });
  }
  const auto order = orders::force_update_order(said);
  if (!order) return tl::unexpected(order.error());
  const auto unasked = force_update(definition, hand, *order);
  if (!unasked) return tl::unexpected(unasked.error());
  if (!unasked->empty()) return tl::unexpected(unasked->front());
  return Done{};
}

}  // namespace train::by_hand
