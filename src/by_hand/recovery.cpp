#include <algorithm>
#include <optional>

#include "train/base/check.hpp"
#include "train/by_hand/carry_out.hpp"
#include "train/runner/by_hand.hpp"

namespace train::by_hand {
namespace {

Result<Recovery> ask_store(Recoveries& recoveries, const Step& step) {
  if (step.action == Action::prepare_recovery) return recoveries.prepare(orders::wish_of(step));
  if (step.action == Action::deploy_recovery) return recoveries.deploy(orders::key_of(step));
  if (step.action == Action::widen_recovery) return recoveries.widen(orders::key_of(step), orders::reach_of(step));
  TRAIN_CHECK(step.action == Action::cancel_recovery, "the other orders on recoveries are above");
  return recoveries.cancel(orders::key_of(step));
}

Result<Recovery> find_recovery(Recoveries& recoveries, const Step& step) {
  const auto all = recoveries.list(step.build.value_or(BuildNumber()));
  if (!all) return tl::unexpected(all.error());
  const auto found = std::find_if(all->begin(), all->end(),
                                  [&](const Recovery& each) { return orders::shows_recovery({each}, step); });
  if (found != all->end()) return *found;
  return fail(ErrorKind::not_found, "What was asked for is no longer in the store's list.",
              "`train recovery list` shows what is.");
}

}  // namespace

Result<Recovery> order_recovery(const Definition& definition, const Hand& hand, const orders::RecoveryOrder& order) {
  const auto app = orders::app_with_recoveries(definition, order.app);
  if (!app) return tl::unexpected(app.error());
  const auto opened = hand.recoveries(**app);
  if (!opened) return tl::unexpected(opened.error());
  Recoveries& recoveries = **opened;
  std::optional<Recovery> made;
  Step ordered;
  runner::HandOrder call;
  call.by = hand.by;
  call.why = order.why;
  call.decide = [&](const engine::State& state) {
    auto step = orders::recovery(definition, state, hand.by, order);
    if (step) ordered = *step;
    return step;
  };
  call.shows = [&](const Step& step) {
    return recoveries.list(step.build.value_or(BuildNumber())).map([&](const std::vector<Recovery>& all) {
      return orders::shows_recovery(all, step);
    });
  };
  call.call = [&](const Step& step) {
    return ask_store(recoveries, step).map([&](const Recovery& recovery) {
      made = recovery;
      return Done{};
    });
  };
  const auto state = runner::do_by_hand(hand.log, hand.clock, call);
  if (!state) return tl::unexpected(state.error());
  if (made) return std::move(*made);
  return find_recovery(recoveries, ordered);
}

}  // namespace train::by_hand
