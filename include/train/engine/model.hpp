// The two store models as data: what each store can do, so that nothing asks which store it is.
// Facts: docs/stores/app-store.md, docs/stores/google-play.md.
#pragma once

#include <vector>

#include "train/base/percent.hpp"
#include "train/domain/definition.hpp"

namespace train::engine {

struct StoreModel {
  bool version_record = false;    // a version is created, filled and submitted; its release is a second act
  bool sets_percentages = false;  // any percentage can be asked for
  bool halts_after_full = false;  // a release at 100 % can still be stopped
  std::vector<Percent> rungs;     // the store's own ladder, where it has one; rising, ends at 100 %
  bool distributes = false;       // testers get the candidate from train
};

const StoreModel& model_of(StoreKind kind);

// What the store serves when `stage` is allowed: the stage itself, or the last rung at or below it (the first rung when
// the stage lies below all of them).
Percent rung_for(const StoreModel& model, Percent stage);

// The last stage that `served` has reached, 1-based; 0 before the first.
int stage_reached(const StoreModel& model, const Ladder& ladder, Percent served);

}  // namespace train::engine
