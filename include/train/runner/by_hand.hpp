// What a person does through train and not through the loop: a flag that is set, an app recovery, what a forced update
// writes. One way for all of them: the intent into the log, the call, its outcome into the log.
#pragma once

#include <functional>
#include <string>

#include "train/base/error.hpp"
#include "train/domain/plan.hpp"
#include "train/engine/state.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/event_log.hpp"

namespace train::runner {

// While another run is at work on the same thing: what makes things safe goes on, the rest is refused.
enum class BesideOthers { refused, allowed };

struct HandOrder {
  std::string by;
  std::string why;  // empty where no reason is asked for
  // What is to be done as the newest state has it; may be asked more than once. Its error ends the order: nothing was
  // written and nothing was called.
  std::function<Result<Step>(const engine::State&)> decide;
  // Whether the outside shows this step as done. Asked before anything is repeated whose outcome is not known. Empty
  // only with BesideOthers::allowed.
  std::function<Result<bool>(const Step&)> shows;
  // `unknown_outcome`: its answer was lost. Not called when the outside shows an earlier, unsettled attempt as done.
  std::function<Result<Done>(const Step&)> call;
  BesideOthers beside = BesideOthers::refused;
};

// The state behind the outcome. `conflict`: another run is at the same thing; other errors are those of `decide`, of
// `shows`, of the call, and the log's.
Result<engine::State> do_by_hand(EventLog& log, Clock& clock, const HandOrder& order);

}  // namespace train::runner
