#include "fold_by_hand.hpp"

#include <algorithm>
#include <utility>

namespace train::engine {

const HandWork* State::last_by_hand(const Step& step) const {
  const auto found =
      std::find_if(by_hand.begin(), by_hand.end(), [&](const HandWork& each) { return same_object(each.step, step); });
  return found == by_hand.end() ? nullptr : &*found;
}

void note_by_hand(std::vector<HandWork>& known, HandWork work) {
  const auto before =
      std::find_if(known.begin(), known.end(), [&](const HandWork& each) { return same_object(each.step, work.step); });
  if (before == known.end()) {
    known.push_back(std::move(work));
    return;
  }
  const bool refused = work.result == event::Outcome::Result::failed;
  if (!refused || before->result != event::Outcome::Result::done) *before = std::move(work);
}

}  // namespace train::engine
